"""Put something on record of a condition, and withdraw what never was true. No commits."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.contracts.agreements import queries as agreements
from checkpoint.contracts.agreements.states import CompletionRule
from checkpoint.contracts.evidence import queries, rules
from checkpoint.contracts.evidence.schemas import RecordEntry, WithdrawEntry
from checkpoint.contracts.evidence.states import (
    EntryKind,
    EntryWithdrawn,
    EvidenceEvent,
    EvidenceWithdrawalReason,
    ExcuseNotYours,
)
from checkpoint.contracts.evidence.tables import ConditionEntry, ConditionEntryWithdrawal
from checkpoint.contracts.states import LIVE
from checkpoint.custody.rules import check_space
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs.states import StatementBasis

MOST_ENTRIES = 1000


async def record(
    session: AsyncSession, contract_id: UUID, command: RecordEntry, *, by: Actor, at: datetime
) -> Any:
    """Something is on record of a condition of the terms in force.

    Returns:
        The contract.

    Raises:
        ContractNotFound, ArmNotRead, ContractNotRunning, RuleBroken, ExcuseNotYours, RecordFull:
            nothing was entered.
    """
    contract = await contracts.one(session, contract_id, by=by, at=at, lock=True)
    queries.check_running(contract)
    condition = await _condition(session, contract, command.condition_key)
    rules.check_kind(CompletionRule(condition.rule), command.kind)
    rules.check_days(
        command.happened_on, command.until, since=contract.starts_on, today=london_day(at)
    )
    await _check_excuse(session, contract, command.kind, by=by, at=at)
    made = await queries.entries_made(session, contract.id)
    own = [each for each in queries.standing(made) if each.condition_key == condition.key]
    rules.check_met(own, command.kind)
    held = await queries.held_of(session, [contract.id])
    rules.check_uncounted(command.kind, command.happened_on, held[condition.key])
    _check_space(len(made))
    row = ConditionEntry(
        contract_id=contract.id,
        number=len(made) + 1,
        **command.model_dump(),
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)
    await _tell(session, EvidenceEvent.RECORDED, row.id, contract, by=by, at=at)
    return contract


async def withdraw(
    session: AsyncSession,
    contract_id: UUID,
    entry_id: UUID,
    command: WithdrawEntry,
    *,
    by: Actor,
    at: datetime,
) -> Any:
    """An entry counts no longer; it can still be read.

    Returns:
        The contract.

    Raises:
        ContractNotFound, ArmNotRead, ContractNotRunning, EntryNotFound, EntryWithdrawn,
        ExcuseNotYours: it stands as it stood.
    """
    contract = await contracts.one(session, contract_id, by=by, at=at, lock=True)
    queries.check_running(contract)
    found = await queries.entry(session, contract.id, entry_id)
    if found.withdrawn_at is not None:
        raise EntryWithdrawn("It counts no longer.")
    await _check_excuse(session, contract, EntryKind(found.kind), by=by, at=at)
    row = ConditionEntryWithdrawal(
        entry_id=found.id, reason_code=command.reason_code, withdrawn_at=at, withdrawn_by=by.id
    )
    await insert(session, row)
    await _tell(session, EvidenceEvent.WITHDRAWN, found.id, contract, by=by, at=at)
    return contract


async def excuse(
    session: AsyncSession,
    contract_id: UUID,
    condition_key: UUID,
    days: tuple[date, date | None] | None,
    *,
    instead_of: UUID | None,
    by: Actor,
    at: datetime,
) -> UUID | None:
    """A waiting list holds a condition up on these days, in place of what was entered of it before.

    A deed of a later room calls this, once it has reached the case, and tells the ledger.

    Args:
        session: of the request.
        contract_id: the contract; where it does not run, nothing changes.
        condition_key: the condition.
        days: the first and the last, the last None while it goes on; None where there are none.
        instead_of: what stands of this wait so far.
        by: whoever does it.
        at: now.

    Returns:
        The entry that stands of it now, if any.

    Raises:
        RecordFull: it has too many entries.
    """
    contract = await contracts.again(session, contract_id)
    if contract.state not in LIVE:
        return instead_of
    made = {each.id: each for each in await queries.entries_made(session, contract.id)}
    if instead_of is not None and made[instead_of].withdrawn_at is None:
        await insert(session, _put_right(instead_of, by=by, at=at))
    within = rules.within(days, since=contract.starts_on)
    if within is None:
        return None
    _check_space(len(made))
    row = ConditionEntry(
        contract_id=contract.id,
        number=len(made) + 1,
        condition_key=condition_key,
        kind=EntryKind.BLOCKED,
        happened_on=within[0],
        until=within[1],
        basis=StatementBasis.FACT,
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)
    return row.id


def _put_right(entry_id: UUID, *, by: Actor, at: datetime) -> ConditionEntryWithdrawal:
    return ConditionEntryWithdrawal(
        entry_id=entry_id,
        reason_code=EvidenceWithdrawalReason.PUT_RIGHT,
        withdrawn_at=at,
        withdrawn_by=by.id,
    )


def _check_space(made: int) -> None:
    check_space(
        made,
        most=MOST_ENTRIES,
        what="entries of conditions, withdrawn ones included",
        remedy="Look for a client that repeats itself, and tell your supervisor.",
    )


async def _condition(session: AsyncSession, contract: Any, key: UUID) -> Any:
    for condition in await agreements.conditions_in_force(session, contract):
        if condition.key == key:
            return condition
    raise RuleBroken(
        "#/condition_key", "condition-not-here", "Name a condition of the terms in force, by key."
    )


async def _check_excuse(
    session: AsyncSession, contract: Any, kind: EntryKind, *, by: Actor, at: datetime
) -> None:
    """Only a supervisor excuses a condition, or takes that back, and not in a case they work."""
    if kind is not EntryKind.EXCUSED:
        return
    found = await contracts.whole(session, contract)
    workers = await contracts.workers(session, found, at=at)
    if by.id in workers or not holds(by.role, Permission.DECIDE_CONTRACT):
        raise ExcuseNotYours("Ask a supervisor of the suite.")


async def _tell(
    session: AsyncSession,
    event: EvidenceEvent,
    entry_id: UUID,
    contract: Any,
    *,
    by: Actor,
    at: datetime,
) -> None:
    about = (entry_id, contract.id, contract.custody_record_id, contract.person_id)
    operation = Operation.COLLECTION if event is EvidenceEvent.RECORDED else Operation.ALTERATION
    await ledger.record(session, operation, event, *about, kind="condition_entry", by=by, at=at)
