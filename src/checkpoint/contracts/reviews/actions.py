"""Raise a review of a contract, and decide it. No commits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.contracts.actions import fail
from checkpoint.contracts.agreements import queries as agreements
from checkpoint.contracts.evidence import queries as evidence
from checkpoint.contracts.evidence.states import ConditionState
from checkpoint.contracts.reviews import clocks, queries, rules
from checkpoint.contracts.reviews.schemas import DecideReview, RaiseReview
from checkpoint.contracts.reviews.states import (
    OF_AN_OFFENCE,
    Cause,
    ReviewDecided,
    ReviewEvent,
    ReviewOutcome,
)
from checkpoint.contracts.reviews.tables import BreachDecision, BreachReview
from checkpoint.contracts.schemas import TakeStep
from checkpoint.contracts.states import StepReason
from checkpoint.custody.rules import check_space
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.foundation.errors import RuleBroken

MOST_REVIEWS = 100


async def raise_review(
    session: AsyncSession, contract_id: UUID, command: RaiseReview, *, by: Actor, at: datetime
) -> UUID:
    """A contract is to be reviewed; it goes on meanwhile.

    Returns:
        The review's id.

    Raises:
        ContractNotFound, ArmNotRead, ContractNotRunning, RuleBroken, ReviewOpen, RecordFull:
            nothing was raised.
    """
    contract = await contracts.one(session, contract_id, by=by, at=at, lock=True)
    evidence.check_running(contract)
    before = await queries.of_contract(session, contract.id)
    await _check_subject(session, contract, command, before, by=by, at=at)
    about = (command.cause, command.other_record_id, command.condition_key)
    rules.check_none_open(about, before)
    check_space(
        len(before),
        most=MOST_REVIEWS,
        what="reviews of this contract",
        remedy="Have those that are open decided.",
    )
    row = BreachReview(
        contract_id=contract.id,
        number=len(before) + 1,
        **command.model_dump(),
        due_on=clocks.decide_by(at),
        raised_at=at,
        raised_by=by.id,
    )
    await insert(session, row)
    await _tell(session, ReviewEvent.RAISED, row.id, contract, by=by, at=at)
    return row.id


async def decide(
    session: AsyncSession,
    contract_id: UUID,
    review_id: UUID,
    command: DecideReview,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Somebody who had no part in it decides; a failure ends the contract in the same moment.

    Raises:
        ContractNotFound, ArmNotRead, ReviewNotFound, ReviewDecided, ContractNotRunning,
        UninvolvedNeeded, ArrestAlone, OffenceBefore, NothingBroken, RuleBroken: nothing was decided.
    """
    contract = await contracts.one(session, contract_id, by=by, at=at, lock=True)
    found = await queries.one(session, contract.id, review_id)
    if found.decided_at is not None:
        raise ReviewDecided("Read what was decided; for something new, raise another one.")
    whole = await contracts.whole(session, contract)
    workers = await contracts.workers(session, whole, at=at)
    rules.check_uninvolved(by.id, involved={found.raised_by, *workers})
    await _check_decision(session, contract, found, command, at=at)
    row = BreachDecision(
        review_id=found.id,
        raised_by=found.raised_by,
        **command.model_dump(),
        decided_at=at,
        decided_by=by.id,
    )
    await insert(session, row)
    if command.outcome is not ReviewOutcome.FAIL:
        await _tell(session, ReviewEvent.DECIDED, found.id, contract, by=by, at=at)
        return
    reason = StepReason.OFFENDED if command.ground in OF_AN_OFFENCE else StepReason.BREACH
    step = TakeStep(reason_code=reason, words=command.words, happened_at=at)
    # The step's entry in the ledger is the decision's too.
    await fail(session, contract.id, step, by=by, at=at)


async def _check_subject(
    session: AsyncSession,
    contract: Any,
    command: RaiseReview,
    before: Any,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """What the review is about is the contract's own, or the person's."""
    if command.other_record_id is not None:
        arrests = await queries.arrests(session, contract, before, by=by, at=at)
        if command.other_record_id not in {each.record.id for each in arrests}:
            raise RuleBroken(
                "#/other_record_id",
                "no-new-arrest",
                "Name the record of an arrest in the list of the contract's reviews.",
            )
    if command.condition_key is not None:
        keys = {each.key for each in await agreements.conditions_in_force(session, contract)}
        if command.condition_key not in keys:
            raise RuleBroken(
                "#/condition_key",
                "condition-not-here",
                "Name a condition of the terms in force, by key.",
            )


async def _check_decision(
    session: AsyncSession, contract: Any, found: Any, command: DecideReview, *, at: datetime
) -> None:
    """What is decided may be; a failure only while the contract runs, and for what is on record."""
    if found.other_record_id is not None:
        days = await queries.last_days(session, found.other_record_id)
        rules.check_days(days, command.outcome, starts_on=contract.starts_on)
    if command.outcome is not ReviewOutcome.FAIL:
        return
    evidence.check_running(contract)
    today = london_day(at)
    standing = await evidence.progress(session, contract, on=today)
    rules.check_failing(
        Cause(found.cause),
        command.ground,
        command.offence_on,
        starts_on=contract.starts_on,
        today=today,
        broken=any(each.progress.state is ConditionState.NOT_MET for each in standing),
    )


async def _tell(
    session: AsyncSession,
    event: ReviewEvent,
    review_id: UUID,
    contract: Any,
    *,
    by: Actor,
    at: datetime,
) -> None:
    about = (review_id, contract.id, contract.custody_record_id, contract.person_id)
    await ledger.record(
        session, Operation.COLLECTION, event, *about, kind="breach_review", by=by, at=at
    )
