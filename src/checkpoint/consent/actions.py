"""Consent is asked for, taken, and taken back. Nothing that was answered is ever changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.consent import lookups, queries, references, rules
from checkpoint.consent.clocks import DraftExpired, expiry_of, state_of_draft
from checkpoint.consent.facts import ConsentNotOpen, absence
from checkpoint.consent.rules import AlreadyTaken
from checkpoint.consent.schemas import AskForConsent, ConsentForm, SaveDraft, WithdrawConsent
from checkpoint.consent.states import (
    AskingState,
    ConsentAnswer,
    ConsentEvent,
    ConsentKind,
    ConsentNotStanding,
    ConsentState,
    ConsentStep,
    state_of,
    step,
)
from checkpoint.consent.tables import Consent, ConsentAsking, ConsentDraft, ConsentWithdrawal
from checkpoint.custody import queries as custody
from checkpoint.custody.movements.rules import check_past
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert, rows_of
from checkpoint.foundation.differences import sent_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.preconditions import unchanged_since

DRAFT, ASKING, WITHDRAWAL = "consent_draft", "consent_asking", "consent_withdrawal"
KEPT = {"sheet_given_at", "legal_advice", "understanding_checked", "answered_at", "late_reason"}


async def begin(
    session: AsyncSession, record_id: UUID, command: AskForConsent, *, by: Actor, at: datetime
) -> UUID:
    """Somebody begins to ask, and goes on later; only where the case stands as eligible."""
    record = await custody.held(session, record_id, actor=by)
    hindered, _, _ = await queries.hindered(session, record, by=by, at=at)
    if isinstance(hindered, ConsentNotOpen):
        raise hindered
    draft = ConsentDraft(
        custody_record_id=record_id,
        content=command.model_dump(mode="json", exclude={"draft"}, exclude_none=True),
        begun_at=at,
        begun_by=by.id,
        saved_at=at,
        expires_at=expiry_of(at, on=london_day(at)),
    )
    await insert(session, draft)
    await _record(session, ConsentEvent.DRAFTED, record, draft.id, kind=DRAFT, by=by, at=at)
    return draft.id


async def save(
    session: AsyncSession,
    asking_id: UUID,
    command: SaveDraft,
    *,
    seen: str,
    by: Actor,
    at: datetime,
) -> None:
    """A draft goes on: what was sent is put to it, and it is kept for its full time again."""
    draft, record = await _open(session, asking_id, sent_of(command), seen=seen, by=by, at=at)
    said = (draft.content or {}) | command.model_dump(mode="json", exclude_unset=True)
    draft.content = {name: value for name, value in said.items() if value is not None}
    draft.saved_at, draft.expires_at = at, expiry_of(at, on=london_day(at))
    draft.version += 1
    await session.flush()
    await _record(
        session,
        ConsentEvent.DRAFT_SAVED,
        record,
        draft.id,
        kind=DRAFT,
        by=by,
        at=at,
        operation=Operation.ALTERATION,
    )


async def complete(
    session: AsyncSession, asking_id: UUID, *, seen: str, by: Actor, at: datetime
) -> None:
    """The answers of a draft are taken; its words go over to them."""
    draft, record = await _open(session, asking_id, seen=seen, by=by, at=at)
    form = ConsentForm.model_validate(draft.content)
    draft.content, draft.completed_at, draft.completed_by = None, at, by.id
    await session.flush()
    await _take(session, record, form, asking_id=draft.id, by=by, at=at)


async def ask(
    session: AsyncSession, record_id: UUID, command: AskForConsent, *, by: Actor, at: datetime
) -> UUID:
    """What the person was told and what they answered, all at once."""
    record = await custody.held(session, record_id, actor=by)
    asking_id = new_id()
    await _take(session, record, command, asking_id=asking_id, by=by, at=at)
    return asking_id


async def withdraw(
    session: AsyncSession, asking_id: UUID, command: WithdrawConsent, *, by: Actor, at: datetime
) -> None:
    """The person takes one of the three back; what they gave stays on record."""
    found = await queries.taken(session, asking_id, actor=by)
    if found is None:
        draft = await queries.draft(session, asking_id, actor=by)
        await custody.held(session, draft.custody_record_id, actor=by)
        raise ConsentNotStanding("Nothing was answered there.", state=_state(draft, at=at).value)
    record = await custody.held(session, found.custody_record_id, actor=by)
    asked = [
        row
        for row in await queries.answers_of(session, record.id)
        if row.consent_asking_id == asking_id and row.kind is command.kind
    ]
    state = ConsentState.NOT_ASKED
    if asked:
        state = state_of(asked[0].answer, withdrawn=asked[0].withdrawal_id is not None)
    step(state, ConsentStep.WITHDRAWN, kind=command.kind)
    check_past(command.withdrawn_at, now=at, field="#/withdrawn_at")
    if command.withdrawn_at < found.answered_at:
        raise RuleBroken(
            "#/withdrawn_at", "withdrawn-before-given", "This lies before it was given."
        )
    _check_reason(command, ConsentStep.WITHDRAWN, at=command.withdrawn_at, field="#")
    withdrawal = ConsentWithdrawal(
        consent_id=asked[0].id,
        **command.model_dump(exclude={"kind"}),
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, withdrawal)
    subjects = (withdrawal.id, asked[0].id, asking_id)
    event = ConsentEvent.WITHDRAWN
    await _record(session, event, record, *subjects, kind=WITHDRAWAL, by=by, at=at)


EXPIRED = (
    sa.update(ConsentDraft)
    .where(col(ConsentDraft.content).is_not(None))
    .where(col(ConsentDraft.expires_at) <= sa.bindparam("now", type_=sa.DateTime(timezone=True)))
    .values(content=None, erased_at=sa.bindparam("now", type_=sa.DateTime(timezone=True)))
    .returning(col(ConsentDraft.id), col(ConsentDraft.custody_record_id))
)


async def erase_expired(session: AsyncSession, *, by: Actor, at: datetime) -> int:
    """The words of drafts that expired are erased; that each was begun stays on record."""
    erased = await rows_of(session, EXPIRED, now=at)
    if erased:
        subjects = sorted({row.id for row in erased} | {row.custody_record_id for row in erased})
        await ledger.record(
            session,
            Operation.ERASURE,
            ConsentEvent.DRAFTS_ERASED,
            *subjects,
            kind=DRAFT,
            by=by,
            at=at,
            purpose=f"left alone until they expired; {len(erased)} erased",
        )
    return len(erased)


def _state(draft: ConsentDraft, *, at: datetime) -> AskingState:
    return state_of_draft(draft.expires_at, taken=draft.completed_at is not None, now=at)


async def _open(
    session: AsyncSession, asking_id: UUID, sent: Any = None, *, seen: str, by: Actor, at: datetime
) -> tuple[ConsentDraft, Any]:
    """A draft that can go on, and its case; both locked until this is done."""
    if await queries.taken(session, asking_id, actor=by) is None:
        draft = await queries.draft(session, asking_id, actor=by)
        record = await custody.held(session, draft.custody_record_id, actor=by)
        draft = await queries.draft(session, asking_id, actor=by, lock=True)
        if (state := _state(draft, at=at)) is AskingState.EXPIRED:
            raise DraftExpired("Nobody saved it in time. Begin again.")
        if state is AskingState.DRAFT:
            stands, short = ConsentForm.model_validate(draft.content), {"saved_at": draft.saved_at}
            tag, about = str(draft.version), (draft.id, record.id, record.person_id)
            unchanged_since(seen, tag, sent=sent, stands=stands, short=short, about=about)
            return draft, record
    raise AlreadyTaken("Read it again. What was given is withdrawn, and may be asked for again.")


async def _take(
    session: AsyncSession,
    record: Any,
    form: ConsentForm,
    *,
    asking_id: UUID,
    by: Actor,
    at: datetime,
) -> None:
    """The answers are on record from here on, if nothing stands in the way."""
    moment = max(record.arrived_at, min(form.answered_at or at, at))
    hindered, decision, safeguards = await queries.hindered(session, record, by=by, at=moment)
    if hindered is not None:
        raise hindered
    found = await queries.last_answers(session, record.id)
    _check_form(form, found)
    rules.check_times(form, since=record.arrived_at, now=at)
    whole: Any = form
    absent = absence(safeguards, since=whole.sheet_given_at, until=whole.answered_at)
    if absent is not None:
        raise absent
    rules.check_understood(form)
    rules.check_since_last(form, found)
    sheet = await _sheet(session, form)
    consents = _consents(form, asking_id)
    asking = ConsentAsking(
        id=asking_id,
        custody_record_id=record.id,
        number=len(await queries.of_case(session, record.id, actor=by)) + 1,
        eligibility_decision_id=decision.id,
        safeguard_id=safeguards.id,
        information_sheet_id=sheet.id,
        answered_by=record.person_id,
        taken_at=at,
        taken_by=by.id,
        **form.model_dump(include=KEPT),
    )
    await insert(session, asking)
    await insert(session, *consents)
    subjects = (asking_id, *(consent.id for consent in consents))
    await _record(session, ConsentEvent.TAKEN, record, *subjects, kind=ASKING, by=by, at=at)


def _check_form(form: ConsentForm, found: Any) -> None:
    never = [kind for kind in ConsentKind if kind not in found]
    rules.check_whole(rules.missing_of(form, never_asked=never))
    rules.check_asks(form)
    rules.check_steps(form, queries.states_of(found))


def _consents(form: ConsentForm, asking_id: UUID) -> Sequence[Consent]:
    """The answers as they are kept, each with a reason that stands in its list where it needs one."""
    consents = []
    for kind in ConsentKind:
        answered = getattr(form, kind.value)
        if answered is None:
            continue
        rules.check_reason_given(answered, field=f"#/{kind.value}")
        if answered.answer is ConsentAnswer.DECLINED:
            field = f"#/{kind.value}"
            _check_reason(answered, ConsentStep.DECLINED, at=form.answered_at, field=field)
        consents.append(Consent(consent_asking_id=asking_id, kind=kind, **answered.model_dump()))
    return consents


def _check_reason(said: Any, happens: ConsentStep, *, at: Any, field: str) -> None:
    known = references.known()
    reasons = known.declining if happens is ConsentStep.DECLINED else known.withdrawing
    place = f"{field}/reason_code"
    references.check_reason(reasons, said.reason_code, on=london_day(at), field=place)
    rules.check_words(said.reason_code, said.words, field=field)


async def _sheet(session: AsyncSession, form: ConsentForm) -> Any:
    """The sheet that was given, if it was the one to give on that day."""
    published = await lookups.sheets(session)
    sheets = [lookups.sheet_of(row) for row in published]
    day = london_day(form.sheet_given_at)  # type: ignore[arg-type]  # the form is whole
    if not references.is_in_use(str(form.sheet_version), sheets, on=day):
        raise RuleBroken(
            "#/sheet_version",
            "sheet-not-in-use",
            "It was not given on that day; see /v1/reference/information-sheets.",
        )
    return next(row for row in published if row.sheet_version == form.sheet_version)


async def _record(
    session: AsyncSession,
    event: ConsentEvent,
    record: Any,
    *subjects: UUID,
    kind: str,
    by: Actor,
    at: datetime,
    operation: Operation = Operation.COLLECTION,
) -> None:
    whole = (*subjects, record.id, record.person_id)
    await ledger.record(session, operation, event, *whole, kind=kind, by=by, at=at)
