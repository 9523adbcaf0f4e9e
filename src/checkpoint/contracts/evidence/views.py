"""Conditions and their entries into views, and what a reader may enter."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from checkpoint.access.permissions import Permission, holds
from checkpoint.contracts.evidence.queries import Standing, is_settled
from checkpoint.contracts.evidence.schemas import (
    ConditionStandingView,
    ConditionsView,
    EntryView,
    HeldView,
)
from checkpoint.contracts.evidence.states import LABELS, EntryKind
from checkpoint.contracts.states import LIVE
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.schemas import NextStep

TOLD = ("key", "position", "kind", "rule")
NOT_YOURS = "Your role does not allow this; ask the case's navigator."
OVER = "The contract does not run."


def entry_view(row: Any) -> EntryView:
    """One entry."""
    shown = EntryView.model_fields.keys() - {"label"}
    return EntryView(
        **{name: getattr(row, name) for name in shown}, label=LABELS[EntryKind(row.kind)]
    )


def condition_view(found: Standing) -> ConditionStandingView:
    """One condition and what it comes to."""
    return ConditionStandingView(
        **{name: getattr(found.condition, name) for name in TOLD},
        **{name: getattr(found.progress, name) for name in found.progress.__dataclass_fields__},
        entries=[entry_view(each) for each in found.entries],
        held=[HeldView.model_validate(each) for each in found.held],
    )


def conditions_view(
    contract: Any, found: Sequence[Standing], *, by: Actor, on: date
) -> ConditionsView:
    """Every condition of a contract."""
    return ConditionsView(
        contract_id=contract.id,
        on=on,
        settled=is_settled(found),
        items=[condition_view(each) for each in found],
        next_steps=[next_step(contract, by=by)],
    )


def next_step(contract: Any, *, by: Actor) -> NextStep:
    """Whether this reader may enter something of the conditions, and why not."""
    reason = None if holds(by.role, Permission.WORK_CONTRACT) else NOT_YOURS
    if contract.state not in LIVE:
        reason = OVER
    return NextStep(
        step="record_condition_entry",
        method="POST",
        href=f"/v1/contracts/{contract.id}/condition-entries",
        allowed=reason is None,
        why_not=reason,
    )
