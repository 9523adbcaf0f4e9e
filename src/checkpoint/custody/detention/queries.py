"""Read what the clock of a record heard of, and what it says."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.detention.clock import Clock, Stays, clock, stays
from checkpoint.custody.detention.schemas import (
    ClockView,
    DetentionHistoryView,
    DetentionView,
    EntryView,
)
from checkpoint.custody.detention.states import EntryKind
from checkpoint.custody.detention.tables import DetentionEntry
from checkpoint.custody.movements import queries as movements
from checkpoint.custody.movements.schemas import AlsoDetainedView
from checkpoint.custody.movements.states import MovementKind, is_late
from checkpoint.custody.movements.tables import Movement, MovementWithdrawal
from checkpoint.custody.reach.queries import suites_of
from checkpoint.custody.states import CustodyState
from checkpoint.custody.suites import queries as suites
from checkpoint.custody.suites.rules import is_open
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import LONDON
from checkpoint.foundation.database import rows_of

# What was given when a return began says nothing of the stay before, once that is withdrawn.
MOOT = sa.and_(
    col(DetentionEntry.kind).in_([EntryKind.ARRIVED, EntryKind.AUTHORISED]),
    sa.exists().where(
        col(Movement.custody_record_id) == col(DetentionEntry.custody_record_id),
        col(Movement.kind) == MovementKind.RETURNED,
        col(Movement.arrived_at) <= col(DetentionEntry.happened_at),
        col(MovementWithdrawal.movement_id) == col(Movement.id),
        # Ids tell the order: they are made in the order of time, and whoever enters or withdraws
        # holds the record.
        col(Movement.id) < col(DetentionEntry.id),
        col(DetentionEntry.id) < col(MovementWithdrawal.id),
    ),
)
ENTRIES = (
    sa.select(*DetentionEntry.__table__.c, MOOT.label("moot"))
    .where(col(DetentionEntry.custody_record_id) == sa.bindparam("record_id", type_=sa.Uuid()))
    .order_by(col(DetentionEntry.number))
)
MINUTE = timedelta(minutes=1)


async def of_record(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """Everything the clock heard of, in order; also what was put right later."""
    return await rows_of(session, ENTRIES, record_id=record_id)


def standing(entries: Sequence[Any], *, without: UUID | None = None) -> list[Any]:
    """The entries that were not put right by a later one, nor are about to be, nor are moot."""
    replaced = {entry.replaces_id for entry in entries} | {without}
    return [entry for entry in entries if entry.id not in replaced and not entry.moot]


async def stays_of(session: AsyncSession, record: CustodyRecord) -> Stays:
    """When the person was held."""
    moved = await movements.of_record(session, record.id)
    return stays(record.arrested_at, record.arrived_at, moved)


async def view(
    session: AsyncSession, record: CustodyRecord, *, by: Actor, at: datetime, new: bool = False
) -> DetentionView:
    """The clock of a record, and its release, as they stand at ``at``; a ``new`` one has none yet."""
    moved = [] if new else await movements.of_record(session, record.id)
    entries = [] if new else await of_record(session, record.id)
    openings = await suites.of_suite(session, record.suite)
    others = await also_detained(session, record, by=by)
    return await _view(session, record, moved, entries, openings, others, at)


async def also_detained(
    session: AsyncSession, record: CustodyRecord, *, by: Actor
) -> list[AlsoDetainedView]:
    """What this reader is told of other records that detain the same person."""
    if record.state is CustodyState.RELEASED:
        return []
    others = await movements.detaining(session, record.person_id, besides=record.id, actor=by)
    return movements.also_detained(others, suites=suites_of(by))


async def history(
    session: AsyncSession, record: CustodyRecord, *, by: Actor, at: datetime
) -> DetentionHistoryView:
    """All of it, with what was put right."""
    moved = await movements.all_of_record(session, record.id)
    entries = await of_record(session, record.id)
    openings = await suites.of_suite(session, record.suite)
    others = await also_detained(session, record, by=by)
    return DetentionHistoryView(
        custody_record_id=record.id,
        reference=record.reference,
        version=record.version,
        suite=record.suite,
        detention=await _view(
            session, record, movements.standing(moved), entries, openings, others, at
        ),
        movements=[movements.shown(row) for row in moved],
        entries=[
            EntryView.model_validate(
                row._asdict() | {"entered_late": is_late(row.happened_at, row.recorded_at)}
            )
            for row in entries
        ],
    )


async def _view(
    session: AsyncSession,
    record: CustodyRecord,
    moved: Sequence[Any],
    entries: Sequence[Any],
    openings: Sequence[Any],
    others: list[AlsoDetainedView],
    at: datetime,
) -> DetentionView:
    held = stays(record.arrested_at, record.arrived_at, moved)
    stand = standing(entries)
    late = [entry.late_reason for entry in stand if entry.kind == EntryKind.ARRIVED]
    return DetentionView(
        clock=clock_view(clock(held, stand, at=at)),
        release=None if held.detained else await movements.release_of(session, moved, at=at),
        last_movement=moved[-1].number if moved else None,
        entered_late=is_late(record.arrived_at, record.opened_at),
        late_reason=late[0] if late else None,
        outside_hours=held.detained and not is_open(openings, movements.last_moment(record, moved)),
        also_detained=others,
    )


def clock_view(now: Clock) -> ClockView:
    """The clock as people read it."""
    return ClockView(
        relevant_time=now.relevant_time,
        authorised_at=now.authorised_at,
        running=now.running,
        counted_minutes=now.counted // MINUTE,
        allowed_minutes=now.allowed // MINUTE,
        ends_at=now.ends_at,
        ends_at_local=said_locally(now.ends_at),
        overdue=now.overdue,
        reviews=now.reviews,
        review_due_at=now.review_due_at,
        review_due_local=said_locally(now.review_due_at),
        review_overdue=now.review_overdue,
        review_postponed=now.postponed,
        remarks=[*now.remarks],
    )


def said_locally(moment: datetime | None) -> str | None:
    """An instant as people in England say it; the zone tells the two hours of a long night apart."""
    if moment is None:
        return None
    local = moment.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M %Z}"
