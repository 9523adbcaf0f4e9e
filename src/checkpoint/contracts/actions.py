"""What happens to a contract, step by step; agreeing its terms stands in its alcove. No commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries, rules
from checkpoint.contracts.agreements.states import NothingProposed
from checkpoint.contracts.clocks import excused_days
from checkpoint.contracts.evidence import queries as evidence
from checkpoint.contracts.facts import Whole, terms_form
from checkpoint.contracts.rules import Stand
from checkpoint.contracts.schemas import ResumeContract, TakeStep
from checkpoint.contracts.states import (
    LIVE,
    WORKED_TO_ITS_END,
    ContractEvent,
    check_reason,
    step,
)
from checkpoint.contracts.tables import Contract, ContractStep
from checkpoint.delivery import queries as delivery
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.navigators import actions as navigators

MOVED = sa.update(Contract.__table__).where(
    col(Contract.id) == sa.bindparam("moved_id", type_=sa.Uuid())
)


async def held(
    session: AsyncSession,
    contract_id: UUID,
    *,
    seen: int | None,
    sent: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> Whole:
    """A contract within reach with all that is on record of it, its case locked with it.

    Args:
        session: of the request.
        contract_id: the contract's id.
        seen: the version that was seen; None is for deeds that follow from another.
        sent: terms that were typed, to be shown beside those that stand.
        by: whoever does it.
        at: now.

    Raises:
        ContractNotFound, ArmNotRead: it is not within reach.
        Overtaken: it is not the version that was seen.
    """
    contract = await queries.one(session, contract_id, by=by, at=at, lock=True)
    found = await queries.whole(session, contract)
    if seen is not None:
        _check_seen(found, seen, sent)
    return found


def _check_seen(found: Whole, seen: int, sent: Mapping[str, Any] | None) -> None:
    contract, stand, before = found.contract, found.stand, found.saved_by(seen)
    last, names = found.terms[-1], ("state", "terms_number", "starts_on", "ends_on")
    unchanged_since(
        seen,
        contract.version,
        sent=sent,
        stands=terms_form(last, found.of(last)),
        before=terms_form(before, found.of(before)) if before else None,
        short={name: getattr(stand, name) for name in names},
        about=(contract.id, contract.custody_record_id, contract.person_id),
    )


async def record_step(
    session: AsyncSession,
    contract: Any,
    stand: Stand,
    event: ContractEvent,
    *,
    about: Sequence[UUID] = (),
    by: Actor,
    at: datetime,
    **told: Any,
) -> ContractStep:
    """Write one step, and its one entry in the ledger; ``move`` takes the contract there.

    ``about`` is what else the entry tells of: a deed that takes a step writes no entry of its own.
    ``told`` is the rest of what the step has: when it happened at least.
    """
    row = ContractStep(
        contract_id=contract.id,
        number=stand.number,
        event=event,
        state=stand.state,
        terms_number=stand.terms_number,
        starts_on=stand.starts_on,
        ends_on=stand.ends_on,
        excused_days=stand.excused_days,
        **told,
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)
    operation = Operation.COLLECTION if stand.number == 1 else Operation.ALTERATION
    whose = (contract.id, contract.custody_record_id, contract.person_id, *about)
    await ledger.record(session, operation, event, *whose, kind="contract", by=by, at=at)
    return row


async def move(
    session: AsyncSession,
    found: Whole,
    stand: Stand,
    event: ContractEvent,
    *,
    by: Actor,
    at: datetime,
    **told: Any,
) -> ContractStep:
    """Take a contract where its next step leads."""
    row = await record_step(session, found.contract, stand, event, by=by, at=at, **told)
    given = {
        "moved_id": found.contract.id,
        "state": stand.state,
        "version": stand.number,
        "terms_number": stand.terms_number,
        "starts_on": stand.starts_on,
        "ends_on": stand.ends_on,
    }
    await executed(session, MOVED, given)
    return row


async def take(
    session: AsyncSession,
    contract_id: UUID,
    event: ContractEvent,
    command: TakeStep,
    *,
    seen: int | None,
    about: Sequence[UUID] = (),
    by: Actor,
    at: datetime,
) -> Whole:
    """Suspend a contract, have it lapse, withdraw from it, or close it.

    Raises:
        ContractNotFound, ArmNotRead, Overtaken, StepNotAllowed, RuleBroken: it stands as it stood.
    """
    found = await held(session, contract_id, seen=seen, by=by, at=at)
    await _take(session, found, event, command, about=about, by=by, at=at)
    return found


async def decline(
    session: AsyncSession,
    contract_id: UUID,
    command: TakeStep,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> Whole:
    """The person will not sign: no contract comes of it; or one that runs stays as it is.

    Raises:
        ContractNotFound, ArmNotRead, Overtaken, StepNotAllowed, NothingProposed, RuleBroken.
    """
    found = await held(session, contract_id, seen=seen, by=by, at=at)
    if found.stand.state not in LIVE:
        await _take(session, found, ContractEvent.DECLINED, command, by=by, at=at)
        return found
    if found.proposed is None:
        raise NothingProposed("No change is proposed; withdraw from the contract, or close it.")
    terms_id = found.proposed.id
    await _take(session, found, ContractEvent.REFUSED, command, terms_id=terms_id, by=by, at=at)
    return found


async def resume(
    session: AsyncSession,
    contract_id: UUID,
    command: ResumeContract,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> Whole:
    """The contract's clock goes on; its last day moves by the days on which it stood still.

    Raises:
        ContractNotFound, ArmNotRead, Overtaken, StepNotAllowed, RuleBroken: it stands as it stood.
    """
    found = await held(session, contract_id, seen=seen, by=by, at=at)
    step(found.stand.state, ContractEvent.RESUMED)
    since = await since_of(session, found)
    rules.check_when(command.happened_at, since=since, now=at)
    limits = await queries.limits(session, found.contract.custody_record_id, at=at)
    days = excused_days(since, command.happened_at)
    stand = rules.resumed(found.stand, days, limit=limits.limit_on)
    await move(session, found, stand, ContractEvent.RESUMED, **command.model_dump(), by=by, at=at)
    return found


async def complete(
    session: AsyncSession,
    contract_id: UUID,
    command: TakeStep,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> Whole:
    """The contract is completed, as somebody decides who does not work the case.

    Raises:
        ContractNotFound, ArmNotRead, Overtaken, StepNotAllowed, DecidedByTheNavigator,
        ConditionsOpen, RuleBroken: it stands as it stood.
    """
    found = await held(session, contract_id, seen=seen, by=by, at=at)
    step(found.stand.state, ContractEvent.COMPLETED)
    rules.check_decider(by.id, workers=await queries.workers(session, found, at=at))
    on = london_day(command.happened_at)
    unmet, excused = await evidence.open_conditions(session, found.contract, on=on)
    rules.check_completion(command.reason_code, unmet=unmet, excused=excused)
    await _take(session, found, ContractEvent.COMPLETED, command, by=by, at=at)
    return found


async def fail(
    session: AsyncSession,
    contract_id: UUID,
    command: TakeStep,
    *,
    about: Sequence[UUID] = (),
    by: Actor,
    at: datetime,
) -> Whole:
    """The contract failed, as a review decided; only a review's own deed calls this.

    Raises:
        ContractNotFound, ArmNotRead, StepNotAllowed, DecidedByTheNavigator, RuleBroken.
    """
    found = await held(session, contract_id, seen=None, by=by, at=at)
    step(found.stand.state, ContractEvent.FAILED)
    rules.check_decider(by.id, workers=await queries.workers(session, found, at=at))
    await _take(session, found, ContractEvent.FAILED, command, about=about, by=by, at=at)
    return found


async def since_of(session: AsyncSession, found: Whole) -> datetime:
    """Since when nothing else happened to a contract; before it runs, since its person's start."""
    if found.since is not None:
        return found.since
    given: Any = await delivery.delivery_of(session, found.contract.custody_record_id)
    started: datetime = given.start.started_at
    return started


async def _take(
    session: AsyncSession,
    found: Whole,
    event: ContractEvent,
    command: TakeStep,
    *,
    terms_id: UUID | None = None,
    about: Sequence[UUID] = (),
    by: Actor,
    at: datetime,
) -> None:
    stand = found.stand.after(event)
    check_reason(event, command.reason_code, command.words)
    since = await since_of(session, found)
    rules.check_when(command.happened_at, since=since, now=at)
    if stand.state in WORKED_TO_ITS_END:
        record_id = found.contract.custody_record_id
        about = (*about, *await navigators.end_with_case(session, record_id, by=by, at=at))
    await move(
        session,
        found,
        stand,
        event,
        terms_id=terms_id,
        about=about,
        **command.model_dump(),
        by=by,
        at=at,
    )
