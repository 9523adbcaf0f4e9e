"""Front door of what comes of a contract, and of what its victims are told and object to."""

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
from checkpoint.contracts.outcomes import actions, queries, states
from checkpoint.contracts.outcomes.schemas import (
    ChallengesView,
    ChallengeView,
    DecideChallenge,
    IncidentCountsView,
    IncidentCountView,
    IncidentView,
    OutcomesView,
    RecordChallenge,
    TellingsView,
)
from checkpoint.contracts.outcomes.states import OutcomeEvent
from checkpoint.contracts.outcomes.views import (
    challenge_view,
    challenges_view,
    outcomes_view,
    tellings_view,
)
from checkpoint.contracts.reviews.queries import turns_of
from checkpoint.contracts.reviews.states import UninvolvedNeeded
from checkpoint.contracts.states import ContractNotFound, ContractState
from checkpoint.custody.rules import RecordFull
from checkpoint.delivery import actions as delivery
from checkpoint.delivery.schemas import RecordDisposal
from checkpoint.delivery.states import ArmNotRead, DisposalStands
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1", tags=["contracts"])
ContractId = Annotated[UUID, Path(description="The contract's id.")]
ONE = "/contracts/{contract_id}"
READ = (ContractNotFound, ArmNotRead)


@router.get(f"{ONE}/outcomes", response_model=OutcomesView, responses=problems(*READ))
async def read_outcomes(
    by: Annotated[Actor, holding(Permission.READ_CONTRACT)],
    contract_id: ContractId,
    session: Transaction,
    now: Now,
) -> Response:
    """What came of a contract offence by offence, and what its end proposes for those still open."""
    contract = await contracts.one(session, contract_id, by=by, at=now)
    await _record(session, OutcomeEvent.READ, contract, by=by, now=now)
    return shown(outcomes_view(contract, await queries.ended(session, contract), by=by))


@router.post(
    f"{ONE}/outcomes",
    status_code=201,
    response_model=OutcomesView,
    responses=problems(*CREATING, *READ, states.ContractNotEnded, DisposalStands, RuleBroken),
)
async def record_outcome(
    by: Annotated[Actor, holding(Permission.RECORD_DISPOSAL)],
    contract_id: ContractId,
    command: RecordDisposal,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record one offence's own outcome once the contract has ended; 22 only of a completed one."""

    async def deed() -> Response:
        day = command.disposed_on
        contract = await actions.held_ended(session, contract_id, disposed_on=day, by=by, at=now)
        completed = contract.state == ContractState.COMPLETED
        record_id = contract.custody_record_id
        await delivery.dispose(session, record_id, command, completed=completed, by=by, at=now)
        found = await queries.ended(session, contract)
        return shown(outcomes_view(contract, found, by=by), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(f"{ONE}/victims-to-tell", response_model=TellingsView, responses=problems(*READ))
async def list_victims_to_tell(
    by: Annotated[Actor, holding(Permission.READ_VICTIM)],
    contract_id: ContractId,
    session: Transaction,
    now: Now,
) -> Response:
    """What each victim has to be told of the contract, by when, and when they were. Nothing waits
    for it.
    """
    contract = await contracts.one(session, contract_id, by=by, at=now)
    found = await queries.tellings(session, contract)
    about = {each.victim_id for each in found}
    await _record(session, OutcomeEvent.VICTIMS_READ, contract, *about, by=by, now=now)
    return shown(tellings_view(contract, found, by=by, on=london_day(now)))


@router.get(f"{ONE}/victim-challenges", response_model=ChallengesView, responses=problems(*READ))
async def list_challenges(
    by: Annotated[Actor, holding(Permission.READ_VICTIM)],
    contract_id: ContractId,
    session: Transaction,
    now: Now,
) -> Response:
    """What victims objected to, by when each is answered, and what was said."""
    contract = await contracts.one(session, contract_id, by=by, at=now)
    found = await queries.challenges(session, contract.id)
    turns = await turns_of(session, contract.id)
    about = {each.row.victim_id for each in found}
    await _record(session, OutcomeEvent.CHALLENGES_READ, contract, *about, by=by, now=now)
    return shown(challenges_view(contract, found, turns, by=by, on=london_day(now)))


@router.post(
    f"{ONE}/victim-challenges",
    status_code=201,
    response_model=ChallengeView,
    responses=problems(*CREATING, *READ, RuleBroken, states.ChallengeOpen, RecordFull),
)
async def record_challenge(
    by: Annotated[Actor, holding(Permission.RECORD_VICTIM)],
    contract_id: ContractId,
    command: RecordChallenge,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """A victim objects to the contract or to what came of it; it goes on meanwhile."""

    async def deed() -> Response:
        found = await actions.record_challenge(session, contract_id, command, by=by, at=now)
        return await _answer(session, contract_id, found, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/victim-challenges/{{challenge_id}}/decision",
    response_model=ChallengeView,
    responses=problems(
        *CREATING, *READ, states.ChallengeNotFound, states.ChallengeDecided, UninvolvedNeeded
    ),
)
async def decide_challenge(
    by: Annotated[Actor, holding(Permission.DECIDE_REVIEW)],
    contract_id: ContractId,
    challenge_id: Annotated[UUID, Path(description="The objection's id.")],
    command: DecideChallenge,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Answer a victim's objection, as an officer who had no part in the contract. It may stand."""

    async def deed() -> Response:
        await actions.decide_challenge(session, contract_id, challenge_id, command, by=by, at=now)
        return await _answer(session, contract_id, challenge_id, by=by, now=now)

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    "/time-limit-incidents", response_model=Page[IncidentView], responses=problems(MalformedCursor)
)
async def list_time_limit_incidents(
    by: Annotated[Actor, holding(Permission.READ_DISPOSAL)],
    session: Transaction,
    now: Now,
    turn: Turning,
) -> Response:
    """Offences of your suites' cases whose time ran out (outcome 17), the last one entered first."""
    rows, following = await queries.incidents(session, by=by, turn=turn)
    about = [*(row.custody_record_id for row in rows), *(row.person_id for row in rows)]
    await _list(session, OutcomeEvent.INCIDENTS_LISTED, *about, by=by, now=now)
    items = [
        IncidentView(
            disposal_id=row.id,
            record_id=row.custody_record_id,
            reference=row.reference,
            suite=row.suite,
            disposed_on=row.disposed_on,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]
    page = Page[IncidentView](items=items, next=following)
    return shown(page, headers=links(turn.request, following))


@router.get("/time-limit-incidents/counts", response_model=IncidentCountsView)
async def count_time_limit_incidents(
    by: Annotated[Actor, holding(Permission.READ_DISPOSAL)], session: Transaction, now: Now
) -> Response:
    """How many offences of each of your suites' cases ran out of time."""
    found = await queries.incident_counts(session, by=by)
    await _list(session, OutcomeEvent.INCIDENTS_COUNTED, by=by, now=now)
    items = [IncidentCountView(suite=suite, incidents=many) for suite, many in found.items()]
    return shown(IncidentCountsView(items=items))


async def _answer(
    session: AsyncSession,
    contract_id: UUID,
    challenge_id: UUID,
    *,
    by: Actor,
    now: datetime,
    status: int = 200,
) -> Response:
    contract = await contracts.one(session, contract_id, by=by, at=now)
    found = await queries.challenge(session, contract.id, challenge_id)
    turns = await turns_of(session, contract.id)
    view = challenge_view(found, contract, turns, by=by, on=london_day(now))
    return shown(view, status=status)


async def _record(
    session: AsyncSession,
    event: OutcomeEvent,
    contract: Any,
    *about: UUID,
    by: Actor,
    now: datetime,
) -> None:
    subjects = (contract.id, contract.custody_record_id, contract.person_id, *about)
    await ledger.record(
        session, Operation.CONSULTATION, event, *subjects, kind="contract", by=by, at=now
    )


async def _list(
    session: AsyncSession, event: OutcomeEvent, *about: UUID, by: Actor, now: datetime
) -> None:
    await ledger.record(
        session, Operation.CONSULTATION, event, *about, kind="disposal", by=by, at=now
    )
