"""One person proposes to unblind, another answers. Nothing of it is ever undone."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation import queries as allocation
from checkpoint.allocation.states import AllocationNotFound
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import executed, insert
from checkpoint.monitor import queries, rules
from checkpoint.monitor.schemas import ProposeUnblinding
from checkpoint.monitor.states import MonitorEvent, UnblindingOutcome
from checkpoint.monitor.tables import Unblinding, UnblindingAnswer
from checkpoint.trials.queries import Standing

ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtext('unblindings'))")
EVENTS = {
    UnblindingOutcome.CONFIRMED: MonitorEvent.UNBLINDING_CONFIRMED,
    UnblindingOutcome.DECLINED: MonitorEvent.UNBLINDING_DECLINED,
}


async def propose(
    session: AsyncSession,
    trial: Standing,
    command: ProposeUnblinding,
    *,
    by: Actor,
    at: datetime,
) -> Unblinding:
    """Propose that the arms of a trial be told, or in an emergency that of one case.

    Raises:
        RuleBroken, CustodyRecordNotFound, AllocationNotFound, UnblindingTooEarly, UnblindingStands,
        UnblindingsFull: nothing was proposed.
    """
    rules.check_scope(command.scope, command.custody_record_id)
    await executed(session, ALONE, {})
    case = await _case(session, trial, command.custody_record_id, by=by)
    allocation_id = case.id if case else None
    there = await queries.unblindings(session, trial)
    earlier = [row.outcome for row in there if row.allocation_id == allocation_id]
    rules.check_proposal(command.scope, trial.state, earlier, there=len(there))
    proposed = Unblinding(
        trial_id=trial.id,
        number=len(there) + 1,
        allocation_id=allocation_id,
        proposed_at=at,
        proposed_by=by.id,
        **command.model_dump(exclude={"custody_record_id"}),
    )
    await insert(session, proposed)
    subjects = (case.id, case.custody_record_id, case.person_id) if case else ()
    await _record(
        session, MonitorEvent.UNBLINDING_PROPOSED, proposed.id, trial.id, *subjects, by=by, at=at
    )
    return proposed


async def answer(
    session: AsyncSession,
    trial: Standing,
    number: int,
    outcome: UnblindingOutcome,
    *,
    words: str | None = None,
    by: Actor,
    at: datetime,
) -> UnblindingAnswer:
    """The second person confirms, and from then on the arms may be told; or declines.

    Raises:
        UnblindingNotFound, UnblindingAnswered, SecondPersonNeeded: nothing was answered.
    """
    await executed(session, ALONE, {})
    found = await queries.unblinding(session, trial, number)
    rules.check_answer(found.outcome, by.id, first=found.proposed_by)
    answered = UnblindingAnswer(
        unblinding_id=found.id,
        proposed_by=found.proposed_by,
        outcome=outcome,
        words=words,
        answered_at=at,
        answered_by=by.id,
    )
    await insert(session, answered)
    case = (found.allocation_id, found.custody_record_id) if found.allocation_id else ()
    await _record(session, EVENTS[outcome], found.id, trial.id, *case, by=by, at=at)
    return answered


async def _case(
    session: AsyncSession, trial: Standing, record_id: UUID | None, *, by: Actor
) -> Any | None:
    """The allocation of the one case, within the suites of whoever proposes."""
    if record_id is None:
        return None
    await custody.one(session, record_id, actor=by)
    found = await allocation.needed(session, record_id)
    if found.trial_id != trial.id:
        raise AllocationNotFound("Nobody was allocated in this trial for this case.")
    return found


async def _record(
    session: AsyncSession, event: MonitorEvent, *subjects: UUID, by: Actor, at: datetime
) -> None:
    await ledger.record(
        session, Operation.COLLECTION, event, *subjects, kind="unblinding", by=by, at=at
    )
