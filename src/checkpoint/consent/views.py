"""What was asked and answered, as its readers are shown it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from checkpoint.access.permissions import Permission, holds
from checkpoint.consent.clocks import state_of_draft
from checkpoint.consent.lookups import sheet_of
from checkpoint.consent.references import Sheet, label_of
from checkpoint.consent.rules import missing_of
from checkpoint.consent.schemas import (
    AskingView,
    ConsentForm,
    ConsentView,
    FormView,
    StandingConsentView,
    TakenView,
    WithdrawalView,
)
from checkpoint.consent.states import (
    LABELS,
    AskingState,
    ConsentAnswer,
    ConsentKind,
    ConsentState,
    state_of,
)
from checkpoint.custody.movements.states import is_late
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.schemas import NextStep

ASKING = "ask_for_consent"
ROLE = "Your role does not allow this; ask a custody officer."
WITHDRAWAL = ("withdrawn_at", "told_by", "reason_code", "words", "recorded_at", "recorded_by")


def may_not(by: Actor) -> str | None:
    """Why this reader may record nothing here; None when they may."""
    return None if holds(by.role, Permission.RECORD_CONSENT) else ROLE


def shown_consent(row: Any, sheet: Sheet) -> ConsentView:
    """One answer, with what the sheet that was given says of it."""
    declined = row.answer is ConsentAnswer.DECLINED
    return ConsentView(
        **{name: getattr(row, name) for name in ("id", "kind", "answer", "reason_code", "words")},
        reason=label_of(ConsentAnswer.DECLINED, row.reason_code) if declined else None,
        state=state_of(row.answer, withdrawn=row.withdrawal_id is not None),
        **sheet.of(row.kind).model_dump(),
        withdrawal=shown_withdrawal(row) if row.withdrawal_id is not None else None,
    )


def shown_withdrawal(row: Any) -> WithdrawalView:
    """When an answer was taken back, and why."""
    return WithdrawalView(
        **{name: getattr(row, f"withdrawal_{name}") for name in WITHDRAWAL},
        reason=label_of(None, row.withdrawal_reason_code),
        entered_late=is_late(row.withdrawal_withdrawn_at, row.withdrawal_recorded_at),
        late_reason=row.withdrawal_late_reason,
    )


def shown_taken(found: Any, answers: Sequence[Any], *, by: Actor) -> AskingView:
    """An asking whose answers were taken; ``answers`` are those of its whole case."""
    own = [row for row in answers if row.consent_asking_id == found.id]
    sheet = sheet_of(found)
    derived = {"consents", "appropriate_adult_there", "interpreter_there", "entered_late"}
    taken = TakenView(
        **{name: getattr(found, name) for name in TakenView.model_fields.keys() - derived},
        appropriate_adult_there=found.appropriate_adult_needed,
        interpreter_there=found.interpreter_needed,
        entered_late=is_late(found.answered_at, found.taken_at),
        consents=[shown_consent(row, sheet) for row in own],
    )
    steps = [
        _step(f"withdraw_{consent.kind.value}", f"{found.id}/withdrawals", by=by)
        for consent in taken.consents
        if consent.state is ConsentState.GIVEN
    ]
    return AskingView(
        id=found.id,
        custody_record_id=found.custody_record_id,
        state=AskingState.TAKEN,
        begun_at=found.begun_at or found.taken_at,
        begun_by=found.begun_by or found.taken_by,
        expires_at=None,
        form=None,
        missing=[],
        taken=taken,
        next_steps=steps,
    )


def shown_draft(
    draft: Any,
    states: Mapping[ConsentKind, ConsentState],
    *,
    with_words: bool,
    by: Actor,
    at: datetime,
) -> AskingView:
    """An asking that is not finished; of one that expired, only that it was begun."""
    state = state_of_draft(draft.expires_at, taken=False, now=at)
    there = state is AskingState.DRAFT
    form = FormView.model_validate(draft.content) if there else None
    return AskingView(
        id=draft.id,
        custody_record_id=draft.custody_record_id,
        state=state,
        begun_at=draft.begun_at,
        begun_by=draft.begun_by,
        expires_at=draft.expires_at,
        form=form if with_words else None,
        missing=lacking(form, states) if form else [],
        taken=None,
        next_steps=draft_steps(draft.id, by=by) if there else [],
    )


def lacking(form: ConsentForm, states: Mapping[ConsentKind, ConsentState]) -> list[str]:
    """What a draft still lacks."""
    never = [kind for kind, state in states.items() if state is ConsentState.NOT_ASKED]
    return missing_of(form, never_asked=never)


def draft_steps(draft_id: UUID, *, by: Actor) -> list[NextStep]:
    """A draft goes on, or its answers are taken."""
    return [
        _step("save_consent_draft", f"{draft_id}", method="PATCH", by=by),
        _step("complete_consent_draft", f"{draft_id}/completion", by=by),
    ]


def _step(name: str, place: str, *, method: str = "POST", by: Actor) -> NextStep:
    why_not = may_not(by)
    return NextStep(
        step=name,
        method=method,
        href=f"/v1/consents/{place}",
        allowed=why_not is None,
        why_not=why_not,
    )


def asking_steps(
    record_id: UUID,
    states: Mapping[ConsentKind, ConsentState],
    hindered: errors.Refusal | None,
    *,
    by: Actor,
) -> list[NextStep]:
    """Somebody is asked, unless something stands in the way or nothing is left to ask for."""
    if all(state is ConsentState.GIVEN for state in states.values()):
        return []
    told = f"{hindered.title}. {hindered.detail}" if hindered else None
    why_not = may_not(by) or told
    missing = hindered.facts.get("missing", []) if hindered else []
    return [
        NextStep(
            step=ASKING,
            method="POST",
            href=f"/v1/custody-records/{record_id}/consents",
            allowed=why_not is None,
            why_not=why_not,
            missing=[f"safeguards.{name}" for name in missing] if isinstance(missing, list) else [],
        )
    ]


def withdrawing_steps(found: Mapping[ConsentKind, Any], *, by: Actor) -> list[NextStep]:
    """Each of the three that stands may be taken back."""
    return [
        _step(f"withdraw_{kind.value}", f"{last.asking_id}/withdrawals", by=by)
        for kind, last in found.items()
        if last.state is ConsentState.GIVEN
    ]


def shown_standing(found: Mapping[ConsentKind, Any]) -> list[StandingConsentView]:
    """Where each of the three stands, with what withdrawing it means where it was answered."""
    views = []
    for kind in ConsentKind:
        last = found.get(kind)
        views.append(
            StandingConsentView(
                kind=kind,
                label=LABELS[kind],
                state=last.state if last else ConsentState.NOT_ASKED,
                consent_id=last.consent_id if last else None,
                asking_id=last.asking_id if last else None,
                answered_at=last.answered_at if last else None,
                withdrawn_at=last.withdrawn_at if last else None,
                withdrawing=last.sheet.of(kind).withdrawing if last else None,
            )
        )
    return views
