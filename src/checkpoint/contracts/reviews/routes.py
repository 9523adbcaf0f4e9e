"""Front door of reviews: why a contract is questioned, and what becomes of it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.contracts.evidence.states import ContractNotRunning
from checkpoint.contracts.reviews import actions, queries, states
from checkpoint.contracts.reviews.schemas import DecideReview, RaiseReview, ReviewsView, ReviewView
from checkpoint.contracts.reviews.states import ReviewEvent
from checkpoint.contracts.reviews.views import review_view, reviews_view
from checkpoint.contracts.states import ContractNotFound
from checkpoint.custody.rules import RecordFull
from checkpoint.delivery.states import ArmNotRead
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1/contracts/{contract_id}/breach-reviews", tags=["contracts"])
ContractId = Annotated[UUID, Path(description="The contract's id.")]
READ = (ContractNotFound, ArmNotRead)
DECIDING = (
    states.ReviewNotFound,
    states.ReviewDecided,
    states.UninvolvedNeeded,
    states.ArrestAlone,
    states.OffenceBefore,
    states.NothingBroken,
)


@router.get("", response_model=ReviewsView, responses=problems(*READ))
async def list_reviews(
    by: Annotated[Actor, holding(Permission.READ_CONTRACT)],
    contract_id: ContractId,
    session: Transaction,
    now: Now,
) -> Response:
    """The reviews of a contract; and the person's new arrests since it began, each until a review
    names it. An arrest alone is no breach.
    """
    contract = await contracts.one(session, contract_id, by=by, at=now)
    reviews = await queries.of_contract(session, contract.id)
    arrests = await queries.arrests(session, contract, reviews, by=by, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ReviewEvent.READ,
        contract.id,
        contract.custody_record_id,
        contract.person_id,
        *(each.record.id for each in arrests),
        kind="contract",
        by=by,
        at=now,
    )
    return shown(reviews_view(contract, reviews, arrests, by=by, at=now))


@router.post(
    "",
    status_code=201,
    response_model=ReviewView,
    responses=problems(
        *CREATING, *READ, ContractNotRunning, RuleBroken, states.ReviewOpen, RecordFull
    ),
)
async def raise_review(
    by: Annotated[Actor, holding(Permission.RAISE_REVIEW)],
    contract_id: ContractId,
    command: RaiseReview,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Ask for a review: for a new arrest, missed contact, a condition, an offence. The contract goes
    on until it is decided.
    """

    async def deed() -> Response:
        review_id = await actions.raise_review(session, contract_id, command, by=by, at=now)
        return await _answer(session, contract_id, review_id, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/{review_id}/decision",
    response_model=ReviewView,
    responses=problems(*CREATING, *READ, *DECIDING, ContractNotRunning, RuleBroken),
)
async def decide_review(
    by: Annotated[Actor, holding(Permission.DECIDE_REVIEW)],
    contract_id: ContractId,
    review_id: Annotated[UUID, Path(description="The review's id.")],
    command: DecideReview,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Decide a review that you had no part in, of a case that you do not work. A failure ends the
    contract; what follows of the fallback is recorded offence by offence.
    """

    async def deed() -> Response:
        await actions.decide(session, contract_id, review_id, command, by=by, at=now)
        return await _answer(session, contract_id, review_id, by=by, now=now)

    return await once(session, asked, deed, by=by, at=now)


async def _answer(
    session: AsyncSession,
    contract_id: UUID,
    review_id: UUID,
    *,
    by: Actor,
    now: datetime,
    status: int = 200,
) -> Response:
    contract = await contracts.one(session, contract_id, by=by, at=now)
    row = await queries.one(session, contract.id, review_id)
    return shown(review_view(row, contract, by=by, on=london_day(now)), status=status)
