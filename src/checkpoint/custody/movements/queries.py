"""Read the comings and goings of a record that was reached in scope."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.custody.movements.rules import suite_at
from checkpoint.custody.movements.schemas import (
    AlsoDetainedView,
    BailVariationView,
    BailView,
    MovementView,
    ReleaseView,
    WithdrawalView,
)
from checkpoint.custody.movements.states import MovementKind, is_late
from checkpoint.custody.movements.tables import BailVariation, Movement, MovementWithdrawal
from checkpoint.custody.reach.queries import OPEN, scope_of
from checkpoint.custody.states import ELSEWHERE_NOW, NOT_YOURS, CustodyState
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import NextStep
from checkpoint.people import queries as people

MOVEMENTS = (
    sa.select(
        *Movement.__table__.c,
        col(MovementWithdrawal.reason).label("withdrawal_reason"),
        col(MovementWithdrawal.words),
        col(MovementWithdrawal.withdrawn_at),
        col(MovementWithdrawal.withdrawn_by),
    )
    .outerjoin(MovementWithdrawal, col(MovementWithdrawal.movement_id) == col(Movement.id))
    .where(col(Movement.custody_record_id) == sa.bindparam("record_id", type_=sa.Uuid()))
    .order_by(col(Movement.number))
)
BY_REFERENCE = (
    select(CustodyRecord)
    .where(col(CustodyRecord.reference) == sa.bindparam("reference"), OPEN)
    .with_for_update(key_share=True)
)

DETAINING = (
    sa.select(
        col(CustodyRecord.id),
        col(CustodyRecord.person_id),
        col(CustodyRecord.reference),
        col(CustodyRecord.suite),
    )
    .where(
        col(CustodyRecord.person_id).in_(
            people.same_person(sa.bindparam("person_id", type_=sa.Uuid()))
        )
    )
    .where(col(CustodyRecord.state) == CustodyState.DETAINED, OPEN)
    .order_by(col(CustodyRecord.id))
)
PLACE = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0)) AS held")


async def hold_place(session: AsyncSession, person_id: UUID) -> None:
    """Wait for whoever detains this person just now; last of all locks, so that none waits back.

    By each of their records, since who survives may change while somebody waits.
    """
    for each in sorted(await people.same_person_ids(session, person_id)):
        await rows_of(session, PLACE, place=f"detained {each}")


async def detaining(
    session: AsyncSession, person_id: UUID, *, besides: UUID | None = None, actor: Actor
) -> Sequence[Any]:
    """By which records a person is detained, of any suite, as far as they are open to the actor."""
    rows = await rows_of(session, DETAINING, person_id=person_id, reader=actor.id)
    return [row for row in rows if row.id != besides]


def also_detained(others: Sequence[Any], *, suites: Collection[str]) -> list[AlsoDetainedView]:
    """Other records that detain the person, as somebody of these suites is told of them."""
    return [
        AlsoDetainedView(
            custody_record_id=other.id if other.suite in suites else None,
            reference=other.reference if other.suite in suites else None,
            remark=HERE if other.suite in suites else ELSEWHERE,
        )
        for other in others
    ]


HERE = (
    "The person is detained by another record of your suites too: record the release that is "
    "missing, or move the record that is about somebody else."
)
ELSEWHERE = (
    "The person is still detained by a record of another suite: ask a supervisor to have their "
    "release or transfer recorded there."
)


SUITES = sa.bindparam("suites", type_=ARRAY(sa.String()))
# Also a record that these suites have sent away: who sends by mistake can take it back.
SENT = sa.exists().where(
    col(Movement.custody_record_id) == col(CustodyRecord.id),
    col(Movement.kind) == MovementKind.TRANSFERRED,
    col(Movement.from_suite) == sa.any_(SUITES),
)
WITHIN_REACH = (
    select(CustodyRecord)
    .where(sa.or_(col(CustodyRecord.suite) == sa.any_(SUITES), SENT), OPEN)
    .where(col(CustodyRecord.id) == sa.bindparam("record_id", type_=sa.Uuid()))
    .with_for_update(key_share=True)
)


async def all_of_record(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """How the person came and went after booking in, in order; also what was withdrawn."""
    return await rows_of(session, MOVEMENTS, record_id=record_id)


def standing(movements: Sequence[Any]) -> list[Any]:
    """Those that were not withdrawn."""
    return [movement for movement in movements if movement.withdrawn_at is None]


async def of_record(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """How the person came and went after booking in, in order, as far as it stands."""
    return standing(await all_of_record(session, record_id))


async def to_withdraw(
    session: AsyncSession, record_id: UUID, *, actor: Actor
) -> tuple[CustodyRecord | None, Sequence[Any]]:
    """A record, locked, with what stands of its movements: for the suite that has it, or the one
    that sent it there last; and never for an answer.
    """
    rows = await session.exec(
        WITHIN_REACH,
        params=scope_of(actor) | {"record_id": record_id},
        execution_options={"populate_existing": True},
    )
    record = rows.one_or_none()
    if record is None:
        return None, []
    movements = await of_record(session, record_id)
    here = record.suite in actor.suites
    sent = movements and movements[-1].kind == MovementKind.TRANSFERRED
    mine = here or (sent and movements[-1].from_suite in actor.suites)
    return (record if mine else None), movements


async def by_reference(
    session: AsyncSession, reference: str, *, actor: Actor
) -> CustodyRecord | None:
    """A record in any suite, locked, by what stands on the person's paper; for the one deed that
    takes it over where the person turns up, and never for a list. If restricted, by who is named.
    """
    rows = await session.exec(
        BY_REFERENCE,
        params={"reference": reference, "reader": actor.id},
        execution_options={"populate_existing": True},
    )
    return rows.one_or_none()


async def suite_of_case(session: AsyncSession, record: CustodyRecord, at: datetime) -> str:
    """The suite a record belonged to at an instant; for later rooms, such as a trial's strata."""
    return suite_at(record.suite, await of_record(session, record.id), at)


def last_moment(record: CustodyRecord, movements: Sequence[Any]) -> datetime:
    """When the person last came or went."""
    moments = [record.arrived_at, *(moment_of(movement) for movement in movements)]
    return moments[-1]


def moment_of(movement: Any) -> datetime:
    """When a movement was over; so that lateness is not counted from the road."""
    moment: datetime = movement.arrived_at or movement.left_at
    return moment


def shown(movement: Any) -> MovementView:
    late = is_late(moment_of(movement), movement.recorded_at)
    withdrawn = None
    if movement.withdrawn_at is not None:
        withdrawn = WithdrawalView(
            reason=movement.withdrawal_reason,
            words=movement.words,
            withdrawn_at=movement.withdrawn_at,
            withdrawn_by=movement.withdrawn_by,
        )
    derived = {"entered_late": late, "withdrawn": withdrawn}
    return MovementView.model_validate(movement._asdict() | derived)


def next_steps(
    record: CustodyRecord, release: ReleaseView | None, last: int | None, *, by: Actor
) -> list[NextStep]:
    """Whether this reader may vary the bail, or withdraw the last movement, and why not."""
    elsewhere = None if record.suite in by.suites else ELSEWHERE_NOW
    on_bail = release is not None and release.bail is not None
    # Who has just sent a record away by mistake takes it back.
    reasons = {
        "vary_bail": elsewhere or (None if on_bail else "The person is not on bail in this case."),
        "withdraw_movement": None if last else "Nobody has moved them since they were booked in.",
    }
    return [
        NextStep(
            step=name,
            method="POST",
            href=f"/v1/custody-records/{record.id}/{noun}",
            allowed=holds(by.role, permission) and reasons[name] is None,
            why_not=reasons[name] if holds(by.role, permission) else NOT_YOURS,
        )
        for name, (noun, permission) in DOORS.items()
    ]


DOORS = {
    "vary_bail": ("bail-variations", Permission.RELEASE_FROM_CUSTODY),
    "withdraw_movement": ("withdrawals", Permission.DETAIN),
}


VARIATIONS = (
    sa.select(*BailVariation.__table__.c)
    .join(Movement, col(Movement.id) == col(BailVariation.movement_id))
    .where(col(Movement.custody_record_id) == sa.bindparam("record_id", type_=sa.Uuid()))
    .order_by(col(BailVariation.movement_id), col(BailVariation.number))
)


async def variations(session: AsyncSession, release: Any) -> Sequence[Any]:
    """How the bail of a release was extended or varied, in order."""
    if release.bail_return_at is None:
        return []
    rows = await rows_of(session, VARIATIONS, record_id=release.custody_record_id)
    return [row for row in rows if row.movement_id == release.id]


@dataclass(frozen=True)
class Bail:
    """When and where bail is to be answered."""

    return_at: datetime
    suite: str
    conditional: bool


def bails(release: Any, varied: Sequence[Any]) -> list[Bail]:
    """The bail as it was granted, then each time as it was varied; the last one counts."""
    first = Bail(release.bail_return_at, release.bail_suite, release.bail_conditional)
    return [first, *(Bail(row.return_at, row.suite, row.conditional) for row in varied)]


def _bail_of(release: Any, varied: Sequence[Any], *, came: bool, at: datetime) -> BailView:
    told = bails(release, varied)
    return BailView(
        **asdict(told[-1]),
        overdue=not came and at > told[-1].return_at,
        granted_until=told[0].return_at,
        variations=[
            BailVariationView.model_validate(
                row._asdict()
                | {
                    "after_its_end": row.authorised_at > before.return_at,
                    "entered_late": is_late(row.authorised_at, row.recorded_at),
                }
            )
            for before, row in zip(told, varied, strict=False)
        ],
    )


async def release_of(
    session: AsyncSession, movements: Sequence[Any], *, at: datetime
) -> ReleaseView:
    """The last release of somebody who was released, and whether bail was answered in time."""
    releases = [n for n, row in enumerate(movements) if row.kind == MovementKind.RELEASED]
    last, came = movements[releases[-1]], len(movements) > releases[-1] + 1
    varied = await variations(session, last)
    bail = _bail_of(last, varied, came=came, at=at) if last.bail_return_at is not None else None
    return ReleaseView(
        kind=last.release_kind,
        released_at=last.left_at,
        suite=last.from_suite,
        bail=bail,
        entered_late=is_late(last.left_at, last.recorded_at),
        late_reason=last.late_reason,
    )
