"""Read where the work of cases stands, and what may be done next with one that was reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.allocation import queries as allocation
from checkpoint.allocation.states import ListNotSealed, SealedListChanged
from checkpoint.allocation.tables import Allocation, ArmReading
from checkpoint.allocation.vault import Vault
from checkpoint.consent import queries as consent
from checkpoint.consent.views import ASKING
from checkpoint.contracts import queries as contracts
from checkpoint.contracts.facts import Limits
from checkpoint.contracts.outcomes import queries as outcomes
from checkpoint.contracts.outcomes.views import challenges_view, outcomes_view, tellings_view
from checkpoint.contracts.reviews import queries as reviews
from checkpoint.contracts.reviews.views import review_view
from checkpoint.contracts.sessions import queries as sessions
from checkpoint.contracts.sessions.rules import contacts_made
from checkpoint.contracts.sessions.states import AppointmentState
from checkpoint.contracts.sessions.views import attendance_step
from checkpoint.contracts.states import ContractState
from checkpoint.contracts.tables import Contract
from checkpoint.contracts.views import next_steps as contract_steps
from checkpoint.custody import queries as custody
from checkpoint.custody.detention import queries as detention
from checkpoint.custody.tables import CustodyRecord
from checkpoint.delivery import queries as delivery
from checkpoint.delivery.cases import DISPOSED, OFFENCES
from checkpoint.delivery.tables import ProgrammeStart
from checkpoint.delivery.views import read_first
from checkpoint.eligibility import queries as eligibility
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import NextStep
from checkpoint.journey.rules import late_entries
from checkpoint.journey.schemas import LateEntryView, NextStepsView
from checkpoint.journey.states import PRINTED
from checkpoint.journey.steps.referred import of_referrals
from checkpoint.journey.steps.states import Position, Work, position_of
from checkpoint.journey.steps.views import STARTS, case_step, none_now
from checkpoint.navigators.tables import Assignment
from checkpoint.needs import lookups
from checkpoint.needs import queries as needs
from checkpoint.needs.views import case_steps, draft_steps, missing_of_draft
from checkpoint.oversight import queries as oversight

AT_EXIT = "assess_needs_at_exit"
ID = CustodyRecord.__table__.c.id
READER = sa.bindparam("reader", type_=sa.Uuid())
KNOWS_ARM = sa.or_(
    sa.bindparam("works_cases", type_=sa.Boolean()),
    ~sa.exists().where(
        col(Allocation.custody_record_id) == ID,
        ~sa.exists().where(
            col(ArmReading.allocation_id) == col(Allocation.id), col(ArmReading.read_by) == READER
        ),
    ),
)
POSITIONS = sa.select(
    ID,
    KNOWS_ARM.label("knows_arm"),
    sa.exists().where(col(ProgrammeStart.custody_record_id) == ID).label("started"),
    sa.exists()
    .where(col(Assignment.custody_record_id) == ID, col(Assignment.ended_at).is_(None))
    .label("assigned"),
    sa.select(sa.cast(col(Contract.state), sa.String()))
    .where(col(Contract.custody_record_id) == ID)
    .scalar_subquery()
    .label("contract"),
    (OFFENCES - DISPOSED <= 0).label("disposed"),
).where(sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))) == ID)


@dataclass
class Ahead:
    """What may be done next with a case, and whose data that shows."""

    steps: list[NextStep] = field(default_factory=list)
    about: list[UUID] = field(default_factory=list)


async def positions(
    session: AsyncSession, ids: Iterable[UUID], *, by: Actor
) -> Mapping[UUID, Position]:
    """Where the work of cases that were reached stands, as far as this reader may know.

    A navigator knows of every case that they reach that it is worked.
    """
    asked = [*ids]
    works = holds(by.role, Permission.READ_CASELOAD)
    given = {"ids": asked, "reader": by.id, "works_cases": works}
    rows = await rows_of(session, POSITIONS, **given) if asked else []
    return {
        row.id: position_of(
            knows_arm=row.knows_arm,
            started=row.started,
            assigned=row.assigned,
            contract=ContractState(row.contract) if row.contract else None,
            disposed=row.disposed,
        )
        for row in rows
    }


READS_ONLY = "You may read this case and do no more; ask a colleague in its suite."


async def of_suite(
    session: AsyncSession, record: Any, *, vault: Vault, by: Actor, at: datetime
) -> tuple[NextStepsView, list[UUID]]:
    """What may be done with a case of the suite's, from every room, and whose data that shows."""
    record_id: UUID = record.id
    present = await oversight.present(session, record_id, actor=by)
    history = await detention.history(session, record, by=by, at=at)
    steps = custody.next_steps(record, history.detention, by)
    steps.append(eligibility.next_decision(record_id, present, by))
    if present is not None:
        steps += oversight.next_steps(present, by=by, on=london_day(at))
    ahead = await _programme(session, record, present, vault=vault, by=by, at=at)
    steps += ahead.steps
    if not await custody.may_work(session, record_id, actor=by):
        only = {"allowed": False, "why_not": READS_ONLY}
        steps = [step.model_copy(update=only) for step in steps]
    view = NextStepsView(
        standing=oversight.summary(present) if present else None,
        next_steps=steps,
        overtaken=present is not None and bool(present.overtaken_by),
        overtaken_by=present.overtaken_by if present else [],
        entered_late=[LateEntryView(**entry) for entry in late_entries(record, history)],
        record=PRINTED.format(decision_id=present.id) if present else None,
    )
    return view, ahead.about


async def _programme(
    session: AsyncSession,
    record: Any,
    present: Any | None,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> Ahead:
    """What comes after the verdict: consent, enrolment or allocation, what is given, disposals; and
    once somebody was started, the navigator's work.

    Whoever has not been shown the arm hears the same of every arm.

    Args:
        session: of the request.
        record: the case, reached in scope.
        present: its present decision with what was said of it; None before the first.
        vault: opens an arm for those who have been shown it.
        by: the reader.
        at: now.
    """
    if present is None:
        return Ahead()
    given = await consent.last_answers(session, record.id)
    eligible = oversight.summary(present).verdict is Verdict.ELIGIBLE
    if not given and not eligible:
        return Ahead()  # so for most cases nothing more is read
    steps = await consent.next_steps(session, record, present, given, by=by, at=at)
    if not eligible:
        steps = [step for step in steps if step.step != ASKING]
    else:
        steps += await allocation.next_steps(
            session, record, present, given, vault=vault, by=by, at=at
        )
    steps += await _delivery_steps(session, record, vault=vault, by=by, at=at)
    ahead = await of_field(session, record, by=by, at=at)
    if any(step.step == "record_outcome" for step in ahead.steps):
        steps = [step for step in steps if step.step != "record_disposal"]  # it is the same deed
    return Ahead([*steps, *ahead.steps], ahead.about)


async def _delivery_steps(
    session: AsyncSession, record: Any, *, vault: Vault, by: Actor, at: datetime
) -> list[NextStep]:
    try:
        return await delivery.next_steps(session, record, vault=vault, by=by, on=london_day(at))
    except (SealedListChanged, ListNotSealed) as refusal:  # the suite's other steps go on
        read = read_first(record.id)
        why_not = f"{refusal.title}. {refusal.detail}"
        return [read.model_copy(update={"allowed": False, "why_not": why_not})]


async def of_field(session: AsyncSession, record: Any, *, by: Actor, at: datetime) -> Ahead:
    """What comes after a start: a navigator, needs, a contract, sessions, reviews, what came of it.

    Whoever has not been shown the arm hears of none of it, whatever the arm.

    Args:
        session: of the request.
        record: the case, reached in scope.
        by: the reader.
        at: now.
    """
    found = (await positions(session, [record.id], by=by))[record.id]
    if found.work is Work.UNTOLD or (found.work is Work.NOT_STARTED and not found.assigned):
        return Ahead()
    limits = await contracts.limits(session, record.id, at=at)
    starts = [case_step(name, record.id, by=by) for name in STARTS.get(found.work, ())]
    ahead = Ahead(starts if limits.consent_stands else [none_now(step) for step in starts])
    if found.assigned and found.work is not Work.ENDED:
        ahead.steps += await _needs(session, record.id, by=by)
        ahead.steps += await _sessions(session, record.id, by=by, at=at)
    for contract in await contracts.of_record(session, record.id):
        row = await contracts.one(session, contract.id, by=by, at=at)
        ahead.about.append(row.id)
        ahead.steps += await _contract(session, row, limits, by=by, at=at)
        if holds(by.role, Permission.READ_VICTIM):
            await _victims(session, row, ahead, by=by, at=at)
    referred = await of_referrals(session, record.id, found, by=by)
    ahead.steps += referred.steps
    ahead.about += referred.about
    if found.assigned and found.work is Work.ENDED:
        ahead.steps.append(case_step("end_assignment", record.id, by=by))
    return ahead


async def _needs(session: AsyncSession, record_id: UUID, *, by: Actor) -> list[NextStep]:
    completed = await needs.of_case(session, record_id, actor=by)
    draft = await needs.open_draft(session, record_id, actor=by)
    if draft is not None:
        return await _draft(session, draft, by=by)
    if needs.standing(completed):
        return []
    hindered = await needs.hindrance(session, record_id, completed, actor=by)
    return case_steps(record_id, hindered=hindered, has_draft=False, completed=0, by=by)


async def _draft(session: AsyncSession, draft: Any, *, by: Actor) -> list[NextStep]:
    try:
        asked = await lookups.instrument_by_id(session, draft.needs_instrument_id)
    except lookups.InstrumentChanged as refusal:  # the case's other steps go on
        not_now = {"allowed": False, "why_not": f"{refusal.title}. {refusal.detail}"}
        return [each.model_copy(update=not_now) for each in draft_steps(draft.id, [], by=by)]
    return draft_steps(draft.id, missing_of_draft(draft, asked), by=by)


async def _sessions(
    session: AsyncSession, record_id: UUID, *, by: Actor, at: datetime
) -> list[NextStep]:
    """The first contact, and the next appointment: to be planned, or to be entered."""
    appointments = await sessions.of_case(session, record_id)
    planned = [each for each in appointments if each.state is AppointmentState.PLANNED]
    steps = []
    if not contacts_made(appointments, await sessions.contacts(session, record_id)):
        steps.append(case_step("record_contact", record_id, by=by))
    if not planned:
        return [*steps, case_step("plan_appointment", record_id, by=by)]
    return [*steps, attendance_step(planned[-1], by=by, at=at)]  # they come the last one first


async def _contract(
    session: AsyncSession, row: Any, limits: Limits, *, by: Actor, at: datetime
) -> list[NextStep]:
    """Its own steps; once it has ended, what came of it, and the reviews that wait."""
    found = await contracts.whole(session, row)
    turns = await reviews.turns_of(session, row.id)
    short = await contracts.unsettled(session, found, by=by, on=london_day(at))
    steps = contract_steps(found, found.stand, limits, unsettled=short, by=by)
    if turns.ended_at is not None:
        view = outcomes_view(row, await outcomes.ended(session, row), by=by)
        return [*(each for each in steps if each.step == AT_EXIT), *view.next_steps]
    for each in await reviews.of_contract(session, row.id):
        if each.decided_at is None:
            steps += review_view(each, row, by=by, on=london_day(at)).next_steps
    return steps


async def _victims(
    session: AsyncSession, row: Any, ahead: Ahead, *, by: Actor, at: datetime
) -> None:
    """Whom of the victims to tell what, and which objections wait for an answer."""
    on = london_day(at)
    for each in tellings_view(row, await outcomes.tellings(session, row), by=by, on=on).items:
        if each.next_steps:
            ahead.steps += each.next_steps
            ahead.about.append(each.victim_id)
    turns = await reviews.turns_of(session, row.id)
    told = await outcomes.challenges(session, row.id)
    for objection in challenges_view(row, told, turns, by=by, on=on).items:
        if objection.decision is None:
            ahead.steps += objection.next_steps
            ahead.about.append(objection.victim_id)
