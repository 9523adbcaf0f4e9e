"""The words of the directory. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors

# Whose listings they are: what staff enter, and the programme's own pathways.
LOCAL = "local"
PROGRAMME = "programme"


class DirectoryEvent(StrEnum):
    """The room's events."""

    ASSURED = "directory.assured"
    CAPACITY_STATED = "directory.capacity_stated"
    CHANGED = "directory.changed"
    CHASED = "directory.chased"
    CREATED = "directory.created"
    HISTORY_READ = "directory.history_read"
    INDEXED = "directory.indexed"
    LISTED = "directory.listed"
    MAPPED = "directory.mapped"
    PATHWAYS_LOADED = "directory.pathways_loaded"
    READ = "directory.read"
    RESTORED = "directory.restored"
    STALE_LISTED = "directory.stale_listed"
    WITHDRAWN = "directory.withdrawn"


class ListingKind(StrEnum):
    """What one listing is.

    Source: HSDS 3.0.
    """

    ORGANIZATION = "organization"
    SERVICE = "service"
    LOCATION = "location"
    TAXONOMY = "taxonomy"
    TAXONOMY_TERM = "taxonomy_term"


class ListingPath(StrEnum):
    """The same in addresses."""

    ORGANIZATIONS = "organizations"
    SERVICES = "services"
    LOCATIONS = "locations"
    TAXONOMIES = "taxonomies"
    TAXONOMY_TERMS = "taxonomy-terms"

    @property
    def kind(self) -> ListingKind:
        """What stands there."""
        return KINDS[self]


class ListingState(StrEnum):
    """Whether a listing stands."""

    LISTED = "listed"
    WITHDRAWN = "withdrawn"
    VANISHED = "vanished"


class AccessWay(StrEnum):
    """How somebody comes to a service."""

    WALK_IN = "walk_in"
    REFERRAL = "referral"
    BOTH = "both"


class MappingBasis(StrEnum):
    """What it rests on that a term of another taxonomy means a pathway."""

    PUBLISHED = "published"
    OWN_READING = "own_reading"


class ChaseWay(StrEnum):
    """How a provider was asked whether their listing still holds."""

    EMAIL = "email"
    TELEPHONE = "telephone"
    LETTER = "letter"
    VISIT = "visit"


class WithdrawalReason(StrEnum):
    """Why a listing is withdrawn."""

    CLOSED = "closed"
    ENTERED_TWICE = "entered_twice"
    ENTERED_WRONGLY = "entered_wrongly"
    NOT_ASSURED = "not_assured"
    NOT_SUITABLE = "not_suitable"
    OTHER = "other"


KINDS: Mapping[ListingPath, ListingKind] = MappingProxyType(
    dict(zip(ListingPath, ListingKind, strict=True))
)

LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        ListingKind.ORGANIZATION: "An organisation that provides services",
        ListingKind.SERVICE: "A service that people can go to or be referred to",
        ListingKind.LOCATION: "A place where services are given",
        ListingKind.TAXONOMY: "A list of terms by which services are classified",
        ListingKind.TAXONOMY_TERM: "One term of a taxonomy",
        ListingState.LISTED: "It stands in the directory",
        ListingState.WITHDRAWN: "Staff took it out of the directory",
        ListingState.VANISHED: "Its feed no longer has it",
        AccessWay.WALK_IN: "People walk in",
        AccessWay.REFERRAL: "People are referred",
        AccessWay.BOTH: "People walk in or are referred",
        MappingBasis.PUBLISHED: "Somebody published it",
        MappingBasis.OWN_READING: "Somebody here read it so",
        ChaseWay.EMAIL: "By e-mail",
        ChaseWay.TELEPHONE: "By telephone",
        ChaseWay.LETTER: "By letter",
        ChaseWay.VISIT: "In person",
        WithdrawalReason.CLOSED: "It is no longer provided",
        WithdrawalReason.ENTERED_TWICE: "It stands here twice",
        WithdrawalReason.ENTERED_WRONGLY: "It was entered wrongly",
        WithdrawalReason.NOT_ASSURED: "Nobody would say that it still holds",
        WithdrawalReason.NOT_SUITABLE: "It does not suit the programme",
        WithdrawalReason.OTHER: "Another reason",
    }
)


class ListingNotFound(errors.NotFound):
    slug = "listing-not-found"
    title = "There is no such listing"


class ListingExists(errors.Conflict):
    slug = "listing-exists"
    title = "A listing has this id already"


class ListingNotListed(errors.Conflict):
    slug = "listing-not-listed"
    title = "This listing does not stand in the directory"


class ListingStands(errors.Conflict):
    slug = "listing-stands"
    title = "This listing stands in the directory already"


class ListingInUse(errors.Conflict):
    slug = "listing-in-use"
    title = "Other listings rest on this one"


class ListingOfFeed(errors.Conflict):
    slug = "listing-of-feed"
    title = "This listing is kept by its source"


class NoPlaceFree(errors.Conflict):
    slug = "no-place-free"
    title = "This service has no free place"


class NoPlaceHeld(errors.Conflict):
    slug = "no-place-held"
    title = "No place of this service is held"


class PlacesHeld(errors.Conflict):
    slug = "places-held"
    title = "More places are held than that"


class ChaseOpen(errors.Conflict):
    slug = "chase-open"
    title = "Somebody was asked already"
