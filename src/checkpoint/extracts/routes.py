"""Front door of extracts: asked for by one person, approved by two others, ended by any."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.allocation.states import ListNotSealed
from checkpoint.allocation.vault import Opening
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.evaluation.states import ArmsToldBySize
from checkpoint.extracts import actions, fields, queries, rules, views
from checkpoint.extracts.builds.schemas import ExtractItemView, ExtractView, FieldsView
from checkpoint.extracts.columns import EVENT_COLUMNS, FieldNotOffered
from checkpoint.extracts.schemas import (
    ApproveExtract,
    AskForExtract,
    EndExtract,
    RecordAssessment,
    RefuseExtract,
)
from checkpoint.extracts.states import (
    AnswerOutcome,
    CutNotFound,
    ExtractAnswered,
    ExtractEnded,
    ExtractEvent,
    ExtractNotFound,
    ExtractNotReleased,
    FieldsWithheld,
    PopulationTooClose,
)
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.problems import problems
from checkpoint.oversight.rules import SecondPersonNeeded

router = APIRouter(prefix="/v1", tags=["extracts"])
ToAnswer = Annotated[bool, Query(description="Only those that you may still answer.")]
ExtractId = Annotated[UUID, Path(description="The extract's id.")]
Reading = Annotated[Actor, holding(Permission.READ_EXTRACTS)]
Approving = Annotated[Actor, holding(Permission.APPROVE_EXTRACT)]
Asking = Annotated[Actor, holding(Permission.REQUEST_EXTRACT)]
Ending = Annotated[Actor, holding(Permission.END_EXTRACT)]
ONE = "/extracts/{extract_id}"
ANSWERED = (*CREATING, ExtractNotFound, ExtractEnded, SecondPersonNeeded, ExtractAnswered)


@router.get("/extract-fields", response_model=FieldsView, responses=problems(CutNotFound))
async def list_extract_fields(
    by: Reading,
    session: Transaction,
    now: Now,
    trial: Annotated[str, Query(max_length=40, description="The trial's name.")],
    cut: Annotated[int, Query(ge=1, le=1_000_000, description="Counts its data cuts.")],
) -> Response:
    """What may be asked for of a data cut, and what is withheld until its trial is unblinded."""
    found = await queries.cut(session, trial, cut)
    now_given = {each.name for each in await fields.of_cut(session, found)}
    whole = await fields.of_cut(session, found, unblinded=True)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ExtractEvent.FIELDS_READ,
        found.id,
        kind="data_cut",
        by=by,
        at=now,
    )
    view = FieldsView(
        trial=found.trial,
        cut=found.number,
        fields=[
            views.field(each, withheld=None if each.name in now_given else fields.WITHHELD)
            for each in whole
        ],
        events=[views.field(each) for each in EVENT_COLUMNS],
    )
    return shown(view)


@router.post(
    "/extracts",
    status_code=201,
    response_model=ExtractView,
    responses=problems(
        *CREATING,
        CutNotFound,
        ArmsToldBySize,
        FieldNotOffered,
        FieldsWithheld,
        PopulationTooClose,
        ListNotSealed,
        RuleBroken,
    ),
)
async def ask_for_extract(
    by: Asking,
    command: AskForExtract,
    session: Transaction,
    vault: Opening,
    now: Now,
    asked: Once,
) -> Response:
    """Ask for an extract: what for, by what agreement, which fields, of whom, as of which cut."""

    async def deed() -> Response:
        made = await actions.ask(session, command, vault=vault, by=by, at=now)
        place = {"Location": f"/v1/extracts/{made}"}
        return await _answer(session, made, by=by, at=now, status=201, headers=place)

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    "/extracts",
    response_model=Page[ExtractItemView],
    responses=problems(MalformedCursor, RuleBroken),
)
async def list_extracts(
    by: Reading,
    session: Transaction,
    now: Now,
    turn: Turning,
    to_answer: ToAnswer = False,  # noqa: FBT002 - a parameter of the address
) -> Response:
    """Extracts, the last one first; whoever asks for extracts sees their own. With
    ``to_answer=true`` only those that wait for the reader's own approval or refusal.
    """
    if to_answer:
        rules.check_answers(by.role)
    today = london_day(now)
    rows, following = await queries.page(session, turn, actor=by, to_answer=to_answer, today=today)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ExtractEvent.LISTED,
        *(row.id for row in rows),
        kind="extract",
        by=by,
        at=now,
    )
    items = [views.item(row, state=rules.listed_state(row, today=today)) for row in rows]
    page = Page[ExtractItemView](items=items, next=following)
    return shown(page, headers=links(turn.request, following))


@router.get(ONE, response_model=ExtractView, responses=problems(ExtractNotFound))
async def read_extract(
    by: Reading, extract_id: ExtractId, session: Transaction, now: Now
) -> Response:
    """An extract: what was asked for, what was said of it, its builds, and what may be done."""
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ExtractEvent.READ,
        extract_id,
        kind="extract",
        by=by,
        at=now,
    )
    return await _answer(session, extract_id, by=by, at=now)


@router.post(f"{ONE}/approval", response_model=ExtractView, responses=problems(*ANSWERED))
async def approve_extract(
    by: Approving,
    extract_id: ExtractId,
    session: Transaction,
    now: Now,
    asked: Once,
    command: ApproveExtract | None = None,
) -> Response:
    """Approve, as one of two people who did not ask for it."""

    async def deed() -> Response:
        words, outcome = command.words if command else None, AnswerOutcome.APPROVED
        await actions.answer(session, extract_id, outcome, words=words, by=by, at=now)
        return await _answer(session, extract_id, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(f"{ONE}/refusal", response_model=ExtractView, responses=problems(*ANSWERED))
async def refuse_extract(
    by: Approving,
    extract_id: ExtractId,
    command: RefuseExtract,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Refuse; it is then decided."""

    async def deed() -> Response:
        outcome, words = AnswerOutcome.REFUSED, command.words
        await actions.answer(session, extract_id, outcome, words=words, by=by, at=now)
        return await _answer(session, extract_id, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/assessments",
    status_code=201,
    response_model=ExtractView,
    responses=problems(
        *CREATING, ExtractNotFound, ExtractEnded, ExtractNotReleased, SecondPersonNeeded, RuleBroken
    ),
)
async def assess_extract(
    by: Approving,
    extract_id: ExtractId,
    command: RecordAssessment,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Put on record what came of trying to find people in the last release; build it again after."""

    async def deed() -> Response:
        await actions.assess(session, extract_id, command, by=by, at=now)
        return await _answer(session, extract_id, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/key-destruction",
    response_model=ExtractView,
    responses=problems(*CREATING, ExtractNotFound, RuleBroken),
)
async def destroy_extract_key(
    by: Approving, extract_id: ExtractId, session: Transaction, now: Now, asked: Once
) -> Response:
    """Destroy an extract's key: nobody, here included, finds anybody by its pseudonyms again."""

    async def deed() -> Response:
        await actions.destroy_key(session, extract_id, by=by, at=now)
        return await _answer(session, extract_id, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/ending",
    response_model=ExtractView,
    responses=problems(*CREATING, ExtractNotFound, ExtractEnded),
)
async def end_extract(
    by: Ending,
    extract_id: ExtractId,
    command: EndExtract,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Give nothing more out of an extract: taken back by whoever asked, or recalled; its key goes."""

    async def deed() -> Response:
        await actions.end(session, extract_id, words=command.words, by=by, at=now)
        return await _answer(session, extract_id, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


async def _answer(
    session: AsyncSession,
    extract_id: UUID,
    *,
    by: Actor,
    at: Any,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    found = await queries.one(session, extract_id, actor=by, at=at)
    return shown(views.extract(found, by=by), status=status, headers=headers)
