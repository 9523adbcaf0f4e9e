"""Reach a calendar by its secret, and the appointments that stand in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.contracts.feeds.states import FeedNotFound
from checkpoint.contracts.feeds.tables import AppointmentFeed
from checkpoint.contracts.sessions.cases import ATTENDED_BY, COVERS, HOLDS, INSTANT
from checkpoint.contracts.sessions.tables import Appointment
from checkpoint.custody.queries import OPEN
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.statements import Prepared
from checkpoint.navigators.queries import WORKS_HERE
from checkpoint.navigators.staff.tables import Navigator
from checkpoint.navigators.tables import Assignment, Cover

BACK, AHEAD = timedelta(days=31), timedelta(days=366)
LATER = aliased(AppointmentFeed)
LAST = (
    sa.select(*AppointmentFeed.__table__.c)
    .where(col(AppointmentFeed.navigator_id) == sa.bindparam("navigator_id", type_=sa.Uuid()))
    .order_by(col(AppointmentFeed.number).desc())
    .limit(1)
)
BY_SECRET = Prepared(
    sa.select(*AppointmentFeed.__table__.c)
    .join(Navigator, col(Navigator.id) == col(AppointmentFeed.navigator_id))
    .where(
        col(AppointmentFeed.digest) == sa.bindparam("digest", type_=sa.LargeBinary()),
        ~sa.exists().where(
            col(LATER.navigator_id) == col(AppointmentFeed.navigator_id),
            col(LATER.number) > col(AppointmentFeed.number),
        ),
        sa.or_(
            col(Navigator.last_day).is_(None),
            col(Navigator.last_day) >= sa.bindparam("today", type_=sa.Date()),
        ),
    )
)
OF_READER = sa.select(*Navigator.__table__.c).where(WORKS_HERE)
APPOINTMENTS = Prepared(
    sa.select(*Appointment.__table__.c, col(CustodyRecord.reference), col(CustodyRecord.person_id))
    .join(CustodyRecord, col(CustodyRecord.id) == col(Appointment.custody_record_id))
    .join(Assignment, HOLDS)
    .outerjoin(Cover, COVERS)
    .where(
        ATTENDED_BY,
        OPEN,
        col(Appointment.starts_at) >= sa.bindparam("begins", type_=INSTANT),
        col(Appointment.starts_at) < sa.bindparam("ends", type_=INSTANT),
    )
    .order_by(col(Appointment.starts_at), col(Appointment.id))
)


async def navigator_of(session: AsyncSession, by: Actor, *, at: datetime) -> Any | None:
    """The navigator who is asking, while they work here."""
    given = {"reader": by.id, "today": london_day(at)}
    found = await rows_of(session, OF_READER, **given)
    return found[0] if found else None


async def last(session: AsyncSession, navigator_id: UUID) -> Any | None:
    """A navigator's last entry, with or without an address."""
    found = await rows_of(session, LAST, navigator_id=navigator_id)
    return found[0] if found else None


async def by_digest(session: AsyncSession, digest: bytes, *, at: datetime) -> Any:
    """The calendar behind an address that stands, of a navigator who works here.

    Raises:
        FeedNotFound: there is none.
    """
    found = await rows_of(session, BY_SECRET, digest=digest, today=london_day(at))
    if not found:
        raise FeedNotFound("Make a new address: PUT /v1/me/appointment-feed.")
    return found[0]


async def appointments(session: AsyncSession, feed: Any, *, at: datetime) -> Sequence[Any]:
    """What the navigator of a calendar is to attend, from a month back to a year ahead.

    A restricted case is in it only while they are named for it, as anywhere else.
    """
    given = {"begins": at - BACK, "ends": at + AHEAD, "now": at, "reader": feed.made_by}
    return await rows_of(session, APPOINTMENTS, navigator_id=feed.navigator_id, **given)
