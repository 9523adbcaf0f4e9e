"""Reach victims through records in scope; and what they still have to be told."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.custody.movements import queries as movements
from checkpoint.custody.movements.states import is_late
from checkpoint.custody.queries import IN_SCOPE, PERSON, PUT_RIGHT, scope_of
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import NextStep
from checkpoint.people.schemas import PersonView
from checkpoint.victims.rules import Timescales, due_on, duties, parse
from checkpoint.victims.schemas import ContactView, NotificationView, VictimCaseView, ViewsView
from checkpoint.victims.states import NotificationKind
from checkpoint.victims.tables import (
    Victim,
    VictimContact,
    VictimNotification,
    VictimOffence,
    ViewGiven,
)


class VictimNotFound(errors.NotFound):
    slug = "victim-not-found"
    title = "There is no such victim that you may see"


# A victim is reached through their case, and only where that is in scope.
VISIBLE = (
    select(Victim)
    .join(CustodyRecord, col(CustodyRecord.id) == col(Victim.custody_record_id))
    .where(IN_SCOPE)
)
ONE = VISIBLE.where(col(Victim.id) == sa.bindparam("victim_id", type_=sa.Uuid()))
OF_RECORD = (
    select(Victim)
    .where(col(Victim.custody_record_id) == sa.bindparam("record_id", type_=sa.Uuid()))
    .order_by(col(Victim.id))
)
VICTIM = sa.bindparam("victim_id", type_=sa.Uuid())
# An alleged offence that was put right is read through the entry that replaced it, and on to the
# last: what a victim was entered with is never edited, and stays behind otherwise.
NAMED = (
    sa.select(col(VictimOffence.alleged_offence_id).label("id"))
    .where(col(VictimOffence.victim_id) == VICTIM)
    .cte("named", recursive=True)
)
FOLLOWED = NAMED.union(
    sa.select(col(PUT_RIGHT.id)).join(NAMED, col(PUT_RIGHT.replaces_id) == NAMED.c.id)
)
OFFENCES = (
    sa.select(FOLLOWED.c.id)
    .outerjoin(PUT_RIGHT, col(PUT_RIGHT.replaces_id) == FOLLOWED.c.id)
    .where(col(PUT_RIGHT.id).is_(None))
    .order_by(FOLLOWED.c.id)
)
CONTACTS = (
    select(VictimContact)
    .where(col(VictimContact.victim_id) == VICTIM)
    .order_by(col(VictimContact.attempted_at), col(VictimContact.id))
)
VIEWS = select(ViewGiven).where(col(ViewGiven.victim_id) == VICTIM).order_by(col(ViewGiven.number))
TOLD = (
    select(VictimNotification)
    .where(col(VictimNotification.victim_id) == VICTIM)
    .order_by(col(VictimNotification.told_at), col(VictimNotification.id))
)


async def one(session: AsyncSession, victim_id: UUID, *, actor: Actor) -> Any:
    """A victim of a case within reach."""
    found = await rows_of(session, ONE, **scope_of(actor), victim_id=victim_id)
    if not found:
        raise VictimNotFound("Check the id, or ask a colleague in that suite.")
    return found[0]


async def of_record(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """The victims of a case that was reached in scope; later rooms ask here."""
    return await rows_of(session, OF_RECORD, record_id=record_id)


async def views_of(session: AsyncSession, victim_id: UUID) -> Sequence[Any]:
    """What a victim said, the last one last; to be considered, and no veto."""
    return await rows_of(session, VIEWS, victim_id=victim_id)


@cache
def timescales() -> tuple[Timescales, ...]:
    """Every timescale that ships with the package."""
    folder = files("checkpoint.victims") / "timescales"
    return tuple(parse(file.read_text("utf-8")) for file in folder.iterdir())


async def view(
    session: AsyncSession, victim: Any, record: CustodyRecord, *, by: Actor, at: datetime
) -> VictimCaseView:
    """A victim with everything that was done for them and is still due at ``at``."""
    given = {"victim_id": victim.id}
    person = (await rows_of(session, PERSON, person_id=victim.person_id))[0]
    said = await views_of(session, victim.id)
    known = [each.vulnerable for each in said if each.vulnerable is not None]
    vulnerable = known[-1] if known else victim.vulnerable
    told = await rows_of(session, TOLD, **given)
    moved = await movements.of_record(session, record.id)
    due = [*duties(record.arrested_at, moved)]
    return VictimCaseView(
        id=victim.id,
        custody_record_id=record.id,
        person=PersonView.model_validate(person),
        business_name=victim.business_name,
        contact_role=victim.contact_role,
        offences=[row.id for row in await rows_of(session, OFFENCES, **given)],
        vulnerable=vulnerable,
        contact_attempts=[
            ContactView.model_validate(_dated(row, row.attempted_at))
            for row in await rows_of(session, CONTACTS, **given)
        ],
        views=[ViewsView.model_validate(_dated(row, row.sought_at)) for row in said],
        notifications=_notifications(due, told, vulnerable=vulnerable, at=at),
        added_at=victim.added_at,
        next_steps=next_steps(victim.id, by),
    )


def _dated(row: Any, happened_at: datetime) -> dict[str, Any]:
    fields: dict[str, Any] = row._asdict()
    return fields | {"entered_late": is_late(happened_at, row.recorded_at)}


def _notifications(
    due: Sequence[tuple[NotificationKind, datetime]],
    told: Sequence[Any],
    *,
    vulnerable: bool | None,
    at: datetime,
) -> list[NotificationView]:
    """What has to be told, with when it was; then what else was told."""
    first_told = {(row.what, row.happened_at): row for row in reversed(told)}
    views = []
    for what, happened_at in sorted({*due, *first_told}, key=lambda pair: (pair[1], pair[0])):
        row = first_told.get((what, happened_at))
        last = due_on(what, happened_at, vulnerable=vulnerable, timescales=timescales())
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
}


def next_steps(victim_id: UUID, by: Actor) -> list[NextStep]:
    """What this reader may do for the victim now, or may not, and why."""
    may = holds(by.role, Permission.RECORD_VICTIM)
    why_not = None if may else "Your role does not allow this; ask a custody officer."
    return [
        NextStep(
            step=step,
            method="POST",
            href=f"/v1/victims/{victim_id}/{noun}",
            allowed=may,
            why_not=why_not,
        )
        for step, noun in DOORS.items()
    ]
