"""Front door of a contract's life. It tells nobody an arm who has not been shown it."""

from collections.abc import Awaitable, Callable
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
from checkpoint.contracts import actions, queries
from checkpoint.contracts.agreements.states import NothingProposed
from checkpoint.contracts.schemas import (
    CloseContract,
    CompleteContract,
    ContractItemView,
    ContractsView,
    ContractView,
    DeclineContract,
    LetContractLapse,
    ResumeContract,
    SuspendContract,
    WithdrawFromContract,
)
from checkpoint.contracts.states import (
    ConditionsOpen,
    ContractEvent,
    ContractNotFound,
    DecidedByTheNavigator,
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
CASE = "/custody-records/{record_id}"
ONE = "/contracts/{contract_id}"
READ = (ContractNotFound, ArmNotRead)
STEP = (*CREATING, *READ, IfMatchMissing, Overtaken, StepNotAllowed, RuleBroken)
Reader = Annotated[Actor, holding(Permission.READ_CONTRACT)]
Worker = Annotated[Actor, holding(Permission.WORK_CONTRACT)]
Decider = Annotated[Actor, holding(Permission.DECIDE_CONTRACT)]


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


@router.get(ONE, response_model=ContractView, responses=problems(*READ))
async def read_contract(
    by: Reader, contract_id: ContractId, session: Transaction, now: Now
) -> Response:
    """A contract: what counts, what is proposed, its days and its story."""
    row = await queries.one(session, contract_id, by=by, at=now)
    about = (row.id, row.custody_record_id, row.person_id)
    await _record(session, ContractEvent.READ, *about, by=by, now=now)
    view = await queries.view(session, row, by=by, at=now)
    return shown(view, headers={"ETag": etag(view.version)})


@router.post(f"{ONE}/suspension", response_model=ContractView, responses=problems(*STEP))
async def suspend_contract(
    by: Worker,
    contract_id: ContractId,
    command: SuspendContract,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Its clock stands still: hospital, prison, a provider's waiting list. No day of it is lost."""

    async def deed() -> Any:
        event = ContractEvent.SUSPENDED
        return await actions.take(session, contract_id, event, command, seen=seen, by=by, at=now)

    return await _answer(session, asked, contract_id, deed, by=by, now=now)


@router.post(f"{ONE}/resumption", response_model=ContractView, responses=problems(*STEP))
async def resume_contract(
    by: Worker,
    contract_id: ContractId,
    command: ResumeContract,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Its clock goes on; the last day moves by the days excused, up to the prosecution limit."""

    async def deed() -> Any:
        return await actions.resume(session, contract_id, command, seen=seen, by=by, at=now)

    return await _answer(session, asked, contract_id, deed, by=by, now=now)


@router.post(
    f"{ONE}/decline", response_model=ContractView, responses=problems(*STEP, NothingProposed)
)
async def decline_contract(
    by: Worker,
    contract_id: ContractId,
    command: DeclineContract,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """The person will not sign; a contract that runs goes on as it was."""

    async def deed() -> Any:
        return await actions.decline(session, contract_id, command, seen=seen, by=by, at=now)

    return await _answer(session, asked, contract_id, deed, by=by, now=now)


@router.post(f"{ONE}/lapse", response_model=ContractView, responses=problems(*STEP))
async def let_contract_lapse(
    by: Worker,
    contract_id: ContractId,
    command: LetContractLapse,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """It was never signed. What the case was assigned stays as it is."""

    async def deed() -> Any:
        event = ContractEvent.LAPSED
        return await actions.take(session, contract_id, event, command, seen=seen, by=by, at=now)

    return await _answer(session, asked, contract_id, deed, by=by, now=now)


@router.post(f"{ONE}/withdrawal", response_model=ContractView, responses=problems(*STEP))
async def withdraw_from_contract(
    by: Worker,
    contract_id: ContractId,
    command: WithdrawFromContract,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """The person takes part no longer; what follows is the police's decision."""

    async def deed() -> Any:
        event = ContractEvent.WITHDRAWN
        return await actions.take(session, contract_id, event, command, seen=seen, by=by, at=now)

    return await _answer(session, asked, contract_id, deed, by=by, now=now)


@router.post(f"{ONE}/closure", response_model=ContractView, responses=problems(*STEP))
async def close_contract(
    by: Worker,
    contract_id: ContractId,
    command: CloseContract,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """It ends neither completed nor failed: the person died, moved, was transferred or imprisoned."""

    async def deed() -> Any:
        event = ContractEvent.CLOSED
        return await actions.take(session, contract_id, event, command, seen=seen, by=by, at=now)

    return await _answer(session, asked, contract_id, deed, by=by, now=now)


@router.post(
    f"{ONE}/completion",
    response_model=ContractView,
    responses=problems(*STEP, DecidedByTheNavigator, ConditionsOpen),
)
async def complete_contract(
    by: Decider,
    contract_id: ContractId,
    command: CompleteContract,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Decide that it is completed: every condition met or excused, or for a reason you name."""

    async def deed() -> Any:
        return await actions.complete(session, contract_id, command, seen=seen, by=by, at=now)

    return await _answer(session, asked, contract_id, deed, by=by, now=now)


async def _answer(
    session: AsyncSession,
    asked: Any,
    contract_id: UUID,
    deed: Callable[[], Awaitable[Any]],
    *,
    by: Actor,
    now: datetime,
) -> Response:
    """Do a deed once, and show the contract as it stands then."""

    async def done() -> Response:
        await deed()
        row = await queries.again(session, contract_id)
        view = await queries.view(session, row, by=by, at=now)
        return shown(view, headers={"ETag": etag(view.version)})

    return await once(session, asked, done, by=by, at=now)


async def _record(
    session: AsyncSession, event: ContractEvent, *about: UUID, by: Actor, now: datetime
) -> None:
    await ledger.record(
        session, Operation.CONSULTATION, event, *about, kind="contract", by=by, at=now
    )
