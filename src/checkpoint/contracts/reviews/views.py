"""Reviews and new arrests into views, and what a reader may do about them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from checkpoint.access.permissions import Permission, holds
from checkpoint.contracts.reviews import clocks
from checkpoint.contracts.reviews.queries import Arrest
from checkpoint.contracts.reviews.schemas import ArrestView, DecisionView, ReviewsView, ReviewView
from checkpoint.contracts.reviews.states import LABELS, Cause, ReviewOutcome
from checkpoint.contracts.states import LIVE
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.schemas import NextStep

TOLD = (
    "id",
    "contract_id",
    "number",
    "cause",
    "other_record_id",
    "condition_key",
    "words",
    "raised_at",
    "raised_by",
    "due_on",
)
NOT_YOURS = "Your role does not allow this; ask a supervisor."
OWN = "You raised it; another supervisor decides."
OVER = "The contract does not run."
# Where each decision leads: what is to be done next, by its door, and who may.
LEADS_TO = {
    ReviewOutcome.WARN: (
        "issue_warning",
        "/v1/custody-records/{record_id}/warnings",
        Permission.WORK_SESSIONS,
    ),
    ReviewOutcome.VARY: (
        "save_contract_terms",
        "/v1/contracts/{contract_id}/terms",
        Permission.WORK_CONTRACT,
    ),
    ReviewOutcome.CLOSE: (
        "close_contract",
        "/v1/contracts/{contract_id}/closure",
        Permission.WORK_CONTRACT,
    ),
    ReviewOutcome.FAIL: (
        "record_outcome",
        "/v1/contracts/{contract_id}/outcomes",
        Permission.RECORD_DISPOSAL,
    ),
}


def decision_view(row: Any) -> DecisionView:
    """What was decided of a review that was."""
    return DecisionView(
        outcome=row.outcome,
        label=LABELS[ReviewOutcome(row.outcome)],
        ground=row.ground,
        offence_on=row.offence_on,
        words=row.decision_words,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )


def review_view(row: Any, contract: Any, *, by: Actor, on: date) -> ReviewView:
    """One review, with what was decided and what there is to do."""
    settled_on = london_day(row.decided_at) if row.decided_at else on
    return ReviewView(
        **{name: getattr(row, name) for name in TOLD},
        label=LABELS[Cause(row.cause)],
        overdue=settled_on > row.due_on,
        decision=decision_view(row) if row.decided_at else None,
        next_steps=_steps(row, contract, by=by),
    )


def arrest_view(found: Arrest, *, on: date) -> ArrestView:
    """One new arrest, and by when a review is to name it."""
    review_by = clocks.raise_by(found.record.arrested_at)
    return ArrestView(
        custody_record_id=found.record.id,
        suite=found.record.suite,
        arrested_at=found.record.arrested_at,
        before_contract=found.before_contract,
        review_by=review_by,
        overdue=found.review_id is None and on > review_by,
        review_id=found.review_id,
    )


def reviews_view(
    contract: Any, reviews: Sequence[Any], arrests: Sequence[Arrest], *, by: Actor, at: datetime
) -> ReviewsView:
    """Everything that questions a contract."""
    on = london_day(at)
    return ReviewsView(
        contract_id=contract.id,
        arrests=[arrest_view(each, on=on) for each in arrests],
        items=[review_view(each, contract, by=by, on=on) for each in reviews],
        next_steps=[_raising(contract, by=by)],
    )


def _raising(contract: Any, *, by: Actor) -> NextStep:
    reason = None if holds(by.role, Permission.RAISE_REVIEW) else NOT_YOURS
    reason = reason if contract.state in LIVE else OVER
    return _step("raise_review", f"/v1/contracts/{contract.id}/breach-reviews", reason)


def _steps(row: Any, contract: Any, *, by: Actor) -> list[NextStep]:
    here = {"record_id": contract.custody_record_id, "contract_id": contract.id}
    if row.decided_at is None:
        reason = OWN if row.raised_by == by.id else None
        reason = reason if holds(by.role, Permission.DECIDE_REVIEW) else NOT_YOURS
        href = f"/v1/contracts/{contract.id}/breach-reviews/{row.id}/decision"
        return [_step("decide_review", href, reason)]
    outcome = ReviewOutcome(row.outcome)
    # A failure is followed once the contract is over, everything else while it runs.
    if outcome not in LEADS_TO or (contract.state in LIVE) == (outcome is ReviewOutcome.FAIL):
        return []
    step, href, lock = LEADS_TO[outcome]
    return [_step(step, href.format(**here), None if holds(by.role, lock) else NOT_YOURS)]


def _step(name: str, href: str, reason: str | None) -> NextStep:
    return NextStep(step=name, method="POST", href=href, allowed=reason is None, why_not=reason)
