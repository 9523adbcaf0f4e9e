"""Reach victims through records in scope; and what they still have to be told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.custody.movements import queries as movements
from checkpoint.custody.movements.states import is_late
from checkpoint.custody.queries import IN_REACH, PUT_RIGHT, reach_of
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import NextStep
from checkpoint.people.schemas import PersonView
from checkpoint.people.tables import Person
from checkpoint.victims.rules import Timescales, due_on, duties, parse
from checkpoint.victims.schemas import (
    ContactView,
    NotificationView,
    VictimCaseView,
    ViewsView,
    WithdrawalView,
)
from checkpoint.victims.states import OF_CONTRACTS, NotificationKind
from checkpoint.victims.tables import (
    Victim,
    VictimContact,
    VictimNotification,
    VictimOffence,
    VictimWithdrawal,
    ViewGiven,
)


class VictimNotFound(errors.NotFound):
    slug = "victim-not-found"
    title = "There is no such victim that you may see"


# Whether an entry was withdrawn is read with it.
ENTRY = sa.select(
    *Victim.__table__.c,
    col(VictimWithdrawal.reason),
    col(VictimWithdrawal.withdrawn_at),
    col(VictimWithdrawal.withdrawn_by),
).outerjoin(VictimWithdrawal, col(VictimWithdrawal.victim_id) == col(Victim.id))
# A victim is reached through their case, and only where that is in scope.
VISIBLE = ENTRY.join(CustodyRecord, col(CustodyRecord.id) == col(Victim.custody_record_id)).where(
    IN_REACH
)
ONE = VISIBLE.where(col(Victim.id) == sa.bindparam("victim_id", type_=sa.Uuid()))
EVERY = ENTRY.where(
    col(Victim.custody_record_id) == sa.bindparam("record_id", type_=sa.Uuid())
).order_by(col(Victim.id))
THESE = sa.any_(sa.bindparam("victims", type_=ARRAY(sa.Uuid())))
# An alleged offence that was put right is read through the entry that replaced it, and on to the
# last: what a victim was entered with is never edited, and stays behind otherwise.
NAMED = (
    sa.select(col(VictimOffence.victim_id), col(VictimOffence.alleged_offence_id).label("id"))
    .where(col(VictimOffence.victim_id) == THESE)
    .cte("named", recursive=True)
)
FOLLOWED = NAMED.union(
    sa.select(NAMED.c.victim_id, col(PUT_RIGHT.id)).join(
        NAMED, col(PUT_RIGHT.replaces_id) == NAMED.c.id
    )
)
OFFENCES = (
    sa.select(FOLLOWED.c.victim_id, FOLLOWED.c.id)
    .outerjoin(PUT_RIGHT, col(PUT_RIGHT.replaces_id) == FOLLOWED.c.id)
    .where(col(PUT_RIGHT.id).is_(None))
    .order_by(FOLLOWED.c.id)
)
CONTACTS = (
    select(VictimContact)
    .where(col(VictimContact.victim_id) == THESE)
    .order_by(col(VictimContact.attempted_at), col(VictimContact.id))
)
VIEWS = select(ViewGiven).where(col(ViewGiven.victim_id) == THESE).order_by(col(ViewGiven.number))
TOLD = (
    select(VictimNotification)
    .where(col(VictimNotification.victim_id) == THESE)
    .order_by(col(VictimNotification.told_at), col(VictimNotification.id))
)
PEOPLE = select(Person).where(
    col(Person.id) == sa.any_(sa.bindparam("people", type_=ARRAY(sa.Uuid())))
)


async def one(session: AsyncSession, victim_id: UUID, *, actor: Actor) -> Any:
    """A victim of a case within reach, with when their entry was withdrawn, if it was."""
    found = await rows_of(session, ONE, **reach_of(actor), victim_id=victim_id)
    if not found:
        raise VictimNotFound("Check the id, or ask a colleague in that suite.")
    return found[0]


async def every_entry(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """The victims of a case that was reached in scope, and those who were withdrawn."""
    return await rows_of(session, EVERY, record_id=record_id)


async def of_record(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """The victims of a case that was reached in scope; later rooms ask here."""
    return [each for each in await every_entry(session, record_id) if each.withdrawn_at is None]


async def contacts_of(session: AsyncSession, victim_id: UUID) -> Sequence[Any]:
    """The attempts to reach a victim, in the order they were made."""
    return await rows_of(session, CONTACTS, victims=[victim_id])


async def views_of(session: AsyncSession, victim_id: UUID) -> Sequence[Any]:
    """What a victim said, the last one last; to be considered, and no veto."""
    return await rows_of(session, VIEWS, victims=[victim_id])


async def told(session: AsyncSession, victim_id: UUID) -> Sequence[Any]:
    """What a victim was told, in that order."""
    return await rows_of(session, TOLD, victims=[victim_id])


@cache
def timescales() -> tuple[Timescales, ...]:
    """Every timescale that ships with the package."""
    folder = files("checkpoint.victims") / "timescales"
    return tuple(parse(file.read_text("utf-8")) for file in folder.iterdir())


async def view(
    session: AsyncSession, victim: Any, record: CustodyRecord, *, by: Actor, at: datetime
) -> VictimCaseView:
    """A victim with everything that was done for them and is still due at ``at``."""
    return (await view_of_each(session, [victim], record, by=by, at=at))[0]


async def view_of_each(
    session: AsyncSession,
    victims: Sequence[Any],
    record: CustodyRecord,
    *,
    by: Actor,
    at: datetime,
) -> list[VictimCaseView]:
    """The same for many of one case, with no more questions to the database than for one."""
    ids = [victim.id for victim in victims]
    offences, contacts, said, told = [
        _by_victim(await rows_of(session, rows, victims=ids))
        for rows in (OFFENCES, CONTACTS, VIEWS, TOLD)
    ]
    rows = await rows_of(session, PEOPLE, people=[victim.person_id for victim in victims])
    people = {person.id: PersonView.model_validate(person) for person in rows}
    due = [*duties(record.arrested_at, await movements.of_record(session, record.id))]
    return [
        _view(
            victim,
            people[victim.person_id],
            offences[victim.id],
            contacts[victim.id],
            said[victim.id],
            _notifications(due, told[victim.id], victim, said[victim.id], at=at),
            by=by,
        )
        for victim in victims
    ]


def _by_victim(rows: Sequence[Any]) -> Mapping[UUID, list[Any]]:
    grouped = defaultdict[UUID, list[Any]](list)
    for row in rows:
        grouped[row.victim_id].append(row)
    return grouped


def _view(
    victim: Any,
    person: PersonView,
    offences: Sequence[Any],
    contacts: Sequence[Any],
    said: Sequence[Any],
    notifications: list[NotificationView],
    *,
    by: Actor,
) -> VictimCaseView:
    return VictimCaseView(
        id=victim.id,
        custody_record_id=victim.custody_record_id,
        person=person,
        business_name=victim.business_name,
        contact_role=victim.contact_role,
        offences=[row.id for row in offences],
        vulnerable=vulnerable(victim, said),
        contact_attempts=[
            ContactView.model_validate(_dated(row, row.attempted_at)) for row in contacts
        ],
        views=[ViewsView.model_validate(_dated(row, row.sought_at)) for row in said],
        notifications=notifications,
        added_at=victim.added_at,
        withdrawn=WithdrawalView.model_validate(victim) if victim.withdrawn_at else None,
        next_steps=next_steps(victim, by),
    )


def vulnerable(victim: Any, said: Sequence[Any]) -> bool | None:
    """As last known: at an asking, or else when they were entered."""
    known = [each.vulnerable for each in said if each.vulnerable is not None]
    found: bool | None = known[-1] if known else victim.vulnerable
    return found


def _dated(row: Any, happened_at: datetime) -> dict[str, Any]:
    fields: dict[str, Any] = row._asdict()
    return fields | {"entered_late": is_late(happened_at, row.recorded_at)}


def _notifications(
    due: Sequence[tuple[NotificationKind, datetime]],
    told: Sequence[Any],
    victim: Any,
    said: Sequence[Any],
    *,
    at: datetime,
) -> list[NotificationView]:
    """What has to be told, with when it was, and what else was told; of a withdrawn entry the latter."""
    is_so, scales = vulnerable(victim, said), timescales()
    if victim.withdrawn_at is not None:
        due, scales = (), ()
    # What a contract brings tells the arm: it stands with the contract, behind its own doors.
    first_told = {
        (row.what, row.happened_at): row for row in reversed(told) if row.what not in OF_CONTRACTS
    }
    views = []
    for what, happened_at in sorted({*due, *first_told}, key=lambda pair: (pair[1], pair[0])):
        row = first_told.get((what, happened_at))
        last = due_on(what, happened_at, vulnerable=is_so, timescales=scales)
        reached = row.told_at if row else at
        views.append(
            NotificationView(
                what=what,
                happened_at=happened_at,
                due_on=last,
                told_at=row.told_at if row else None,
                channel=row.channel if row else None,
                overdue=last is not None and london_day(reached) > last,
            )
        )
    return views


DOORS = {
    "record_contact": "contact-attempts",
    "record_views": "views",
    "record_notification": "notifications",
    "withdraw_victim": "withdrawal",
}


def next_steps(victim: Any, by: Actor) -> list[NextStep]:
    """What this reader may do for the victim now, or may not, and why."""
    why_not = None
    if victim.withdrawn_at is not None:
        why_not = "This entry was withdrawn."
    elif not holds(by.role, Permission.RECORD_VICTIM):
        why_not = "Your role does not allow this; ask a custody officer."
    return [
        NextStep(
            step=step,
            method="POST",
            href=f"/v1/victims/{victim.id}/{noun}",
            allowed=why_not is None,
            why_not=why_not,
        )
        for step, noun in DOORS.items()
    ]
