"""Front door of conflicts of interest."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.problems import problems
from checkpoint.navigators.conflicts import actions
from checkpoint.navigators.schemas import ConflictView, DeclareConflict, WithdrawConflict
from checkpoint.navigators.states import (
    ConflictDeclaredAlready,
    ConflictNotFound,
    ConflictWithdrawnAlready,
)

router = APIRouter(prefix="/v1", tags=["navigators"])


@router.post(
    "/custody-records/{record_id}/navigator-conflicts",
    status_code=201,
    response_model=ConflictView,
    responses=problems(*CREATING, CustodyRecordNotFound, ConflictDeclaredAlready, RuleBroken),
)
async def declare_conflict(
    by: Annotated[Actor, holding(Permission.DECLARE_CONFLICT)],
    record_id: Annotated[UUID, Path(description="The custody record's id.")],
    command: DeclareConflict,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Declare that you know the person or a victim of a case of yours, or as a supervisor that a
    navigator does. Whom they know counts in every case of that person from now on.
    """

    async def deed() -> Response:
        row = await actions.declare(session, record_id, command, by=by, at=now)
        return shown(_view(row, withdrawn_at=None), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/navigator-conflicts/{conflict_id}/withdrawal",
    response_model=ConflictView,
    responses=problems(*CREATING, ConflictNotFound, ConflictWithdrawnAlready),
)
async def withdraw_conflict(
    by: Annotated[Actor, holding(Permission.MANAGE_NAVIGATORS)],
    conflict_id: Annotated[UUID, Path(description="The conflict's id.")],
    command: WithdrawConflict,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Withdraw a conflict of interest that is none; what was declared stays on record."""

    async def deed() -> Response:
        row = await actions.withdraw_conflict(session, conflict_id, command, by=by, at=now)
        return shown(_view(row, withdrawn_at=now))

    return await once(session, asked, deed, by=by, at=now)


def _view(row: Any, **more: Any) -> ConflictView:
    told = ("id", "navigator_id", "relation", "declared_at")
    return ConflictView(**{name: getattr(row, name) for name in told}, **more)
