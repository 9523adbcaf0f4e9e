"""Register navigators, change them, record clearances and absences. No commits."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import Record, executed, insert
from checkpoint.foundation.errors import check_all
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.navigators.staff import queries, rules
from checkpoint.navigators.staff.schemas import (
    AddProvider,
    ChangeNavigator,
    NavigatorParticulars,
    RecordAbsence,
    RecordClearance,
    RegisterNavigator,
)
from checkpoint.navigators.staff.states import (
    NotOfYourself,
    ProviderThere,
    RegisteredAlready,
    StaffEvent,
)
from checkpoint.navigators.staff.tables import (
    Absence,
    Clearance,
    Navigator,
    NavigatorProvider,
)

ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtext('navigators'))")
CHANGED = sa.update(Navigator.__table__).where(
    col(Navigator.id) == sa.bindparam("navigator_id", type_=sa.Uuid())
)


async def add_provider(
    session: AsyncSession, command: AddProvider, *, by: Actor, at: datetime
) -> NavigatorProvider:
    """Navigators may have another employer.

    Raises:
        ProviderThere: nothing was added.
    """
    await executed(session, ALONE, {})
    if command.code in {row.code for row in await queries.providers(session)}:
        raise ProviderThere("What was entered stands; choose another code.")
    row = NavigatorProvider(**command.model_dump(), added_at=at, added_by=by.id)
    await insert(session, row)
    await ledger.record(
        session,
        Operation.COLLECTION,
        StaffEvent.PROVIDERS_ADDED,
        row,
        kind="navigator_provider",
        by=by,
        at=at,
    )
    return row


async def register(
    session: AsyncSession, command: RegisterNavigator, *, by: Actor, at: datetime
) -> UUID:
    """Somebody begins to work as a navigator.

    Raises:
        NotOfYourself, RegisteredAlready, RuleBroken: nothing was registered.
    """
    _check_other(command.actor_id, by=by)
    await executed(session, ALONE, {})
    await _check(session, command, by=by)
    if await queries.is_registered(session, command.actor_id):
        raise RegisteredAlready("Change what is on record instead, or ask whoever registered them.")
    row = Navigator(**_plain(command), registered_at=at, registered_by=by.id)
    await insert(session, row)
    await _record(session, Operation.COLLECTION, StaffEvent.REGISTERED, row, by=by, at=at)
    return row.id


async def change(
    session: AsyncSession,
    navigator_id: UUID,
    command: ChangeNavigator,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> None:
    """A navigator's particulars change; what stood before is kept beside the ledger.

    Raises:
        NavigatorNotFound, Overtaken, RuleBroken: nothing was changed.
    """
    found = await queries.one(session, navigator_id, actor=by, lock=True)
    values = _plain(command)
    unchanged_since(seen, found.version, sent=values, stands=found, about=(found.id,))
    await _check(session, command, by=by)
    changed = {
        name: (getattr(found, name), value)
        for name, value in values.items()
        if getattr(found, name) != value
    }
    values["version"] = found.version + 1
    statement = CHANGED.values(**values)
    await executed(session, statement, {"navigator_id": found.id})
    await ledger.record(
        session,
        Operation.ALTERATION,
        StaffEvent.CHANGED,
        found.id,
        kind="navigator",
        by=by,
        at=at,
        change=changed,
    )


async def record_clearance(
    session: AsyncSession, navigator_id: UUID, command: RecordClearance, *, by: Actor, at: datetime
) -> Clearance:
    """An induction or a vetting was given, or what was recorded of it is put right.

    Raises:
        NavigatorNotFound, NotOfYourself, NavigatorFullOfEntries, RuleBroken: nothing was recorded.
    """
    found = await queries.one(session, navigator_id, actor=by, lock=True)
    _check_other(found.actor_id, by=by)
    rules.check_clearance(command.given_on, command.last_day, today=london_day(at))
    rules.check_space((await queries.entries(session, found.id)).clearances)
    row = Clearance(
        navigator_id=found.id,
        number=1 + await queries.last_number(session, found.id, command.kind),
        **command.model_dump(),
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)
    await _record(session, Operation.COLLECTION, StaffEvent.CLEARED, found.id, row, by=by, at=at)
    return row


async def record_absence(
    session: AsyncSession, navigator_id: UUID, command: RecordAbsence, *, by: Actor, at: datetime
) -> Absence:
    """A navigator is absent, or what was recorded of it is put right or taken away.

    Raises:
        NavigatorNotFound, NavigatorFullOfEntries, RuleBroken: nothing was recorded.
    """
    found = await queries.one(session, navigator_id, actor=by, lock=True)
    rules.check_absence(
        command.absent_from,
        command.last_day,
        replaces=command.replaces_id,
        standing=await queries.absences(session, found.id),
    )
    rules.check_space((await queries.entries(session, found.id)).absences)
    row = Absence(navigator_id=found.id, **command.model_dump(), recorded_at=at, recorded_by=by.id)
    await insert(session, row)
    await _record(session, Operation.COLLECTION, StaffEvent.ABSENT, found.id, row, by=by, at=at)
    return row


def _check_other(actor_id: UUID, *, by: Actor) -> None:
    if actor_id == by.id:
        raise NotOfYourself("Ask another supervisor of your suite.")


def _plain(command: NavigatorParticulars) -> dict[str, Any]:
    """Particulars as they are kept."""
    return command.model_dump() | {"specialisms": [each.value for each in command.specialisms]}


async def _check(session: AsyncSession, command: NavigatorParticulars, *, by: Actor) -> None:
    suites = await queries.suite_codes(session)
    providers = [row.code for row in await queries.providers(session)]
    check_all(
        lambda: rules.check_provider(command.provider, known=providers),
        lambda: rules.check_suites(command.base_suites, known=suites),
        lambda: rules.check_own_suite(command.base_suites, own=by.suites),
    )


async def _record(
    session: AsyncSession,
    operation: Operation,
    event: StaffEvent,
    *subjects: Record | UUID,
    by: Actor,
    at: datetime,
) -> None:
    await ledger.record(session, operation, event, *subjects, kind="navigator", by=by, at=at)
