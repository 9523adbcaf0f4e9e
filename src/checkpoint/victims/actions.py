"""Everything that is done for a victim. One function per event; no commits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.rules import check_space
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import Record, insert
from checkpoint.people import queries as people
from checkpoint.people.tables import Person
from checkpoint.victims import queries, rules
from checkpoint.victims.rules import MOST_CONTACTS, MOST_NOTIFICATIONS, MOST_VICTIMS, MOST_VIEWS
from checkpoint.victims.schemas import (
    AddVictim,
    RecordContact,
    RecordNotification,
    RecordViews,
    WithdrawVictim,
)
from checkpoint.victims.states import VictimEvent
from checkpoint.victims.tables import (
    Victim,
    VictimContact,
    VictimNotification,
    VictimOffence,
    VictimWithdrawal,
    ViewGiven,
)

KIND = "victim"
TELL_A_SUPERVISOR = "Look for a client that repeats itself, and tell your supervisor."


async def add(
    session: AsyncSession,
    record: CustodyRecord,
    command: AddVictim,
    person: Person,
    *,
    by: Actor,
    at: datetime,
) -> Victim:
    """Somebody is a victim of what is alleged on a record that is held."""
    entries = await queries.every_entry(session, record.id)
    field = "#/person_id" if command.person_id else "#/person"
    rules.check_victim(
        await people.same_person_ids(session, person.id),
        command.business_name,
        suspect_id=record.person_id,
        victims=[each for each in entries if each.withdrawn_at is None],
        field=field,
    )
    standing = {offence.id for offence in await custody.offences_of(session, record.id)}
    rules.check_offences(command.offences, standing)
    check_space(
        len(entries),
        most=MOST_VICTIMS,
        what="entries of victims, withdrawn ones included",
        remedy="Enter one person who speaks for the others.",
    )
    victim = Victim(
        custody_record_id=record.id,
        person_id=person.id,
        business_name=command.business_name,
        contact_role=command.contact_role,
        vulnerable=command.vulnerable,
        added_at=at,
        added_by=by.id,
    )
    await insert(session, victim)
    for offence in sorted({*command.offences}):
        await insert(session, VictimOffence(victim_id=victim.id, alleged_offence_id=offence))
    await _tell(session, VictimEvent.ADDED, victim, by=by, at=at)
    return victim


async def contact(
    session: AsyncSession, victim_id: UUID, command: RecordContact, *, by: Actor, at: datetime
) -> tuple[Any, CustodyRecord]:
    """Somebody tried to reach the victim; nothing waits for an unreachable one."""
    victim, record = await _held(session, victim_id, by=by)
    since = record.arrested_at
    rules.check_since(command.attempted_at, since=since, now=at, field="#/attempted_at")
    made = len(await queries.contacts_of(session, victim.id))
    _check_space(made, most=MOST_CONTACTS, what="attempts to reach this victim")
    row = VictimContact(victim_id=victim.id, **_stamped(command, by=by, at=at))
    await _write(session, row, VictimEvent.CONTACTED, victim, by=by, at=at)
    return victim, record


async def give_views(
    session: AsyncSession, victim_id: UUID, command: RecordViews, *, by: Actor, at: datetime
) -> tuple[Any, CustodyRecord]:
    """The victim was asked what they say to it; what they said before stays on record."""
    victim, record = await _held(session, victim_id, by=by)
    since = record.arrested_at
    rules.check_since(command.sought_at, since=since, now=at, field="#/sought_at")
    given = len(await queries.views_of(session, victim.id))
    _check_space(given, most=MOST_VIEWS, what="askings of this victim")
    row = ViewGiven(victim_id=victim.id, number=given + 1, **_stamped(command, by=by, at=at))
    await _write(session, row, VictimEvent.VIEWS_GIVEN, victim, by=by, at=at)
    return victim, record


async def notify(
    session: AsyncSession, victim_id: UUID, command: RecordNotification, *, by: Actor, at: datetime
) -> tuple[Any, CustodyRecord]:
    """The victim was told of something that happened in their case."""
    victim, record = await _held(session, victim_id, by=by)
    happened_at, since = command.happened_at, record.arrested_at
    rules.check_since(happened_at, since=since, now=at, field="#/happened_at")
    rules.check_since(command.told_at, since=happened_at, now=at, field="#/told_at")
    told = len(await queries.told(session, victim.id))
    _check_space(told, most=MOST_NOTIFICATIONS, what="things this victim was told")
    row = VictimNotification(victim_id=victim.id, **_stamped(command, by=by, at=at))
    await _write(session, row, VictimEvent.NOTIFIED, victim, by=by, at=at)
    return victim, record


async def withdraw(
    session: AsyncSession, victim_id: UUID, command: WithdrawVictim, *, by: Actor, at: datetime
) -> tuple[Any, CustodyRecord]:
    """Somebody should not have been entered; what was done for them stays on record."""
    victim, record = await _held(session, victim_id, by=by)
    row = VictimWithdrawal(
        victim_id=victim.id, reason=command.reason, withdrawn_at=at, withdrawn_by=by.id
    )
    await insert(session, row)
    changing = Operation.ALTERATION
    await _tell(session, VictimEvent.WITHDRAWN, victim, by=by, at=at, operation=changing)
    return victim, record


async def _held(session: AsyncSession, victim_id: UUID, *, by: Actor) -> tuple[Any, CustodyRecord]:
    """A victim whose entry stands, and their case locked until this is done."""
    case = (await queries.one(session, victim_id, actor=by)).custody_record_id
    record = await custody.one(session, case, actor=by, lock=True)
    victim = await queries.one(session, victim_id, actor=by)  # afresh: withdrawn meanwhile, perhaps
    rules.check_standing(victim.withdrawn_at)
    return victim, record


def _check_space(held: int, *, most: int, what: str) -> None:
    check_space(held, most=most, what=what, remedy=TELL_A_SUPERVISOR)


def _stamped(
    command: RecordContact | RecordViews | RecordNotification, *, by: Actor, at: datetime
) -> dict[str, Any]:
    return command.model_dump() | {"recorded_at": at, "recorded_by": by.id}


async def _write(
    session: AsyncSession, row: Record, event: VictimEvent, victim: Any, *, by: Actor, at: datetime
) -> None:
    await insert(session, row)
    await _tell(session, event, victim, by=by, at=at)


async def _tell(
    session: AsyncSession,
    event: VictimEvent,
    victim: Any,
    *,
    by: Actor,
    at: datetime,
    operation: Operation = Operation.COLLECTION,
) -> None:
    subjects = (victim.id, victim.custody_record_id, victim.person_id)
    await ledger.record(session, operation, event, *subjects, kind=KIND, by=by, at=at)
