"""What a service's document says to whoever looks for an offer. Pure.

What a document does not say, or says in a way that cannot be read, is unknown: None. Nothing that
is unknown excludes anybody.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from uuid import UUID

from checkpoint.directory.meanings import Term, folded
from checkpoint.directory.rules import SEXES, day_of
from checkpoint.directory.states import AccessWay
from checkpoint.needs.states import Pathway

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
POSTCODE = re.compile(r"^([A-Z]{1,2}[0-9][A-Z0-9]?) ?[0-9][A-Z]{2}$")
LONGEST_SEARCH = 20_000
END_OF_DAY = time.max


@dataclass(frozen=True)
class Place:
    """Where a service is given."""

    service_at_location_id: UUID
    location_id: UUID | None = None
    latitude: float | None = None
    longitude: float | None = None
    district: str | None = None
    locality: str | None = None


@dataclass(frozen=True)
class Opening:
    """One weekly time at which it is open, in UK time; times that are not said are None."""

    weekday: int
    opens: time | None = None
    closes: time | None = None
    location_id: UUID | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Offer:
    """What look-ups read of one service."""

    name: str
    organization_name: str | None
    search_text: str
    pathways: tuple[str, ...]
    minimum_age: float | None
    maximum_age: float | None
    sexes: tuple[str, ...] | None
    languages: tuple[str, ...] | None
    is_free: bool | None
    access: AccessWay | None
    residence: tuple[str, ...] | None
    valid_from: date | None
    valid_until: date | None
    is_active: bool
    places: tuple[Place, ...] = field(default=())
    openings: tuple[Opening, ...] = field(default=())


def offer_of(
    document: Mapping[str, Any],
    *,
    organization_name: str | None,
    locations: Mapping[UUID, Mapping[str, Any]],
    terms: Mapping[UUID, Term],
    meaning: Mapping[UUID, frozenset[Pathway]],
) -> Offer:
    """What look-ups read of a service.

    Args:
        document: the service's, as it is stored.
        organization_name: who provides it, if known.
        locations: by id, the documents of locations that are listed.
        terms: by id, the terms that are listed.
        meaning: by id of a term, the pathways it means.

    Returns:
        The offer with its places and openings, in the order of the document.
    """
    classed = [each for each in _term_ids(document) if each in terms]
    pathways = frozenset().union(*(meaning.get(each, frozenset()) for each in classed))
    return Offer(
        name=document["name"],
        organization_name=organization_name,
        search_text=_search_text(document, organization_name, [terms[each] for each in classed]),
        pathways=tuple(sorted(pathways)),
        minimum_age=_age(document.get("minimum_age")),
        maximum_age=_age(document.get("maximum_age")),
        sexes=_sexes(document.get("eligible_sexes")),
        languages=_languages(document.get("languages")),
        is_free=_is_free(document.get("cost_options")),
        access=_access(document.get("access_way")),
        residence=_texts(document.get("eligible_residence")),
        valid_from=day_of(document.get("valid_from")),
        valid_until=day_of(document.get("valid_until")),
        is_active=document["status"] == "active",
        places=tuple(_places(document, locations)),
        openings=tuple(_openings(document, locations)),
    )


def _term_ids(document: Mapping[str, Any]) -> list[UUID]:
    said = [each.get("taxonomy_term_id") for each in document.get("attributes", ())]
    return [UUID(each) for each in dict.fromkeys(said) if each]


def _search_text(document: Mapping[str, Any], provider: str | None, terms: list[Term]) -> str:
    said = ("name", "alternate_name", "description", "eligibility_description")
    words = [document.get(name) for name in said]
    words += [provider, *(term.name for term in terms)]
    return folded(" ".join(each for each in words if each))[:LONGEST_SEARCH]


def _age(value: Any) -> float | None:
    return float(value) if value is not None and 0 <= value <= 150 else None


def _sexes(value: Any) -> tuple[str, ...] | None:
    said = _texts(value)
    return said if said and SEXES.issuperset(said) else None


def _texts(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return None
    return tuple(dict.fromkeys(filter(None, map(folded, value)))) or None


def _languages(value: Any) -> tuple[str, ...] | None:
    return _texts([each.get("code") or each.get("name") or "" for each in value or ()] or None)


def _is_free(value: Any) -> bool | None:
    amounts = [each["amount"] for each in value or () if "amount" in each]
    return all(amount == 0 for amount in amounts) if amounts else None


def _access(value: Any) -> AccessWay | None:
    return AccessWay(value) if isinstance(value, str) and value in {*AccessWay} else None


def _places(
    document: Mapping[str, Any], locations: Mapping[UUID, Mapping[str, Any]]
) -> Iterator[Place]:
    for each in document.get("service_at_locations", ()):
        found = _location_id(each, locations)
        there = locations[found] if found else {}
        latitude, longitude = _point(there)
        address = _address(there)
        code = POSTCODE.match(" ".join(address.get("postal_code", "").upper().split()))
        yield Place(
            service_at_location_id=UUID(each["id"]),
            location_id=found,
            latitude=latitude,
            longitude=longitude,
            district=code[1] if code else None,
            locality=folded(address["city"]) if "city" in address else None,
        )


def _location_id(
    each: Mapping[str, Any], locations: Mapping[UUID, Mapping[str, Any]]
) -> UUID | None:
    found = UUID(each["location_id"]) if "location_id" in each else None
    return found if found in locations else None


def _point(there: Mapping[str, Any]) -> tuple[float | None, float | None]:
    latitude, longitude = there.get("latitude"), there.get("longitude")
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        return None, None  # nobody lives there: zeros stand for not known
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None, None
    return float(latitude), float(longitude)


def _address(there: Mapping[str, Any]) -> Mapping[str, Any]:
    said: list[Mapping[str, Any]] = there.get("addresses", [])
    physical = [each for each in said if each["address_type"] == "physical"]
    return next(iter([*physical, *said]), {})


def _openings(
    document: Mapping[str, Any], locations: Mapping[UUID, Mapping[str, Any]]
) -> Iterator[Opening]:
    yield from _weekly(document.get("schedules", ()), None)
    for each in document.get("service_at_locations", ()):
        yield from _weekly(each.get("schedules", ()), _location_id(each, locations))


def _weekly(schedules: Iterable[Mapping[str, Any]], location_id: UUID | None) -> Iterator[Opening]:
    for each in schedules:
        if each.get("freq", "WEEKLY") != "WEEKLY" or each.get("interval", 1) != 1:
            continue  # which weeks it is cannot be told from a weekday
        ends = [day_of(each.get(name)) for name in ("valid_to", "until")]
        until = min((day for day in ends if day), default=None)
        since = day_of(each.get("valid_from")) or day_of(each.get("dtstart"))
        for day in each.get("byday", "").upper().replace(" ", "").split(","):
            if day in WEEKDAYS:
                number = WEEKDAYS.index(day) + 1
                opens, closes = _clock(each.get("opens_at")), _clock(each.get("closes_at"))
                for weekday, begins, ends_at in _spans(number, opens, closes):
                    yield Opening(weekday, begins, ends_at, location_id, since, until)


def _spans(
    weekday: int, opens: time | None, closes: time | None
) -> list[tuple[int, time | None, time | None]]:
    """One span, or two where it is open past midnight."""
    if opens is None or closes is None or opens < closes:
        return [(weekday, opens, closes)]
    late: list[tuple[int, time | None, time | None]] = [(weekday, opens, END_OF_DAY)]
    return late if closes == time(0) else [*late, (weekday % 7 + 1, time(0), closes)]


def _clock(value: Any) -> time | None:
    """The time that stands there: a directory's hours are local, whatever offset they carry."""
    return time.fromisoformat(value[:5]) if isinstance(value, str) else None
