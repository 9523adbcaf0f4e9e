"""Front door for what rested on who somebody was taken to be: decisions and merges."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.problems import problems
from checkpoint.journey import queries
from checkpoint.journey.schemas import MergeDecisionsView
from checkpoint.journey.states import JourneyEvent
from checkpoint.people.merges.queries import MergeNotFound

router = APIRouter(prefix="/v1", tags=["journey"])


@router.get(
    "/people/{person_id}/merges/{merge_id}/decisions",
    response_model=MergeDecisionsView,
    responses=problems(MergeNotFound),
)
async def read_merge_decisions(
    by: Annotated[Actor, holding(Permission.READ_ELIGIBILITY)],
    person_id: Annotated[UUID, Path(description="The person's id.")],
    merge_id: Annotated[UUID, Path(description="The merge's id.")],
    session: Transaction,
    now: Now,
) -> Response:
    """Decisions in your suites that were taken while it was believed otherwise who is one person.

    Of a merge that stands: those taken before it, as if there were two people. Of one that was
    parted: those taken while it stood, as if there were one. None of them is changed by it.
    """
    merge, view = await queries.rested_on_merge(session, person_id, merge_id, actor=by)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        JourneyEvent.MERGE_DECISIONS_READ,
        merge.kept_id,
        merge.other_id,
        merge.id,
        *(one.id for one in view.items),
        kind="person",
        by=by,
        at=now,
    )
    return shown(view)
