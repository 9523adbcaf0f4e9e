"""Needs are assessed, half-done and whole. Nothing that was completed is ever changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.rules import NEVER_NEEDED, check_space
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.foundation.differences import sent_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.needs import lookups, queries, rules
from checkpoint.needs.facts import answers_of, merged, spoken_of
from checkpoint.needs.forms import NeedsForm, PathwayForm, PathwaysForm
from checkpoint.needs.questions import Instrument
from checkpoint.needs.rules import MOST_ASSESSMENTS
from checkpoint.needs.schemas import AssessNeeds, CompleteNeedsDraft, SaveNeedsDraft
from checkpoint.needs.scoring import score
from checkpoint.needs.states import AlreadyCompleted, NeedsEvent, Pathway, StatementKind
from checkpoint.needs.tables import (
    NeedsAnswer,
    NeedsAssessment,
    NeedsDraft,
    NeedsExternalScore,
    NeedsPathway,
    NeedsStatement,
)

DRAFT, ASSESSMENT = "needs_draft", "needs_assessment"
ENTERED = {"draft", "instrument_version", "prefilled_from", "confirm_carried_over"}


async def begin(
    session: AsyncSession, record_id: UUID, command: AssessNeeds, *, by: Actor, at: datetime
) -> UUID:
    """Somebody begins to assess, and anybody in the suite goes on later."""
    record = await custody.held(session, record_id, actor=by)
    waiting = await queries.open_draft(session, record_id, actor=by)
    rules.check_one_draft(waiting.id if waiting else None)
    id, _ = await _begun(session, record_id, command, on=at, by=by)
    draft = NeedsDraft(
        custody_record_id=record_id,
        needs_instrument_id=id,
        prefilled_from_id=command.prefilled_from,
        content=merged({}, command.model_dump(mode="json", exclude=ENTERED, exclude_unset=True)),
        begun_at=at,
        begun_by=by.id,
        saved_at=at,
        saved_by=by.id,
    )
    await insert(session, draft)
    await _record(session, NeedsEvent.DRAFTED, record, draft.id, kind=DRAFT, by=by, at=at)
    return draft.id


async def assess(
    session: AsyncSession, record_id: UUID, command: AssessNeeds, *, by: Actor, at: datetime
) -> UUID:
    """Somebody's needs, all at once."""
    record = await custody.held(session, record_id, actor=by)
    then = min(command.assessed_at or at, at)
    id, instrument = await _begun(session, record_id, command, on=then, by=by)
    about = {"needs_instrument_id": id, "prefilled_from_id": command.prefilled_from}
    confirmed = command.confirm_carried_over
    return await _take(
        session, record, command, instrument, new_id(), about, confirmed=confirmed, by=by, at=at
    )


async def save(
    session: AsyncSession,
    assessment_id: UUID,
    command: SaveNeedsDraft,
    *,
    seen: str,
    by: Actor,
    at: datetime,
) -> None:
    """A draft goes on: what was sent is put to it, and the rest stays."""
    sent = sent_of(command, PathwaysForm, PathwayForm)
    draft, record = await _open(session, assessment_id, sent, seen=seen, by=by)
    instrument = await lookups.instrument_by_id(session, draft.needs_instrument_id)
    rules.check_known(command, instrument)
    change = command.model_dump(mode="json", exclude_unset=True)
    draft.content = merged(draft.content or {}, change)
    draft.saved_at, draft.saved_by = at, by.id
    draft.version += 1
    await session.flush()
    await _record(
        session,
        NeedsEvent.DRAFT_SAVED,
        record,
        draft.id,
        kind=DRAFT,
        by=by,
        at=at,
        operation=Operation.ALTERATION,
    )


async def complete(
    session: AsyncSession,
    assessment_id: UUID,
    command: CompleteNeedsDraft,
    *,
    seen: str,
    by: Actor,
    at: datetime,
) -> None:
    """A draft is completed; its words go over to the assessment, which stays as it is."""
    draft, record = await _open(session, assessment_id, seen=seen, by=by)
    instrument = await lookups.instrument_by_id(session, draft.needs_instrument_id)
    form = NeedsForm.model_validate(draft.content)
    draft.content, draft.completed_at, draft.completed_by = None, at, by.id
    await session.flush()
    about = {name: getattr(draft, name) for name in ("needs_instrument_id", "prefilled_from_id")}
    confirmed = command.confirm_carried_over
    await _take(
        session, record, form, instrument, draft.id, about, confirmed=confirmed, by=by, at=at
    )


async def _begun(
    session: AsyncSession, record_id: UUID, command: AssessNeeds, *, on: datetime, by: Actor
) -> tuple[UUID, Instrument]:
    """The instrument of an assessment that may begin, if what was sent answers it."""
    completed = await queries.of_case(session, record_id, actor=by)
    hindered = await queries.hindrance(session, record_id, completed, actor=by)
    if hindered is not None:
        raise hindered
    if command.prefilled_from not in {None, *(each.id for each in completed)}:
        raise RuleBroken(
            "#/prefilled_from", "assessment-not-here", "Name a completed assessment of this case."
        )
    id, instrument = await lookups.to_use(session, command.instrument_version, on=london_day(on))
    rules.check_known(command, instrument)
    return id, instrument


async def _open(
    session: AsyncSession,
    assessment_id: UUID,
    sent: dict[str, Any] | None = None,
    *,
    seen: str,
    by: Actor,
) -> tuple[NeedsDraft, Any]:
    """A draft that can go on, and its case; both locked until this is done."""
    if await queries.completed(session, assessment_id, actor=by) is None:
        draft = await queries.draft(session, assessment_id, actor=by)
        record = await custody.held(session, draft.custody_record_id, actor=by)
        draft = await queries.draft(session, assessment_id, actor=by, lock=True)
        if draft.content is not None:
            unchanged_since(
                seen,
                str(draft.version),
                sent=sent,
                stands=NeedsForm.model_validate(draft.content),
                partial=True,
                short={"saved_at": draft.saved_at, "saved_by": draft.saved_by},
                about=(draft.id, record.id, record.person_id),
            )
            return draft, record
    raise AlreadyCompleted("Read it again. To put it right, send another that says it corrects it.")


async def _take(
    session: AsyncSession,
    record: Any,
    form: Any,
    instrument: Instrument,
    id: UUID,
    about: dict[str, Any],
    *,
    confirmed: bool,
    by: Actor,
    at: datetime,
) -> UUID:
    """The assessment is on record from here on, if it says all that it must."""
    since = record.arrived_at
    rules.check_complete(form, instrument, confirmed=confirmed, since=since, now=at)
    earlier = await queries.of_case(session, record.id, actor=by)
    rules.check_series(form, earlier)
    check_space(len(earlier), most=MOST_ASSESSMENTS, what="assessments", remedy=NEVER_NEEDED)
    whole = NeedsAssessment(
        id=id,
        custody_record_id=record.id,
        number=len(earlier) + 1,
        timepoint=form.timepoint,
        assessed_at=form.assessed_at,
        corrects_id=form.corrects,
        correction_reason=form.correction_reason,
        completed_at=at,
        completed_by=by.id,
        **about,
    )
    await insert(session, whole)
    await _put(session, id, form, instrument)
    event = NeedsEvent.CORRECTED if form.corrects else NeedsEvent.ASSESSED
    subjects = [id, form.corrects] if form.corrects else [id]
    await _record(session, event, record, *subjects, kind=ASSESSMENT, by=by, at=at)
    return id


async def _put(session: AsyncSession, id: UUID, form: NeedsForm, instrument: Instrument) -> None:
    """What it says of each pathway, and what that comes to."""
    parts: list[NeedsPathway] = []
    answers: list[NeedsAnswer] = []
    statements: list[NeedsStatement] = []
    for pathway, said in spoken_of(form).items():
        part = _part(id, pathway, said, instrument)
        parts.append(part)
        answers += [
            NeedsAnswer(needs_pathway_id=part.id, **each.model_dump())
            for each in said.answers or ()
            if each.option is not None
        ]
        statements += [
            NeedsStatement(needs_pathway_id=part.id, kind=kind, place=place, **each.model_dump())
            for kind, listed in (
                (StatementKind.STRENGTH, said.strengths),
                (StatementKind.STATEMENT, said.statements),
            )
            for place, each in enumerate(listed or (), start=1)
        ]
    external = [
        NeedsExternalScore(needs_assessment_id=id, code=each.code, score=each.score)
        for each in form.external_scores or ()
        if each.score is not None
    ]
    await insert(session, *parts)
    for rows in (answers, statements, external):
        if rows:
            await insert(session, *rows)


def _part(id: UUID, pathway: Pathway, said: Any, instrument: Instrument) -> NeedsPathway:
    found = score(instrument.of(pathway), instrument.levels, answers_of(said))
    link, why = said.linked_to_offending, said.not_assessed
    return NeedsPathway(
        needs_assessment_id=id,
        pathway=pathway,
        score=found.score,
        score_at_least=found.at_least,
        score_at_most=found.at_most,
        highest=found.highest,
        level=found.level,
        linked_to_offending=link.answer if link else None,
        link_carried_over=link is not None and link.carried_over,
        own_view=said.own_view,
        not_assessed_reason=why.reason_code if why else None,
        not_assessed_words=why.words if why else None,
    )


async def _record(
    session: AsyncSession,
    event: NeedsEvent,
    record: Any,
    *subjects: UUID,
    kind: str,
    by: Actor,
    at: datetime,
    operation: Operation = Operation.COLLECTION,
) -> None:
    whole = (*subjects, record.id, record.person_id)
    await ledger.record(session, operation, event, *whole, kind=kind, by=by, at=at)
