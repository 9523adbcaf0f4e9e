"""The words of calendars at secret addresses. Pure."""

from enum import StrEnum

from checkpoint.foundation import errors


class FeedEvent(StrEnum):
    """The alcove's events."""

    MADE = "appointment_feed.made"  # none, standing or revoked -> standing
    REVOKED = "appointment_feed.revoked"  # standing -> revoked
    SEEN = "appointment_feed.seen"  # its owner asks whether there is one
    READ = "appointment_feed.read"  # by whoever holds the address


class FeedNotFound(errors.NotFound):
    slug = "calendar-not-found"
    title = "There is no calendar at this address"


class NoFeed(errors.Conflict):
    slug = "no-calendar"
    title = "You have no calendar address"


class FeedsForNavigators(errors.Conflict):
    slug = "calendar-for-navigators"
    title = "Only a navigator who works here has a calendar address"
