"""Find offers: forty candidates a round, by index; and the places that are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory.lists import DirectoryOffer, DirectoryOfferPlace, DirectoryOpening
from checkpoint.directory.lookups import names, terms
from checkpoint.directory.lookups.facts import Sought
from checkpoint.directory.lookups.terms import ACROSS, UNSAID
from checkpoint.directory.queries import valid_on
from checkpoint.directory.states import ListingState
from checkpoint.directory.tables import DirectoryCapacity
from checkpoint.foundation.database import executed, rows_of
from checkpoint.foundation.statements import Prepared

# In each round so many are compared, those that promise most first. Of the nearest so many, so that
# there is room for some of which it is not known where they are; where fewer are near, for more.
MOST_COMPARED, MOST_NEAR = 40, 30
OFFER: sa.Table = DirectoryOffer.__table__
PLACE: sa.Table = DirectoryOfferPlace.__table__
OPENING: sa.Table = DirectoryOpening.__table__
CAPACITY: sa.Table = DirectoryCapacity.__table__
TODAY, DAY = sa.bindparam("today", type_=sa.Date()), sa.bindparam("day", type_=sa.Integer())
AT = sa.bindparam("at", type_=sa.Time())
UNKNOWNS = sa.bindparam("unknowns", type_=sa.Boolean())
IDS = sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
# As the index has it; the literal is written out so that the planner knows the expression again.
HERE: Any = sa.func.point(sa.bindparam("x", type_=sa.Float()), sa.bindparam("y", type_=sa.Float()))


def _far(place: Any) -> Any:
    spot: Any = sa.func.point(place.c.longitude * sa.literal_column(ACROSS), place.c.latitude)
    return spot.op("<->", return_type=sa.Float())(HERE)


# Of an offer that is given in many places the nearest counts, or they would crowd out the others.
OTHER: Any = PLACE.alias("other")
NEARER = sa.exists().where(
    OTHER.c.service_id == PLACE.c.service_id,
    sa.tuple_(_far(OTHER), OTHER.c.position) < sa.tuple_(_far(PLACE), PLACE.c.position),
)
# Told of by one word each, or by the mark of what is not said.
EITHER = ("age_told", "sex", "language", "cost", "access", "lives")


def _texts(name: str) -> Any:
    return sa.bindparam(name, type_=ARRAY(sa.Text()))


def _either(column: Any, name: str) -> Any:
    return column.bool_op("&&")(_texts(name))


IN_USE = valid_on(OPENING, TODAY)
VALID_NOW = sa.and_(IN_USE, OPENING.c.service_id == OFFER.c.service_id)


def _hours(*then: Any) -> Any:
    """Whether its hours say that it is open: true, they may: false, it is closed: null; and
    whether it tells none. Both in one reading of them.
    """
    said = sa.and_(OPENING.c.opens.is_not(None), OPENING.c.closes.is_not(None))
    is_open = sa.func.bool_or(said if then else sa.true())
    return (
        sa.select(
            is_open.filter(OPENING.c.weekday == DAY, *then).label("open_then"),
            (sa.func.count() == 0).label("none_told"),
        )
        .where(VALID_NOW)
        .correlate(OFFER)
        .lateral("hours")
    )


HOURS_THAT_DAY = _hours()
HOURS_THEN = _hours(
    sa.or_(OPENING.c.opens.is_(None), OPENING.c.opens <= AT),
    sa.or_(OPENING.c.closes.is_(None), OPENING.c.closes > AT),
)
ROOTS = [sa.bindparam(f"root_{at}", type_=sa.Text()) for at in range(names.MOST_ASKED)]
NOBODY_KNOWS: Any = sa.cast(sa.null(), sa.Boolean())
SOUTH, NORTH, WEST, EAST = (
    sa.bindparam(name, type_=sa.Float()) for name in ("south", "north", "west", "east")
)
IN_BOX: Any = sa.and_(
    PLACE.c.latitude.between(SOUTH, NORTH),
    PLACE.c.longitude.between(WEST, EAST),
)
FREE: Any = CAPACITY.c.maximum - CAPACITY.c.held
KEYS, FACETS = OFFER.c.search_keys, OFFER.c.facets


def _filters(facets: Any) -> dict[str, Any]:
    """By what is asked, a condition that holds for whatever it does not exclude.

    Args:
        facets: the column whose index is walked: the offer's, or that of its place.
    """
    age = sa.bindparam("age", type_=sa.Float())
    days, day, then = _either(facets, "days"), HOURS_THAT_DAY.c, HOURS_THEN.c
    closed_unless = sa.and_(UNKNOWNS, sa.or_(then.open_then.is_not(None), then.none_told))
    elsewhere = OFFER.c.residence.bool_op("<@")(_texts("elsewhere"))
    placed = sa.exists().where(PLACE.c.service_id == OFFER.c.service_id, IN_BOX)
    return {
        "any_pathway": _either(facets, "pathways"),
        "all_pathways": sa.or_(
            facets.bool_op("@>")(_texts("pathways")),
            sa.and_(UNKNOWNS, _either(facets, "pathway_unsaid")),
        ),
        "age": sa.and_(
            sa.func.coalesce(OFFER.c.minimum_age <= age, sa.true()),
            sa.func.coalesce(OFFER.c.maximum_age >= age, sa.true()),
        ),
        **{name: _either(facets, name) for name in EITHER},
        "elsewhere": sa.func.coalesce(~elsewhere, sa.true()),
        "day": sa.and_(days, sa.or_(day.open_then.is_not(None), sa.and_(UNKNOWNS, day.none_told))),
        "at": sa.and_(days, sa.or_(then.open_then, closed_unless)),
        "free_places": sa.or_(FREE > 0, sa.and_(UNKNOWNS, CAPACITY.c.maximum.is_(None))),
        "box": IN_BOX,
        "in_box": sa.or_(_either(facets, "no_spot"), placed.correlate(OFFER)),
        "said": KEYS.bool_op("@>")(_texts("said")),
        "nearly": sa.and_(*(_either(KEYS, f"nearly_{at}") for at in range(names.MOST_ASKED))),
    }


BY_OFFER, BY_PLACE = _filters(FACETS), _filters(PLACE.c.facets)
# What the directory offers today; the day is the parameter ``today``.
STANDING = (
    OFFER.c.state == sa.literal_column(f"'{ListingState.LISTED.value}'"),
    OFFER.c.is_active,
    valid_on(OFFER, TODAY),
)
UNSHOWN = ("search_text", "search_keys", "facets", "state", "is_active")
# Lists and words as the driver reads them: SQLAlchemy would copy each of them once more.
SHOWN = [
    sa.type_coerce(column, sa.types.NullType()).label(column.name)
    for column in OFFER.c
    if column.name not in UNSHOWN
]
MOST = sa.bindparam("most", type_=sa.Integer())
LAST_ASSURED = (OFFER.c.assured_on.desc().nulls_last(), OFFER.c.service_id)
# As the index of what has no place says it.
NO_SPOT: Any = FACETS.bool_op("&&")(sa.literal_column(f"'{{spot:{UNSAID}}}'::text[]"))
# What is asked decides which index is walked; a plan for anything asked would walk the wrong one.
PLANNED_EACH_TIME = sa.text("SET LOCAL plan_cache_mode = force_custom_plan")
BUILT: dict[tuple[str, frozenset[str]], Prepared] = {}
WHERE = Prepared(
    sa.select(
        PLACE.c.service_id,
        PLACE.c.latitude,
        PLACE.c.longitude,
        PLACE.c.district,
        PLACE.c.locality,
    )
    .where(PLACE.c.service_id == IDS)
    .order_by(PLACE.c.service_id, PLACE.c.position)
)
HOURS = Prepared(
    sa.select(OPENING.c.service_id, OPENING.c.weekday, OPENING.c.opens, OPENING.c.closes)
    .where(OPENING.c.service_id == IDS, IN_USE)
    .order_by(OPENING.c.service_id, OPENING.c.weekday, OPENING.c.opens, OPENING.c.position)
)


@dataclass(frozen=True)
class Compared:
    """Offers that were found by index, and whether there may be more."""

    rows: Sequence[Any]
    more: bool


async def candidates(session: AsyncSession, sought: Sought, *, on: date) -> Compared:
    """Offers that stand on a day and that nothing excludes, as far as an index can tell.

    Args:
        session: the caller's.
        sought: what is asked for.
        on: today in England.

    Returns:
        Forty at most of which all that is asked is known; only where there are fewer, forty of
        any. Where a place is sought, the 30 nearest, and as many more as there is room for of
        which it is not known where exactly they are; else those assured last. Where words are
        sought, those that say them; only where there are fewer, those that say something like
        them.
    """
    await executed(session, PLANNED_EACH_TIME, {})
    found: dict[UUID, Any] = {}
    more = enough = False
    near = 0
    given = {"today": on, **terms.given_of(sought)}
    for ways in terms.rounds(sought):
        if enough or len(found) >= MOST_COMPARED:
            more = True
            break
        for way, asked, unknowns in ways:
            groups = terms.groups(given, asked, unknowns=unknowns)
            most = MOST_NEAR if way == "near" else MOST_COMPARED - near
            rows = await rows_of(session, _statement(way, asked), **groups, most=most)
            found |= {row.service_id: row for row in rows}
            near = len(rows) if way == "near" else 0
            more, enough = more or len(rows) == most, enough or near == MOST_NEAR
    return Compared([*found.values()], more)


def _statement(way: str, asked: frozenset[str]) -> Prepared:
    """Built once for each way of looking, since building costs more than running."""
    if (way, asked) not in BUILT:
        BUILT[way, asked] = Prepared(_built(way, asked))
    return BUILT[way, asked]


def _built(way: str, asked: frozenset[str]) -> Any:
    hours = HOURS_THEN if "at" in asked else HOURS_THAT_DAY if "day" in asked else None
    then = NOBODY_KNOWS if hours is None else hours.c.open_then
    offers = OFFER if hours is None else OFFER.join(hours, sa.true())
    words = "said" in asked or "nearly" in asked
    said = [
        (ROOTS[at] == sa.any_(KEYS) if words else NOBODY_KNOWS).label(f"said_{at}")
        for at in range(names.MOST_ASKED)
    ]
    filters = BY_PLACE if way == "near" else BY_OFFER
    rows = (
        sa.select(*SHOWN, CAPACITY.c.maximum, CAPACITY.c.held, then.label("open_then"), *said)
        .select_from(offers)
        .outerjoin(CAPACITY, CAPACITY.c.service_id == OFFER.c.service_id)
        .where(*STANDING, *(filter for name, filter in filters.items() if name in asked))
        .limit(MOST)
    )
    if way == "near":
        here = rows.join(PLACE, PLACE.c.service_id == OFFER.c.service_id)
        return here.where(~NEARER).order_by(_far(PLACE))
    return rows.where(*([NO_SPOT] if way == "unplaced" else [])).order_by(*LAST_ASSURED)


async def places_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """By service, the places at which it is given."""
    return _by_service(await rows_of(session, WHERE, ids=list(ids)))


async def hours_of(
    session: AsyncSession, ids: Sequence[UUID], *, on: date
) -> dict[UUID, list[Any]]:
    """By service, the weekly times at which it is open, as they hold on a day."""
    return _by_service(await rows_of(session, HOURS, ids=list(ids), today=on))


def _by_service(rows: Sequence[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.service_id, []).append(row)
    return found
