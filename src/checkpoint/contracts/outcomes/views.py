"""Outcomes, tellings and objections into views, and what a reader may do about them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from checkpoint.access.permissions import Permission, holds
from checkpoint.contracts.outcomes import clocks, rules
from checkpoint.contracts.outcomes.queries import Challenge, Ended, Telling
from checkpoint.contracts.outcomes.schemas import (
    ChallengeDecisionView,
    ChallengesView,
    ChallengeView,
    OffenceOutcomeView,
    OutcomesView,
    ProposalView,
    TellingsView,
    TellingView,
)
from checkpoint.contracts.outcomes.states import LABELS, TIME_LIMIT_EXPIRED, ChallengeOutcome
from checkpoint.contracts.reviews.queries import Turns
from checkpoint.contracts.states import ENDED, ContractState, Fallback
from checkpoint.delivery.queries import is_outcome
from checkpoint.delivery.references import known, label_of
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.schemas import NextStep

NOT_YOURS = "Your role does not allow this; ask a supervisor."
NOT_ENDED = "The contract has not ended."
INVOLVED = "You entered it; an uninvolved officer decides."
OBJECTED = ("id", "contract_id", "victim_id", "number", "objected_on", "words", "due_on")
ENTERED = ("recorded_at", "recorded_by")
LEADS_TO = {
    ChallengeOutcome.CONTRACT_REVIEWED: (
        "raise_review",
        "breach-reviews",
        Permission.RAISE_REVIEW,
    ),
    ChallengeOutcome.OUTCOME_REVIEWED: ("record_outcome", "outcomes", Permission.RECORD_DISPOSAL),
}


def outcomes_view(contract: Any, found: Ended, *, by: Actor) -> OutcomesView:
    """What came of a contract, offence by offence."""
    items = [_offence(each, found.standing.get(each.id)) for each in found.offences]
    complete = all(each.disposed for each in items)
    incidents = sum(each.time_limit_expired for each in items)
    return OutcomesView(
        contract_id=contract.id,
        custody_record_id=contract.custody_record_id,
        state=contract.state,
        proposal=_proposal(contract, found.turns),
        complete=complete,
        incidents=incidents,
        items=items,
        next_steps=_next(contract, found.turns, complete=complete, incidents=incidents, by=by),
    )


def _offence(offence: Any, standing: Any | None) -> OffenceOutcomeView:
    return OffenceOutcomeView(
        offence_id=offence.id,
        code=offence.code,
        title=offence.title,
        disposed=standing is not None and is_outcome([standing]),
        outcome_code=standing.outcome_code if standing else None,
        disposed_on=standing.disposed_on if standing else None,
        disposal_id=standing.id if standing else None,
        time_limit_expired=standing is not None and standing.outcome_code == TIME_LIMIT_EXPIRED,
    )


def _proposal(contract: Any, turns: Turns) -> ProposalView | None:
    if turns.ended_at is None:
        return None
    found = rules.proposal(
        ContractState(contract.state),
        turns.reason,
        Fallback(contract.fallback),
        ended_on=london_day(turns.ended_at),
        known=known(),
    )
    label = label_of(found.code) if found.code else None
    return ProposalView(outcome_code=found.code, outcome=label, why=found.why)


def _next(
    contract: Any, turns: Turns, *, complete: bool, incidents: int, by: Actor
) -> list[NextStep]:
    steps = []
    if not complete:
        reason = None if holds(by.role, Permission.RECORD_DISPOSAL) else NOT_YOURS
        reason = NOT_ENDED if turns.ended_at is None else reason
        steps.append(_step("record_outcome", f"/v1/contracts/{contract.id}/outcomes", reason))
    if incidents:
        reason = None if holds(by.role, Permission.READ_DISPOSAL) else NOT_YOURS
        steps.append(
            _step("look_into_time_limits", "/v1/time-limit-incidents", reason, method="GET")
        )
    return steps


def _step(name: str, href: str, reason: str | None, *, method: str = "POST") -> NextStep:
    return NextStep(step=name, method=method, href=href, allowed=reason is None, why_not=reason)


def tellings_view(contract: Any, found: Sequence[Telling], *, by: Actor, on: date) -> TellingsView:
    """What the victims of a case have to be told of its contract."""
    items = [_telling(each, by=by, on=on) for each in found]
    return TellingsView(contract_id=contract.id, source=clocks.policy_on(on).source, items=items)


def _telling(found: Telling, *, by: Actor, on: date) -> TellingView:
    due_on = clocks.tell_by(found.happened_at, vulnerable=found.vulnerable)
    steps = []
    if found.told_at is None:
        reason = None if holds(by.role, Permission.RECORD_VICTIM) else NOT_YOURS
        href = f"/v1/victims/{found.victim_id}/notifications"
        steps.append(_step("record_notification", href, reason))
    return TellingView(
        victim_id=found.victim_id,
        what=found.what,
        happened_at=found.happened_at,
        due_on=due_on,
        told_at=found.told_at,
        overdue=(london_day(found.told_at) if found.told_at else on) > due_on,
        next_steps=steps,
    )


def challenges_view(
    contract: Any, found: Sequence[Challenge], turns: Turns, *, by: Actor, on: date
) -> ChallengesView:
    """What victims objected to."""
    items = [challenge_view(each, contract, turns, by=by, on=on) for each in found]
    return ChallengesView(contract_id=contract.id, source=clocks.policy_on(on).source, items=items)


def challenge_view(
    found: Challenge, contract: Any, turns: Turns, *, by: Actor, on: date
) -> ChallengeView:
    """One objection, with what was said to it and what there is to do."""
    row = found.row
    ended_on = london_day(turns.ended_at) if turns.ended_at else None
    settled_on = london_day(row.decided_at) if row.decided_at else on
    return ChallengeView(
        **{name: getattr(row, name) for name in (*OBJECTED, *ENTERED)},
        in_time=clocks.is_in_time(row.objected_on, ended_on=ended_on),
        acknowledge_by=clocks.acknowledge_by(row.objected_on),
        acknowledged_at=found.acknowledged_at,
        overdue=settled_on > row.due_on,
        decision=_decision(row) if row.decided_at else None,
        next_steps=_steps(row, contract, by=by),
    )


def _decision(row: Any) -> ChallengeDecisionView:
    return ChallengeDecisionView(
        outcome=row.outcome,
        label=LABELS[ChallengeOutcome(row.outcome)],
        words=row.decision_words,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )


def _steps(row: Any, contract: Any, *, by: Actor) -> list[NextStep]:
    here = f"/v1/contracts/{contract.id}"
    if row.decided_at is None:
        reason = INVOLVED if row.recorded_by == by.id else None
        reason = reason if holds(by.role, Permission.DECIDE_REVIEW) else NOT_YOURS
        return [_step("decide_challenge", f"{here}/victim-challenges/{row.id}/decision", reason)]
    if row.outcome not in LEADS_TO:
        return []
    outcome = ChallengeOutcome(row.outcome)
    step, noun, lock = LEADS_TO[outcome]
    # A contract is reviewed while it runs; an outcome is replaced once it is over.
    if (contract.state in ENDED) == (outcome is ChallengeOutcome.CONTRACT_REVIEWED):
        return []
    return [_step(step, f"{here}/{noun}", None if holds(by.role, lock) else NOT_YOURS)]
