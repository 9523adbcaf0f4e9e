"""What is known of navigators, in words; and how clearances stand. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class StaffEvent(StrEnum):
    """The alcove's events."""

    PROVIDERS_ADDED = "navigator.providers_added"
    REGISTERED = "navigator.registered"
    CHANGED = "navigator.changed"
    CLEARED = "navigator.clearance_recorded"
    ABSENT = "navigator.absence_recorded"
    READ = "navigator.read"
    LISTED = "navigator.listed"
    COLLEAGUES_LISTED = "navigator.colleagues_listed"


class ClearanceKind(StrEnum):
    """What somebody needs before they are given a case."""

    INDUCTION = "induction"
    VETTING = "vetting"


class Specialism(StrEnum):
    """Whom somebody is particularly able to work with.

    Source: domain notes 1.6, from the specialist navigators of a sister programme in Surrey.
    """

    WOMEN = "women"
    CARE_LEAVERS = "care_leavers"
    MENTAL_HEALTH = "mental_health"
    ALCOHOL = "alcohol"
    DRUGS = "drugs"
    HOMELESSNESS = "homelessness"


class Relation(StrEnum):
    """Why a navigator has a conflict of interest in a case."""

    KNOWS_PERSON = "knows_person"
    KNOWS_VICTIM = "knows_victim"
    OTHER = "other"


class Cleared(StrEnum):
    """How somebody's induction or vetting stands on a day."""

    NEVER = "never"
    EXPIRED = "expired"
    STANDS = "stands"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        ClearanceKind.INDUCTION: "Induction",
        ClearanceKind.VETTING: "Vetting",
        Specialism.WOMEN: "Women",
        Specialism.CARE_LEAVERS: "Care leavers",
        Specialism.MENTAL_HEALTH: "Mental health",
        Specialism.ALCOHOL: "Alcohol",
        Specialism.DRUGS: "Drugs",
        Specialism.HOMELESSNESS: "Homelessness",
        Relation.KNOWS_PERSON: "Knows the person",
        Relation.KNOWS_VICTIM: "Knows a victim",
        Relation.OTHER: "Another reason",
    }
)


class NavigatorNotFound(errors.NotFound):
    slug = "navigator-not-found"
    title = "There is no such navigator that you may see"


class RegisteredAlready(errors.Conflict):
    slug = "navigator-registered-already"
    title = "This person is registered as a navigator"


class NotOfYourself(errors.Forbidden):
    slug = "not-of-yourself"
    title = "Nobody registers or clears themself as a navigator"


class ProviderThere(errors.Conflict):
    slug = "navigator-provider-there"
    title = "There is a provider of this code"


class NavigatorFullOfEntries(errors.Conflict):
    slug = "navigator-entries-full"
    title = "Nothing more can be entered of this navigator"


def cleared_on(given_on: date | None, last_day: date | None, *, on: date) -> Cleared:
    """How a clearance stands.

    Args:
        given_on: its first day, as last recorded; None where none ever was.
        last_day: its last day.
        on: a day in England.

    Returns:
        Never, before its first day too; expired after its last day; else that it stands.
    """
    if given_on is None or last_day is None or on < given_on:
        return Cleared.NEVER
    return Cleared.STANDS if on <= last_day else Cleared.EXPIRED


def is_absent(absent_from: date, last_day: date | None, *, on: date) -> bool:
    """Whether an absence takes in a day.

    Args:
        absent_from: its first day.
        last_day: its last day; None while nobody knows.
        on: a day in England.

    Returns:
        Whether it does.
    """
    return absent_from <= on and (last_day is None or on <= last_day)
