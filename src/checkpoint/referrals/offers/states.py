"""The words of what fits a case, and of there being no provider. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class OffersEvent(StrEnum):
    """The alcove's events."""

    SHOWN = "service_offers.shown"
    NO_PROVIDER = "service_offers.no_provider_available"
    NO_PROVIDER_WITHDRAWN = "service_offers.no_provider_withdrawn"
    NO_PROVIDERS_READ = "service_offers.no_provider_read"


class NoProviderReason(StrEnum):
    """Why no provider was available."""

    NONE_EXISTS = "none_exists"
    TOO_FAR = "too_far"
    NO_PLACE = "no_place"
    WAIT_TOO_LONG = "wait_too_long"
    NOT_ELIGIBLE = "not_eligible"
    TIMES_DO_NOT_SUIT = "times_do_not_suit"
    LANGUAGE = "language"
    NOT_ACCESSIBLE = "not_accessible"
    TOO_DEAR = "too_dear"
    OTHER = "other"


class NoProviderWithdrawal(StrEnum):
    """Why it counts no longer that there was none."""

    ENTERED_TWICE = "entered_twice"
    ENTERED_WRONGLY = "entered_wrongly"
    FOUND_SINCE = "found_since"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        NoProviderReason.NONE_EXISTS: "Nobody offers it",
        NoProviderReason.TOO_FAR: "What there is is too far",
        NoProviderReason.NO_PLACE: "No place was free",
        NoProviderReason.WAIT_TOO_LONG: "The wait is longer than the contract allows",
        NoProviderReason.NOT_ELIGIBLE: "What there is excludes the person",
        NoProviderReason.TIMES_DO_NOT_SUIT: "It is not open when the person can come",
        NoProviderReason.LANGUAGE: "Nobody offers it in the person's language",
        NoProviderReason.NOT_ACCESSIBLE: "The person cannot get in",
        NoProviderReason.TOO_DEAR: "The person cannot pay for it",
        NoProviderReason.OTHER: "Another reason, in words",
        NoProviderWithdrawal.ENTERED_TWICE: "Entered twice",
        NoProviderWithdrawal.ENTERED_WRONGLY: "Entered wrongly",
        NoProviderWithdrawal.FOUND_SINCE: "A provider was found since",
    }
)


class NoProviderNotFound(errors.NotFound):
    slug = "no-provider-not-found"
    title = "There is no such entry that you may see"


class NoProviderRecorded(errors.Conflict):
    slug = "no-provider-recorded"
    title = "That there is no provider is on record for this pathway and day"


class NoProviderWithdrawn(errors.Conflict):
    slug = "no-provider-withdrawn"
    title = "This entry was withdrawn"
