"""Front door of what is on record of a contract's conditions."""

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
from checkpoint.contracts.evidence import actions, queries
from checkpoint.contracts.evidence.schemas import ConditionsView, RecordEntry, WithdrawEntry
from checkpoint.contracts.evidence.states import (
    ContractNotRunning,
    EntryNotFound,
    EntryWithdrawn,
    EvidenceEvent,
    ExcuseNotYours,
)
from checkpoint.contracts.evidence.views import conditions_view
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

router = APIRouter(prefix="/v1/contracts/{contract_id}", tags=["contracts"])
ContractId = Annotated[UUID, Path(description="The contract's id.")]
READ = (ContractNotFound, ArmNotRead, ContractNotRunning)
Worker = Annotated[Actor, holding(Permission.WORK_CONTRACT)]


@router.get("/conditions", response_model=ConditionsView, responses=problems(*READ))
async def read_conditions(
    by: Annotated[Actor, holding(Permission.READ_CONTRACT)],
    contract_id: ContractId,
    session: Transaction,
    now: Now,
) -> Response:
    """What each condition of a contract comes to today, or came to at its end, and its entries."""
    contract = await contracts.one(session, contract_id, by=by, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        EvidenceEvent.READ,
        contract.id,
        contract.custody_record_id,
        contract.person_id,
        kind="contract",
        by=by,
        at=now,
    )
    return await _answer(session, contract, by=by, now=now)


@router.post(
    "/condition-entries",
    status_code=201,
    response_model=ConditionsView,
    responses=problems(*CREATING, *READ, RuleBroken, ExcuseNotYours, RecordFull),
)
async def record_entry(
    by: Worker,
    contract_id: ContractId,
    command: RecordEntry,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Put work, a session, a tag or other evidence on record of a condition, or what settles it."""

    async def deed() -> Response:
        contract = await actions.record(session, contract_id, command, by=by, at=now)
        return await _answer(session, contract, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/condition-entries/{entry_id}/withdrawal",
    response_model=ConditionsView,
    responses=problems(*CREATING, *READ, EntryNotFound, EntryWithdrawn, ExcuseNotYours),
)
async def withdraw_entry(
    by: Worker,
    contract_id: ContractId,
    entry_id: Annotated[UUID, Path(description="The entry's id.")],
    command: WithdrawEntry,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Withdraw an entry that never was true; it counts no longer, and can still be read."""

    async def deed() -> Response:
        contract = await actions.withdraw(session, contract_id, entry_id, command, by=by, at=now)
        return await _answer(session, contract, by=by, now=now)

    return await once(session, asked, deed, by=by, at=now)


async def _answer(
    session: AsyncSession, contract: Any, *, by: Actor, now: datetime, **how: Any
) -> Response:
    on = london_day(now)
    found = await queries.progress(session, contract, on=on)
    return shown(conditions_view(contract, found, by=by, on=on), **how)
