"""Front door of contracts. It tells nobody an arm who has not been shown it."""

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
from checkpoint.contracts import queries
from checkpoint.contracts.schemas import ContractItemView, ContractsView
from checkpoint.contracts.states import ContractEvent
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.delivery.states import ArmNotRead
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1", tags=["contracts"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
CASE = "/custody-records/{record_id}"
Reader = Annotated[Actor, holding(Permission.READ_CONTRACT)]


@router.get(
    f"{CASE}/contracts",
    response_model=ContractsView,
    responses=problems(CustodyRecordNotFound, ArmNotRead),
)
async def list_contracts(
    by: Reader, record_id: RecordId, session: Transaction, now: Now
) -> Response:
    """The contracts of a case: of your caseload, or of your suites once you were shown its arm."""
    record = await queries.case(session, record_id, by=by, at=now)
    rows = await queries.of_record(session, record.id)
    await _record(session, ContractEvent.LISTED, record.id, record.person_id, by=by, now=now)
    items = [ContractItemView.model_validate(row) for row in rows]
    return shown(ContractsView(custody_record_id=record.id, items=items))


async def _record(
    session: AsyncSession, event: ContractEvent, *about: UUID, by: Actor, now: datetime
) -> None:
    await ledger.record(
        session, Operation.CONSULTATION, event, *about, kind="contract", by=by, at=now
    )
