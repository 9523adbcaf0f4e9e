"""Reach assessments through records in scope; and what is half-done, for later rooms too."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody import queries as custody
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.needs.lists import NeedsInstrument
from checkpoint.needs.rules import not_open
from checkpoint.needs.states import Pathway, StatementKind, Timepoint
from checkpoint.needs.tables import (
    NeedsAnswer,
    NeedsAssessment,
    NeedsDraft,
    NeedsExternalScore,
    NeedsPathway,
    NeedsStatement,
)
from checkpoint.oversight import queries as oversight


class NeedsAssessmentNotFound(errors.NotFound):
    slug = "needs-assessment-not-found"
    title = "There is no such needs assessment that you may see"


ELSEWHERE = "Check the id, or ask a colleague in that suite."
RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
ASSESSMENT_ID = sa.bindparam("assessment_id", type_=sa.Uuid())
AS_OF = sa.bindparam("as_of", type_=sa.DateTime(timezone=True))
THESE = sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
# After everything, whatever the clocks of other processes say.
EVER = datetime(9999, 1, 1, tzinfo=UTC)
LATER = aliased(NeedsAssessment)
AS_READ: tuple[Any, ...] = tuple(
    col(getattr(NeedsInstrument, name)).label(f"instrument_{name}")
    for name in ("version", "digest", "content")
)
# As they stood at a moment: what was completed by then, and what had put it right by then.
COMPLETED = (
    sa.select(
        *NeedsAssessment.__table__.c,
        *AS_READ,
        col(CustodyRecord.person_id),
        col(LATER.id).label("corrected_by"),
        col(NeedsDraft.begun_at),
        col(NeedsDraft.begun_by),
    )
    .join(CustodyRecord, col(CustodyRecord.id) == col(NeedsAssessment.custody_record_id))
    .join(NeedsInstrument, col(NeedsInstrument.id) == col(NeedsAssessment.needs_instrument_id))
    .outerjoin(NeedsDraft, col(NeedsDraft.id) == col(NeedsAssessment.id))
    .outerjoin(
        LATER,
        sa.and_(
            col(LATER.corrects_id) == col(NeedsAssessment.id), col(LATER.completed_at) <= AS_OF
        ),
    )
    .where(custody.IN_REACH)
    .where(col(NeedsAssessment.completed_at) <= AS_OF)
)
ONE = COMPLETED.where(col(NeedsAssessment.id) == ASSESSMENT_ID)
OF_CASE = COMPLETED.where(col(NeedsAssessment.custody_record_id) == RECORD_ID).order_by(
    col(NeedsAssessment.number).desc()
)
TIMES = (
    sa.select(col(NeedsAssessment.timepoint))
    .where(col(NeedsAssessment.custody_record_id) == RECORD_ID)
    .distinct()
)
DRAFTS = (
    select(NeedsDraft)
    .join(CustodyRecord, col(CustodyRecord.id) == col(NeedsDraft.custody_record_id))
    .where(custody.IN_REACH)
)
DRAFT = DRAFTS.where(col(NeedsDraft.id) == ASSESSMENT_ID)
HELD_DRAFT = DRAFT.with_for_update(key_share=True, of=NeedsDraft)
OPEN = DRAFTS.where(col(NeedsDraft.content).is_not(None))
OPEN_OF_CASE = OPEN.where(col(NeedsDraft.custody_record_id) == RECORD_ID)
OF_THESE = col(NeedsPathway.needs_assessment_id) == THESE
PATHWAYS = sa.select(*NeedsPathway.__table__.c).where(OF_THESE)
ANSWERS = (
    sa.select(*NeedsAnswer.__table__.c)
    .join(NeedsPathway, col(NeedsPathway.id) == col(NeedsAnswer.needs_pathway_id))
    .where(OF_THESE)
    .order_by(col(NeedsAnswer.id))
)
STATEMENTS = (
    sa.select(*NeedsStatement.__table__.c)
    .join(NeedsPathway, col(NeedsPathway.id) == col(NeedsStatement.needs_pathway_id))
    .where(OF_THESE)
    .order_by(col(NeedsStatement.place))
)
EXTERNAL = (
    sa.select(*NeedsExternalScore.__table__.c)
    .where(col(NeedsExternalScore.needs_assessment_id) == THESE)
    .order_by(col(NeedsExternalScore.id))
)


async def completed(
    session: AsyncSession, assessment_id: UUID, *, actor: Actor, as_of: datetime = EVER
) -> Any | None:
    """A completed assessment as it stood at a moment; None where there was none within reach."""
    scope = custody.reach_of(actor)
    found = await rows_of(session, ONE, **scope, assessment_id=assessment_id, as_of=as_of)
    return found[0] if found else None


async def draft(
    session: AsyncSession, assessment_id: UUID, *, actor: Actor, lock: bool = False
) -> NeedsDraft:
    """An assessment that was begun as a draft, whatever became of it.

    Raises:
        NeedsAssessmentNotFound: there is none within reach.
    """
    rows = await session.exec(
        HELD_DRAFT if lock else DRAFT,
        params=custody.reach_of(actor) | {"assessment_id": assessment_id},
        execution_options={"populate_existing": lock},
    )
    found = rows.one_or_none()
    if found is None:
        raise NeedsAssessmentNotFound(ELSEWHERE)
    return found


async def of_case(
    session: AsyncSession, record_id: UUID, *, actor: Actor, as_of: datetime = EVER
) -> Sequence[Any]:
    """A case's completed assessments as they stood at a moment, the last one first."""
    scope = custody.reach_of(actor)
    return await rows_of(session, OF_CASE, **scope, record_id=record_id, as_of=as_of)


async def timepoints_of(session: AsyncSession, record_id: UUID) -> set[Timepoint]:
    """At which times in a case that was reached its person's needs were assessed."""
    return {Timepoint(row.timepoint) for row in await rows_of(session, TIMES, record_id=record_id)}


async def hindrance(
    session: AsyncSession, record_id: UUID, completed: Sequence[Any], *, actor: Actor
) -> errors.Refusal | None:
    """What stands in the way of beginning: a case's first assessment wants it to be eligible."""
    if completed:
        return None
    decision = await oversight.present(session, record_id, actor=actor)
    return not_open(oversight.summary(decision).verdict if decision else None)


def standing(found: Sequence[Any]) -> list[Any]:
    """Those that nothing has put right, the last one first."""
    return [each for each in found if each.corrected_by is None]


async def open_draft(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Any | None:
    """The half-done assessment of a case, if there is one."""
    found = await rows_of(session, OPEN_OF_CASE, **custody.reach_of(actor), record_id=record_id)
    return found[0] if found else None


async def scores_of(
    session: AsyncSession, *assessments: UUID
) -> Mapping[UUID, Mapping[Pathway, Any]]:
    """What assessments that were reached in scope came to, by assessment and pathway."""
    found: dict[UUID, dict[Pathway, Any]] = {id: {} for id in assessments}
    for row in await rows_of(session, PATHWAYS, ids=[*assessments]):
        found[row.needs_assessment_id][row.pathway] = row
    return {id: {p: parts[p] for p in Pathway if p in parts} for id, parts in found.items()}


async def answers_of(session: AsyncSession, assessment_id: UUID) -> Mapping[UUID, Sequence[Any]]:
    """The answers of an assessment that was reached in scope, by the id of their pathway's row."""
    return _by_part(await rows_of(session, ANSWERS, ids=[assessment_id]))


async def statements_of(
    session: AsyncSession, assessment_id: UUID
) -> Mapping[tuple[UUID, StatementKind], Sequence[Any]]:
    """Its statements, by the id of their pathway's row and their kind."""
    grouped = defaultdict[tuple[UUID, StatementKind], list[Any]](list)
    for row in await rows_of(session, STATEMENTS, ids=[assessment_id]):
        grouped[row.needs_pathway_id, row.kind].append(row)
    return grouped


async def external_scores_of(session: AsyncSession, assessment_id: UUID) -> Sequence[Any]:
    """The scores of other bodies' instruments beside it."""
    return await rows_of(session, EXTERNAL, ids=[assessment_id])


def _by_part(rows: Sequence[Any]) -> Mapping[UUID, Sequence[Any]]:
    grouped = defaultdict[UUID, list[Any]](list)
    for row in rows:
        grouped[row.needs_pathway_id].append(row)
    return grouped


async def said_in(session: AsyncSession, assessment_id: UUID) -> Mapping[Pathway, dict[str, Any]]:
    """What an assessment that was reached in scope says, pathway by pathway, as plain values."""
    answers = await answers_of(session, assessment_id)
    statements = await statements_of(session, assessment_id)
    parts = (await scores_of(session, assessment_id))[assessment_id]
    return {
        pathway: {
            "linked_to_offending": row.linked_to_offending,
            "answers": {each.question: each.option for each in answers.get(row.id, ())},
            "strengths": _stated(statements.get((row.id, StatementKind.STRENGTH), ())),
            "statements": _stated(statements.get((row.id, StatementKind.STATEMENT), ())),
        }
        for pathway, row in parts.items()
    }


def _stated(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"words": row.words, "basis": row.basis} for row in rows]
