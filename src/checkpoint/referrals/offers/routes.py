"""Front door of the offers that fit a case, and of there being none."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.delivery.states import ArmNotRead
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Language
from checkpoint.needs.states import Pathway
from checkpoint.referrals.offers import actions, queries, views
from checkpoint.referrals.offers.fits import Fit
from checkpoint.referrals.offers.schemas import (
    CaseOffersView,
    NoProvidersView,
    RecordNoProvider,
    WithdrawNoProvider,
)
from checkpoint.referrals.offers.states import (
    NoProviderNotFound,
    NoProviderRecorded,
    NoProviderWithdrawn,
    OffersEvent,
)
from checkpoint.referrals.schemas import District

router = APIRouter(prefix="/v1/custody-records/{record_id}", tags=["referrals"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
NONE = "/no-provider-available"
READ = (CustodyRecordNotFound, ArmNotRead)
Reader = Annotated[Actor, holding(Permission.READ_REFERRALS)]
Referrer = Annotated[Actor, holding(Permission.REFER)]


@router.get("/service-offers", response_model=CaseOffersView, responses=problems(*READ))
async def read_case_offers(
    by: Reader,
    record_id: RecordId,
    session: Transaction,
    now: Now,
    pathway: Annotated[
        list[Pathway] | None,
        Query(description="Only these; left out, every need.", max_length=len(Pathway)),
    ] = None,
    language: Annotated[Language | None, Query(description="ISO 639 code, e.g. pl.")] = None,
    day: Annotated[
        list[Annotated[int, Query(ge=1, le=7)]] | None,
        Query(description="Days on which the person can come; 1 is Monday.", max_length=7),
    ] = None,
    district: Annotated[
        District | None, Query(description="Postcode district where the person is, e.g. DL1.")
    ] = None,
    most: Annotated[int, Query(ge=1, le=20, description="Offers for each need.")] = 5,
) -> Response:
    """The offers that fit a case's needs, the worst need first: why each fits, what is unknown,
    whether it is full, and what excludes it. That they were shown is kept.
    """
    record = await contracts.case(session, record_id, by=by, at=now)
    today = london_day(now)
    days = frozenset(day) if day else None
    seeker = await queries.seeker_of(
        session, record, on=today, language=language, days=days, district=district
    )
    assessment_id, needs = await queries.assessed(session, record.id, actor=by)
    asked = [need for need in needs if pathway is None or need.pathway in pathway]
    found: dict[Pathway, Sequence[Fit]] = {
        need.pathway: await queries.fits(session, need.pathway, seeker, on=today) for need in asked
    }
    first = {each: fits[:most] for each, fits in found.items()}
    await actions.show(session, record, first, by=by, at=now)
    return shown(
        views.case_offers_view(record, assessment_id, seeker, asked, found, most=most, by=by)
    )


@router.get(NONE, response_model=NoProvidersView, responses=problems(*READ))
async def read_no_provider(
    by: Reader, record_id: RecordId, session: Transaction, now: Now
) -> Response:
    """Where a case had no provider, the last entry first."""
    record = await contracts.case(session, record_id, by=by, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        OffersEvent.NO_PROVIDERS_READ,
        record.id,
        record.person_id,
        kind="custody_record",
        by=by,
        at=now,
    )
    return await _answer(session, record)


@router.post(
    NONE,
    status_code=201,
    response_model=NoProvidersView,
    responses=problems(*CREATING, *READ, RuleBroken, NoProviderRecorded),
)
async def record_no_provider(
    by: Referrer,
    record_id: RecordId,
    command: RecordNoProvider,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record that there is nobody to refer the person to: the board hears of it, by pathway and place."""

    async def deed() -> Response:
        record = await actions.record_none(session, record_id, command, by=by, at=now)
        return await _answer(session, record, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{NONE}/{{no_provider_id}}/withdrawal",
    response_model=NoProvidersView,
    responses=problems(*CREATING, *READ, NoProviderNotFound, NoProviderWithdrawn),
)
async def withdraw_no_provider(
    by: Referrer,
    record_id: RecordId,
    no_provider_id: Annotated[UUID, Path(description="The entry's id.")],
    command: WithdrawNoProvider,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """It was entered wrongly, or a provider was found since: it counts no longer."""

    async def deed() -> Response:
        record = await actions.withdraw_none(
            session, record_id, no_provider_id, command, by=by, at=now
        )
        return await _answer(session, record)

    return await once(session, asked, deed, by=by, at=now)


async def _answer(session: AsyncSession, record: Any, **how: Any) -> Response:
    rows = await queries.none_available(session, record.id)
    return shown(views.no_providers_view(rows), **how)
