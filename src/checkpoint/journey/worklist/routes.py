"""Front door of the worklist. It tells an arm to nobody who has not been shown it."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission, holds
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.paging import MalformedCursor, Turning, links
from checkpoint.foundation.problems import problems
from checkpoint.journey.states import JourneyEvent
from checkpoint.journey.worklist import counts
from checkpoint.journey.worklist.schemas import WorklistView
from checkpoint.journey.worklist.views import NOT_SHOWN, counts_view, item_view

router = APIRouter(prefix="/v1", tags=["journey"])


@router.get("/worklist", response_model=WorklistView, responses=problems(MalformedCursor))
async def read_worklist(
    by: Annotated[Actor, holding(Permission.READ_WORKLIST)],
    session: Transaction,
    now: Now,
    turn: Turning,
) -> Response:
    """What is due from you, overdue or at risk, the soonest first: why, by when, and where to go."""
    found = await counts.page(counts.Reading(session, by, now), turn)
    about = dict.fromkeys(
        id
        for one in found.items
        for id in (one.custody_record_id, one.person_id, one.thing)
        if id is not None
    )
    await ledger.record(
        session,
        Operation.CONSULTATION,
        JourneyEvent.WORKLIST_READ,
        *about,
        kind="worklist",
        by=by,
        at=now,
    )
    page = WorklistView(
        items=[item_view(one, found.policy, by=by, now=now) for one in found.items],
        next=found.following,
        counts=counts_view(found.counted),
        not_shown=NOT_SHOWN if holds(by.role, Permission.READ_ARM) else None,
        source=found.policy.source,
    )
    return shown(page, headers=links(turn.request, found.following))
