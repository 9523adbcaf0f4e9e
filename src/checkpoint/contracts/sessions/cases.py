"""What takes in many cases: the appointments of a day, and what clashes with one."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.contracts.sessions import spans
from checkpoint.contracts.sessions.queries import LAST, MOVED, standing
from checkpoint.contracts.sessions.spans import MOST_MINUTES, Clash, Span
from checkpoint.contracts.sessions.states import AppointmentState
from checkpoint.contracts.sessions.tables import Appointment, AppointmentCancellation
from checkpoint.custody.reach import queries as reach
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_midnight
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.statements import Prepared
from checkpoint.navigators import queries as navigators
from checkpoint.navigators.staff import queries as staff
from checkpoint.navigators.tables import Assignment, Cover
from checkpoint.people.queries import same_person
from checkpoint.people.tables import Person

INSTANT = sa.DateTime(timezone=True)
# Who is to attend: whom it was planned with while they have or cover the case, else who has it.
ATTENDS = sa.case(
    (col(Appointment.navigator_id) == col(Cover.navigator_id), col(Cover.navigator_id)),
    else_=col(Assignment.navigator_id),
)
HOLDS = sa.and_(
    col(Assignment.custody_record_id) == col(Appointment.custody_record_id),
    col(Assignment.ended_at).is_(None),
)
COVERS = sa.and_(col(Cover.assignment_id) == col(Assignment.id), navigators.COVERS)
STANDS = sa.and_(
    ~sa.exists().where(col(MOVED.moved_from_id) == col(Appointment.id)),
    ~sa.exists().where(col(AppointmentCancellation.appointment_id) == col(Appointment.id)),
)
NEAR = (
    STANDS,
    col(Appointment.starts_at) > sa.bindparam("after", type_=INSTANT),
    col(Appointment.starts_at) < sa.bindparam("before", type_=INSTANT),
    col(Appointment.id) != sa.bindparam("but", type_=sa.Uuid()),
)
SPANS = sa.select(col(Appointment.starts_at), col(Appointment.minutes)).order_by(
    col(Appointment.starts_at), col(Appointment.id)
)
OF_PERSON = SPANS.join(
    CustodyRecord, col(CustodyRecord.id) == col(Appointment.custody_record_id)
).where(
    col(CustodyRecord.person_id).in_(same_person(sa.bindparam("person_id", type_=sa.Uuid()))), *NEAR
)
NAVIGATOR_ID = sa.bindparam("navigator_id", type_=sa.Uuid())
# By the caseload first, so that it costs what one caseload costs.
CASES_OF = sa.union_all(
    sa.select(col(Assignment.custody_record_id)).where(
        col(Assignment.navigator_id) == NAVIGATOR_ID, col(Assignment.ended_at).is_(None)
    ),
    sa.select(col(Assignment.custody_record_id))
    .join(Cover, col(Cover.assignment_id) == col(Assignment.id))
    .where(col(Cover.navigator_id) == NAVIGATOR_ID, navigators.COVERS),
)
ATTENDED_BY = sa.and_(
    col(Appointment.custody_record_id).in_(CASES_OF), NAVIGATOR_ID == ATTENDS, STANDS
)
OF_NAVIGATOR = SPANS.join(Assignment, HOLDS).outerjoin(Cover, COVERS).where(ATTENDED_BY, *NEAR)
# As ``navigators.IN_CASELOAD``, but joined first: so a day costs what one caseload costs.
CASELOAD = (
    sa.select(reach.CASE_REACH.c.custody_record_id)
    .where(
        reach.CASE_REACH.c.actor_id == reach.READER,
        reach.CASE_REACH.c.until > reach.ASKS_AT,
        reach.CASE_REACH.c.basis != reach.THROUGH_GLASS,
    )
    .distinct()
    .subquery("caseload")
)
DAY = Prepared(
    sa.select(
        *Appointment.__table__.c,
        col(CustodyRecord.reference),
        col(CustodyRecord.person_id),
        col(Person.family_name),
        col(Person.given_names),
        col(MOVED.id).label("moved_to_id"),
        col(AppointmentCancellation.id).label("cancellation_id"),
        LAST.c.number.label("entries"),
        LAST.c.outcome,
        (ATTENDS == NAVIGATOR_ID).label("yours"),
    )
    .select_from(CASELOAD)
    .join(Appointment, col(Appointment.custody_record_id) == CASELOAD.c.custody_record_id)
    .join(CustodyRecord, col(CustodyRecord.id) == col(Appointment.custody_record_id))
    .join(Person, col(Person.id) == col(CustodyRecord.person_id))
    .join(Assignment, HOLDS)
    .outerjoin(Cover, COVERS)
    .outerjoin(MOVED, col(MOVED.moved_from_id) == col(Appointment.id))
    .outerjoin(
        AppointmentCancellation, col(AppointmentCancellation.appointment_id) == col(Appointment.id)
    )
    .outerjoin(LAST, sa.true())
    .where(
        col(Appointment.starts_at) >= sa.bindparam("begins", type_=INSTANT),
        col(Appointment.starts_at) < sa.bindparam("ends", type_=INSTANT),
        reach.OPEN,
    )
    .order_by(col(Appointment.starts_at), col(Appointment.id))
)


def attending(planned_with: UUID, now: Any | None) -> UUID | None:
    """Who is to attend an appointment of a case that stands so; None where nobody has the case."""
    if now is None or planned_with == now.coverer_id:
        return planned_with if now else None
    holder: UUID = now.navigator_id
    return holder


async def clashes(session: AsyncSession, appointment: Any, *, at: datetime) -> list[Clash]:
    """Who is to be elsewhere while an appointment is that stands: the person, and who attends it."""
    if appointment.state is not AppointmentState.PLANNED:
        return []
    span = Span.of(appointment.starts_at, appointment.minutes)
    near = {
        "after": span.starts_at - timedelta(minutes=MOST_MINUTES),
        "before": span.ends_at,
        "but": appointment.id,
    }
    now = await navigators.standing(session, appointment.custody_record_id, at=at)
    whose = attending(appointment.navigator_id, now)
    away = await staff.absences(session, whose) if whose else []
    return spans.clashes(
        span,
        of_person=await rows_of(session, OF_PERSON, person_id=appointment.person_id, **near),
        of_navigator=await rows_of(session, OF_NAVIGATOR, navigator_id=whose, now=at, **near),
        absences=[(each.absent_from, each.last_day) for each in away],
    )


async def day(session: AsyncSession, on: date, *, by: Actor, at: datetime) -> list[Any]:
    """The appointments of a day, in England, of the cases of whoever asks, in their order."""
    own = await staff.of_actor(session, by)
    rows = await rows_of(
        session,
        DAY,
        **navigators.caseload_of(by, at),
        now=at,
        navigator_id=own.id if own else None,
        begins=london_midnight(on),
        ends=london_midnight(on + timedelta(days=1)),
    )
    return [standing(row) for row in rows]
