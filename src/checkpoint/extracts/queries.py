"""Read requests for extracts: whoever asked reads their own, those who approve read all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.extracts import rules
from checkpoint.extracts.builds import queries as builds
from checkpoint.extracts.builds.tables import ExtractRelease
from checkpoint.extracts.states import CutNotFound, ExtractNotFound, RequestState
from checkpoint.extracts.tables import (
    ExtractAnswer,
    ExtractEnding,
    ExtractKey,
    ExtractRequest,
    IntruderAssessment,
)
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.outcomes.cuts.tables import DataCut
from checkpoint.trials.tables import Trial

READER = sa.bindparam("reader", type_=sa.Uuid())
# Whoever asks for extracts sees their own; whoever approves or audits them sees all.
VISIBLE = sa.or_(
    sa.bindparam("sees_all", type_=sa.Boolean()),
    col(ExtractRequest.requested_by) == READER,
)
ID = sa.bindparam("id", type_=sa.Uuid())
RELEASED = sa.exists().where(col(ExtractRelease.request_id) == col(ExtractRequest.id))
REFUSED, APPROVALS = (
    sa.select(sa.func.count())
    .where(
        col(ExtractAnswer.request_id) == col(ExtractRequest.id),
        col(ExtractAnswer.outcome) == outcome,
    )
    .scalar_subquery()
    for outcome in ("refused", "approved")
)
REQUESTS = (
    sa.select(
        *ExtractRequest.__table__.c,
        col(DataCut.number).label("cut"),
        col(DataCut.trial_id),
        col(Trial.code).label("trial"),
        col(ExtractKey.sealed),
        col(ExtractKey.destroyed_at),
        col(ExtractEnding.kind).label("ending"),
        col(ExtractEnding.words).label("ending_words"),
        col(ExtractEnding.ended_at),
        RELEASED.label("released"),
    )
    .join(DataCut, col(DataCut.id) == col(ExtractRequest.cut_id))
    .join(Trial, col(Trial.id) == col(DataCut.trial_id))
    .outerjoin(ExtractKey, col(ExtractKey.request_id) == col(ExtractRequest.id))
    .outerjoin(ExtractEnding, col(ExtractEnding.request_id) == col(ExtractRequest.id))
)
# Those that somebody may still answer: nobody refused, and they are neither author nor answerer.
BY = sa.bindparam("answerer", type_=sa.Uuid())
UNANSWERED_BY = sa.and_(
    REFUSED == 0,
    APPROVALS < rules.APPROVALS,
    col(ExtractRequest.requested_by) != BY,
    ~sa.exists().where(
        col(ExtractAnswer.request_id) == col(ExtractRequest.id),
        col(ExtractAnswer.answered_by) == BY,
    ),
)
NOT_OVER = sa.and_(
    col(ExtractEnding.id).is_(None),
    col(ExtractRequest.expires_on) >= sa.bindparam("today", type_=sa.Date()),
)
ONE = REQUESTS.where(col(ExtractRequest.id) == ID)
LIST = Listing(
    REQUESTS.add_columns(REFUSED.label("refusals"), APPROVALS.label("approvals")),
    at=col(ExtractRequest.requested_at),
    id=col(ExtractRequest.id),
    filters={
        "reader": col(ExtractRequest.requested_by) == READER,
        "answerer": UNANSWERED_BY,
        "today": NOT_OVER,
    },
)
ANSWERS = (
    sa.select(*ExtractAnswer.__table__.c)
    .where(col(ExtractAnswer.request_id) == ID)
    .order_by(col(ExtractAnswer.answered_at), col(ExtractAnswer.id))
)
ASSESSMENTS = (
    sa.select(*IntruderAssessment.__table__.c, col(ExtractRelease.digest))
    .join(ExtractRelease, col(ExtractRelease.id) == col(IntruderAssessment.release_id))
    .where(col(IntruderAssessment.request_id) == ID)
    .order_by(col(IntruderAssessment.number))
)
CUT = (
    sa.select(*DataCut.__table__.c, col(Trial.code).label("trial"))
    .join(Trial, col(Trial.id) == col(DataCut.trial_id))
    .where(
        col(Trial.code) == sa.bindparam("trial", type_=sa.String()),
        col(DataCut.number) == sa.bindparam("number", type_=sa.Integer()),
    )
)
EXPIRED = (
    sa.select(col(ExtractRequest.id))
    .outerjoin(ExtractEnding, col(ExtractEnding.request_id) == col(ExtractRequest.id))
    .where(
        col(ExtractEnding.id).is_(None),
        col(ExtractRequest.expires_on) < sa.bindparam("today", type_=sa.Date()),
    )
    .order_by(col(ExtractRequest.expires_on), col(ExtractRequest.id))
)
CUT_OF = sa.select(*DataCut.__table__.c).where(col(DataCut.id) == ID)


@dataclass(frozen=True)
class Extract:
    """A request with all that came of it."""

    request: Any
    answers: Sequence[Any]
    assessments: Sequence[Any]
    builds: Sequence[Any]
    releases: Sequence[Any]
    state: RequestState


def scope_of(actor: Actor) -> dict[str, Any]:
    """What ``VISIBLE`` asks of a reader."""
    return {"sees_all": actor.role is not Role.EVALUATOR, "reader": actor.id}


async def page(
    session: AsyncSession, turn: Turn, *, actor: Actor, to_answer: bool, today: date
) -> tuple[list[Any], str | None]:
    """Requests, the last one first; and the cursor to the next page.

    Args:
        session: the caller's.
        turn: which page.
        actor: who reads.
        to_answer: only those that they may still answer.
        today: in England.
    """
    scope = scope_of(actor)
    return await LIST.page(
        session,
        turn,
        reader=None if scope["sees_all"] else scope["reader"],
        **({"answerer": actor.id, "today": today} if to_answer else {}),
    )


async def one(session: AsyncSession, extract_id: UUID, *, actor: Actor, at: datetime) -> Extract:
    """One request with all that came of it.

    Raises:
        ExtractNotFound: there is none that this reader may see.
    """
    found = await rows_of(session, ONE.where(VISIBLE), id=extract_id, **scope_of(actor))
    if not found:
        raise ExtractNotFound("See GET /v1/extracts for those there are.")
    return await _whole(session, found[0], at=at)


async def any_one(session: AsyncSession, extract_id: UUID, *, at: datetime) -> Extract:
    """One request, for the service's own work, which nobody reads.

    Raises:
        ExtractNotFound: there is none.
    """
    found = await rows_of(session, ONE, id=extract_id)
    if not found:
        raise ExtractNotFound("See GET /v1/extracts for those there are.")
    return await _whole(session, found[0], at=at)


async def _whole(session: AsyncSession, request: Any, *, at: datetime) -> Extract:
    answers = await rows_of(session, ANSWERS, id=request.id)
    ending = rules.ended(request.ending, expires_on=request.expires_on, today=london_day(at))
    return Extract(
        request=request,
        answers=answers,
        assessments=await rows_of(session, ASSESSMENTS, id=request.id),
        builds=await builds.builds_of(session, request.id),
        releases=await builds.releases_of(session, request.id),
        state=rules.state_of(answers, ending, released=request.released),
    )


async def cut(session: AsyncSession, trial: str, number: int) -> Any:
    """A trial's data cut.

    Raises:
        CutNotFound: there is none of that number.
    """
    found = await rows_of(session, CUT, trial=trial, number=number)
    if not found:
        raise CutNotFound("See the trial's data cuts for those there are.")
    return found[0]


async def cut_of(session: AsyncSession, cut_id: UUID) -> Any:
    """The data cut of an id that stands in a request."""
    (found,) = await rows_of(session, CUT_OF, id=cut_id)
    return found


async def expired(session: AsyncSession, *, at: datetime) -> list[UUID]:
    """Extracts whose last day is over, and of which nothing says so yet."""
    rows = await rows_of(session, EXPIRED, today=london_day(at))
    return [row.id for row in rows]
