"""Front door of what surrounds a case: safeguards, co-accused, screenings that did not happen."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.custody.circumstances import actions
from checkpoint.custody.circumstances.schemas import ChangeCoAccused, NotScreened, SaveSafeguards
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.routes import RecordId, answered
from checkpoint.custody.rules import RecordFull
from checkpoint.custody.schemas import CustodyRecordView
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1/custody-records", tags=["custody"])
CHANGING = problems(RuleBroken, CustodyRecordNotFound, IfMatchMissing, Overtaken, RecordFull)


@router.put("/{record_id}/safeguards", response_model=CustodyRecordView, responses=CHANGING)
async def save_safeguards(
    by: Annotated[Actor, holding(Permission.SAVE_SCREENING)],
    record_id: RecordId,
    command: SaveSafeguards,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Save what is known of appropriate adult and interpreter, whole."""
    record = await actions.save_safeguards(session, record_id, command, seen=seen, by=by, at=now)
    return await answered(session, record, by=by, at=now)


@router.put("/{record_id}/not-screened", response_model=CustodyRecordView, responses=CHANGING)
async def note_not_screened(
    by: Annotated[Actor, holding(Permission.SAVE_SCREENING)],
    record_id: RecordId,
    command: NotScreened,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Say why this person was not screened, so that they stay in the count."""
    record = await actions.not_screened(session, record_id, command, seen=seen, by=by, at=now)
    return await answered(session, record, by=by, at=now)


@router.post(
    "/{record_id}/co-accused",
    status_code=201,
    response_model=CustodyRecordView,
    responses=problems(*CREATING, RuleBroken, CustodyRecordNotFound, RecordFull),
)
async def change_co_accused(
    by: Annotated[Actor, holding(Permission.SAVE_SCREENING)],
    record_id: RecordId,
    command: ChangeCoAccused,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Link somebody else who is accused too, or take a link away; the screening stays as it is."""

    async def deed() -> Response:
        record = await actions.change_co_accused(session, record_id, command, by=by, at=now)
        return await answered(session, record, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)
