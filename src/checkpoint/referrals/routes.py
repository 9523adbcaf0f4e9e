"""Front door of referrals: a case's, one, and its steps as the programme's own people tell them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.rules import RecordFull
from checkpoint.delivery.states import ArmNotRead
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion, etag
from checkpoint.foundation.problems import problems
from checkpoint.referrals import actions, queries, views
from checkpoint.referrals.rules import Told
from checkpoint.referrals.schemas import (
    CorrectWait,
    EndReferral,
    PutOnList,
    RecordSessions,
    ReferralsView,
    ReferralView,
    TakeStep,
)
from checkpoint.referrals.states import (
    ENDINGS,
    NeverOnList,
    ReferralEvent,
    ReferralNotFound,
    StepNotAllowed,
)

router = APIRouter(prefix="/v1", tags=["referrals"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
ReferralId = Annotated[UUID, Path(description="The referral's id.")]
ONE = "/referrals/{referral_id}"
READ = (ReferralNotFound, ArmNotRead)
# What whoever tells of a step may be answered, whichever side they are on.
TOLD = (ReferralNotFound, StepNotAllowed, RuleBroken, RecordFull)
STEPPED = (*CREATING, *TOLD, IfMatchMissing, Overtaken)
Reader = Annotated[Actor, holding(Permission.READ_REFERRALS)]
Referrer = Annotated[Actor, holding(Permission.REFER)]


@dataclass(frozen=True)
class Side:
    """How one side reaches a referral to work on it, and how it is shown it."""

    held: Callable[..., Awaitable[Any]]
    answer: Callable[..., Awaitable[Response]]


@router.get(
    "/custody-records/{record_id}/referrals",
    response_model=ReferralsView,
    responses=problems(CustodyRecordNotFound, ArmNotRead),
)
async def read_referrals(
    by: Reader, record_id: RecordId, session: Transaction, now: Now
) -> Response:
    """A case's referrals, the last one first."""
    record = await contracts.case(session, record_id, by=by, at=now)
    rows = await queries.of_case(session, record.id)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ReferralEvent.LISTED,
        record.id,
        record.person_id,
        *(row.id for row in rows),
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(views.referrals_view(record, rows, by=by, on=london_day(now)))


@router.get(ONE, response_model=ReferralView, responses=problems(*READ))
async def read_referral(
    by: Reader, referral_id: ReferralId, session: Transaction, now: Now
) -> Response:
    """A referral with its story: what was told of the person, every step, and who came."""
    found = await queries.one(session, referral_id, by=by, at=now)
    await actions.read(session, found, by=by, at=now)
    return await answer(session, found.id, by=by, at=now)


@router.post(
    f"{ONE}/acknowledgement", response_model=ReferralView, responses=problems(*STEPPED, ArmNotRead)
)
async def acknowledge_referral(
    by: Referrer,
    referral_id: ReferralId,
    command: TakeStep,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """The provider said by another way that it has the referral."""
    event = ReferralEvent.ACKNOWLEDGED
    deed = taking(OURS, session, referral_id, event, command, seen, by=by, at=now)
    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/waiting-list", response_model=ReferralView, responses=problems(*STEPPED, ArmNotRead)
)
async def put_referral_on_waiting_list(
    by: Referrer,
    referral_id: ReferralId,
    command: PutOnList,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """The person waits for a place; the contract's condition is excused for as long."""
    event = ReferralEvent.PUT_ON_LIST
    deed = taking(OURS, session, referral_id, event, command, seen, by=by, at=now)
    return await once(session, asked, deed, by=by, at=now)


@router.post(f"{ONE}/start", response_model=ReferralView, responses=problems(*STEPPED, ArmNotRead))
async def start_referral(
    by: Referrer,
    referral_id: ReferralId,
    command: TakeStep,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """The person started; a wait ends on the day before."""
    event = ReferralEvent.STARTED
    deed = taking(OURS, session, referral_id, event, command, seen, by=by, at=now)
    return await once(session, asked, deed, by=by, at=now)


@router.post(f"{ONE}/end", response_model=ReferralView, responses=problems(*STEPPED, ArmNotRead))
async def end_referral(
    by: Referrer,
    referral_id: ReferralId,
    command: EndReferral,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """The referral ended: completed, not gone on with, declined by either side, withdrawn, no place."""
    event = ENDINGS[command.outcome]
    deed = taking(OURS, session, referral_id, event, command, seen, by=by, at=now)
    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/wait-correction",
    response_model=ReferralView,
    responses=problems(*STEPPED, ArmNotRead, NeverOnList),
)
async def correct_referral_wait(
    by: Referrer,
    referral_id: ReferralId,
    command: CorrectWait,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """The days on the waiting list were others, or there were none; what they excused goes with them."""

    async def deed() -> Response:
        found = await queries.held(session, referral_id, by=by, at=now)
        await actions.correct_wait(session, found, command, seen=seen, by=by, at=now)
        return await answer(session, referral_id, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/sessions",
    status_code=201,
    response_model=ReferralView,
    responses=problems(*CREATING, *TOLD, ArmNotRead),
)
async def record_referral_sessions(
    by: Referrer,
    referral_id: ReferralId,
    command: RecordSessions,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """On which days the person was expected, and whether they came; a day sent again is put right."""
    deed = recording(OURS, session, referral_id, command, by=by, at=now)
    return await once(session, asked, deed, by=by, at=now)


def taking(
    side: Side,
    session: AsyncSession,
    referral_id: UUID,
    event: ReferralEvent,
    command: TakeStep,
    seen: int,
    *,
    by: Actor,
    at: datetime,
) -> Callable[[], Awaitable[Response]]:
    """One side tells that a referral took a step."""
    told = Told(**command.model_dump(exclude={"outcome"}))

    async def deed() -> Response:
        found = await side.held(session, referral_id, by=by, at=at)
        await actions.take(session, found, event, told, seen=seen, by=by, at=at)
        return await side.answer(session, referral_id, by=by, at=at)

    return deed


def recording(
    side: Side,
    session: AsyncSession,
    referral_id: UUID,
    command: RecordSessions,
    *,
    by: Actor,
    at: datetime,
) -> Callable[[], Awaitable[Response]]:
    """One side tells who came to which session."""

    async def deed() -> Response:
        found = await side.held(session, referral_id, by=by, at=at)
        await actions.record_sessions(session, found, command, by=by, at=at)
        return await side.answer(session, referral_id, by=by, at=at, status=201)

    return deed


async def answer(
    session: AsyncSession, referral_id: UUID, *, by: Actor, at: datetime, **how: Any
) -> Response:
    """A referral that was reached, as it stands now."""
    row = await queries.unscoped(session, referral_id)
    view = views.referral_view(
        row,
        await queries.steps_of(session, row.id),
        await queries.sessions_of(session, row.id),
        await queries.told_of(session, row.id),
        by=by,
        on=london_day(at),
    )
    return shown(view, headers={"ETag": etag(row.version)}, **how)


OURS = Side(queries.held, answer)
