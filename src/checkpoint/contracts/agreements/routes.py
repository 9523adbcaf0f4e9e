"""Front door of what is agreed: drafts, changes, offers and signatures."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.allocation.states import ConsentNeeded
from checkpoint.consent.facts import SafeguardsNotThere
from checkpoint.contracts import queries
from checkpoint.contracts.agreements import actions, states
from checkpoint.contracts.agreements.schemas import (
    DraftContract,
    OfferContract,
    SaveTerms,
    SignTerms,
)
from checkpoint.contracts.schemas import ContractView
from checkpoint.contracts.signatures import actions as signatures
from checkpoint.contracts.states import (
    ContractNotFound,
    ContractThere,
    NotStarted,
    StepNotAllowed,
)
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.delivery.states import ArmNotRead
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion, etag
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1", tags=["contracts"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
ContractId = Annotated[UUID, Path(description="The contract's id.")]
ONE = "/contracts/{contract_id}"
AGREED = (
    *CREATING,
    ArmNotRead,
    ConsentNeeded,
    states.PastTheLimit,
    states.PastTheLongest,
    RuleBroken,
)
CHANGED = (*AGREED, ContractNotFound, IfMatchMissing, Overtaken, StepNotAllowed)
Worker = Annotated[Actor, holding(Permission.WORK_CONTRACT)]


@router.post(
    "/custody-records/{record_id}/contracts",
    status_code=201,
    response_model=ContractView,
    responses=problems(
        *AGREED,
        CustodyRecordNotFound,
        NotStarted,
        ContractThere,
        states.OverrideOfLimitNotYours,
    ),
)
async def draft_contract(
    by: Worker,
    record_id: RecordId,
    command: DraftContract,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Draft the contract of a case that was started on the programme."""

    async def deed() -> Response:
        contract_id = await actions.draft(session, record_id, command, by=by, at=now)
        return await _shown(session, contract_id, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/terms",
    status_code=201,
    response_model=ContractView,
    responses=problems(*CHANGED, states.OverrideOfLimitNotYours),
)
async def save_contract_terms(
    by: Worker,
    contract_id: ContractId,
    command: SaveTerms,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Save the draft again, or propose a change of a contract that runs; what was saved is kept."""

    async def deed() -> Response:
        await actions.save(session, contract_id, command, seen=seen, by=by, at=now)
        return await _shown(session, contract_id, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(f"{ONE}/offer", response_model=ContractView, responses=problems(*CHANGED))
async def offer_contract(
    by: Worker,
    contract_id: ContractId,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
    command: OfferContract | None = None,  # noqa: ARG001 - the body is empty or absent
) -> Response:
    """Offer the draft to the person; from now on it may be signed."""

    async def deed() -> Response:
        await actions.offer(session, contract_id, seen=seen, by=by, at=now)
        return await _shown(session, contract_id, by=by, now=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/signatures",
    status_code=201,
    response_model=ContractView,
    responses=problems(
        *CHANGED,
        states.NothingProposed,
        states.SignedAlready,
        states.SignatureNotYours,
        states.ApprovedTooEarly,
        states.ApprovedByTheNavigator,
        SafeguardsNotThere,
    ),
)
async def sign_contract(
    by: Worker,
    contract_id: ContractId,
    command: SignTerms,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Sign what is open: the person, the navigator, a supervisor. With the third it counts."""

    async def deed() -> Response:
        await signatures.sign(session, contract_id, command, seen=seen, by=by, at=now)
        return await _shown(session, contract_id, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


async def _shown(
    session: AsyncSession, contract_id: UUID, *, by: Actor, now: datetime, **how: Any
) -> Response:
    row = await queries.one(session, contract_id, by=by, at=now)
    view = await queries.view(session, row, by=by, at=now)
    headers = {"ETag": etag(view.version)}
    if how.get("status") == 201:
        headers["Location"] = f"/v1/contracts/{contract_id}"
    return shown(view, headers=headers, **how)
