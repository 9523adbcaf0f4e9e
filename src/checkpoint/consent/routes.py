"""Front door of consent: ask, go on with a draft, take the answers, take one back."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.consent import actions, queries, views
from checkpoint.consent.clocks import DraftExpired, state_of_draft
from checkpoint.consent.facts import (
    AdultsOnly,
    ConsentNotOpen,
    SafeguardsNotKnown,
    SafeguardsNotThere,
)
from checkpoint.consent.lookups import SheetChanged
from checkpoint.consent.queries import ConsentNotFound
from checkpoint.consent.rules import AlreadyTaken, LegalAdviceFirst, NotUnderstood, tag_of_taken
from checkpoint.consent.schemas import (
    AskForConsent,
    AskingView,
    CompleteDraft,
    ConsentsView,
    SaveDraft,
    WithdrawConsent,
)
from checkpoint.consent.states import (
    AskingState,
    ConsentEvent,
    ConsentNotStanding,
    ConsentStands,
)
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenTag, etag
from checkpoint.foundation.problems import problems
from checkpoint.oversight.states import DecisionOvertaken

router = APIRouter(prefix="/v1", tags=["consent"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
AskingId = Annotated[UUID, Path(description="The asking's id.")]
OF_RECORD = "/custody-records/{record_id}/consents"
ASKING = "/consents/{asking_id}"
TAKING = (
    *CREATING,
    RuleBroken,
    ConsentNotOpen,
    DecisionOvertaken,
    AdultsOnly,
    SafeguardsNotKnown,
    SafeguardsNotThere,
    NotUnderstood,
    LegalAdviceFirst,
    ConsentStands,
    SheetChanged,
)
GOING_ON = (ConsentNotFound, DraftExpired, AlreadyTaken, IfMatchMissing, Overtaken)


@router.post(
    OF_RECORD,
    status_code=201,
    response_model=AskingView,
    responses=problems(*TAKING, CustodyRecordNotFound),
)
async def ask_for_consent(
    by: Annotated[Actor, holding(Permission.RECORD_CONSENT)],
    record_id: RecordId,
    command: AskForConsent,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record what the person was told and answered to each of the three; or begin a draft of it."""

    async def deed() -> Response:
        do = actions.begin if command.draft else actions.ask
        asking_id = await do(session, record_id, command, by=by, at=now)
        return await _answer(session, asking_id, with_words=False, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    OF_RECORD,
    response_model=ConsentsView,
    responses=problems(CustodyRecordNotFound, SheetChanged),
)
async def list_consents(
    by: Annotated[Actor, holding(Permission.READ_CONSENT)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
) -> Response:
    """Where the three consents of a case stand, every asking, and what stands in the way of one."""
    record = await custody.one(session, record_id, actor=by)
    found = await queries.last_answers(session, record_id)
    states = queries.states_of(found)
    answers = await queries.answers_of(session, record_id)
    askings = await queries.of_case(session, record_id, actor=by)
    drafts = await queries.drafts_of(session, record_id, actor=by)
    hindered, _, _ = await queries.hindered(session, record, by=by, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ConsentEvent.READ,
        record_id,
        record.person_id,
        *(each.id for each in (*drafts, *askings)),
        kind="custody_record",
        by=by,
        at=now,
    )
    items = [
        *(views.shown_draft(each, states, with_words=False, by=by, at=now) for each in drafts),
        *(views.shown_taken(each, answers, by=by) for each in askings),
    ]
    view = ConsentsView(
        standing=views.shown_standing(found),
        items=items,
        next_steps=views.asking_steps(record_id, states, hindered, by=by),
    )
    return shown(view)


@router.get(
    ASKING,
    response_model=AskingView,
    responses=problems(ConsentNotFound, DraftExpired, SheetChanged),
)
async def read_consent(
    by: Annotated[Actor, holding(Permission.READ_CONSENT)],
    asking_id: AskingId,
    session: Transaction,
    now: Now,
) -> Response:
    """One asking: a draft with what it says so far, or the answers that were taken."""
    found = await queries.taken(session, asking_id, actor=by)
    if found is None:
        found = await queries.draft(session, asking_id, actor=by)
    record = await custody.one(session, found.custody_record_id, actor=by)
    answer = await _answer(session, asking_id, by=by, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ConsentEvent.READ,
        asking_id,
        record.id,
        record.person_id,
        kind=actions.ASKING,
        by=by,
        at=now,
    )
    return answer


@router.patch(
    ASKING,
    response_model=AskingView,
    responses=problems(RuleBroken, *GOING_ON),
)
async def save_consent_draft(
    by: Annotated[Actor, holding(Permission.RECORD_CONSENT)],
    asking_id: AskingId,
    command: SaveDraft,
    session: Transaction,
    now: Now,
    seen: SeenTag,
) -> Response:
    """Go on with a draft; it is kept for its full time again."""
    await actions.save(session, asking_id, command, seen=seen, by=by, at=now)
    return await _answer(session, asking_id, by=by, at=now)


@router.post(
    f"{ASKING}/completion",
    status_code=201,
    response_model=AskingView,
    responses=problems(*TAKING, *GOING_ON),
)
async def complete_consent_draft(
    by: Annotated[Actor, holding(Permission.RECORD_CONSENT)],
    asking_id: AskingId,
    session: Transaction,
    now: Now,
    asked: Once,
    seen: SeenTag,
    command: CompleteDraft | None = None,  # noqa: ARG001 - there is nothing in it to read
) -> Response:
    """Take the answers of a draft, once; faults are named by the draft's own fields."""

    async def deed() -> Response:
        await actions.complete(session, asking_id, seen=seen, by=by, at=now)
        return await _answer(session, asking_id, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ASKING}/withdrawals",
    status_code=201,
    response_model=AskingView,
    responses=problems(*CREATING, RuleBroken, ConsentNotFound, ConsentNotStanding, SheetChanged),
)
async def withdraw_consent(
    by: Annotated[Actor, holding(Permission.RECORD_CONSENT)],
    asking_id: AskingId,
    command: WithdrawConsent,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """The person takes one of the three back; the answer says what that means."""

    async def deed() -> Response:
        await actions.withdraw(session, asking_id, command, by=by, at=now)
        return await _answer(session, asking_id, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


async def _answer(
    session: AsyncSession,
    asking_id: UUID,
    *,
    with_words: bool = True,
    by: Actor,
    at: datetime,
    status: int = 200,
) -> Response:
    found = await queries.taken(session, asking_id, actor=by)
    if found is None:
        draft = await queries.draft(session, asking_id, actor=by)
        if state_of_draft(draft.expires_at, taken=False, now=at) is AskingState.EXPIRED:
            raise DraftExpired("Nobody saved it in time. Begin again.")
        states = queries.states_of(await queries.last_answers(session, draft.custody_record_id))
        view = views.shown_draft(draft, states, with_words=with_words, by=by, at=at)
        tag = str(draft.version)
    else:
        answers = await queries.answers_of(session, found.custody_record_id)
        view = views.shown_taken(found, answers, by=by)
        withdrawn = [
            row for row in answers if row.consent_asking_id == asking_id and row.withdrawal_id
        ]
        tag = tag_of_taken(found.number, withdrawn=len(withdrawn))
    headers = {"ETag": etag(tag)}
    if status == 201:
        headers["Location"] = f"{router.prefix}/consents/{asking_id}"
    return shown(view, status=status, headers=headers)
