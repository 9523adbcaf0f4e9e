"""Front door of the monitor: a trial as a whole, never an arm by case; and unblinding by two."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.allocation import queries as allocation
from checkpoint.allocation.states import AllocationNotFound, ListNotSealed, SealedListChanged
from checkpoint.allocation.vault import Opening
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.problems import problems
from checkpoint.monitor import actions, balance, counts, queries, views
from checkpoint.monitor.rules import masks
from checkpoint.monitor.schemas import (
    BalanceView,
    ConductView,
    ConfirmUnblinding,
    DeclineUnblinding,
    ProposeUnblinding,
    RecruitmentView,
    StrataView,
    UnblindingsView,
    UnblindingView,
)
from checkpoint.monitor.states import (
    MonitorEvent,
    UnblindingAnswered,
    UnblindingNotFound,
    UnblindingOutcome,
    UnblindingsFull,
    UnblindingStands,
    UnblindingTooEarly,
)
from checkpoint.oversight.rules import SecondPersonNeeded
from checkpoint.trials import queries as trials
from checkpoint.trials.queries import Standing, TrialNotFound

router = APIRouter(prefix="/v1/trials/{code}", tags=["monitor"])
Code = Annotated[str, Path(max_length=40, description="The trial's name.")]
Number = Annotated[int, Path(ge=1, le=1_000_000, description="Counts the trial's unblindings.")]
Monitoring = Annotated[Actor, holding(Permission.MONITOR_TRIAL)]
Answering = Annotated[Actor, holding(Permission.ANSWER_UNBLINDING)]
ANSWERED = (*CREATING, TrialNotFound, UnblindingNotFound, UnblindingAnswered, SecondPersonNeeded)
OPENED = (SealedListChanged, ListNotSealed)


@router.get("/recruitment", response_model=RecruitmentView, responses=problems(TrialNotFound))
async def read_recruitment(by: Monitoring, code: Code, session: Transaction, now: Now) -> Response:
    """By week and suite: screened, eligible, consented, allocated, against target and line."""
    trial = await trials.one(session, code, at=now)
    rows = await counts.by_week(session, trial, at=now)
    await _read(session, MonitorEvent.RECRUITMENT_READ, trial, by=by, now=now)
    return shown(views.recruitment(trial, rows, at=now))


@router.get("/strata", response_model=StrataView, responses=problems(TrialNotFound, ListNotSealed))
async def read_strata(
    by: Monitoring, code: Code, session: Transaction, vault: Opening, now: Now
) -> Response:
    """Allocations by stratum, and which lists run low; nothing that reveals the next draw."""
    trial = await trials.one(session, code, at=now)
    allocated = await queries.allocated(session, trial)
    low = await queries.running_low(session, trial, vault=vault)
    await _read(session, MonitorEvent.STRATA_READ, trial, by=by, now=now)
    return shown(views.strata(trial, allocated, low))


@router.get("/balance", response_model=BalanceView, responses=problems(TrialNotFound, *OPENED))
async def read_balance(
    by: Monitoring, code: Code, session: Transaction, vault: Opening, now: Now
) -> Response:
    """Whether the draws look like the design; counts by arm only of a trial that is unblinded."""
    trial = await trials.one(session, code, at=now)
    drawn = await queries.draws(session, trial, vault=vault)
    policy = balance.policy_on(london_day(now))
    designs = await queries.designs(session, trial, vault=vault)
    # A second for 10,000 draws; meanwhile the loop answers everybody else.
    found = await run_in_threadpool(balance.check, drawn, designs, [*trial.strata], policy)
    told = await queries.is_unblinded(session, trial.id)
    masked = masks(trial.protocol.arms, key=vault.key(), trial=trial.code)
    await _read(session, MonitorEvent.BALANCE_READ, trial, by=by, now=now)
    counted = queries.counted(drawn) if told else None
    return shown(views.balance(trial, found, masked, counted, policy=policy))


@router.get("/conduct", response_model=ConductView, responses=problems(TrialNotFound))
async def read_conduct(by: Monitoring, code: Code, session: Transaction, now: Now) -> Response:
    """Overrides and crossovers by suite, refusals of consent by reason, and what is missing."""
    trial = await trials.one(session, code, at=now)
    view = views.conduct(
        trial,
        overrides=await counts.overrides(session, trial, at=now),
        allocated=await queries.allocated(session, trial),
        enrolled_before=await queries.enrolled_before(session, trial),
        crossovers=await queries.crossovers(session, trial, at=now),
        answers=await counts.answers(session, trial, at=now),
        complete=await counts.completeness(session, trial, at=now),
        at=now,
    )
    await _read(session, MonitorEvent.CONDUCT_READ, trial, by=by, now=now)
    return shown(view)


@router.get(
    "/unblindings", response_model=UnblindingsView, responses=problems(TrialNotFound, *OPENED)
)
async def list_unblindings(
    by: Monitoring, code: Code, session: Transaction, vault: Opening, now: Now
) -> Response:
    """A trial's unblindings; the arm of an unblinded case to the two people who unblinded it."""
    trial = await trials.one(session, code, at=now)
    items = []
    for row in await queries.unblindings(session, trial):
        arm = None
        if _tells(row, by):
            arm = await allocation.arm_of(session, row.allocation_id, vault=vault)
        items.append(views.unblinding(code, row, by=by, arm=arm))
    await _read(session, MonitorEvent.UNBLINDINGS_READ, trial, by=by, now=now)
    return shown(UnblindingsView(items=items))


def _tells(row: Any, by: Actor) -> bool:
    confirmed = row.outcome is UnblindingOutcome.CONFIRMED and row.allocation_id is not None
    return confirmed and by.id in (row.proposed_by, row.answered_by)


@router.post(
    "/unblindings",
    status_code=201,
    response_model=UnblindingView,
    responses=problems(
        *CREATING,
        TrialNotFound,
        CustodyRecordNotFound,
        AllocationNotFound,
        UnblindingTooEarly,
        UnblindingStands,
        UnblindingsFull,
        RuleBroken,
    ),
)
async def propose_unblinding(
    by: Annotated[Actor, holding(Permission.PROPOSE_UNBLINDING)],
    code: Code,
    command: ProposeUnblinding,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Propose to unblind the whole of a closed trial, or in an emergency one case; tells nothing."""

    async def deed() -> Response:
        trial = await trials.one(session, code, at=now)
        made = await actions.propose(session, trial, command, by=by, at=now)
        return await _answer(session, trial, made.number, by=by, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/unblindings/{number}/confirmation",
    response_model=UnblindingView,
    responses=problems(*ANSWERED),
)
async def confirm_unblinding(
    by: Answering,
    code: Code,
    number: Number,
    session: Transaction,
    now: Now,
    asked: Once,
    command: ConfirmUnblinding | None = None,  # noqa: ARG001 - there is nothing in it to read
) -> Response:
    """Confirm, as the second person; from now on the arms may be told."""

    async def deed() -> Response:
        trial = await trials.one(session, code, at=now)
        outcome = UnblindingOutcome.CONFIRMED
        await actions.answer(session, trial, number, outcome, by=by, at=now)
        return await _answer(session, trial, number, by=by)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/unblindings/{number}/refusal", response_model=UnblindingView, responses=problems(*ANSWERED)
)
async def decline_unblinding(
    by: Answering,
    code: Code,
    number: Number,
    command: DeclineUnblinding,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Decline, as the second person; the trial stays blinded."""

    async def deed() -> Response:
        trial = await trials.one(session, code, at=now)
        outcome = UnblindingOutcome.DECLINED
        await actions.answer(session, trial, number, outcome, words=command.words, by=by, at=now)
        return await _answer(session, trial, number, by=by)

    return await once(session, asked, deed, by=by, at=now)


async def _answer(
    session: AsyncSession, trial: Standing, number: int, *, by: Actor, status: int = 200
) -> Response:
    row = await queries.unblinding(session, trial, number)
    return shown(views.unblinding(trial.code, row, by=by), status=status)


async def _read(
    session: AsyncSession, event: MonitorEvent, trial: Standing, *, by: Actor, now: datetime
) -> None:
    await ledger.record(
        session, Operation.CONSULTATION, event, trial.id, kind="trial", by=by, at=now
    )
