"""Referrals into views, and what a reader may do next."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from checkpoint.access.permissions import Permission, holds
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.errors import refusal_of
from checkpoint.foundation.schemas import NextStep
from checkpoint.referrals.references import LABELS
from checkpoint.referrals.rules import ATTENDING, attendance, waiting_days
from checkpoint.referrals.schemas import (
    ReferralItemView,
    ReferralSessionView,
    ReferralStepView,
    ReferralsView,
    ReferralView,
    ServiceView,
    ToldView,
)
from checkpoint.referrals.states import ReferralEvent, ReferralState, step

SESSIONS_WORDS = (
    "These sessions count for no condition by themselves. Whoever is satisfied that they should "
    "enters them: POST /v1/contracts/{contract_id}/condition-entries."
)
TOLD = (
    *("id", "reference", "basis", "pathway", "need_level", "state", "version"),
    *("made_on", "acknowledged_on", "waiting_since", "waited_until", "holds_place"),
)
WHOLE = (
    *("custody_record_id", "contract_id", "condition_key", "needs_assessment_id"),
    *("district", "excluded_words"),
)
STEPS: dict[str, tuple[ReferralEvent, str]] = {
    "acknowledge_referral": (ReferralEvent.ACKNOWLEDGED, "acknowledgement"),
    "put_on_waiting_list": (ReferralEvent.PUT_ON_LIST, "waiting-list"),
    "start_referral": (ReferralEvent.STARTED, "start"),
    "end_referral": (ReferralEvent.DECLINED_BY_PERSON, "end"),
}
NOT_YOURS = "Your role does not allow this; ask the case's navigator or a supervisor."


def _fields(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def service_view(row: Any) -> ServiceView:
    """Where somebody was referred to."""
    return ServiceView(
        service_id=row.service_id,
        name=row.service_name,
        organization_id=row.organization_id,
        organization_name=row.organization_name,
    )


def _item(row: Any, *, on: date) -> dict[str, Any]:
    return _fields(row, TOLD) | {
        "service": service_view(row),
        "label": LABELS[ReferralState(row.state)],
        "waiting_days": waiting_days(row.waiting_since, row.waited_until, on=on),
    }


def item_view(row: Any, *, on: date) -> ReferralItemView:
    """A referral in a list."""
    return ReferralItemView(**_item(row, on=on))


def step_view(row: Any) -> ReferralStepView:
    """One step of it."""
    return ReferralStepView(**_fields(row, [*ReferralStepView.model_fields]))


def sessions_view(entries: Sequence[Any]) -> list[ReferralSessionView]:
    """On which days the person was expected, and whether they came."""
    return [
        ReferralSessionView(session_on=day, attended=came)
        for day, came in attendance(entries).items()
    ]


def referral_view(
    row: Any,
    steps: Sequence[Any],
    entries: Sequence[Any],
    told: Any,
    *,
    by: Actor,
    on: date,
) -> ReferralView:
    """A referral with its story, and what this reader may do."""
    came = [*attendance(entries).values()]
    return ReferralView(
        **_item(row, on=on),
        **_fields(row, WHOLE),
        excused=row.excuse_id is not None,
        told=ToldView.model_validate(told.content),
        steps=[step_view(each) for each in steps],
        sessions=sessions_view(entries),
        sessions_attended=came.count(True),
        sessions_words=SESSIONS_WORDS,
        sessions_missed=came.count(False),
        next_steps=next_steps(row, "/v1/referrals", allowed=holds(by.role, Permission.REFER)),
    )


def next_steps(row: Any, door: str, *, allowed: bool) -> list[NextStep]:
    """What may be done next with a referral, and why not."""
    state = ReferralState(row.state)
    found = []
    for name, (event, noun) in STEPS.items():
        refusal = refusal_of(lambda event=event: step(state, event))  # type: ignore[misc]
        why_not = refusal.detail if refusal else None
        found.append((name, noun, why_not))
    sessions = None if state in ATTENDING else "Record its start first."
    found.append(("record_referral_sessions", "sessions", sessions))
    return [
        NextStep(
            step=name,
            method="POST",
            href=f"{door}/{row.id}/{noun}",
            allowed=allowed and why_not is None,
            why_not=why_not if allowed else NOT_YOURS,
        )
        for name, noun, why_not in found
    ]


def referrals_view(record: Any, rows: Sequence[Any], *, by: Actor, on: date) -> ReferralsView:
    """A case's referrals, and whether this reader may make one."""
    may = holds(by.role, Permission.REFER)
    make = NextStep(
        step="make_referral",
        method="POST",
        href=f"/v1/custody-records/{record.id}/referrals",
        allowed=may,
        why_not=None if may else NOT_YOURS,
    )
    return ReferralsView(items=[item_view(row, on=on) for row in rows], next_steps=[make])
