"""What is sought, and what the directory says of an offer, as they are compared. Pure."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import NamedTuple
from uuid import UUID

from checkpoint.directory.lookups.matching import Likeness
from checkpoint.directory.lookups.references import Spot


@dataclass(frozen=True)
class Residence:
    """Where somebody lives: the names of that place and what holds it; and of places elsewhere."""

    fits: frozenset[str]
    others: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is asked for; what is not asked for is empty, None or False."""

    pathways: frozenset[str] = frozenset()
    every_pathway: bool = False
    words: tuple[str, ...] = ()
    place: Spot | None = None
    within_km: float | None = None
    weekday: int | None = None
    at: time | None = None
    age: int | None = None
    sex: str | None = None
    residence: Residence | None = None
    language: str | None = None
    is_free: bool = False
    free_places: bool = False
    access: str | None = None


class Where(NamedTuple):
    """One place of an offer."""

    latitude: float | None
    longitude: float | None
    district: str | None
    locality: str | None


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What the directory says of one service. None: it does not say.

    ``open_then`` is True where it is open at the day and time, or on the day, that is sought;
    None where its hours do not say.
    """

    service_id: UUID
    name: str
    organization_name: str | None = None
    pathways: frozenset[str] = frozenset()
    minimum_age: float | None = None
    maximum_age: float | None = None
    sexes: frozenset[str] | None = None
    residence: frozenset[str] | None = None
    languages: frozenset[str] | None = None
    is_free: bool | None = None
    access: str | None = None
    open_then: bool | None = None
    maximum: int | None = None
    held: int | None = None
    assured_on: date | None = None
    is_stale: bool = False
    places: tuple[Where, ...] = ()
    likeness: Likeness = field(default=Likeness())
