"""Hold a contract that ended for its outcomes; record victims' objections, answer them. No commits."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.contracts.outcomes import clocks, queries, rules
from checkpoint.contracts.outcomes.schemas import DecideChallenge, RecordChallenge
from checkpoint.contracts.outcomes.states import ChallengeDecided, ChallengeOpen, OutcomeEvent
from checkpoint.contracts.outcomes.tables import VictimChallenge, VictimChallengeDecision
from checkpoint.contracts.reviews.queries import turns_of
from checkpoint.contracts.reviews.rules import check_uninvolved
from checkpoint.custody.rules import check_space
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.foundation.errors import RuleBroken
from checkpoint.victims import queries as victims

MOST_CHALLENGES = 100


async def held_ended(
    session: AsyncSession, contract_id: UUID, *, disposed_on: date, by: Actor, at: datetime
) -> Any:
    """A contract whose offences may be disposed of on a day, held; the door disposes of them then.

    Returns:
        The contract.

    Raises:
        ContractNotFound, ArmNotRead, ContractNotEnded, RuleBroken: they may not be.
    """
    contract = await contracts.one(session, contract_id, by=by, at=at, lock=True)
    rules.check_ended(contract.state)
    ended_at = (await turns_of(session, contract.id)).ended_at or at
    rules.check_outcome_day(disposed_on, ended_on=london_day(ended_at))
    return contract


async def record_challenge(
    session: AsyncSession, contract_id: UUID, command: RecordChallenge, *, by: Actor, at: datetime
) -> UUID:
    """A victim objects; nothing else changes by that.

    Returns:
        The objection's id.

    Raises:
        ContractNotFound, ArmNotRead, RuleBroken, ChallengeOpen, RecordFull: nothing was recorded.
    """
    contract = await contracts.one(session, contract_id, by=by, at=at, lock=True)
    standing = await victims.of_record(session, contract.custody_record_id)
    if command.victim_id not in {each.id for each in standing}:
        raise RuleBroken(
            "#/victim_id", "victim-not-here", "Name a victim of the case whose entry stands."
        )
    since, today = london_day(contract.drafted_at), london_day(at)
    rules.check_objection_day(command.objected_on, since=since, today=today)
    before = [each.row for each in await queries.challenges(session, contract.id)]
    if any(each.victim_id == command.victim_id and not each.decided_at for each in before):
        raise ChallengeOpen("Have it decided first; what else they say goes to whoever decides.")
    check_space(
        len(before),
        most=MOST_CHALLENGES,
        what="objections to this contract",
        remedy="Tell your supervisor.",
    )
    row = VictimChallenge(
        contract_id=contract.id,
        number=len(before) + 1,
        **command.model_dump(),
        due_on=clocks.decide_by(command.objected_on),
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)
    about = (row.id, command.victim_id)
    await _tell(session, OutcomeEvent.CHALLENGED, *about, contract=contract, by=by, at=at)
    return row.id


async def decide_challenge(
    session: AsyncSession,
    contract_id: UUID,
    challenge_id: UUID,
    command: DecideChallenge,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """An uninvolved officer answers a victim; no contract ends by that.

    Raises:
        ContractNotFound, ArmNotRead, ChallengeNotFound, ChallengeDecided, UninvolvedNeeded: nothing
            was decided.
    """
    contract = await contracts.one(session, contract_id, by=by, at=at, lock=True)
    found = (await queries.challenge(session, contract.id, challenge_id)).row
    if found.decided_at is not None:
        raise ChallengeDecided("Read what was said to it.")
    whole = await contracts.whole(session, contract)
    workers = await contracts.workers(session, whole, at=at)
    had_part = await queries.involved(session, whole)
    check_uninvolved(by.id, involved={found.recorded_by, *workers, *had_part})
    row = VictimChallengeDecision(
        challenge_id=found.id,
        recorded_by=found.recorded_by,
        **command.model_dump(),
        decided_at=at,
        decided_by=by.id,
    )
    await insert(session, row)
    about = (found.id, found.victim_id)
    await _tell(session, OutcomeEvent.CHALLENGE_DECIDED, *about, contract=contract, by=by, at=at)


async def _tell(
    session: AsyncSession,
    event: OutcomeEvent,
    *about: UUID,
    contract: Any,
    by: Actor,
    at: datetime,
) -> None:
    subjects = (*about, contract.id, contract.custody_record_id, contract.person_id)
    await ledger.record(
        session, Operation.COLLECTION, event, *subjects, kind="victim_challenge", by=by, at=at
    )
