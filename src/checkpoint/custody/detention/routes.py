"""Front door of the detention clock: times, reviews, extensions, pauses, and all that was entered."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.actions import KIND
from checkpoint.custody.detention import actions, queries
from checkpoint.custody.detention.schemas import (
    DetentionHistoryView,
    Extend,
    Pause,
    RecordReview,
    SetTimes,
)
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.routes import RecordId, answered
from checkpoint.custody.rules import RecordFull
from checkpoint.custody.schemas import CustodyRecordView
from checkpoint.custody.states import CustodyEvent
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion, etag
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1/custody-records", tags=["detention"])
ENTERING = problems(*CREATING, RuleBroken, CustodyRecordNotFound, RecordFull)


@router.get(
    "/{record_id}/detention",
    response_model=DetentionHistoryView,
    responses=problems(CustodyRecordNotFound),
)
async def read_detention(
    by: Annotated[Actor, holding(Permission.READ_DETENTION)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
) -> Response:
    """The clock, every coming and going, and everything the clock heard of."""
    record = await custody.one(session, record_id, actor=by)
    view = await queries.history(session, record, by=by, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        CustodyEvent.READ,
        record,
        record.person_id,
        kind=KIND,
        by=by,
        at=now,
    )
    return shown(view, headers={"ETag": etag(record.version)})


@router.put(
    "/{record_id}/detention-times",
    response_model=CustodyRecordView,
    responses=problems(RuleBroken, CustodyRecordNotFound, IfMatchMissing, Overtaken, RecordFull),
)
async def set_detention_times(
    by: Annotated[Actor, holding(Permission.DETAIN)],
    record_id: RecordId,
    command: SetTimes,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Say when detention was authorised, or from when its hours count."""
    record = await actions.set_times(session, record_id, command, seen=seen, by=by, at=now)
    return await answered(session, record, by=by, at=now)


@router.post(
    "/{record_id}/reviews", status_code=201, response_model=CustodyRecordView, responses=ENTERING
)
async def record_review(
    by: Annotated[Actor, holding(Permission.DETAIN)],
    record_id: RecordId,
    command: RecordReview,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Detention was reviewed, or the review was put off and why."""

    async def deed() -> Response:
        record = await actions.review(session, record_id, command, by=by, at=now)
        return await answered(session, record, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/{record_id}/extensions",
    status_code=201,
    response_model=CustodyRecordView,
    responses=ENTERING,
)
async def extend_detention(
    by: Annotated[Actor, holding(Permission.DETAIN)],
    record_id: RecordId,
    command: Extend,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """A superintendent or the magistrates allowed a longer detention."""

    async def deed() -> Response:
        record = await actions.extend(session, record_id, command, by=by, at=now)
        return await answered(session, record, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/{record_id}/pauses", status_code=201, response_model=CustodyRecordView, responses=ENTERING
)
async def pause_detention(
    by: Annotated[Actor, holding(Permission.DETAIN)],
    record_id: RecordId,
    command: Pause,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """The clock stood still, as it does in hospital: from when, and until when if that is over."""

    async def deed() -> Response:
        record = await actions.pause(session, record_id, command, by=by, at=now)
        return await answered(session, record, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)
