"""Contracts within reach, their steps, and what stands in their way."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.consent import queries as consent
from checkpoint.consent.states import ConsentKind, ConsentState
from checkpoint.contracts.agreements import queries as agreements
from checkpoint.contracts.clocks import limit_on, policy_on
from checkpoint.contracts.evidence import queries as evidence
from checkpoint.contracts.facts import Limits, Whole
from checkpoint.contracts.schemas import ContractView
from checkpoint.contracts.states import LIVE, ContractNotFound
from checkpoint.contracts.tables import Contract, ContractStep
from checkpoint.contracts.views import contract_view
from checkpoint.custody import queries as custody
from checkpoint.custody.clocks import clock_of
from checkpoint.custody.queries import IN_HAND, IN_REACH
from checkpoint.custody.reach import queries as reach
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.statements import Prepared
from checkpoint.navigators import queries as navigators
from checkpoint.navigators.queries import IN_CASELOAD, caseload_of
from checkpoint.navigators.staff.tables import Navigator
from checkpoint.navigators.states import EndReason
from checkpoint.navigators.tables import Assignment, Cover
from checkpoint.needs import queries as needs
from checkpoint.needs.states import Timepoint
from checkpoint.people.tables import Person
from checkpoint.victims import queries as victims
from checkpoint.victims.states import RestorativeWish

CONTRACT_ID = sa.bindparam("contract_id", type_=sa.Uuid())
RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
# The case comes with its contract under the names that rooms before this one ask for.
CASE = sa.select(
    *Contract.__table__.c,
    col(CustodyRecord.person_id),
    col(CustodyRecord.suite),
    col(CustodyRecord.reference).label("case_reference"),
    col(CustodyRecord.arrested_at),
).join(CustodyRecord, col(CustodyRecord.id) == col(Contract.custody_record_id))
ONE = CASE.where(col(Contract.id) == CONTRACT_ID)
WITHIN_REACH = ONE.where(IN_REACH)
OF_CASELOAD = ONE.where(IN_CASELOAD)
# The case first, then its contract: the order in which every deed takes its locks.
HELD_IN_HAND = Prepared(ONE.where(IN_HAND).with_for_update(of=CustodyRecord, key_share=True))
HELD_OF_CASELOAD = Prepared(OF_CASELOAD.with_for_update(of=CustodyRecord, key_share=True))
LOCKED = Prepared(ONE.with_for_update(of=Contract))
RECORD = sa.select(*CustodyRecord.__table__.c).where(col(CustodyRecord.id) == RECORD_ID)
CASE_OF_CASELOAD = RECORD.where(IN_CASELOAD)
OF_RECORD = (
    sa.select(*Contract.__table__.c)
    .where(col(Contract.custody_record_id) == RECORD_ID)
    .order_by(col(Contract.id))
)
STEPS = (
    sa.select(*ContractStep.__table__.c)
    .where(col(ContractStep.contract_id) == CONTRACT_ID)
    .order_by(col(ContractStep.number))
)

# Whoever worked a case to its contract's end is no stranger to it afterwards.
WORKED = (
    sa.select(col(Navigator.actor_id))
    .join(Assignment, col(Assignment.navigator_id) == col(Navigator.id))
    .where(
        col(Assignment.custody_record_id) == RECORD_ID,
        sa.or_(
            col(Assignment.ended_at).is_(None),
            col(Assignment.end_reason) == EndReason.CASE_ENDED,
        ),
    )
)
COVERED = (
    sa.select(col(Navigator.actor_id))
    .join(Cover, col(Cover.navigator_id) == col(Navigator.id))
    .join(Assignment, col(Assignment.id) == col(Cover.assignment_id))
    .where(col(Assignment.custody_record_id) == RECORD_ID, navigators.COVERS)
)
WORKERS = sa.union(WORKED, COVERED)

NAMES: Any = (
    sa.select(
        col(Person.given_names), col(Person.family_name), col(Navigator.name).label("navigator")
    )
    .join(CustodyRecord, col(CustodyRecord.person_id) == col(Person.id))
    .outerjoin(
        Assignment,
        sa.and_(
            col(Assignment.custody_record_id) == col(CustodyRecord.id),
            col(Assignment.ended_at).is_(None),
        ),
    )
    .outerjoin(Navigator, col(Navigator.id) == col(Assignment.navigator_id))
    .where(col(CustodyRecord.id) == RECORD_ID)
)


async def one(
    session: AsyncSession, contract_id: UUID, *, by: Actor, at: datetime, lock: bool = False
) -> Any:
    """A contract that this reader may reach, with its case's person and suite.

    A navigator reaches those of their caseload; everybody else those of their suites, once they
    have been shown the arm, since a contract tells it.

    Args:
        session: of the request.
        contract_id: the contract's id.
        by: whoever is asking.
        at: now.
        lock: hold the case and the contract until the transaction ends.

    Raises:
        ContractNotFound: there is none within reach.
        TeamReadsOnly, GlassReadsOnly: they may read it, and it was to be worked.
        ArmNotRead: the case's allocation was never shown to them.
    """
    given: dict[str, Any] = {"contract_id": contract_id}
    if by.role is Role.NAVIGATOR:
        rows: Any = HELD_OF_CASELOAD if lock else OF_CASELOAD
        found = await rows_of(session, rows, **caseload_of(by, at), **given)
    else:
        rows = HELD_IN_HAND if lock else WITHIN_REACH
        found = await rows_of(session, rows, **custody.reach_of(by), **given)
    if not found:
        if lock and by.role is not Role.NAVIGATOR:
            await _check_hand(session, contract_id, by=by)
        raise ContractNotFound("Check the id, or ask a colleague who works the case.")
    if by.role is not Role.NAVIGATOR:
        await check_read(session, found[0].custody_record_id, by=by)
    return (await rows_of(session, LOCKED, **given))[0] if lock else found[0]


async def _check_hand(session: AsyncSession, contract_id: UUID, *, by: Actor) -> None:
    for row in await rows_of(session, ONE, contract_id=contract_id):
        only_read = await reach.reading_only(session, row.custody_record_id, actor=by)
        if only_read is not None:
            raise only_read


async def again(session: AsyncSession, contract_id: UUID) -> Any:
    """A contract locked as it stands now, whoever asks; for a deed that reached it, or follows.

    Whoever ended it may not reach it any more, and is still told what they did.
    """
    return (await rows_of(session, LOCKED, contract_id=contract_id))[0]


async def case(
    session: AsyncSession, record_id: UUID, *, by: Actor, at: datetime, lock: bool = False
) -> Any:
    """A case that this reader may reach: as ``one``, for what comes before a contract.

    Raises:
        CustodyRecordNotFound: there is none within reach.
        ArmNotRead: the case's allocation was never shown to them.
    """
    if by.role is Role.NAVIGATOR:
        if lock:
            return await navigators.own_case(session, record_id, by=by, at=at)
        found = await rows_of(session, CASE_OF_CASELOAD, **caseload_of(by, at), record_id=record_id)
        if not found:
            raise custody.CustodyRecordNotFound("It is not in your caseload; read it again.")
        return found[0]
    if lock:
        record: Any = await custody.held(session, record_id, actor=by)
    else:
        record = await custody.one(session, record_id, actor=by)
    await navigators.check_read(session, record, by=by)
    return record


async def check_read(session: AsyncSession, record_id: UUID, *, by: Actor) -> None:
    """A contract tells its case's arm, so nobody hears of it who has not been shown that.

    Raises:
        ArmNotRead: they have not.
    """
    found = await rows_of(session, RECORD, record_id=record_id)
    await navigators.check_read(session, found[0], by=by)


async def of_record(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """The contracts of a case that was reached in scope."""
    return await rows_of(session, OF_RECORD, record_id=record_id)


async def steps_of(session: AsyncSession, contract_id: UUID) -> Sequence[Any]:
    """What happened to a contract that was reached in scope, in that order."""
    return await rows_of(session, STEPS, contract_id=contract_id)


async def whole(session: AsyncSession, contract: Any) -> Whole:
    """All that is on record of a contract that was reached in scope."""
    return Whole(
        contract=contract,
        steps=await steps_of(session, contract.id),
        terms=await agreements.terms_of(session, contract.id),
        conditions=await agreements.conditions_of(session, contract.id),
        signatures=await agreements.signatures_of(session, contract.id),
    )


async def limits(session: AsyncSession, record_id: UUID, *, at: datetime) -> Limits:
    """What the prosecution clock and the consent of a case say of its contract now."""
    today = london_day(at)
    offences = await custody.offences_of(session, record_id)
    screening = await custody.last_screening(session, record_id)
    clock = clock_of(custody.timed(offences, screening), on=today)
    assessed = await needs.timepoints_of(session, record_id)
    states = consent.states_of(await consent.last_answers(session, record_id))
    return Limits(
        prosecute_by=clock.last_day,
        limit_on=limit_on([clock.last_day], policy_on(today)),
        consent_stands=states[ConsentKind.PROGRAMME] is ConsentState.GIVEN,
        exit_assessed=Timepoint.EXIT in assessed,
    )


async def unsettled(session: AsyncSession, found: Whole, *, by: Actor, on: date) -> int:
    """How many conditions keep a contract from being completed, for whoever may complete it."""
    if found.stand.state not in LIVE or not holds(by.role, Permission.DECIDE_CONTRACT):
        return 0
    unmet, _ = await evidence.open_conditions(session, found.contract, on=on)
    return unmet


async def asking_victims(session: AsyncSession, record_id: UUID) -> list[UUID]:
    """The victims of a case whose last answer wishes for a restorative approach, in their order."""
    found = []
    for victim in await victims.of_record(session, record_id):
        views = await victims.views_of(session, victim.id)
        if views and views[-1].restorative_wish == RestorativeWish.WISHES:
            found.append(victim.id)
    return found


async def workers(session: AsyncSession, found: Whole, *, at: datetime) -> set[UUID]:
    """Who works a contract's case or worked it to its end, or signed as the navigator; as actors."""
    record_id = found.contract.custody_record_id
    rows = await rows_of(session, WORKERS, record_id=record_id, now=at)
    return found.signers | {row.actor_id for row in rows}


async def names(session: AsyncSession, record_id: UUID) -> tuple[str, str | None]:
    """The names of a case's person and of its navigator now, for what is printed."""
    found = (await rows_of(session, NAMES, record_id=record_id))[0]
    given = f"{found.given_names} " if found.given_names else ""
    return f"{given}{found.family_name}", found.navigator


async def view(session: AsyncSession, contract: Any, *, by: Actor, at: datetime) -> ContractView:
    """A contract that was reached in scope, as this reader is shown it."""
    found = await whole(session, contract)
    limit = await limits(session, contract.custody_record_id, at=at)
    on = london_day(at)
    short = await unsettled(session, found, by=by, on=on)
    return contract_view(found, limit, unsettled=short, by=by, on=on)
