"""Declare conflicts of interest, and withdraw them. No commits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert
from checkpoint.foundation.errors import RuleBroken
from checkpoint.navigators import queries
from checkpoint.navigators.schemas import DeclareConflict, WithdrawConflict
from checkpoint.navigators.staff import queries as staff
from checkpoint.navigators.staff.states import Relation
from checkpoint.navigators.staff.tables import Conflict, ConflictWithdrawal
from checkpoint.navigators.states import (
    ConflictDeclaredAlready,
    ConflictWithdrawnAlready,
    NavigatorEvent,
)
from checkpoint.victims import queries as victims


async def declare(
    session: AsyncSession, record_id: UUID, command: DeclareConflict, *, by: Actor, at: datetime
) -> Conflict:
    """A navigator has a conflict of interest in a case: their own, or as a supervisor knows it.

    Raises:
        CustodyRecordNotFound, ConflictDeclaredAlready, RuleBroken: nothing was declared.
    """
    record, navigator_id = await _concerned(session, record_id, command, by=by, at=at)
    person = record.person_id if command.relation is Relation.KNOWS_PERSON else None
    if command.victim_id is not None:
        person = await _victim(session, record.id, command, by=by)
    row = Conflict(
        navigator_id=navigator_id,
        relation=command.relation,
        person_id=person,
        custody_record_id=None if person else record.id,
        declared_at=at,
        declared_by=by.id,
    )
    await staff.held(session, [navigator_id])  # so that of two at once the second is refused
    if await queries.is_declared(session, row):
        raise ConflictDeclaredAlready("There is nothing to do.")
    await insert(session, row)
    about = (row.id, navigator_id, record.id, record.person_id)
    await _record(session, NavigatorEvent.CONFLICT_DECLARED, *about, by=by, at=at)
    return row


async def _concerned(
    session: AsyncSession, record_id: UUID, command: DeclareConflict, *, by: Actor, at: datetime
) -> tuple[Any, UUID]:
    """The case, and whose conflict it is."""
    unknown = RuleBroken("#/navigator_id", "navigator-unknown", "Name a navigator who works here.")
    if holds(by.role, Permission.MANAGE_NAVIGATORS):
        record = await custody.held(session, record_id, actor=by)
        named = command.navigator_id
        if named is None or named not in await staff.held(session, [named]):
            raise unknown
        return record, named
    record = await queries.own_case(session, record_id, by=by, at=at)
    own: Any = await staff.of_actor(session, by)
    if command.navigator_id not in (None, own.id):
        raise unknown
    return record, own.id


async def _victim(
    session: AsyncSession, record_id: UUID, command: DeclareConflict, *, by: Actor
) -> UUID:
    """The person behind a victim of the case that was named."""
    sees = holds(by.role, Permission.READ_VICTIM) and command.relation is Relation.KNOWS_VICTIM
    for row in await victims.every_entry(session, record_id) if sees else ():
        if row.id == command.victim_id and row.withdrawn_at is None:
            found: UUID = row.person_id
            return found
    raise RuleBroken(
        "#/victim_id", "victim-not-here", "Name a victim of this case whom they know, or nobody."
    )


async def withdraw_conflict(
    session: AsyncSession, conflict_id: UUID, command: WithdrawConflict, *, by: Actor, at: datetime
) -> Any:
    """A declared conflict of interest is none.

    Raises:
        ConflictNotFound, ConflictWithdrawnAlready: nothing was changed.
    """
    found = await queries.conflict(session, conflict_id, actor=by)
    await staff.held(session, [found.navigator_id])
    found = await queries.conflict(session, conflict_id, actor=by)
    if found.withdrawn_at is not None:
        raise ConflictWithdrawnAlready("It stands no longer.")
    row = ConflictWithdrawal(
        conflict_id=found.id, words=command.words, withdrawn_at=at, withdrawn_by=by.id
    )
    await insert(session, row)
    about = (found.id, found.navigator_id)
    await _record(session, NavigatorEvent.CONFLICT_WITHDRAWN, *about, by=by, at=at)
    return found


async def _record(
    session: AsyncSession, event: NavigatorEvent, *about: UUID, by: Actor, at: datetime
) -> None:
    await ledger.record(
        session, Operation.COLLECTION, event, *about, kind="navigator_conflict", by=by, at=at
    )
