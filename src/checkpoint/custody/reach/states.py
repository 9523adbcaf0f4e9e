"""Restricted cases and broken glass, in words. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class ReachEvent(StrEnum):
    """The alcove's events."""

    RESTRICTED = "custody.restricted"  # open to its suite -> restricted
    NAMED = "custody.restriction_named"
    REMOVED = "custody.restriction_removed"
    LIFTED = "custody.restriction_lifted"  # restricted -> open to its suite
    RESTRICTIONS_READ = "custody.restrictions_read"
    GLASS_BROKEN = "custody.glass_broken"
    GLASS_LISTED = "custody.glass_listed"
    GLASS_REVIEWED = "custody.glass_reviewed"  # unreviewed -> reviewed


class Basis(StrEnum):
    """Why somebody reaches a case that is of none of their suites."""

    ASSIGNED = "assigned"
    COVER = "cover"
    BROKEN_GLASS = "broken_glass"  # for reading only


class RestrictionReason(StrEnum):
    """Why only those who are named reach a case."""

    STAFF = "staff"
    KNOWN_PERSON = "known_person"
    OTHER = "other"


class GlassReason(StrEnum):
    """Why somebody reads a case that is not theirs."""

    URGENT_WELFARE = "urgent_welfare"
    PERSON_PRESENT = "person_present"
    URGENT_ENQUIRY = "urgent_enquiry"
    OTHER = "other"


class GlassState(StrEnum):
    """Whether a supervisor has looked at it."""

    UNREVIEWED = "unreviewed"
    REVIEWED = "reviewed"


class GlassOutcome(StrEnum):
    """What the supervisor found."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"  # it is over at once


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        RestrictionReason.STAFF: "A member of staff, or of their family",
        RestrictionReason.KNOWN_PERSON: "Somebody widely known, or known to staff",
        RestrictionReason.OTHER: "Another reason",
        GlassReason.URGENT_WELFARE: "Somebody's safety or health",
        GlassReason.PERSON_PRESENT: "The person is here and needs an answer",
        GlassReason.URGENT_ENQUIRY: "An enquiry that cannot wait for the case's own suite",
        GlassReason.OTHER: "Another reason",
        GlassOutcome.JUSTIFIED: "There was good reason",
        GlassOutcome.UNJUSTIFIED: "There was not",
    }
)


class CaseRestrictedAlready(errors.Conflict):
    slug = "case-restricted-already"
    title = "The case is restricted already"


class CaseNotRestricted(errors.Conflict):
    slug = "case-not-restricted"
    title = "The case is not restricted"


class NamedAlready(errors.Conflict):
    slug = "named-already"
    title = "They are named already"


class NotNamed(errors.Conflict):
    slug = "not-named"
    title = "They are not named"


class NamesFull(errors.Conflict):
    slug = "names-full"
    title = "Nobody more can be named for this case"


class OwnName(errors.Conflict):
    slug = "own-name"
    title = "Nobody takes their own name off a restricted case"


class GlassNotNeeded(errors.Conflict):
    slug = "glass-not-needed"
    title = "You reach this case already"


class GlassReadsOnly(errors.Forbidden):
    slug = "glass-reads-only"
    title = "Broken glass opens a case for reading only"


class TeamReadsOnly(errors.Forbidden):
    slug = "team-reads-only"
    title = "A case of your team in another suite is open for reading only"


READING_ONLY = (GlassReadsOnly, TeamReadsOnly)


class BrokenGlassNotFound(errors.NotFound):
    slug = "broken-glass-not-found"
    title = "There is no such break-glass access that you may see"


class GlassReviewedAlready(errors.Conflict):
    slug = "glass-reviewed-already"
    title = "This was reviewed already"


class OwnGlass(errors.Conflict):
    slug = "own-glass"
    title = "Nobody reviews their own break-glass access"
