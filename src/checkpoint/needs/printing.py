"""Front door of distance travelled: between two assessments, as figures and as a picture."""

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
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.problems import problems
from checkpoint.needs import lookups, queries, rules, views
from checkpoint.needs.lookups import InstrumentChanged
from checkpoint.needs.pages import POLICY, picture
from checkpoint.needs.queries import NeedsAssessmentNotFound
from checkpoint.needs.schemas import DistanceView
from checkpoint.needs.scoring import why_not_comparable
from checkpoint.needs.states import NeedsEvent, NotComparable, TooFewAssessments


class Picture(Response):
    """An SVG."""

    media_type = "image/svg+xml"


router = APIRouter(prefix="/v1", tags=["needs"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
From = Annotated[
    UUID | None,
    Query(alias="from", description="The earlier assessment; left out, the baseline or the first."),
]
To = Annotated[
    UUID | None, Query(alias="to", description="The later assessment; left out, the last.")
]
HERE = "/custody-records/{record_id}/distance-travelled"
REFUSALS = problems(
    CustodyRecordNotFound,
    NeedsAssessmentNotFound,
    TooFewAssessments,
    NotComparable,
    InstrumentChanged,
)


@router.get(HERE, response_model=DistanceView, responses=REFUSALS)
async def read_distance_travelled(
    by: Annotated[Actor, holding(Permission.READ_NEEDS)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
    from_id: From = None,
    to_id: To = None,
) -> Response:
    """How far somebody has come on each pathway between two assessments, or why that is not known."""
    return shown(await _compared(session, record_id, from_id, to_id, by=by, at=now))


@router.get(f"{HERE}.svg", response_class=Picture, responses=REFUSALS)
async def draw_distance_travelled(
    by: Annotated[Actor, holding(Permission.READ_NEEDS)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
    from_id: From = None,
    to_id: To = None,
) -> Response:
    """The same as a small picture, told in words for whoever cannot see it."""
    distance = await _compared(session, record_id, from_id, to_id, by=by, at=now)
    headers = {"Content-Security-Policy": POLICY, "Content-Language": "en-GB"}
    return Picture(picture(distance), headers=headers)


async def _compared(
    session: AsyncSession,
    record_id: UUID,
    from_id: UUID | None,
    to_id: UUID | None,
    *,
    by: Actor,
    at: datetime,
) -> DistanceView:
    record = await custody.one(session, record_id, actor=by)
    completed = await queries.of_case(session, record_id, actor=by)
    earlier, later = rules.chosen(completed, from_id=from_id, to_id=to_id)
    if earlier is None or later is None:
        raise NeedsAssessmentNotFound("Name two completed assessments of this case.")
    await _check_comparable(session, earlier, later)
    scores = await queries.scores_of(session, earlier.id, later.id)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        NeedsEvent.COMPARED,
        earlier.id,
        later.id,
        record.id,
        record.person_id,
        kind="needs_assessment",
        by=by,
        at=at,
    )
    return views.shown_distance(earlier, later, scores)


async def _check_comparable(session: AsyncSession, earlier: Any, later: Any) -> None:
    first, second = [
        await lookups.instrument_by_id(session, each.needs_instrument_id)
        for each in (earlier, later)
    ]
    if (why_not := why_not_comparable(first, second)) is not None:
        raise NotComparable(why_not)
