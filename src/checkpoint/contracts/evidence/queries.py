"""What is on record of a contract's conditions, and what that comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.contracts.agreements.tables import ContractCondition, ContractTerms
from checkpoint.contracts.evidence import rules
from checkpoint.contracts.evidence.states import SETTLED, ContractNotRunning, EntryNotFound
from checkpoint.contracts.evidence.tables import ConditionEntry, ConditionEntryWithdrawal
from checkpoint.contracts.reviews.states import OF_AN_OFFENCE, ReviewOutcome
from checkpoint.contracts.reviews.tables import BreachDecision, BreachReview
from checkpoint.contracts.states import ENDED, LIVE
from checkpoint.contracts.tables import ContractStep
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.navigators import queries as navigators
from checkpoint.navigators.staff.tables import Navigator

CONTRACT_ID = sa.bindparam("contract_id", type_=sa.Uuid())
CONDITIONS = (
    sa.select(
        *ContractCondition.__table__.c, col(ContractTerms.excused_days).label("excused_before")
    )
    .join(ContractTerms, col(ContractTerms.id) == col(ContractCondition.terms_id))
    .where(
        col(ContractTerms.contract_id) == CONTRACT_ID,
        col(ContractTerms.number) == sa.bindparam("terms_number", type_=sa.Integer()),
    )
    .order_by(col(ContractCondition.position))
)
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
WORKERS = sa.select(col(Navigator.actor_id)).where(
    col(Navigator.id) == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid())))
)


@dataclass(frozen=True)
class Standing:
    """A condition of the terms in force, everything entered of it, and what that comes to."""

    condition: Any
    entries: Sequence[Any]
    progress: rules.Progress

    @property
    def standing_entries(self) -> list[Any]:
        """Those that were not withdrawn."""
        return standing(self.entries)


def standing(entries: Sequence[Any]) -> list[Any]:
    """The entries that were not withdrawn."""
    return [each for each in entries if each.withdrawn_at is None]


def check_running(contract: Any) -> None:
    """Something may be entered of a contract's conditions.

    Raises:
        ContractNotRunning: it has not started, or has ended.
    """
    if contract.state not in LIVE:
        raise ContractNotRunning("Entries are made from its start to its end.")


async def progress(session: AsyncSession, contract: Any, *, on: date) -> list[Standing]:
    """Where each condition of a contract that was reached stands on a day, or stood at its end.

    Raises:
        ContractNotRunning: it never started.
    """
    if contract.starts_on is None:
        raise ContractNotRunning("It has not started: its conditions begin with the signature.")
    entries = await rows_of(session, ENTRIES, contract_id=contract.id)
    (last,) = await rows_of(session, LAST_STEP, contract_id=contract.id)
    offended = bool(await rows_of(session, OFFENDED, contract_id=contract.id))
    if contract.state in ENDED:
        on = min(on, london_day(last.happened_at))
    found = []
    for condition in await conditions_of(session, contract):
        own = [each for each in entries if each.condition_key == condition.key]
        run = rules.Run(
            last_day=contract.ends_on,
            excused_days=last.excused_days - condition.excused_before,
            offended=offended,
        )
        come_to = rules.progress_of(condition, standing(own), on=on, run=run)
        found.append(Standing(condition, own, come_to))
    return found


async def conditions_of(session: AsyncSession, contract: Any) -> Sequence[Any]:
    """The conditions of the terms that count, in their order."""
    return await rows_of(
        session, CONDITIONS, contract_id=contract.id, terms_number=contract.terms_number
    )


def is_settled(found: Sequence[Standing]) -> bool:
    """Whether every condition is met or excused, so that a contract may be completed."""
    return all(each.progress.state in SETTLED for each in found)


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


async def workers(session: AsyncSession, record_id: UUID, *, at: datetime) -> frozenset[UUID]:
    """Who works a case now: its navigator and whoever covers it, as they log in."""
    now = await navigators.standing(session, record_id, at=at)
    ids = [now.navigator_id, now.coverer_id] if now else []
    rows = await rows_of(session, WORKERS, ids=[id for id in ids if id is not None])
    return frozenset(row.actor_id for row in rows)
