"""Front door of comings and goings: transfer, release, take back."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.custody.actions import NotYourSuite
from checkpoint.custody.detention import actions as detention
from checkpoint.custody.movements import actions
from checkpoint.custody.movements.rules import NotOnBail, PersonDetainedAlready
from checkpoint.custody.movements.schemas import (
    Release,
    TakeBack,
    Transfer,
    VaryBail,
    WithdrawMovement,
)
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.routes import RecordId, answered
from checkpoint.custody.rules import RecordFull
from checkpoint.custody.schemas import CustodyRecordView
from checkpoint.custody.states import StepNotAllowed
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1", tags=["custody"])
MOVING = problems(*CREATING, RuleBroken, CustodyRecordNotFound, StepNotAllowed, RecordFull)


@router.post(
    "/custody-records/{record_id}/release", response_model=CustodyRecordView, responses=MOVING
)
async def release(
    by: Annotated[Actor, holding(Permission.RELEASE_FROM_CUSTODY)],
    record_id: RecordId,
    command: Release,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """The person leaves the suite, and how; screening can go on."""

    async def deed() -> Response:
        record = await actions.release(session, record_id, command, by=by, at=now)
        return await answered(session, record, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/custody-records/{record_id}/transfer", response_model=CustodyRecordView, responses=MOVING
)
async def transfer(
    by: Annotated[Actor, holding(Permission.DETAIN)],
    record_id: RecordId,
    command: Transfer,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """The person is taken to another suite; their record goes with them and is read there."""

    async def deed() -> Response:
        record = await actions.transfer(session, record_id, command, by=by, at=now)
        return await answered(session, record, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/custody-records/{record_id}/bail-variations",
    status_code=201,
    response_model=CustodyRecordView,
    responses=problems(*CREATING, RuleBroken, CustodyRecordNotFound, NotOnBail, RecordFull),
)
async def vary_bail(
    by: Annotated[Actor, holding(Permission.RELEASE_FROM_CUSTODY)],
    record_id: RecordId,
    command: VaryBail,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Bail was extended or varied after the release; what was granted first is kept."""

    async def deed() -> Response:
        record = await actions.vary_bail(session, record_id, command, by=by, at=now)
        return await answered(session, record, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/custody-records/{record_id}/withdrawals",
    status_code=201,
    response_model=CustodyRecordView,
    responses=problems(
        *CREATING,
        RuleBroken,
        CustodyRecordNotFound,
        PersonDetainedAlready,
        IfMatchMissing,
        Overtaken,
    ),
)
async def withdraw_movement(
    by: Annotated[Actor, holding(Permission.DETAIN)],
    record_id: RecordId,
    command: WithdrawMovement,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """The last transfer, release or return was a mistake: take it back; both stay on record.

    Also for the suite that sent a record away by mistake, as long as nobody has changed it since.
    """

    async def deed() -> Response:
        record = await actions.withdraw(session, record_id, command, seen=seen, by=by, at=now)
        return await answered(session, record, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/custody-returns",
    response_model=CustodyRecordView,
    responses=problems(
        *CREATING,
        RuleBroken,
        NotYourSuite,
        CustodyRecordNotFound,
        StepNotAllowed,
        PersonDetainedAlready,
        RecordFull,
    ),
)
async def take_back(
    by: Annotated[Actor, holding(Permission.DETAIN)],
    command: TakeBack,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """A released person is in your suite: take their record over, and go on where it was left."""
    deed = partial(_take_back, session, command, by=by, now=now)
    return await once(session, asked, deed, by=by, at=now)


async def _take_back(
    session: AsyncSession, command: TakeBack, *, by: Actor, now: datetime
) -> Response:
    record = await actions.take_back(session, command, by=by, at=now)
    if command.authorised_at is not None:
        authorised_at, late = command.authorised_at, command.late_reason
        await detention.begin(
            session, record, authorised_at=authorised_at, late_reason=late, by=by, at=now
        )
    return await answered(session, record, by=by, at=now)
