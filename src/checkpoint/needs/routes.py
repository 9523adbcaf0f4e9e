"""Front door of needs: assess, go on with a draft, complete it, read it as it was, compare two."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.movements.rules import check_past
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.rules import RecordFull
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenTag, etag
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Instant
from checkpoint.needs import actions, lookups, queries, views
from checkpoint.needs.facts import carried_over
from checkpoint.needs.forms import PathwaysForm
from checkpoint.needs.lookups import InstrumentChanged, InstrumentNotFound
from checkpoint.needs.queries import ELSEWHERE, EVER, NeedsAssessmentNotFound
from checkpoint.needs.schemas import (
    AssessmentsView,
    AssessmentView,
    AssessNeeds,
    CompleteNeedsDraft,
    PrefilledView,
    SaveNeedsDraft,
)
from checkpoint.needs.states import (
    AlreadyCompleted,
    BaselineTaken,
    CorrectedAlready,
    DraftOpen,
    NeedsEvent,
    NeedsNotOpen,
    tag_of_completed,
)

router = APIRouter(prefix="/v1", tags=["needs"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
AssessmentId = Annotated[UUID, Path(description="The assessment's id.")]
AsOf = Annotated[
    Instant | None,
    Query(
        description="As it stood then: what was completed and put right by that moment.",
        examples=["2026-11-03T12:00:00Z"],
    ),
]
OF_RECORD = "/custody-records/{record_id}/needs-assessments"
ASSESSMENT = "/needs-assessments/{assessment_id}"
TAKING = (
    *CREATING,
    RuleBroken,
    RecordFull,
    BaselineTaken,
    CorrectedAlready,
    InstrumentChanged,
)
GOING_ON = (NeedsAssessmentNotFound, AlreadyCompleted, IfMatchMissing, Overtaken)


@router.post(
    OF_RECORD,
    status_code=201,
    response_model=AssessmentView,
    responses=problems(*TAKING, CustodyRecordNotFound, NeedsNotOpen, DraftOpen, InstrumentNotFound),
)
async def assess_needs(
    by: Annotated[Actor, holding(Permission.ASSESS_NEEDS)],
    record_id: RecordId,
    command: AssessNeeds,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record what somebody needs, pathway by pathway; or begin a draft of it."""

    async def deed() -> Response:
        do = actions.begin if command.draft else actions.assess
        assessment_id = await do(session, record_id, command, by=by, at=now)
        return await _answer(session, assessment_id, by=by, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    OF_RECORD,
    response_model=AssessmentsView,
    responses=problems(CustodyRecordNotFound, RuleBroken, InstrumentChanged),
)
async def list_needs_assessments(
    by: Annotated[Actor, holding(Permission.READ_NEEDS)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
    as_of: AsOf = None,
) -> Response:
    """A case's assessments with their scores, and the half-done one; now, or as they stood then."""
    check_past(as_of, now=now, field="query:as_of")
    record = await custody.one(session, record_id, actor=by)
    found = await queries.of_case(session, record_id, actor=by, as_of=as_of or EVER)
    scores = await queries.scores_of(session, *(each.id for each in found))
    items = [views.line_of_completed(each, scores[each.id]) for each in found]
    draft = None if as_of else await queries.open_draft(session, record_id, actor=by)
    if draft is not None:
        asked = await lookups.instrument_by_id(session, draft.needs_instrument_id)
        items.insert(0, views.line_of_draft(draft, asked, by=by))
    hindered = await queries.hindrance(session, record_id, found, actor=by)
    await _read(session, record, *(item.id for item in items), by=by, at=now)
    steps = views.case_steps(
        record_id,
        hindered=hindered,
        has_draft=draft is not None,
        completed=len(queries.standing(found)),
        by=by,
    )
    return shown(AssessmentsView(items=items, next_steps=[] if as_of else steps))


@router.get(
    f"{OF_RECORD}/prefilled",
    response_model=PrefilledView,
    responses=problems(CustodyRecordNotFound, InstrumentNotFound, InstrumentChanged),
)
async def read_prefilled_needs(
    by: Annotated[Actor, holding(Permission.READ_NEEDS)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
) -> Response:
    """A form filled in from the last completed assessment, every answer marked as carried over."""
    record = await custody.one(session, record_id, actor=by)
    standing = queries.standing(await queries.of_case(session, record_id, actor=by))
    last = standing[0] if standing else None
    _, asked = await lookups.to_use(session, None, on=london_day(now))
    said = await queries.said_in(session, last.id) if last else {}
    pathways, left_out = carried_over(said, asked)
    await _read(session, record, *(each.id for each in standing[:1]), by=by, at=now)
    return shown(
        PrefilledView(
            instrument_version=asked.version,
            prefilled_from=last.id if last else None,
            prefilled_from_assessed_at=last.assessed_at if last else None,
            left_out=left_out,
            pathways=PathwaysForm.model_validate(pathways),
        )
    )


@router.get(
    ASSESSMENT,
    response_model=AssessmentView,
    responses=problems(NeedsAssessmentNotFound, RuleBroken, InstrumentChanged),
)
async def read_needs_assessment(
    by: Annotated[Actor, holding(Permission.READ_NEEDS)],
    assessment_id: AssessmentId,
    session: Transaction,
    now: Now,
    as_of: AsOf = None,
) -> Response:
    """One assessment: a draft with what it says so far, or a completed one, now or as it stood then."""
    check_past(as_of, now=now, field="query:as_of")
    found: Any = await queries.completed(session, assessment_id, actor=by, as_of=as_of or EVER)
    if found is None:
        found = await queries.draft(session, assessment_id, actor=by)
        if as_of is not None:
            raise NeedsAssessmentNotFound("It was not completed then. " + ELSEWHERE)
    record = await custody.one(session, found.custody_record_id, actor=by)
    answer = await _answer(session, assessment_id, by=by, as_of=as_of or EVER)
    await _read(session, record, assessment_id, by=by, at=now)
    return answer


@router.patch(
    ASSESSMENT,
    response_model=AssessmentView,
    responses=problems(RuleBroken, InstrumentChanged, *GOING_ON),
)
async def save_needs_draft(
    by: Annotated[Actor, holding(Permission.ASSESS_NEEDS)],
    assessment_id: AssessmentId,
    command: SaveNeedsDraft,
    session: Transaction,
    now: Now,
    seen: SeenTag,
) -> Response:
    """Go on with a draft, whoever began it; what is left out stays as it is."""
    await actions.save(session, assessment_id, command, seen=seen, by=by, at=now)
    return await _answer(session, assessment_id, by=by)


@router.post(
    f"{ASSESSMENT}/completion",
    status_code=201,
    response_model=AssessmentView,
    responses=problems(*TAKING, *GOING_ON),
)
async def complete_needs_draft(
    by: Annotated[Actor, holding(Permission.ASSESS_NEEDS)],
    assessment_id: AssessmentId,
    session: Transaction,
    now: Now,
    asked: Once,
    seen: SeenTag,
    command: CompleteNeedsDraft | None = None,
) -> Response:
    """Complete a draft, once; what it still lacks is named by its place in the form."""

    async def deed() -> Response:
        said = command or CompleteNeedsDraft()
        await actions.complete(session, assessment_id, said, seen=seen, by=by, at=now)
        return await _answer(session, assessment_id, by=by, status=201)

    return await once(session, asked, deed, by=by, at=now)


async def _answer(
    session: AsyncSession,
    assessment_id: UUID,
    *,
    by: Actor,
    as_of: datetime = EVER,
    status: int = 200,
) -> Response:
    found = await queries.completed(session, assessment_id, actor=by, as_of=as_of)
    if found is None:
        draft = await queries.draft(session, assessment_id, actor=by)
        asked = await lookups.instrument_by_id(session, draft.needs_instrument_id)
        view, tag = views.shown_draft(draft, asked, by=by), str(draft.version)
    else:
        view = views.shown_assessment(
            found,
            await lookups.instrument_by_id(session, found.needs_instrument_id),
            (await queries.scores_of(session, assessment_id))[assessment_id],
            await queries.answers_of(session, assessment_id),
            await queries.statements_of(session, assessment_id),
            await queries.external_scores_of(session, assessment_id),
        )
        tag = tag_of_completed(found.number, corrected=found.corrected_by is not None)
    headers = {"ETag": etag(tag)}
    if status == 201:
        headers["Location"] = f"{router.prefix}/needs-assessments/{assessment_id}"
    return shown(view, status=status, headers=headers)


async def _read(
    session: AsyncSession, record: Any, *assessments: UUID, by: Actor, at: datetime
) -> None:
    subjects = (*assessments, record.id, record.person_id)
    kind = actions.ASSESSMENT if assessments else "custody_record"
    event = NeedsEvent.READ
    await ledger.record(session, Operation.CONSULTATION, event, *subjects, kind=kind, by=by, at=at)
