"""Front door of look-ups: offers that fit what is sought, the best first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import StringConstraints
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.directory.lookups import lookups, queries
from checkpoint.directory.lookups.facts import Sought
from checkpoint.directory.lookups.ranking import Ranked
from checkpoint.directory.lookups.references import Spot
from checkpoint.directory.lookups.rules import (
    asked_words,
    check_distance,
    check_place,
    check_time,
    check_words,
    residence_at,
)
from checkpoint.directory.lookups.schemas import ServiceOffersView, ServiceOfferView
from checkpoint.directory.lookups.states import (
    LookupEvent,
    PathwayMatch,
    SoughtAccess,
    SoughtSex,
)
from checkpoint.directory.lookups.views import offer_view, ranked
from checkpoint.directory.meanings import folded
from checkpoint.directory.references import staleness_on
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken, check_all
from checkpoint.foundation.paging import MalformedCursor, TurningShortly, links
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Language, Spelt
from checkpoint.needs.states import Pathway

router = APIRouter(prefix="/v1", tags=["directory"])
Reader = Annotated[Actor, holding(Permission.READ_LISTINGS)]
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


@dataclass(frozen=True)
class Asked:
    """What a request asks for, in the form of each parameter."""

    pathway: list[Pathway] | None
    match: PathwayMatch
    text: str | None
    place: str | None
    within_km: float | None
    day: int | None
    time: str | None
    age: int | None
    sex: SoughtSex | None
    residence: str | None
    language: str | None
    free: bool
    free_places: bool
    access: SoughtAccess | None


Pathways = Annotated[
    list[Pathway] | None, Query(description="One or several.", max_length=len(Pathway))
]
Match = Annotated[PathwayMatch, Query(description="Offers for any of them, or for all of them.")]
Text = Annotated[
    str | None,
    Query(
        min_length=2,
        max_length=100,
        description="Up to four telling words; slips are forgiven. Name nobody here.",
    ),
]
From = Annotated[
    str | None,
    Query(min_length=1, max_length=80, description="From where: a postcode district, or a town."),
]
Within = Annotated[
    float | None, Query(ge=0.5, le=200, description="No farther than that from the place.")
]
Day = Annotated[int | None, Query(ge=1, le=7, description="Open on that day; 1 is Monday.")]
Time = Annotated[
    Annotated[
        str, StringConstraints(pattern=CLOCK), Spelt("a time of day on the 24-hour clock", "14:30")
    ]
    | None,
    Query(description="Open then by England's clock, as 14:30.", examples=["14:30"]),
]
Age = Annotated[int | None, Query(ge=0, le=150, description="For people of that age.")]
Sex = Annotated[SoughtSex | None, Query(description="For people of that sex.")]
Residence = Annotated[
    str | None,
    Query(min_length=1, max_length=80, description="For people who live there; as place."),
]
Spoken = Annotated[Language | None, Query(description="ISO 639 code, as pl.")]
Free = Annotated[bool, Query(description="Free of charge.")]
FreePlaces = Annotated[bool, Query(description="With a free place.")]
Access = Annotated[SoughtAccess | None, Query(description="How people would come to it.")]


async def asked(
    *,
    pathway: Pathways = None,
    match: Match = PathwayMatch.ANY,
    text: Text = None,
    place: From = None,
    within_km: Within = None,
    day: Day = None,
    time: Time = None,
    age: Age = None,
    sex: Sex = None,
    residence: Residence = None,
    language: Spoken = None,
    free: Free = False,
    free_places: FreePlaces = False,
    access: Access = None,
) -> Asked:
    """Taken from the address, and never in a thread beside, as a class would be."""
    return Asked(
        pathway=pathway,
        match=match,
        text=text,
        place=place,
        within_km=within_km,
        day=day,
        time=time,
        age=age,
        sex=sex,
        residence=residence,
        language=language,
        free=free,
        free_places=free_places,
        access=access,
    )


@router.get(
    "/service-offers",
    response_model=ServiceOffersView,
    responses=problems(MalformedCursor, RuleBroken),
)
async def look_up_offers(
    by: Reader,
    session: Transaction,
    now: Now,
    turn: TurningShortly,
    wanted: Annotated[Asked, Depends(asked)],
) -> Response:
    """Offers that stand today and fit what is asked, the best first, each with why, what it does
    not say, and how far it is. What is not said excludes no offer, but puts it behind.
    """
    on = london_day(now)
    sought, known = await _sought(session, wanted)
    compared = await queries.candidates(session, sought, on=on)
    near = await _near(session, compared.rows) if sought.place else None
    days = staleness_on(on).assured_for_days
    found = ranked(compared.rows, near or {}, sought, known=known, days=days, on=on)
    place = turn.start()
    seen = (place.rank, place.id) if place else None
    left = [
        (number, each, row)
        for number, (each, row) in enumerate(found, 1)
        if seen is None or (each.key, each.offered.service_id) > seen
    ]
    page = left[: turn.size]
    last = page[-1][1] if len(left) > turn.size else None
    following = turn.cursor(now, last.offered.service_id, last.key) if last else None
    await _record(session, [row.service_id for _, _, row in page], by=by, now=now)
    items = await _items(session, page, near, on=on)
    view = ServiceOffersView(items=items, next=following, compared=len(found), more=compared.more)
    return shown(view, headers=links(turn.request, following))


async def _sought(session: AsyncSession, asked: Asked) -> tuple[Sought, Mapping[str, Spot]]:
    at = time.fromisoformat(asked.time) if asked.time else None
    named = asked.place is not None or asked.residence is not None
    known = await lookups.known_places(session) if named else {}
    check_all(
        lambda: check_distance(asked.within_km, place=asked.place),
        lambda: check_time(at, day=asked.day),
        lambda: check_words(asked.text),
        lambda: check_place(asked.place, known, field="place"),
        lambda: check_place(asked.residence, known, field="residence"),
    )
    sought = Sought(
        pathways=frozenset(each.value for each in asked.pathway or ()),
        every_pathway=asked.match is PathwayMatch.ALL,
        words=asked_words(asked.text),
        place=known[folded(asked.place)] if asked.place else None,
        within_km=asked.within_km,
        weekday=asked.day,
        at=at,
        age=asked.age,
        sex=asked.sex,
        residence=residence_at(known[folded(asked.residence)], known) if asked.residence else None,
        language=asked.language,
        is_free=asked.free,
        free_places=asked.free_places,
        access=asked.access,
    )
    return sought, known


async def _near(session: AsyncSession, rows: Sequence[Any]) -> dict[UUID, list[Any]]:
    return await queries.places_of(session, [row.service_id for row in rows])


async def _items(
    session: AsyncSession,
    page: Sequence[tuple[int, Ranked, Any]],
    near: Mapping[UUID, Sequence[Any]] | None,
    *,
    on: date,
) -> list[ServiceOfferView]:
    """Those that are shown, with their places, unless these were read to rank them."""
    rows = [row for _, _, row in page]
    places = await _near(session, rows) if near is None else near
    hours = await queries.hours_of(session, [row.service_id for row in rows], on=on)
    return [
        offer_view(
            each,
            row,
            rank=number,
            places=places.get(row.service_id, ()),
            hours=hours.get(row.service_id, ()),
        )
        for number, each, row in page
    ]


async def _record(session: AsyncSession, ids: Sequence[UUID], *, by: Actor, now: datetime) -> None:
    await ledger.record(
        session,
        Operation.CONSULTATION,
        LookupEvent.LOOKED_UP,
        *ids,
        kind="directory_service",
        by=by,
        at=now,
    )
