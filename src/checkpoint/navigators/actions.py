"""Assign, end, and reassign whole caseloads. No commits."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.allocation.vault import Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.navigators import cases, queries, rules
from checkpoint.navigators.caseload import Candidate, Case, check_may_take
from checkpoint.navigators.schemas import (
    AssignNavigator,
    EndAssignment,
    ReassignCaseload,
)
from checkpoint.navigators.staff import queries as staff
from checkpoint.navigators.states import (
    CaseloadEmpty,
    EndReason,
    How,
    NavigatorEvent,
    NavigatorThere,
    NoNavigator,
    OverrideNotYours,
)
from checkpoint.navigators.tables import Assignment, Cover, Reassignment

KIND = "navigator_assignment"
ENDED = sa.update(Assignment.__table__).where(
    col(Assignment.id) == sa.bindparam("assignment_id", type_=sa.Uuid())
)
ALL_ENDED = sa.update(Assignment.__table__).where(
    col(Assignment.id) == queries.IDS, col(Assignment.ended_at).is_(None)
)
COVERS_ENDED = sa.update(Cover.__table__).where(col(Cover.id) == queries.IDS)


def check_override(words: str | None, *, by: Actor) -> None:
    """Only a supervisor goes beyond a capacity.

    Raises:
        OverrideNotYours: it is asked for by somebody else.
    """
    if words is not None and not holds(by.role, Permission.MANAGE_NAVIGATORS):
        raise OverrideNotYours("Choose a navigator who has room, or ask a supervisor.")


async def candidate(session: AsyncSession, navigator_id: UUID, *, at: datetime) -> Candidate:
    """A navigator, locked until the transaction ends, so that their load stays what it is.

    Raises:
        RuleBroken: navigator-unknown.
    """
    held = await staff.held(session, [navigator_id])
    if navigator_id not in held:
        raise RuleBroken(
            "#/navigator_id", "navigator-unknown", "Choose one of the case's suggestions."
        )
    return await as_they_stand(session, held[navigator_id], at=at)


async def as_they_stand(session: AsyncSession, navigator: Any, *, at: datetime) -> Candidate:
    """A navigator whose row is held, with all that decides whether they take a case."""
    found = await staff.standing(session, [navigator], on=london_day(at))
    return (await queries.candidates(session, found, at=at))[0]


async def assign(
    session: AsyncSession,
    record_id: UUID,
    command: AssignNavigator,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> Assignment:
    """The case is a navigator's from now on.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NavigatorThere, NotInProgramme, EarlierAllocationStands,
        ControlNotStartable, ConsentNeeded, RuleBroken, OverrideNotYours, NavigatorLeft, NotCleared,
        NavigatorAbsent, NavigatorConflicted, NavigatorFull: nothing was assigned.
    """
    record = await custody.held(session, record_id, actor=by)
    await queries.check_read(session, record, by=by)
    check_override(command.override_words, by=by)
    await queries.check_workable(session, record, vault=vault, at=at)
    if await queries.standing(session, record.id, at=at) is not None:
        raise NavigatorThere("Offer it to another one, or end the assignment first.")
    to = await candidate(session, command.navigator_id, at=at)
    case = await queries.case(session, record, at=at)
    row = await assigned(
        session, to, case, how=How.ASSIGNED, override=command.override_words, by=by, at=at
    )
    await _record(
        session, NavigatorEvent.ASSIGNED, row.id, record.id, record.person_id, to.id, by=by, at=at
    )
    return row


async def assigned(
    session: AsyncSession,
    to: Candidate,
    case: Case,
    *,
    how: How,
    override: str | None,
    override_by: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Assignment:
    """The new assignment of a case that has none, for whoever holds the case and the navigator."""
    beyond = check_may_take(to, case, override=override)
    row = Assignment(
        custody_record_id=case.id,
        navigator_id=to.id,
        number=(await queries.next_numbers(session, [case.id]))[case.id],
        how=how,
        override_words=override if beyond else None,
        override_by=(override_by or by.id) if beyond else None,
        assigned_at=at,
        assigned_by=by.id,
    )
    await insert(session, row)
    return row


async def ended(
    session: AsyncSession, assignment_id: UUID, reason: EndReason, *, by: Actor, at: datetime
) -> None:
    """An assignment ends; its covers and offers end with it."""
    values = {"ended_at": at, "ended_by": by.id, "end_reason": reason}
    await executed(session, ENDED.values(**values), {"assignment_id": assignment_id})


async def end(
    session: AsyncSession, record_id: UUID, command: EndAssignment, *, by: Actor, at: datetime
) -> None:
    """The case has no navigator from now on.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NoNavigator: nothing was changed.
    """
    record = await custody.held(session, record_id, actor=by)
    await queries.check_read(session, record, by=by)
    found = await queries.standing(session, record.id, at=at)
    if found is None:
        raise NoNavigator("There is nothing to end.")
    await ended(session, found.id, command.reason, by=by, at=at)
    about = (found.id, record.id, record.person_id, found.navigator_id)
    await _record(session, NavigatorEvent.ENDED, *about, by=by, at=at)


async def end_with_case(
    session: AsyncSession, record_id: UUID, *, by: Actor, at: datetime
) -> tuple[UUID, ...]:
    """The case needs no navigator any more, as a later room found, which holds it and tells of it.

    Returns:
        What that is about: the assignment and its navigator; nothing where the case had none.
    """
    found = await queries.standing(session, record_id, at=at)
    if found is None:
        return ()
    await ended(session, found.id, EndReason.CASE_ENDED, by=by, at=at)
    return found.id, found.navigator_id


async def reassign(
    session: AsyncSession,
    navigator_id: UUID,
    command: ReassignCaseload,
    *,
    seen: str,
    by: Actor,
    at: datetime,
) -> tuple[Reassignment, cases.Plan]:
    """A navigator's whole caseload goes to others, as the plan that was seen says, or nothing does.

    Raises:
        NavigatorNotFound, RuleBroken, CaseloadEmpty, Overtaken, NotPlaceable:
            nothing was changed.
    """
    old = await staff.one(session, navigator_id, actor=by)
    seen_plan = await cases.plan(session, old, command.mapping, by=by, at=at)
    if not seen_plan.rows and not seen_plan.covers:
        raise CaseloadEmpty("There is nothing to reassign.")
    _check_seen(seen, old.id, seen_plan)
    rules.check_placed(seen_plan.placed)
    touched = [row.custody_record_id for row in (*seen_plan.rows, *seen_plan.covers)]
    await custody.these(session, touched)
    to = {each.candidate.id for each in seen_plan.placed if each.candidate}
    await staff.held(session, {old.id, *to})
    # Computed again: until the locks were held, others could take or end cases of it.
    plan = await cases.plan(session, old, command.mapping, by=by, at=at)
    _check_seen(seen, old.id, plan)
    done = Reassignment(
        navigator_id=old.id,
        reason_code=command.reason_code,
        words=command.words,
        plan=plan.tag,
        reassigned_at=at,
        reassigned_by=by.id,
    )
    await insert(session, done)
    await _move(session, plan, done, by=by, at=at)
    people = {row.person_id for row in (*plan.rows, *plan.covers)}
    about = (done.id, old.id, *touched, *people, *to)
    await _record(session, NavigatorEvent.REASSIGNED, *about, by=by, at=at)
    return done, plan


def _check_seen(seen: str, old_id: UUID, plan: cases.Plan) -> None:
    short = {"cases": len(plan.rows), "covers": len(plan.covers)}
    unchanged_since(seen, plan.tag, short=short, about=(old_id,))


async def _move(
    session: AsyncSession,
    plan: cases.Plan,
    done: Reassignment,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """End what a navigator holds and covers, and begin what takes its place."""
    end = {"ended_at": at, "ended_by": by.id}
    values = end | {"end_reason": EndReason.REASSIGNED}
    await executed(session, ALL_ENDED.values(**values), {"ids": [row.id for row in plan.rows]})
    await executed(
        session, COVERS_ENDED.values(**end), {"ids": [row.cover_id for row in plan.covers]}
    )
    placed = [(each, each.candidate) for each in plan.placed if each.candidate is not None]
    numbers = await queries.next_numbers(session, [each.case.id for each, _ in placed])
    rows = [
        Assignment(
            custody_record_id=each.case.id,
            navigator_id=to.id,
            number=numbers[each.case.id],
            how=How.REASSIGNED,
            reassignment_id=done.id,
            override_words=each.override,
            override_by=by.id if each.override else None,
            assigned_at=at,
            assigned_by=by.id,
        )
        for each, to in placed
    ]
    if rows:
        await insert(session, *rows)


async def _record(
    session: AsyncSession, event: NavigatorEvent, *about: UUID, by: Actor, at: datetime
) -> None:
    await ledger.record(session, Operation.ALTERATION, event, *about, kind=KIND, by=by, at=at)
