"""Everything that is done for a victim. One function per event; no commits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import Record, insert
from checkpoint.people.tables import Person
from checkpoint.victims import queries, rules
from checkpoint.victims.schemas import AddVictim, RecordContact, RecordNotification, RecordViews
from checkpoint.victims.states import VictimEvent
from checkpoint.victims.tables import (
    Victim,
    VictimContact,
    VictimNotification,
    VictimOffence,
    ViewGiven,
)

KIND = "victim"


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
    field = "#/person_id" if command.person_id else "#/person"
    rules.check_victim(
        person.id,
        command.business_name,
        suspect_id=record.person_id,
        victims=await queries.of_record(session, record.id),
        field=field,
    )
    standing = {offence.id for offence in await custody.offences_of(session, record.id)}
    rules.check_offences(command.offences, standing)
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
    number = len(await queries.views_of(session, victim.id)) + 1
    row = ViewGiven(victim_id=victim.id, number=number, **_stamped(command, by=by, at=at))
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
    row = VictimNotification(victim_id=victim.id, **_stamped(command, by=by, at=at))
    await _write(session, row, VictimEvent.NOTIFIED, victim, by=by, at=at)
    return victim, record


async def _held(session: AsyncSession, victim_id: UUID, *, by: Actor) -> tuple[Any, CustodyRecord]:
    """The victim, and their case locked until this is done."""
    victim = await queries.one(session, victim_id, actor=by)
    record = await custody.one(session, victim.custody_record_id, actor=by, lock=True)
    return victim, record


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
    session: AsyncSession, event: VictimEvent, victim: Any, *, by: Actor, at: datetime
) -> None:
    subjects = (victim.id, victim.custody_record_id, victim.person_id)
    await ledger.record(session, Operation.COLLECTION, event, *subjects, kind=KIND, by=by, at=at)
