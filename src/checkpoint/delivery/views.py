"""Rows into views, and what a reader may do next."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from checkpoint.access.permissions import Permission, holds
from checkpoint.custody.movements.states import is_late
from checkpoint.delivery.facts import Delivery
from checkpoint.delivery.references import known, label_of
from checkpoint.delivery.schemas import (
    CrossoverView,
    DeviationView,
    DisposalsView,
    DisposalView,
    OffenceDisposalView,
    StartView,
)
from checkpoint.delivery.states import (
    LABELS,
    CrossoverReason,
    CrossoverState,
    DeviationReason,
)
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.schemas import NextStep
from checkpoint.trials.states import CONTROL

NOT_YOURS = "Your role does not allow this; ask a supervisor."
STARTED = ("id", "started_at", "crossover_id", "late_reason", "recorded_at", "recorded_by")
DEVIATED = (
    "id",
    "reason_code",
    "words",
    "happened_at",
    "late_reason",
    "recorded_at",
    "recorded_by",
)
# What may tell an arm, 22 above all; that something is on record, and since when, is of any arm.
WITHHELD: Mapping[str, Any] = MappingProxyType(
    {
        **dict.fromkeys(("outcome_code", "outcome", "decided_by", "court", "words", "reason_code")),
        "conditions": [],
    }
)


def start_view(row: Any) -> StartView:
    """A start on the programme."""
    return StartView(
        **{name: getattr(row, name) for name in STARTED},
        entered_late=is_late(row.started_at, row.recorded_at),
    )


def crossover_view(row: Any) -> CrossoverView:
    """A proposed crossover and what became of it."""
    shown = CrossoverView.model_fields.keys() - {"reason"}
    return CrossoverView(
        **{name: getattr(row, name) for name in shown},
        reason=LABELS[CrossoverReason(row.reason_code)],
    )


def deviation_view(row: Any) -> DeviationView:
    """A deviation."""
    return DeviationView(
        **{name: getattr(row, name) for name in DEVIATED},
        reason=LABELS[DeviationReason(row.reason_code)],
        entered_late=is_late(row.happened_at, row.recorded_at),
    )


def disposal_view(row: Any, *, knows_arm: bool, by: Actor) -> DisposalView:
    """One recorded disposal; of a case whose arm its reader does not know, only that there is one."""
    withheld = not knows_arm and row.recorded_by != by.id
    shown = DisposalView.model_fields.keys() - {"outcome", "is_outcome", "withheld"}
    told: dict[str, Any] = {name: getattr(row, name) for name in shown}
    told["outcome"] = label_of(row.outcome_code)
    is_outcome = row.outcome_code not in known().open_codes
    if withheld:
        told |= WITHHELD
    return DisposalView(**told, is_outcome=is_outcome, withheld=withheld)


def disposals_view(
    record_id: UUID,
    offences: Sequence[Any],
    entries: Mapping[UUID, UUID],
    disposals: Mapping[UUID, Sequence[Any]],
    *,
    knows_arm: bool,
    by: Actor,
) -> DisposalsView:
    """A case's offences as they stand, each with its disposals."""
    items = []
    for offence in offences:
        rows = disposals.get(entries[offence.id], ())
        told = [disposal_view(row, knows_arm=knows_arm, by=by) for row in rows]
        items.append(
            OffenceDisposalView(
                offence_id=offence.id,
                code=offence.code,
                title=offence.title,
                disposed=bool(told) and told[0].is_outcome,
                disposals=told,
            )
        )
    complete = all(item.disposed for item in items)
    return DisposalsView(custody_record_id=record_id, complete=complete, items=items)


def next_steps(
    record_id: UUID,
    found: Delivery,
    *,
    arm: str | None,
    ranks_enough: bool,
    by: Actor,
) -> list[NextStep]:
    """What may be done with a case by a reader who has been shown its arm.

    Args:
        record_id: the case.
        found: what it was given so far.
        arm: what it was allocated; None where it was enrolled directly.
        ranks_enough: whether the reader's rank is that of a crossover.
        by: the reader.
    """
    if found.start is not None:
        return []
    case, state, is_control = f"/v1/custody-records/{record_id}", found.crossover, arm == CONTROL
    needs = is_control and state is not CrossoverState.CONFIRMED
    why_not = "A control case needs a confirmed crossover." if needs else None
    delivery = Permission.RECORD_DELIVERY
    steps = [_step("start_programme", f"{case}/programme-start", delivery, why_not, by=by)]
    if is_control and state in (CrossoverState.NONE, CrossoverState.DECLINED):
        rank = None if ranks_enough else "This is for an inspector or above; ask one."
        propose = Permission.PROPOSE_CROSSOVER
        steps.append(_step("propose_crossover", f"{case}/crossovers", propose, rank, by=by))
    if state is CrossoverState.PROPOSED:
        last, answer = found.crossovers[0], Permission.ANSWER_CROSSOVER
        own = "You proposed it; somebody else answers." if last.proposed_by == by.id else None
        for name, noun in (("confirm_crossover", "confirmation"), ("decline_crossover", "refusal")):
            steps.append(_step(name, f"/v1/crossovers/{last.id}/{noun}", answer, own, by=by))
    if arm is not None and not is_control and found.deviation is None:
        steps.append(_step("record_deviation", f"{case}/deviations", delivery, None, by=by))
    return steps


def _step(name: str, href: str, lock: Permission, why_not: str | None, *, by: Actor) -> NextStep:
    reason = why_not if holds(by.role, lock) else NOT_YOURS
    return NextStep(step=name, method="POST", href=href, allowed=reason is None, why_not=reason)


def read_first(record_id: UUID) -> NextStep:
    """What comes first for a reader who has not been shown the arm, whatever it is."""
    href = f"/v1/custody-records/{record_id}/allocation"
    return NextStep(step="read_allocation", method="GET", href=href, allowed=True)


def next_disposal(record_id: UUID, *, complete: bool, by: Actor) -> list[NextStep]:
    """Whether a disposal is to be recorded; the same for every arm, so anybody may hear it."""
    if complete:
        return []
    href = f"/v1/custody-records/{record_id}/disposals"
    return [_step("record_disposal", href, Permission.RECORD_DISPOSAL, None, by=by)]
