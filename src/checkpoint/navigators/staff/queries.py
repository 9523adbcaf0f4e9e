"""Reach navigators through the suites they are based at; how each of them stands on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.lists import Suite
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.navigators.staff.schemas import (
    AbsenceView,
    ClearanceView,
    ColleagueView,
    NavigatorLineView,
    NavigatorView,
)
from checkpoint.navigators.staff.states import (
    ClearanceKind,
    Cleared,
    NavigatorNotFound,
    cleared_on,
    is_absent,
)
from checkpoint.navigators.staff.tables import (
    Absence,
    Clearance,
    Navigator,
    NavigatorProvider,
)

# A supervisor's team: who is based at one of their suites.
IN_TEAM = col(Navigator.base_suites).op("&&")(sa.bindparam("suites", type_=ARRAY(sa.String())))
NAVIGATORS = sa.select(*Navigator.__table__.c)
VISIBLE = NAVIGATORS.where(IN_TEAM)
ONE = VISIBLE.where(col(Navigator.id) == sa.bindparam("navigator_id", type_=sa.Uuid()))
LOCKED = ONE.with_for_update(key_share=True)
THESE = sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
HELD = (
    NAVIGATORS.where(col(Navigator.id) == THESE)
    .order_by(col(Navigator.id))
    .with_for_update(key_share=True)
)
NAMED = NAVIGATORS.where(col(Navigator.id) == sa.bindparam("navigator_id", type_=sa.Uuid()))
OF_ACTOR = NAVIGATORS.where(col(Navigator.actor_id) == sa.bindparam("actor_id", type_=sa.Uuid()))
WORKING = NAVIGATORS.where(
    sa.or_(
        col(Navigator.last_day).is_(None),
        col(Navigator.last_day) >= sa.bindparam("on", type_=sa.Date()),
    )
).order_by(col(Navigator.name), col(Navigator.id))
LISTING = Listing(
    NAVIGATORS,
    at=Navigator.__table__.c.registered_at,
    id=Navigator.__table__.c.id,
    filters={"suites": IN_TEAM},
)
LAST_CLEARANCES = (
    sa.select(*Clearance.__table__.c)
    .where(col(Clearance.navigator_id) == THESE)
    .ext(distinct_on(col(Clearance.navigator_id), col(Clearance.kind)))
    .order_by(col(Clearance.navigator_id), col(Clearance.kind), col(Clearance.number).desc())
)
CLEARANCES = (
    sa.select(*Clearance.__table__.c)
    .where(col(Clearance.navigator_id) == THESE)
    .order_by(col(Clearance.id).desc())
)
AFTER = aliased(Absence)
ABSENCES = (
    sa.select(*Absence.__table__.c)
    .outerjoin(AFTER, col(AFTER.replaces_id) == col(Absence.id))
    .where(col(Absence.navigator_id) == THESE)
    .where(col(AFTER.id).is_(None), ~col(Absence.taken_away))
    .order_by(col(Absence.absent_from), col(Absence.id))
)
ENTRIES = sa.select(
    sa.select(sa.func.count())
    .where(col(Clearance.navigator_id) == sa.bindparam("navigator_id", type_=sa.Uuid()))
    .scalar_subquery()
    .label("clearances"),
    sa.select(sa.func.count())
    .where(col(Absence.navigator_id) == sa.bindparam("navigator_id", type_=sa.Uuid()))
    .scalar_subquery()
    .label("absences"),
)
PROVIDERS = sa.select(*NavigatorProvider.__table__.c).order_by(col(NavigatorProvider.code))
SUITES = sa.select(col(Suite.code))
REMEDY = "Check the id, or ask a supervisor of the suite they are based at."


@dataclass(frozen=True)
class Standing:
    """How a navigator stands on a day."""

    navigator: Any
    induction: Cleared
    vetting: Cleared
    absent: bool

    def has_left(self, on: date) -> bool:
        """Whether their last day at work is over."""
        last: date | None = self.navigator.last_day
        return last is not None and last < on

    @property
    def ready(self) -> bool:
        """Whether they may be given a case, all else apart."""
        cleared = self.induction is Cleared.STANDS and self.vetting is Cleared.STANDS
        return cleared and not self.absent


def team_of(actor: Actor) -> dict[str, Any]:
    """What ``IN_TEAM`` asks for: the suites at which somebody leads."""
    return {"suites": sorted(actor.suites)}


async def one(
    session: AsyncSession, navigator_id: UUID, *, actor: Actor, lock: bool = False
) -> Any:
    """A navigator of a supervisor's team; locked until the transaction ends, if asked.

    Raises:
        NavigatorNotFound: there is none.
    """
    rows = LOCKED if lock else ONE
    found = await rows_of(session, rows, **team_of(actor), navigator_id=navigator_id)
    if not found:
        raise NavigatorNotFound(REMEDY)
    return found[0]


async def held(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """These navigators by id, locked in the order of their ids until the transaction ends."""
    rows = await rows_of(session, HELD, ids=[*ids])
    return {row.id: row for row in rows}


async def of_actor(session: AsyncSession, actor: Actor) -> Any | None:
    """The navigator who is asking, if they are one."""
    found = await rows_of(session, OF_ACTOR, actor_id=actor.id)
    return found[0] if found else None


async def is_registered(session: AsyncSession, actor_id: UUID) -> bool:
    """Whether somebody is registered as a navigator, in whatever suite."""
    return bool(await rows_of(session, OF_ACTOR, actor_id=actor_id))


async def page(session: AsyncSession, *, actor: Actor, turn: Turn) -> tuple[list[Any], str | None]:
    """One page of a supervisor's team, who was registered last first."""
    return await LISTING.page(session, turn, **team_of(actor))


async def working(session: AsyncSession, *, on: date) -> list[Standing]:
    """Every navigator whose last day is not over, and how they stand."""
    return await standing(session, await rows_of(session, WORKING, on=on), on=on)


async def standing(session: AsyncSession, navigators: Sequence[Any], *, on: date) -> list[Standing]:
    """How each of these stands on a day."""
    ids = [each.id for each in navigators]
    last = {
        (row.navigator_id, row.kind): row
        for row in await rows_of(session, LAST_CLEARANCES, ids=ids)
    }
    away = {
        row.navigator_id
        for row in await rows_of(session, ABSENCES, ids=ids)
        if is_absent(row.absent_from, row.last_day, on=on)
    }

    def cleared(id: UUID, kind: ClearanceKind) -> Cleared:
        row = last.get((id, kind))
        return cleared_on(row.given_on if row else None, row.last_day if row else None, on=on)

    return [
        Standing(
            navigator=each,
            induction=cleared(each.id, ClearanceKind.INDUCTION),
            vetting=cleared(each.id, ClearanceKind.VETTING),
            absent=each.id in away,
        )
        for each in navigators
    ]


async def entries(session: AsyncSession, navigator_id: UUID) -> Any:
    """How many clearances and absences were entered of somebody."""
    return (await rows_of(session, ENTRIES, navigator_id=navigator_id))[0]


async def last_number(session: AsyncSession, navigator_id: UUID, kind: ClearanceKind) -> int:
    """The number of the last clearance of a kind; 0 where there is none."""
    rows = await rows_of(session, LAST_CLEARANCES, ids=[navigator_id])
    return next((int(row.number) for row in rows if row.kind == kind), 0)


async def absences(session: AsyncSession, navigator_id: UUID) -> Sequence[Any]:
    """Somebody's absences that stand."""
    return await rows_of(session, ABSENCES, ids=[navigator_id])


async def providers(session: AsyncSession) -> Sequence[Any]:
    """Every employer of navigators."""
    return await rows_of(session, PROVIDERS)


async def suite_codes(session: AsyncSession) -> set[str]:
    """The codes of all suites."""
    return {row.code for row in await rows_of(session, SUITES)}


async def view(session: AsyncSession, navigator: Any, *, on: date) -> NavigatorView:
    """A navigator with everything that decides whether they are given a case."""
    (stands,) = await standing(session, [navigator], on=on)
    clearances = await rows_of(session, CLEARANCES, ids=[navigator.id])
    away = await absences(session, navigator.id)
    return NavigatorView(
        **{name: getattr(navigator, name) for name in NavigatorLineView.model_fields},
        actor_id=navigator.actor_id,
        induction=stands.induction,
        vetting=stands.vetting,
        absent=stands.absent,
        clearances=[ClearanceView.model_validate(row) for row in clearances],
        absences=[AbsenceView.model_validate(row) for row in away],
        registered_at=navigator.registered_at,
        version=navigator.version,
    )


async def colleagues(session: AsyncSession, navigator: Any, *, on: date) -> list[ColleagueView]:
    """Who else is based where a navigator is, and may be given a case today."""
    here = {*navigator.base_suites}
    return [
        ColleagueView.model_validate(each.navigator)
        for each in await working(session, on=on)
        if each.ready and each.navigator.id != navigator.id and here & {*each.navigator.base_suites}
    ]


async def named(session: AsyncSession, navigator_id: UUID) -> Any:
    """A navigator whom a row names."""
    return (await rows_of(session, NAMED, navigator_id=navigator_id))[0]
