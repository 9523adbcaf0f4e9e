"""Front door of appointments, contacts and warnings."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.contracts.evidence.states import ContractNotRunning
from checkpoint.contracts.sessions import actions, cases, queries, states, views
from checkpoint.contracts.sessions.forms import (
    CancelAppointment,
    IssueWarning,
    MoveAppointment,
    PlanAppointment,
    RecordAttendance,
    RecordPersonContact,
)
from checkpoint.contracts.sessions.schemas import (
    DayView,
    OneAppointmentView,
    PersonContactView,
    SessionsView,
    WarningView,
)
from checkpoint.contracts.sessions.states import SessionEvent
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.rules import RecordFull
from checkpoint.delivery.states import ArmNotRead
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion, etag
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Day
from checkpoint.navigators.states import NoNavigator

router = APIRouter(prefix="/v1", tags=["contracts"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
AppointmentId = Annotated[UUID, Path(description="The appointment's id.")]
CASE = "/custody-records/{record_id}"
ONE = "/appointments/{appointment_id}"
WORKED = (*CREATING, CustodyRecordNotFound, ArmNotRead, NoNavigator, RuleBroken, RecordFull)
CHANGED = (
    *CREATING,
    states.AppointmentNotFound,
    ArmNotRead,
    IfMatchMissing,
    Overtaken,
    states.AppointmentNotOpen,
    RuleBroken,
)
Planner = Annotated[Actor, holding(Permission.PLAN_APPOINTMENT)]
Recorder = Annotated[Actor, holding(Permission.WORK_SESSIONS)]
Reader = Annotated[Actor, holding(Permission.READ_SESSIONS)]


@router.post(
    f"{CASE}/appointments",
    status_code=201,
    response_model=OneAppointmentView,
    responses=problems(*WORKED, states.DoubleBooked),
)
async def plan_appointment(
    by: Planner,
    record_id: RecordId,
    command: PlanAppointment,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Plan when somebody and their navigator meet, or enter afterwards when they met. Whoever is to
    be elsewhere at that time is told in the answer; that refuses nothing.
    """

    async def deed() -> Response:
        id = await actions.plan(session, record_id, command, by=by, at=now)
        return await _answer(session, id, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    f"{CASE}/sessions",
    response_model=SessionsView,
    responses=problems(CustodyRecordNotFound, ArmNotRead),
)
async def read_sessions(
    by: Reader, record_id: RecordId, session: Transaction, now: Now
) -> Response:
    """How a case is worked: appointments and who came, contacts, warnings, the dose, and whether the
    first contact was in time.
    """
    record = await contracts.case(session, record_id, by=by, at=now)
    await _record(session, SessionEvent.CASE_READ, record.id, record.person_id, by=by, at=now)
    return shown(await queries.view(session, record.id, at=now))


@router.get(
    ONE,
    response_model=OneAppointmentView,
    responses=problems(states.AppointmentNotFound, ArmNotRead),
)
async def read_appointment(
    by: Reader, appointment_id: AppointmentId, session: Transaction, now: Now
) -> Response:
    """An appointment, with everything that was entered of it."""
    found = await queries.one(session, appointment_id, by=by, at=now)
    about = (found.id, found.custody_record_id, found.person_id)
    await _record(session, SessionEvent.READ, *about, by=by, at=now)
    return await _answer(session, appointment_id, by=by, at=now)


@router.post(
    f"{ONE}/move",
    status_code=201,
    response_model=OneAppointmentView,
    responses=problems(*CHANGED, states.DoubleBooked, RecordFull),
)
async def move_appointment(
    by: Planner,
    appointment_id: AppointmentId,
    command: MoveAppointment,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Move an appointment: another one takes its place, and who asked and why stays on record."""

    async def deed() -> Response:
        id = await actions.move(session, appointment_id, command, seen=seen, by=by, at=now)
        return await _answer(session, id, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(f"{ONE}/cancellation", response_model=OneAppointmentView, responses=problems(*CHANGED))
async def cancel_appointment(
    by: Planner,
    appointment_id: AppointmentId,
    command: CancelAppointment,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Cancel an appointment that has not begun, or that was entered by mistake."""

    async def deed() -> Response:
        await actions.cancel(session, appointment_id, command, seen=seen, by=by, at=now)
        return await _answer(session, appointment_id, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/attendance",
    response_model=OneAppointmentView,
    responses=problems(*CHANGED, RecordFull),
)
async def record_attendance(
    by: Recorder,
    appointment_id: AppointmentId,
    command: RecordAttendance,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
    asked: Once,
) -> Response:
    """Record whether somebody came, and as another fact whether they complied. Sent again, it puts
    right what was entered before, which stays on record.
    """

    async def deed() -> Response:
        await actions.record_attendance(session, appointment_id, command, seen=seen, by=by, at=now)
        return await _answer(session, appointment_id, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{CASE}/contacts",
    status_code=201,
    response_model=PersonContactView,
    responses=problems(*WORKED),
)
async def record_person_contact(
    by: Recorder,
    record_id: RecordId,
    command: RecordPersonContact,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record a contact with the person outside appointments, or an attempt at one."""

    async def deed() -> Response:
        row = await actions.contact(session, record_id, command, by=by, at=now)
        return shown(views.contact_view(row), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{CASE}/warnings",
    status_code=201,
    response_model=WarningView,
    responses=problems(*WORKED, ContractNotRunning),
)
async def issue_warning(
    by: Recorder,
    record_id: RecordId,
    command: IssueWarning,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record a written warning for what was missed or not done. It decides nothing by itself."""

    async def deed() -> Response:
        row = await actions.warn(session, record_id, command, by=by, at=now)
        grounds = await queries.grounds(session, [row])
        return shown(views.warning_view(row, grounds), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get("/me/appointments", response_model=DayView)
async def read_my_appointments(
    by: Annotated[Actor, holding(Permission.READ_CASELOAD)],
    session: Transaction,
    now: Now,
    on: Annotated[Day | None, Query(description="A day in England; left out, today.")] = None,
) -> Response:
    """The appointments of a day of the cases in your caseload, those you cover included."""
    day: date = on or london_day(now)
    rows = await cases.day(session, day, by=by, at=now)
    about = [*(row.custody_record_id for row in rows), *(row.person_id for row in rows)]
    await _record(session, SessionEvent.DAY_READ, *about, by=by, at=now)
    return shown(DayView(on=day, items=[views.day_item_view(row) for row in rows]))


async def _answer(
    session: AsyncSession, appointment_id: UUID, *, by: Actor, at: datetime, status: int = 200
) -> Response:
    found = await queries.one(session, appointment_id, by=by, at=at)
    entries = await queries.entries(session, appointment_id)
    clashing = await cases.clashes(session, found, at=at)
    view = views.one_view(found, entries, clashing, by=by, at=at)
    headers = {"ETag": etag(found.version)}
    if status == 201:
        headers["Location"] = f"/v1/appointments/{found.id}"
    return shown(view, status=status, headers=headers)


async def _record(
    session: AsyncSession, event: SessionEvent, *about: UUID, by: Actor, at: datetime
) -> None:
    await ledger.record(
        session, Operation.CONSULTATION, event, *about, kind="appointment", by=by, at=at
    )
