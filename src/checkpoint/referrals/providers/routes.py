"""The provider's door: their own referrals and no others, and what they answer."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.idempotency import CREATING, REPLAYED, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.preconditions import SeenVersion, etag
from checkpoint.foundation.problems import problems
from checkpoint.referrals import actions
from checkpoint.referrals import queries as referrals
from checkpoint.referrals.providers import queries, views
from checkpoint.referrals.providers.schemas import ProviderItemView, ProviderReferralView
from checkpoint.referrals.routes import STEPPED, TOLD, ReferralId, Side, recording, taking
from checkpoint.referrals.rules import check_provider_ends, withheld
from checkpoint.referrals.schemas import EndReferral, PutOnList, RecordSessions, TakeStep
from checkpoint.referrals.states import (
    ENDINGS,
    ReferralEvent,
    ReferralNotFound,
    ReferralState,
)

router = APIRouter(prefix="/v1/provider/referrals", tags=["providers"])
Provider = Annotated[Actor, holding(Permission.ANSWER_REFERRAL)]
ONE = "/{referral_id}"


@router.get("", response_model=Page[ProviderItemView], responses=problems(MalformedCursor))
async def list_provider_referrals(
    by: Provider,
    session: Transaction,
    now: Now,
    turn: Turning,
    state: Annotated[ReferralState | None, Query(description="Only those; else all.")] = None,
) -> Response:
    """The referrals made to you, the last one first; who they are about stands in each alone."""
    rows, following = await queries.page(session, by=by, turn=turn, state=state)
    event = ReferralEvent.DISCLOSED_LIST
    await actions.tell(
        session, Operation.DISCLOSURE, event, *(row.id for row in rows), by=by, at=now
    )
    items = [views.item_view(row) for row in rows]
    page = Page[ProviderItemView](items=items, next=following)
    return shown(page, headers=links(turn.request, following))


@router.get(ONE, response_model=ProviderReferralView, responses=problems(ReferralNotFound))
async def read_provider_referral(
    by: Provider, referral_id: ReferralId, session: Transaction, now: Now
) -> Response:
    """A referral made to you, with what you were told of the person, while they consent to it."""
    found = await queries.one(session, referral_id, by=by)
    why = await _withheld(session, found)
    operation = Operation.CONSULTATION if why else Operation.DISCLOSURE
    about = (found.id, found.custody_record_id, found.person_id)
    await actions.tell(session, operation, ReferralEvent.DISCLOSED, *about, by=by, at=now)
    return await _answer(session, found.id, by=by)


@router.post(
    f"{ONE}/acknowledgement",
    response_model=ProviderReferralView,
    responses=problems(*STEPPED),
)
async def acknowledge_provider_referral(
    by: Provider,
    referral_id: ReferralId,
    command: TakeStep,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Say that you have the referral."""
    event = ReferralEvent.ACKNOWLEDGED
    deed = taking(THEIRS, session, referral_id, event, command, seen, by=by, at=now)
    return await _once(session, asked, deed, referral_id, by=by, at=now)


@router.post(
    f"{ONE}/waiting-list", response_model=ProviderReferralView, responses=problems(*STEPPED)
)
async def wait_provider_referral(
    by: Provider,
    referral_id: ReferralId,
    command: PutOnList,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Put the person on your waiting list: nobody holds it against them."""
    event = ReferralEvent.PUT_ON_LIST
    deed = taking(THEIRS, session, referral_id, event, command, seen, by=by, at=now)
    return await _once(session, asked, deed, referral_id, by=by, at=now)


@router.post(f"{ONE}/start", response_model=ProviderReferralView, responses=problems(*STEPPED))
async def start_provider_referral(
    by: Provider,
    referral_id: ReferralId,
    command: TakeStep,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Say on which day the person started."""
    event = ReferralEvent.STARTED
    deed = taking(THEIRS, session, referral_id, event, command, seen, by=by, at=now)
    return await _once(session, asked, deed, referral_id, by=by, at=now)


@router.post(f"{ONE}/end", response_model=ProviderReferralView, responses=problems(*STEPPED))
async def end_provider_referral(
    by: Provider,
    referral_id: ReferralId,
    command: EndReferral,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Say how it ended, when and why; only whoever referred withdraws a referral."""
    check_provider_ends(command.outcome)
    event = ENDINGS[command.outcome]
    deed = taking(THEIRS, session, referral_id, event, command, seen, by=by, at=now)
    return await _once(session, asked, deed, referral_id, by=by, at=now)


@router.post(
    f"{ONE}/sessions",
    status_code=201,
    response_model=ProviderReferralView,
    responses=problems(*CREATING, *TOLD),
)
async def record_provider_sessions(
    by: Provider,
    referral_id: ReferralId,
    command: RecordSessions,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Say on which days you expected the person, and whether they came; sent again, a day is put right."""
    deed = recording(THEIRS, session, referral_id, command, by=by, at=now)
    return await _once(session, asked, deed, referral_id, by=by, at=now)


async def _once(
    session: AsyncSession,
    asked: Once,
    deed: Callable[[], Awaitable[Response]],
    referral_id: UUID,
    *,
    by: Actor,
    at: datetime,
) -> Response:
    """An earlier answer may name the person: it is given again only while that may be shown."""
    response = await once(session, asked, deed, by=by, at=at)
    found = await queries.one(session, referral_id, by=by)
    if REPLAYED not in response.headers or await _withheld(session, found) is None:
        return response
    now = await _answer(session, referral_id, by=by, status=response.status_code)
    now.headers[REPLAYED] = response.headers[REPLAYED]
    return now


async def _withheld(session: AsyncSession, found: Any) -> Any:
    stands = await referrals.sharing(session, found.custody_record_id) is not None
    states = [row.state for row in await contracts.of_record(session, found.custody_record_id)]
    return withheld(ReferralState(found.state), consent_stands=stands, contracts=states)


async def _held(session: AsyncSession, referral_id: UUID, *, by: Actor, **_: Any) -> Any:
    return await queries.held(session, referral_id, by=by)


async def _answer(
    session: AsyncSession,
    referral_id: UUID,
    *,
    by: Actor,
    at: datetime | None = None,  # noqa: ARG001 - a provider's view counts no days
    **how: Any,
) -> Response:
    found = await queries.one(session, referral_id, by=by)
    why = await _withheld(session, found)
    told = await referrals.told_of(session, found.id)
    entries = await referrals.sessions_of(session, found.id)
    view = views.provider_view(found, told, entries, why)
    return shown(view, headers={"ETag": etag(found.version)}, **how)


THEIRS = Side(_held, _answer)
