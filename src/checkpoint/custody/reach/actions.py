"""Restrict cases, name who reaches them, break the glass, review that. No commits."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.reach import queries, rules
from checkpoint.custody.reach.schemas import (
    BreakGlass,
    LiftRestriction,
    RestrictCase,
    ReviewGlass,
)
from checkpoint.custody.reach.states import (
    CaseNotRestricted,
    CaseRestrictedAlready,
    GlassNotNeeded,
    ReachEvent,
)
from checkpoint.custody.reach.tables import (
    BrokenGlass,
    BrokenGlassReview,
    CaseRestriction,
    RestrictionName,
)
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import executed, insert

LIFTED = sa.update(CaseRestriction).where(
    col(CaseRestriction.id) == sa.bindparam("restriction_id", type_=sa.Uuid())
)
REMOVED = sa.update(RestrictionName).where(
    col(RestrictionName.id) == sa.bindparam("name_id", type_=sa.Uuid())
)


async def restrict(
    session: AsyncSession, record_id: UUID, command: RestrictCase, *, by: Actor, at: datetime
) -> CaseRestriction:
    """Only those who are named reach a case from now on, the supervisor among them.

    Raises:
        CustodyRecordNotFound, CaseRestrictedAlready: nothing was changed.
    """
    record = await custody.held(session, record_id, actor=by)
    before = await queries.restrictions(session, record_id)
    if before and before[0].ended_at is None:
        raise CaseRestrictedAlready("Name or remove people instead.")
    row = CaseRestriction(
        custody_record_id=record_id,
        number=len(before) + 1,
        reason_code=command.reason_code,
        words=command.words,
        restricted_at=at,
        restricted_by=by.id,
    )
    await insert(session, row)
    named = sorted({by.id, *command.named})
    await insert(session, *(_name(row.id, actor_id, by=by, at=at) for actor_id in named))
    about = (record_id, record.person_id, row.id, *named)
    await _record(session, Operation.ALTERATION, ReachEvent.RESTRICTED, *about, by=by, at=at)
    return row


async def name(
    session: AsyncSession, record_id: UUID, actor_id: UUID, *, by: Actor, at: datetime
) -> None:
    """Somebody more reaches a restricted case.

    Raises:
        CustodyRecordNotFound, CaseNotRestricted, NamedAlready, NamesFull: nothing was changed.
    """
    record, restriction, named = await _restricted(session, record_id, by=by)
    rules.check_add(actor_id, named)
    await insert(session, _name(restriction.id, actor_id, by=by, at=at))
    about = (record_id, record.person_id, restriction.id, actor_id)
    await _record(session, Operation.ALTERATION, ReachEvent.NAMED, *about, by=by, at=at)


async def remove(
    session: AsyncSession, record_id: UUID, actor_id: UUID, *, by: Actor, at: datetime
) -> None:
    """Somebody reaches a restricted case no longer, from this moment.

    Raises:
        CustodyRecordNotFound, CaseNotRestricted, OwnName, NotNamed: nothing was changed.
    """
    record, restriction, named = await _restricted(session, record_id, by=by)
    rules.check_remove(actor_id, named, by=by.id)
    ended = REMOVED.values(ended_at=at, ended_by=by.id)
    await executed(session, ended, {"name_id": named[actor_id]})
    about = (record_id, record.person_id, restriction.id, actor_id)
    await _record(session, Operation.ALTERATION, ReachEvent.REMOVED, *about, by=by, at=at)


async def lift(
    session: AsyncSession, record_id: UUID, command: LiftRestriction, *, by: Actor, at: datetime
) -> None:
    """A case is open to its suite again.

    Raises:
        CustodyRecordNotFound, CaseNotRestricted: nothing was changed.
    """
    record, restriction, _ = await _restricted(session, record_id, by=by)
    lifted = LIFTED.values(ended_at=at, ended_by=by.id, end_reason=command.words)
    await executed(session, lifted, {"restriction_id": restriction.id})
    about = (record_id, record.person_id, restriction.id)
    await _record(session, Operation.ALTERATION, ReachEvent.LIFTED, *about, by=by, at=at)


async def break_glass(
    session: AsyncSession, record_id: UUID, command: BreakGlass, *, by: Actor, at: datetime
) -> BrokenGlass:
    """Somebody reads a case that is not theirs, for a while; never a restricted one.

    Raises:
        CustodyRecordNotFound, GlassNotNeeded: nothing was opened.
    """
    found = await queries.found(session, record_id, actor=by)
    if found is None:
        raise CustodyRecordNotFound("Check the id, or ask a colleague in that suite.")
    if found.within_reach:
        raise GlassNotNeeded("Read it: GET /v1/custody-records/{id}.")
    row = BrokenGlass(
        custody_record_id=record_id,
        **command.model_dump(),
        broken_at=at,
        broken_by=by.id,
        until=rules.stands_until(at),
    )
    await insert(session, row)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ReachEvent.GLASS_BROKEN,
        record_id,
        found.person_id,
        row,
        kind="custody_record",
        by=by,
        at=at,
        purpose=f"break_glass:{command.reason_code.value}",
    )
    return row


async def review(
    session: AsyncSession, glass_id: UUID, command: ReviewGlass, *, by: Actor, at: datetime
) -> None:
    """A supervisor of the case's suite says what they found.

    Raises:
        BrokenGlassNotFound, OwnGlass, GlassReviewedAlready: nothing was changed.
    """
    found = await queries.glass(session, glass_id, actor=by)
    await custody.held(session, found.custody_record_id, actor=by)
    # Afresh: somebody may have reviewed it while this one waited for the lock.
    found = await queries.glass(session, glass_id, actor=by)
    rules.check_review(broken_by=found.broken_by, reviewed_at=found.reviewed_at, by=by.id)
    row = BrokenGlassReview(
        broken_glass_id=glass_id, **command.model_dump(), reviewed_at=at, reviewed_by=by.id
    )
    await insert(session, row)
    await ledger.record(
        session,
        Operation.COLLECTION,
        ReachEvent.GLASS_REVIEWED,
        glass_id,
        found.custody_record_id,
        kind="broken_glass",
        by=by,
        at=at,
    )


async def _restricted(
    session: AsyncSession, record_id: UUID, *, by: Actor
) -> tuple[Any, Any, dict[UUID, UUID]]:
    """A restricted case, locked; its restriction, and who is named by which row."""
    record = await custody.held(session, record_id, actor=by)
    standing = [
        row for row in await queries.restrictions(session, record_id) if row.ended_at is None
    ]
    if not standing:
        raise CaseNotRestricted("Read the case's restrictions again.")
    names = await queries.names(session, [standing[0].id])
    return record, standing[0], {row.actor_id: row.id for row in names if row.ended_at is None}


def _name(restriction_id: UUID, actor_id: UUID, *, by: Actor, at: datetime) -> RestrictionName:
    return RestrictionName(
        case_restriction_id=restriction_id, actor_id=actor_id, named_at=at, named_by=by.id
    )


async def _record(
    session: AsyncSession,
    operation: Operation,
    event: ReachEvent,
    *about: UUID,
    by: Actor,
    at: datetime,
) -> None:
    await ledger.record(session, operation, event, *about, kind="custody_record", by=by, at=at)
