"""Whether an offer fits somebody: why, what is unknown, puts it behind or excludes it. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from checkpoint.needs.states import NeedLevel, OffendingLink, Pathway

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DISTRICT = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?")
# Sexes that say nothing of whether an offer is for somebody are as good as not known.
KNOWN_SEXES = frozenset({"male", "female"})


class Point(StrEnum):
    """What an offer and a person are compared by."""

    AGE = "age"
    SEX = "sex"
    RESIDENCE = "residence"
    LANGUAGE = "language"
    DAYS = "days"
    PLACE = "place"
    FREE_PLACES = "free_places"
    COST = "cost"


@dataclass(frozen=True, kw_only=True)
class Seeker:
    """What is known of whoever an offer is sought for; None is not known, or not asked for.

    ``age`` is in whole years today, ``language`` a code of ISO 639, ``days`` those of the week on
    which they can come (1 is Monday), ``district`` the postcode district where they are.
    """

    age: int | None = None
    sex: str | None = None
    language: str | None = None
    days: frozenset[int] | None = None
    district: str | None = None


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the directory says of one service; None or empty is not said.

    ``residence`` are towns and postcode districts, ``languages`` codes or names, all in small letters.
    """

    service_id: UUID
    organization_id: UUID | None
    name: str
    organization_name: str | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None
    sexes: frozenset[str] | None = None
    residence: frozenset[str] | None = None
    languages: frozenset[str] | None = None
    days: frozenset[int] | None = None
    districts: frozenset[str] = frozenset()
    is_free: bool | None = None
    access: str | None = None
    maximum: int | None = None
    free_places: int | None = None
    assured_on: date | None = None


# What speaks for an offer or against it, in the order of ``Fit``.
SIDES = ("why", "unknown", "behind", "excludes")


@dataclass(frozen=True)
class Told:
    """One point, in words."""

    point: Point
    words: str


@dataclass(frozen=True)
class Fit:
    """What speaks for an offer, what nobody knows, what puts it behind, and what excludes it."""

    offer: Offer
    why: tuple[Told, ...]
    unknown: tuple[Told, ...]
    behind: tuple[Told, ...]
    excludes: tuple[Told, ...]

    @property
    def rank(self) -> tuple[Any, ...]:
        """Its place among others, the best first: what excludes, a full house, then how much fits."""
        return (
            bool(self.excludes),
            bool(self.behind),
            -len(self.why),
            len(self.unknown),
            self.offer.name.casefold(),
            self.offer.service_id,
        )


def fit(seeker: Seeker, offer: Offer) -> Fit:
    """How an offer fits somebody.

    Args:
        seeker: what is known of them.
        offer: what the directory says of it.

    Returns:
        Every point once: for it, unknown, behind others for it, or against it. What neither side asks for is left out;
        what is not known excludes nobody.
    """
    told: dict[str, list[Told]] = {side: [] for side in SIDES}
    for point, found in (
        (Point.AGE, _age(seeker, offer)),
        (Point.SEX, _sex(seeker, offer)),
        (Point.RESIDENCE, _residence(seeker, offer)),
        (Point.LANGUAGE, _language(seeker, offer)),
        (Point.DAYS, _days(seeker, offer)),
        (Point.PLACE, _place(seeker, offer)),
        (Point.FREE_PLACES, _free_places(offer)),
        (Point.COST, _cost(offer)),
    ):
        if found is not None:
            kind, words = found
            told[kind].append(Told(point, words))
    return Fit(offer, *(tuple(told[side]) for side in SIDES))


Found = tuple[str, str] | None


def _age(seeker: Seeker, offer: Offer) -> Found:
    least, most = offer.minimum_age, offer.maximum_age
    if least is None and most is None:
        return "unknown", "It does not say for which ages it is."
    if seeker.age is None:
        return "unknown", "The person's age is not known."
    if least is not None and seeker.age < least:
        return "excludes", f"It is for people from {least:g} years on."
    # Whole years: somebody is 25 until the day before their 26th birthday.
    if most is not None and seeker.age > most:
        return "excludes", f"It is for people up to {most:g} years."
    return "why", "It is for people of this age."


def _sex(seeker: Seeker, offer: Offer) -> Found:
    if offer.sexes is None:
        return "unknown", "It does not say for which sex it is."
    if offer.sexes >= KNOWN_SEXES:
        return "why", "It is for women and for men."
    if seeker.sex not in KNOWN_SEXES:
        return "unknown", "The person's sex is not known."
    if seeker.sex in offer.sexes:
        return "why", "It is for people of this sex."
    return "excludes", f"It is for people who are {', '.join(sorted(offer.sexes))}."


def _residence(seeker: Seeker, offer: Offer) -> Found:
    if not offer.residence:
        return "unknown", "It does not say where people must live."
    where = f"It is for people who live in {', '.join(sorted(offer.residence))}."
    if seeker.district is None:
        return "unknown", where
    if seeker.district.lower() in offer.residence:
        return "why", "It is for people who live there."
    # A town may lie in any district.
    told = all(DISTRICT.fullmatch(each) for each in offer.residence)
    return "excludes" if told else "unknown", where


def _language(seeker: Seeker, offer: Offer) -> Found:
    if seeker.language is None:
        return None
    if not offer.languages:
        return "unknown", "It does not say which languages are spoken."
    if seeker.language in offer.languages:
        return "why", "The person's language is spoken."
    # A language told by its name, or by a code of another length, may be the same one.
    told = all(len(each) == len(seeker.language) for each in offer.languages)
    spoken = f"Only {', '.join(sorted(offer.languages))} is spoken."
    return "excludes" if told else "unknown", spoken


def _days(seeker: Seeker, offer: Offer) -> Found:
    if seeker.days is None:
        return None
    if not offer.days:
        return "unknown", "It does not say on which days it is open."
    both = sorted(seeker.days & offer.days)
    if both:
        return "why", f"It is open on {', '.join(WEEKDAYS[day - 1] for day in both)}."
    open_on = ", ".join(WEEKDAYS[day - 1] for day in sorted(offer.days))
    return "excludes", f"It is open on {open_on} alone."


def _place(seeker: Seeker, offer: Offer) -> Found:
    if seeker.district is None:
        return None
    if not offer.districts:
        return "unknown", "It does not say where it is."
    if seeker.district in offer.districts:
        return "why", "It is in that postcode district."
    return None  # another district is farther, and excludes nobody


def _free_places(offer: Offer) -> Found:
    if offer.free_places is None:
        return "unknown", "It does not say how many places are free."
    if offer.free_places:
        return "why", f"Free places: {offer.free_places} of {offer.maximum}."
    return "behind", "No place is free now. Somebody can be put on the waiting list."


def _cost(offer: Offer) -> Found:
    if offer.is_free is None:
        return "unknown", "It does not say whether it costs anything."
    return ("why", "It is free of charge.") if offer.is_free else None


@dataclass(frozen=True, kw_only=True)
class Need:
    """A need that somebody was assessed to have."""

    pathway: Pathway
    level: NeedLevel
    linked: OffendingLink | None = None


def needs_of(parts: Mapping[Pathway, Any]) -> list[Need]:
    """The needs that an assessment found, the worst first.

    Args:
        parts: by pathway, with level and linked_to_offending; no level where it was not assessed.

    Returns:
        Those of any level but none; of equal level, those linked to the offending first, then in
        the pathways' own order.
    """
    order = [*Pathway]
    found = [
        Need(pathway=pathway, level=NeedLevel(row.level), linked=row.linked_to_offending)
        for pathway, row in parts.items()
        if row.level not in (None, NeedLevel.NONE_SEEN)
    ]
    levels = [*NeedLevel]
    return sorted(
        found,
        key=lambda need: (
            -levels.index(need.level),
            need.linked != OffendingLink.YES,
            order.index(need.pathway),
        ),
    )


def ranked(seeker: Seeker, offers: Iterable[Offer]) -> Sequence[Fit]:
    """How each of some offers fits somebody, the best first.

    Args:
        seeker: what is known of them.
        offers: in any order.

    Returns:
        One fit for each offer, by its rank.
    """
    return sorted((fit(seeker, offer) for offer in offers), key=lambda found: found.rank)
