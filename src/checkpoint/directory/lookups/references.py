"""Lists of places with where they are: read, found by name, and what is near in spelling. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Annotated, Any

import jellyfish
from pydantic import Field, ValidationError, model_validator

from checkpoint.directory.lookups.states import PlaceKind
from checkpoint.directory.meanings import folded
from checkpoint.directory.references import packaged
from checkpoint.foundation.datedfiles import Part
from checkpoint.foundation.tomlfiles import parsed

FOLDER = "lookups/places"
Filled = Annotated[str, Field(min_length=1, max_length=80)]
EARTH_KM = 6371.0
# Names so unlike are not offered, and never more than so many.
LIKE, MOST_OFFERED = 0.72, 5


class PlaceEntry(Part):
    """One place as a list gives it."""

    name: Filled
    kind: PlaceKind
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    within: tuple[Filled, ...] = ()
    also: tuple[Filled, ...] = ()


class PlaceList(Part):
    """A list of places; it never changes: others are a new list."""

    version: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    made_on: date
    source: Annotated[str, Field(min_length=1, max_length=500)]
    places: Annotated[tuple[PlaceEntry, ...], Field(min_length=1, max_length=5000)]

    @model_validator(mode="after")
    def _each_once(self) -> "PlaceList":
        names = [folded(name) for each in self.places for name in (each.name, *each.also)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"Each name stands once; {', '.join(twice[:5])} stands twice.")
        unknown = {
            name for each in self.places for name in each.within if folded(name) not in {*names}
        }
        if unknown:
            raise ValueError(
                f"Add the places that others are within: {', '.join(sorted(unknown))}."
            )
        return self


@dataclass(frozen=True)
class Spot:
    """A known place: where its middle is, roughly, and by which names it and what holds it go."""

    name: str
    kind: PlaceKind
    latitude: float
    longitude: float
    names: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


def places_in(text: str) -> PlaceList:
    """What a file of places says.

    Args:
        text: TOML.

    Raises:
        ValueError: it cannot be read; the message says where it is wrong.
    """
    try:
        return PlaceList.model_validate(parsed(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole list"
        raise ValueError(f"{where}: {first['msg'].removeprefix('Value error, ')}") from None


def shipped() -> tuple[str, ...]:
    """The lists that ship with this, as text, the oldest first."""
    return tuple(packaged(FOLDER).values())


@lru_cache(maxsize=1 << 14)
def _folded(name: str) -> str:
    return folded(name)


def spots(rows: Sequence[Any]) -> Mapping[str, Spot]:
    """Places by every name they go by, folded.

    Args:
        rows: with name, kind, latitude, longitude, also and within.
    """
    found: dict[str, Spot] = {}
    for row in rows:
        names = tuple(map(_folded, (row.name, *row.also)))
        within = tuple(map(_folded, row.within))
        spot = Spot(row.name, PlaceKind(row.kind), row.latitude, row.longitude, names, within)
        found |= dict.fromkeys(names, spot)
    return found


def wider(spot: Spot, known: Mapping[str, Spot]) -> frozenset[str]:
    """Every name of a place and of the places that hold it.

    Args:
        spot: the place.
        known: all places by name.

    Returns:
        Folded names; of a locality its postcode district's and its area's too.
    """
    found, left = set[str](), [spot]
    while left:
        each = left.pop()
        if each.names[0] not in found:
            found.update(each.names)
            left += [known[name] for name in each.within if name in known]
    return frozenset(found)


def near_in_spelling(asked: str, known: Mapping[str, Spot]) -> list[str]:
    """The names of known places that are spelt most like one that is not known.

    Args:
        asked: as it was written.
        known: places by name.

    Returns:
        Five at most, the likest first; none where nothing is like it.
    """
    own = folded(asked)
    scored: dict[str, float] = {}
    for name, spot in known.items():
        score = jellyfish.jaro_winkler_similarity(own, name)
        scored[spot.name] = max(score, scored.get(spot.name, 0.0))
    like = sorted((-score, name) for name, score in scored.items() if score >= LIKE)
    return [name for _, name in like[:MOST_OFFERED]]


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two points are apart as the crow flies.

    Args:
        one: latitude and longitude in degrees, WGS 84.
        other: the same.

    Returns:
        Kilometres on a sphere of 6,371 km.

    Source: the haversine formula.
    """
    (south, west), (north, east) = (map(radians, each) for each in (one, other))
    across = cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(sin((north - south) / 2) ** 2 + across)))
