"""Lines of the worklist, and its counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from checkpoint.access.permissions import holds
from checkpoint.contracts.states import ContractState
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.schemas import NextStep
from checkpoint.journey.worklist.duties import DUTIES
from checkpoint.journey.worklist.facts import why_not
from checkpoint.journey.worklist.names import AFTER, LABELS, SIGNERS
from checkpoint.journey.worklist.rules import (
    Due,
    Stretch,
    WorklistPolicy,
    tallied,
    urgency_of,
)
from checkpoint.journey.worklist.schemas import (
    KindCountView,
    UrgencyCountView,
    WorklistCountsView,
    WorklistItemView,
)
from checkpoint.journey.worklist.states import Kind, Urgency
from checkpoint.victims.states import NotificationKind

OF_TEAM = "Your team works it in another suite, so you may read it; ask a colleague in that suite."
# The same whatever there is, so that it tells no arm.
NOT_SHOWN = (
    "Of a case that was allocated, what follows from its arm is listed once you have been shown "
    "that: read the case's allocation. Then you are blind of it no longer, and that is on record."
)
A_MOMENT = timedelta(microseconds=1)


def item_view(one: Due, policy: WorklistPolicy, *, by: Actor, now: datetime) -> WorklistItemView:
    """One line."""
    duty = DUTIES[one.kind]
    about = {"custody_record_id": one.custody_record_id, "thing": one.thing, "words": said(one)}
    refusal = why_not(one.kind, holds=lambda permission: holds(by.role, permission))
    if by.role is Role.SUPERVISOR and one.suite not in (None, *by.suites):
        refusal = refusal or OF_TEAM
    return WorklistItemView(
        kind=one.kind,
        urgency=urgency_of(one.due, policy.allowances[one.kind], now=now) or Urgency.AT_RISK,
        why=duty.why.format(**about),
        due_at=one.due,
        due_on=london_day(one.due - A_MOMENT),
        custody_record_id=one.custody_record_id,
        reference=one.reference,
        suite=one.suite,
        next_step=NextStep(
            step=duty.step,
            method=duty.method,
            href=duty.href.format(**about),
            allowed=refusal is None,
            why_not=refusal,
        ),
    )


def said(one: Due) -> str | None:
    """What stands in a line for a code."""
    if one.kind is Kind.VICTIM_TO_TELL and one.words:
        return NotificationKind(one.words).value.replace("_", " ")
    if one.kind is Kind.OUTCOME_TO_RECORD and one.words:
        return AFTER[ContractState(one.words)]
    if one.kind is Kind.CHANGE_TO_SIGN and one.words:
        return SIGNERS[one.words]
    return one.words


def counts_view(stretches: Sequence[Stretch] | None) -> WorklistCountsView | None:
    """How many of each kind and of each urgency; with the first page alone."""
    if stretches is None:
        return None
    kinds, urgencies = tallied(stretches)
    return WorklistCountsView(
        kinds=[KindCountView(kind=kind, **_count(kind, kinds)) for kind in kinds],
        urgencies=[
            UrgencyCountView(urgency=urgency, **_count(urgency, urgencies)) for urgency in Urgency
        ],
    )


def _count(what: Any, found: Mapping[Any, Any]) -> dict[str, Any]:
    tally = found[what]
    return {"label": LABELS[what], "items": tally.items, "or_more": tally.or_more}
