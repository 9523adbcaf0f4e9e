"""What is on record of a contract's conditions, and what that comes to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.contracts.agreements import queries as agreements
from checkpoint.contracts.evidence import rules
from checkpoint.contracts.evidence.states import (
    SETTLED,
    ConditionState,
    ContractNotRunning,
    EntryNotFound,
)
from checkpoint.contracts.evidence.tables import ConditionEntry, ConditionEntryWithdrawal
from checkpoint.contracts.reviews.states import OF_AN_OFFENCE, ReviewOutcome
from checkpoint.contracts.reviews.tables import BreachDecision, BreachReview
from checkpoint.contracts.sessions.states import Outcome
from checkpoint.contracts.sessions.tables import Appointment, AppointmentCancellation, Attendance
from checkpoint.contracts.states import ENDED, LIVE, ContractState
from checkpoint.contracts.tables import Contract, ContractStep
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.statements import Prepared

CONTRACT_ID = sa.bindparam("contract_id", type_=sa.Uuid())
ENTRIES = (
    sa.select(
        *ConditionEntry.__table__.c,
        col(ConditionEntryWithdrawal.reason_code).label("withdrawal_reason"),
        col(ConditionEntryWithdrawal.withdrawn_at),
        col(ConditionEntryWithdrawal.withdrawn_by),
    )
    .outerjoin(
        ConditionEntryWithdrawal, col(ConditionEntryWithdrawal.entry_id) == col(ConditionEntry.id)
    )
    .where(col(ConditionEntry.contract_id) == CONTRACT_ID)
    .order_by(col(ConditionEntry.number))
)
LAST_STEP = (
    sa.select(col(ContractStep.excused_days), col(ContractStep.happened_at))
    .where(col(ContractStep.contract_id) == CONTRACT_ID)
    .order_by(col(ContractStep.number).desc())
    .limit(1)
)
OFFENDED = (
    sa.select(col(BreachDecision.id))
    .join(BreachReview, col(BreachReview.id) == col(BreachDecision.review_id))
    .where(
        col(BreachReview.contract_id) == CONTRACT_ID,
        col(BreachDecision.outcome) == ReviewOutcome.FAIL,
        col(BreachDecision.ground).in_(OF_AN_OFFENCE),
    )
)
LATER: Any = aliased(Attendance)
END: Any = aliased(ContractStep)
# What was entered once a contract had ended changes nothing of how it ended.
BY_ITS_END = sa.func.coalesce(END.recorded_at, sa.literal_column("'infinity'::timestamptz"))
HELD = Prepared(
    sa.select(
        col(Attendance.condition_key),
        col(Attendance.appointment_id),
        sa.cast(sa.func.timezone("Europe/London", col(Appointment.starts_at)), sa.Date()).label(
            "happened_on"
        ),
        col(Attendance.minutes),
    )
    .join(Appointment, col(Appointment.id) == col(Attendance.appointment_id))
    .join(Contract, col(Contract.custody_record_id) == col(Appointment.custody_record_id))
    .outerjoin(
        END,
        sa.and_(
            END.contract_id == col(Contract.id),
            END.number == col(Contract.version),
            *(col(Contract.state) != state for state in sorted(LIVE)),
        ),
    )
    .where(
        col(Contract.id) == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))),
        col(Attendance.condition_key).is_not(None),
        col(Attendance.outcome) != Outcome.MISSED,
        col(Attendance.complied).is_(True),
        col(Attendance.recorded_at) <= BY_ITS_END,
        sa.cast(sa.func.timezone("Europe/London", col(Appointment.starts_at)), sa.Date())
        >= col(Contract.starts_on),
        ~sa.exists().where(
            LATER.appointment_id == col(Attendance.appointment_id),
            LATER.number > col(Attendance.number),
            LATER.recorded_at <= BY_ITS_END,
        ),
        ~sa.exists().where(
            col(AppointmentCancellation.appointment_id) == col(Attendance.appointment_id),
            col(AppointmentCancellation.cancelled_at) <= BY_ITS_END,
        ),
    )
    .order_by(col(Appointment.starts_at), col(Appointment.id))
)
OPEN_REVIEWS = (
    sa.select(col(BreachReview.id))
    .outerjoin(BreachDecision, col(BreachDecision.review_id) == col(BreachReview.id))
    .where(col(BreachReview.contract_id) == CONTRACT_ID, col(BreachDecision.id).is_(None))
)


@dataclass(frozen=True)
class Standing:
    """A condition of the terms in force, everything entered of it, and what that comes to.

    ``held`` are the appointments that count for it: that the person came to, and complied at.
    """

    condition: Any
    entries: Sequence[Any]
    held: Sequence[Any]
    progress: rules.Progress


def standing(entries: Sequence[Any]) -> list[Any]:
    """The entries that were not withdrawn."""
    return [each for each in entries if each.withdrawn_at is None]


def check_running(contract: Any) -> None:
    """Something may be entered of a contract's conditions.

    Raises:
        ContractNotRunning: it has not started, or has ended.
    """
    if contract.state not in LIVE:
        started = "It has ended." if contract.state in ENDED else "Have all three sign it first."
        raise ContractNotRunning(f"Entries are made from its start to its end. {started}")


async def held_of(session: AsyncSession, contracts: Sequence[UUID]) -> Mapping[UUID, list[Any]]:
    """The appointments that count for conditions of contracts that were reached, by its key."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in await rows_of(session, HELD, ids=contracts):
        found[row.condition_key].append(row)
    return found


async def progress(session: AsyncSession, contract: Any, *, on: date) -> list[Standing]:
    """Where each condition of a contract that was reached stands on a day, or stood at its end.

    Raises:
        ContractNotRunning: it never started.
    """
    if contract.starts_on is None:
        raise ContractNotRunning(
            "It has not started: its conditions begin once all three have signed."
        )
    entries = await rows_of(session, ENTRIES, contract_id=contract.id)
    (last,) = await rows_of(session, LAST_STEP, contract_id=contract.id)
    offended = bool(await rows_of(session, OFFENDED, contract_id=contract.id))
    terms = {each.number: each for each in await agreements.terms_of(session, contract.id)}
    run = rules.Run(
        last_day=contract.ends_on,
        excused_days=last.excused_days - terms[contract.terms_number].excused_days,
        offended=offended,
        questioned=bool(await rows_of(session, OPEN_REVIEWS, contract_id=contract.id)),
        still=contract.state == ContractState.SUSPENDED,
    )
    if contract.state in ENDED:
        on = min(on, london_day(last.happened_at))
    held, found = await held_of(session, [contract.id]), []
    for condition in await agreements.conditions_in_force(session, contract):
        own = [each for each in entries if each.condition_key == condition.key]
        came = held[condition.key]
        come_to = rules.progress_of(condition, standing(own), held=came, on=on, run=run)
        found.append(Standing(condition, own, came, come_to))
    return found


def is_settled(found: Sequence[Standing]) -> bool:
    """Whether every condition is met or excused, so that a contract may be completed."""
    return all(each.progress.state in SETTLED for each in found)


async def open_conditions(session: AsyncSession, contract: Any, *, on: date) -> tuple[int, int]:
    """How many of a contract's conditions are neither met nor excused, and how many are excused."""
    states = [each.progress.state for each in await progress(session, contract, on=on)]
    unmet = sum(state not in SETTLED for state in states)
    return unmet, states.count(ConditionState.EXCUSED)


async def entries_made(session: AsyncSession, contract_id: UUID) -> Sequence[Any]:
    """Everything entered of a contract's conditions, withdrawn or not, in that order."""
    return await rows_of(session, ENTRIES, contract_id=contract_id)


async def entry(session: AsyncSession, contract_id: UUID, entry_id: UUID) -> Any:
    """One entry of a contract that was reached.

    Raises:
        EntryNotFound: it has none such.
    """
    for found in await entries_made(session, contract_id):
        if found.id == entry_id:
            return found
    raise EntryNotFound("Read the contract's conditions again.")
