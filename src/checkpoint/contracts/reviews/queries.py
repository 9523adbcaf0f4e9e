"""The reviews of a contract that was reached, and the arrests that ask for one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.contracts.reviews.states import ReviewNotFound
from checkpoint.contracts.reviews.tables import BreachDecision, BreachReview
from checkpoint.contracts.states import ENDED, ContractEvent, StepReason
from checkpoint.contracts.tables import ContractStep
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import OPEN
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.people.queries import same_person

CONTRACT_ID = sa.bindparam("contract_id", type_=sa.Uuid())
REVIEWS = (
    sa.select(
        *BreachReview.__table__.c,
        col(BreachDecision.outcome),
        col(BreachDecision.ground),
        col(BreachDecision.offence_on),
        col(BreachDecision.words).label("decision_words"),
        col(BreachDecision.decided_at),
        col(BreachDecision.decided_by),
    )
    .outerjoin(BreachDecision, col(BreachDecision.review_id) == col(BreachReview.id))
    .where(col(BreachReview.contract_id) == CONTRACT_ID)
    .order_by(col(BreachReview.number).desc())
)
TURNS = (
    sa.select(col(ContractStep.state), col(ContractStep.reason_code), col(ContractStep.happened_at))
    .where(
        col(ContractStep.contract_id) == CONTRACT_ID,
        sa.or_(
            col(ContractStep.event) == ContractEvent.STARTED, col(ContractStep.state).in_(ENDED)
        ),
    )
    .order_by(col(ContractStep.number))
)
# Of the same person under whatever record, in any suite, while the contract ran.
ARRESTS = (
    sa.select(col(CustodyRecord.id), col(CustodyRecord.suite), col(CustodyRecord.arrested_at))
    .where(
        col(CustodyRecord.person_id).in_(same_person(sa.bindparam("person_id", type_=sa.Uuid()))),
        col(CustodyRecord.id) != sa.bindparam("record_id", type_=sa.Uuid()),
        col(CustodyRecord.arrested_at) > sa.bindparam("since", type_=sa.DateTime(timezone=True)),
        col(CustodyRecord.arrested_at) <= sa.bindparam("until", type_=sa.DateTime(timezone=True)),
        OPEN,
    )
    .order_by(col(CustodyRecord.arrested_at).desc(), col(CustodyRecord.id))
)


@dataclass(frozen=True)
class Turns:
    """When a contract started and ended, if it did, and why it ended."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: StepReason | None = None


@dataclass(frozen=True)
class Arrest:
    """A new arrest while a contract ran."""

    record: Any
    before_contract: bool
    review_id: UUID | None


async def turns_of(session: AsyncSession, contract_id: UUID) -> Turns:
    """When a contract started and ended, by its steps."""
    found = Turns()
    for step in await rows_of(session, TURNS, contract_id=contract_id):
        if step.state in ENDED:
            found = replace(found, ended_at=step.happened_at, reason=step.reason_code)
        else:
            found = replace(found, started_at=step.happened_at)
    return found


async def of_contract(session: AsyncSession, contract_id: UUID) -> Sequence[Any]:
    """A contract's reviews with what was decided, the latest first."""
    return await rows_of(session, REVIEWS, contract_id=contract_id)


async def one(session: AsyncSession, contract_id: UUID, review_id: UUID) -> Any:
    """One review of a contract that was reached.

    Raises:
        ReviewNotFound: it has none such.
    """
    for found in await of_contract(session, contract_id):
        if found.id == review_id:
            return found
    raise ReviewNotFound("Read the contract's reviews again.")


async def last_days(session: AsyncSession, record_id: UUID) -> list[Any]:
    """Of each offence that is alleged on a record, the last day it can have been committed on."""
    return [each.committed_until for each in await custody.offences_of(session, record_id)]


async def arrests(
    session: AsyncSession, contract: Any, reviews: Sequence[Any], *, by: Actor, at: datetime
) -> list[Arrest]:
    """The person's new arrests while the contract ran, the latest first, in any suite.

    One whose case is restricted is listed for those alone who are named for it.

    Args:
        session: of the request.
        contract: one that was reached.
        reviews: its reviews; the first that names an arrest answers it.
        by: whoever is asking.
        at: now.
    """
    turns = await turns_of(session, contract.id)
    if turns.started_at is None:
        return []
    rows = await rows_of(
        session,
        ARRESTS,
        person_id=contract.person_id,
        record_id=contract.custody_record_id,
        since=turns.started_at,
        until=turns.ended_at or at,
        reader=by.id,
    )
    named = {each.other_record_id: each.id for each in reviews}
    found = []
    for row in rows:
        days = await last_days(session, row.id)
        before = bool(days) and all(day < contract.starts_on for day in days)
        found.append(Arrest(row, before, named.get(row.id)))
    return found
