"""Whole caseloads: what a navigator has to work, and where it goes when they cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.reach.queries import (
    ASKS_AT,
    CASE_REACH,
    OPEN,
    READER,
    THROUGH_GLASS,
    open_to_reader,
)
from checkpoint.custody.reach.states import Basis
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.navigators import queries, rules
from checkpoint.navigators.caseload import Case
from checkpoint.navigators.schemas import CaseloadItemView, Chosen
from checkpoint.navigators.states import Place
from checkpoint.navigators.tables import Assignment, Cover
from checkpoint.people.tables import Person

LIVE = CASE_REACH
COVERING: Any = sa.literal_column(f"'{Basis.COVER}'")
PLACE = sa.case(
    (LIVE.c.basis == COVERING, Place.COVER.value),
    else_=Place.ASSIGNED.value,
)
# By who asks and when, so that it costs what one caseload costs.
CASELOAD = Listing(
    sa.select(
        LIVE.c.id,
        LIVE.c.custody_record_id,
        LIVE.c.since,
        PLACE.label("place"),
        sa.case((LIVE.c.basis == COVERING, LIVE.c.until)).label("until"),
        col(CustodyRecord.reference),
        col(CustodyRecord.suite),
        col(CustodyRecord.person_id),
        col(Person.family_name),
        col(Person.given_names),
    )
    .join(CustodyRecord, col(CustodyRecord.id) == LIVE.c.custody_record_id)
    .join(Person, col(Person.id) == col(CustodyRecord.person_id)),
    at=LIVE.c.since,
    id=LIVE.c.id,
    filters={
        "reader": sa.and_(
            LIVE.c.actor_id == READER,
            LIVE.c.basis != THROUGH_GLASS,
            open_to_reader(LIVE.c.custody_record_id),
        ),
        "asks_at": LIVE.c.until > ASKS_AT,
    },
    soonest=True,
)
NAVIGATOR_ID = sa.bindparam("navigator_id", type_=sa.Uuid())
# A restricted case stays where it is, until somebody who is named for it moves it.
HELD_BY = queries.STANDING.where(col(Assignment.navigator_id) == NAVIGATOR_ID, OPEN).order_by(
    col(Assignment.assigned_at), col(Assignment.id)
)
COVERED_BY = queries.STANDING.where(col(Cover.navigator_id) == NAVIGATOR_ID, OPEN).order_by(
    col(Cover.id)
)


@dataclass(frozen=True)
class Plan:
    """Where a caseload goes: its rows as they stand, their places, and the covers that end."""

    rows: Sequence[Any]
    placed: Sequence[rules.Placed]
    covers: Sequence[Any]
    tag: str


async def page(
    session: AsyncSession, *, actor: Actor, turn: Turn, at: datetime
) -> tuple[list[Any], str | None]:
    """One page of the live cases of whoever is asking, whose they are longest first."""
    return await CASELOAD.page(session, turn, **queries.caseload_of(actor, at))


def item_view(row: Any) -> CaseloadItemView:
    """A line of a caseload."""
    return CaseloadItemView.model_validate(row)


async def plan(
    session: AsyncSession,
    navigator: Any,
    mapping: Sequence[Chosen] | None,
    *,
    by: Actor,
    at: datetime,
) -> Plan:
    """Where a navigator's whole caseload goes as everybody stands now.

    Raises:
        RuleBroken: the mapping is not of their cases, each once.
    """
    asked = {"navigator_id": navigator.id, "now": at, "reader": by.id}
    rows = await rows_of(session, HELD_BY, **asked)
    covers = await rows_of(session, COVERED_BY, **asked)
    held = [row.custody_record_id for row in rows]
    if mapping is not None:
        rules.check_whole([each.custody_record_id for each in mapping], held=held)
    against = await queries.conflicted(session, held)
    cases = [
        Case(
            id=row.custody_record_id,
            suite=row.suite,
            conflicted=against[row.custody_record_id],
            holder=navigator.id,
            coverer=row.coverer_id,
        )
        for row in rows
    ]
    chosen = None if mapping is None else choices(mapping)
    placed = rules.place(cases, await queries.working(session, at=at), chosen)
    tag = rules.tag_of(placed, [row.cover_id for row in covers])
    return Plan(rows, placed, covers, tag)


def choices(mapping: Sequence[Chosen]) -> dict[UUID, rules.Choice]:
    """A mapping by case."""
    return {
        each.custody_record_id: rules.Choice(
            navigator_id=each.navigator_id, override=each.override_words
        )
        for each in mapping
    }
