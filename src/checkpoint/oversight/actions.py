"""A supervisor determines; two people override. The locked decision is never touched."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import Record, insert
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.oversight import queries, rules
from checkpoint.oversight.schemas import DetermineEligibility, ProposeOverride
from checkpoint.oversight.states import Outcome, OversightEvent, step
from checkpoint.oversight.tables import Determination, EligibilityOverride, OverrideAnswer

DETERMINATION, OVERRIDE = "determination", "eligibility_override"
EVENTS = {
    Outcome.CONFIRMED: OversightEvent.CONFIRMED,
    Outcome.DECLINED: OversightEvent.DECLINED,
}


async def determine(
    session: AsyncSession,
    decision_id: UUID,
    command: DetermineEligibility,
    *,
    seen: str,
    by: Actor,
    at: datetime,
) -> Determination:
    """A supervisor answers a case that the rules refer."""
    decision = await queries.held(session, decision_id, actor=by)
    _check_seen(seen, decision)
    step(queries.state_of(decision), OversightEvent.DETERMINED)
    queries.check_current(decision)
    rules.check_reason(command.reason_code, verdict=command.verdict)
    determination = Determination(
        eligibility_decision_id=decision.id,
        **command.model_dump(),
        determined_at=at,
        determined_by=by.id,
    )
    await insert(session, determination)
    await _record(
        session,
        OversightEvent.DETERMINED,
        determination,
        decision,
        kind=DETERMINATION,
        by=by,
        at=at,
    )
    return determination


def _check_seen(seen: str, decision: Any) -> None:
    short = {"state": queries.state_of(decision), "verdict": decision.verdict}
    about = (decision.id, decision.custody_record_id, decision.person_id)
    unchanged_since(seen, queries.tag_of(decision), short=short, about=about)


async def propose_override(
    session: AsyncSession,
    decision_id: UUID,
    command: ProposeOverride,
    *,
    seen: str,
    by: Actor,
    at: datetime,
) -> EligibilityOverride:
    """Somebody of rank proposes to depart from the rules; nothing holds yet."""
    rank = rules.check_rank(by.rank, on=london_day(at))
    decision = await queries.held(session, decision_id, actor=by)
    _check_seen(seen, decision)
    step(queries.state_of(decision), OversightEvent.PROPOSED)
    queries.check_current(decision)
    rules.check_departure(command.verdict, by_rules=Verdict(decision.verdict))
    override = EligibilityOverride(
        eligibility_decision_id=decision.id,
        number=(decision.override_number or 0) + 1,
        **command.model_dump(),
        proposed_rank=rank,
        proposed_at=at,
        proposed_by=by.id,
    )
    await insert(session, override)
    await _record(session, OversightEvent.PROPOSED, override, decision, kind=OVERRIDE, by=by, at=at)
    return override


async def answer_override(
    session: AsyncSession,
    override_id: UUID,
    outcome: Outcome,
    *,
    words: str | None = None,
    by: Actor,
    at: datetime,
) -> OverrideAnswer:
    """The second person confirms, and from then on the override holds; or declines."""
    found = await queries.override(session, override_id, actor=by)
    await custody.held(session, found.custody_record_id, actor=by)
    found = await queries.override(session, override_id, actor=by)
    decision = await queries.one(session, found.eligibility_decision_id, actor=by)
    state = rules.state_of_override(found.outcome, queries.state_of(decision))
    step(state, EVENTS[outcome])
    queries.check_current(decision)
    rules.check_second_person(by.id, first=found.proposed_by)
    answer = OverrideAnswer(
        eligibility_override_id=found.id,
        proposed_by=found.proposed_by,
        outcome=outcome,
        words=words,
        answered_at=at,
        answered_by=by.id,
    )
    await insert(session, answer)
    await _record(session, EVENTS[outcome], found.id, decision, kind=OVERRIDE, by=by, at=at)
    return answer


async def _record(
    session: AsyncSession,
    event: OversightEvent,
    subject: Record | UUID,
    decision: Any,
    *,
    kind: str,
    by: Actor,
    at: datetime,
) -> None:
    await ledger.record(
        session,
        Operation.COLLECTION,
        event,
        subject,
        decision.id,
        decision.custody_record_id,
        decision.person_id,
        kind=kind,
        by=by,
        at=at,
    )
