"""Front door of a case's story. It tells an arm to nobody who has not been shown it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.paging import MalformedCursor, Turning, links
from checkpoint.foundation.problems import problems
from checkpoint.journey.states import JourneyEvent
from checkpoint.journey.timeline import queries
from checkpoint.journey.timeline.rules import cut
from checkpoint.journey.timeline.schemas import TimelineView

router = APIRouter(prefix="/v1", tags=["journey"])


@router.get(
    "/custody-records/{record_id}/timeline",
    response_model=TimelineView,
    responses=problems(CustodyRecordNotFound, MalformedCursor),
)
async def read_timeline(
    by: Annotated[Actor, holding(Permission.READ_TIMELINE)],
    record_id: Annotated[UUID, Path(description="The custody record's id.")],
    session: Transaction,
    now: Now,
    turn: Turning,
) -> Response:
    """A case's whole story from every room, what happened first coming first, as you may hear it."""
    record = await queries.reached(session, record_id, by=by, at=now)
    told = await queries.of_case(session, record, by=by)
    seen = turn.start()
    after = None if seen is None else (seen.at, seen.id)
    found = cut(told, after=after, most=turn.size + 1)
    items = found[: turn.size]
    following = turn.cursor(*items[-1].key) if len(found) > turn.size else None
    await ledger.record(
        session,
        Operation.CONSULTATION,
        JourneyEvent.TIMELINE_READ,
        record.id,
        record.person_id,
        kind="custody_record",
        by=by,
        at=now,
    )
    page = TimelineView(
        items=[queries.view(one, record.id, by=by) for one in items],
        next=following,
        custody_record_id=record.id,
        reference=record.reference,
    )
    return shown(page, headers=links(turn.request, following))
