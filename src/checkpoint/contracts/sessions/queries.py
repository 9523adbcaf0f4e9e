"""Reach appointments through their case: by a caseload, or by the suites of whoever asks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.contracts import queries as contracts
from checkpoint.contracts.agreements import queries as agreements
from checkpoint.contracts.evidence import queries as evidence
from checkpoint.contracts.sessions import clocks, rules, views
from checkpoint.contracts.sessions.forms import RecordAttendance
from checkpoint.contracts.sessions.schemas import (
    DoseView,
    FirstContactView,
    SessionsView,
    SilenceView,
)
from checkpoint.contracts.sessions.spans import Span
from checkpoint.contracts.sessions.states import (
    AppointmentNotFound,
    Outcome,
    check_counted,
    state_of,
)
from checkpoint.contracts.sessions.tables import (
    Appointment,
    AppointmentCancellation,
    Attendance,
    PersonContact,
    WarningGround,
    WrittenWarning,
)
from checkpoint.contracts.states import LIVE, OPEN
from checkpoint.custody import queries as custody
from checkpoint.custody.tables import CustodyRecord
from checkpoint.delivery import queries as delivery
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.statements import Prepared
from checkpoint.navigators import queries as navigators
from checkpoint.navigators.staff.tables import Navigator

RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
MOVED = aliased(Appointment)
LAST: Any = (
    sa.select(*Attendance.__table__.c)
    .where(col(Attendance.appointment_id) == col(Appointment.id))
    .order_by(col(Attendance.number).desc())
    .limit(1)
    .lateral("last")
)
ENTERED = ("outcome", "complied", "excused", "excuse_reason", "words", "late_reason")
ENTRY = [LAST.c[name] for name in (*ENTERED, "recorded_at", "recorded_by")]
ENTRY.append(LAST.c.condition_key.label("counted_key"))
CHANGE = {
    "change_asked_by": (MOVED.asked_by, AppointmentCancellation.asked_by),
    "change_reason": (MOVED.reason_code, AppointmentCancellation.reason_code),
    "changed_at": (MOVED.planned_at, AppointmentCancellation.cancelled_at),
    "changed_by": (MOVED.planned_by, AppointmentCancellation.cancelled_by),
}
APPOINTMENTS = (
    sa.select(
        *Appointment.__table__.c,
        col(Navigator.name).label("navigator"),
        col(CustodyRecord.person_id),
        col(CustodyRecord.arrested_at),
        col(MOVED.id).label("moved_to_id"),
        col(AppointmentCancellation.id).label("cancellation_id"),
        *(sa.func.coalesce(*map(col, pair)).label(name) for name, pair in CHANGE.items()),
        LAST.c.number.label("entries"),
        LAST.c.minutes.label("delivered_minutes"),
        *ENTRY,
    )
    .join(Navigator, col(Navigator.id) == col(Appointment.navigator_id))
    .join(CustodyRecord, col(CustodyRecord.id) == col(Appointment.custody_record_id))
    .outerjoin(MOVED, col(MOVED.moved_from_id) == col(Appointment.id))
    .outerjoin(
        AppointmentCancellation, col(AppointmentCancellation.appointment_id) == col(Appointment.id)
    )
    .outerjoin(LAST, sa.true())
)
ID = col(Appointment.id) == sa.bindparam("appointment_id", type_=sa.Uuid())
ONE_OWN = Prepared(APPOINTMENTS.where(navigators.IN_CASELOAD, ID))
ONE_WITHIN_REACH = Prepared(APPOINTMENTS.where(custody.IN_REACH, ID))
OF_CASE = Prepared(
    APPOINTMENTS.where(col(Appointment.custody_record_id) == RECORD_ID).order_by(
        col(Appointment.starts_at).desc(), col(Appointment.id).desc()
    )
)
ENTRIES = (
    sa.select(*Attendance.__table__.c)
    .where(
        col(Attendance.appointment_id) == sa.bindparam("appointment_id", type_=sa.Uuid()),
    )
    .order_by(col(Attendance.number).desc())
)
CONTACTS = (
    sa.select(*PersonContact.__table__.c)
    .where(col(PersonContact.custody_record_id) == RECORD_ID)
    .order_by(col(PersonContact.attempted_at).desc(), col(PersonContact.id).desc())
)
WARNINGS = (
    sa.select(*WrittenWarning.__table__.c)
    .where(col(WrittenWarning.custody_record_id) == RECORD_ID)
    .order_by(col(WrittenWarning.number).desc())
)
GROUNDS = (
    sa.select(*WarningGround.__table__.c)
    .where(
        col(WarningGround.warning_id) == sa.any_(sa.bindparam("warnings", type_=ARRAY(sa.Uuid())))
    )
    .order_by(col(WarningGround.id))
)
REMEDY = "Check the id; the case may not be yours any more."


async def one(session: AsyncSession, appointment_id: UUID, *, by: Actor, at: datetime) -> Any:
    """An appointment of a case that whoever asks works or watches over.

    Raises:
        AppointmentNotFound, ArmNotRead: they do not, or not yet.
    """
    own = by.role is Role.NAVIGATOR
    given = navigators.caseload_of(by, at) if own else custody.reach_of(by)
    rows = ONE_OWN if own else ONE_WITHIN_REACH
    found = await rows_of(session, rows, **given, appointment_id=appointment_id)
    if not found:
        raise AppointmentNotFound(REMEDY)
    if not own:
        record = SimpleNamespace(id=found[0].custody_record_id)
        await navigators.check_read(session, record, by=by)
    return standing(found[0])


def standing(row: Any) -> Any:
    """A row of an appointment, with where it stands and its version."""
    outcome = Outcome(row.outcome) if row.outcome else None
    moved, cancelled = row.moved_to_id is not None, row.cancellation_id is not None
    return SimpleNamespace(
        **row._asdict(),
        state=state_of(moved=moved, cancelled=cancelled, outcome=outcome),
        ends_at=Span.of(row.starts_at, row.minutes).ends_at,
        version=1 + (row.entries or 0) + moved + cancelled,
    )


async def of_case(session: AsyncSession, record_id: UUID) -> list[Any]:
    """Every appointment of a case that was reached, the last one first."""
    return [standing(row) for row in await rows_of(session, OF_CASE, record_id=record_id)]


async def entries(session: AsyncSession, appointment_id: UUID) -> Sequence[Any]:
    """What was entered of somebody's coming, the last first."""
    return await rows_of(session, ENTRIES, appointment_id=appointment_id)


async def contacts(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """The contacts of a case that was reached, and the attempts, the last one first."""
    return await rows_of(session, CONTACTS, record_id=record_id)


async def warnings(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """The written warnings of a case that was reached, the last one first."""
    return await rows_of(session, WARNINGS, record_id=record_id)


async def grounds(session: AsyncSession, warnings: Sequence[Any]) -> Mapping[UUID, list[Any]]:
    """What these warnings are for."""
    found: dict[UUID, list[Any]] = {each.id: [] for each in warnings}
    for row in await rows_of(session, GROUNDS, warnings=[*found]):
        found[row.warning_id].append(row)
    return found


async def contract_of(session: AsyncSession, record_id: UUID) -> UUID | None:
    """The contract of a case that has not ended, if there is one."""
    rows = await contracts.of_record(session, record_id)
    return next((row.id for row in rows if row.state in OPEN), None)


async def warned_of(session: AsyncSession, record_id: UUID) -> UUID | None:
    """The contract of which a warning warns; None where the case never had one.

    Raises:
        ContractNotRunning: it has one, which does not run.
    """
    rows = await contracts.of_record(session, record_id)
    for row in rows:
        evidence.check_running(row)
    return next((row.id for row in rows), None)


async def conditions_of(session: AsyncSession, record_id: UUID) -> set[UUID]:
    """The conditions of a case's contract that runs, by their ids."""
    rows = await contracts.of_record(session, record_id)
    return {
        condition.id
        for row in rows
        if row.state in LIVE
        for condition in await agreements.conditions_in_force(session, row)
    }


async def check_counts(
    session: AsyncSession, record_id: UUID, key: UUID | None, starts_at: datetime
) -> None:
    """An appointment may count for a condition of its case's contract, where one is named.

    Raises:
        RuleBroken: condition-not-counted or before-the-contract.
    """
    if key is None:
        return
    running = [row for row in await contracts.of_record(session, record_id) if row.state in LIVE]
    in_force = [await agreements.conditions_in_force(session, row) for row in running]
    asked = {each.key: each.rule for conditions in in_force for each in conditions}
    first = min((row.starts_on for row in running), default=None)
    check_counted(key, asked, on=london_day(starts_at), since=first)


async def counts_for(session: AsyncSession, found: Any, command: RecordAttendance) -> UUID | None:
    """For which condition an entry of attendance counts: as it says, else as before or as planned.

    Raises:
        RuleBroken: condition-not-counted or before-the-contract, where it says so.
    """
    if "condition_key" in command.model_fields_set:
        await check_counts(session, found.custody_record_id, command.condition_key, found.starts_at)
        return command.condition_key
    key: UUID | None = found.condition_key if found.entries is None else found.counted_key
    return key


async def view(session: AsyncSession, record_id: UUID, *, at: datetime) -> SessionsView:
    """How a case that was reached is worked."""
    appointments, reached = await of_case(session, record_id), await contacts(session, record_id)
    warned = await warnings(session, record_id)
    what_for = await grounds(session, warned)
    start = (await delivery.delivery_of(session, record_id)).start
    made, first, silent = rules.contacts_made(appointments, reached), None, None
    if start is not None:
        first = clocks.first_contact(start.started_at, made, now=at)
        silent = clocks.silence(start.started_at, made, now=at)
    return SessionsView(
        custody_record_id=record_id,
        appointments=[views.appointment_view(row) for row in appointments],
        contacts=[views.contact_view(row) for row in reached],
        warnings=[views.warning_view(row, what_for) for row in warned],
        doses=_doses(appointments),
        contract_doses=_doses(row for row in appointments if row.contract_id),
        first_contact=FirstContactView.model_validate(first) if first else None,
        silence=SilenceView.model_validate(silent) if silent else None,
    )


def _doses(appointments: Iterable[Any]) -> list[DoseView]:
    return [DoseView.model_validate(dose) for dose in rules.doses(appointments)]
