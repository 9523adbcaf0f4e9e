"""Plan, move and cancel appointments; record who came, contacts and warnings. No commits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.contracts.sessions import queries, rules, views
from checkpoint.contracts.sessions.forms import (
    CancelAppointment,
    IssueWarning,
    MoveAppointment,
    PlanAppointment,
    RecordAttendance,
    RecordPersonContact,
)
from checkpoint.contracts.sessions.states import (
    AppointmentState,
    SessionEvent,
    check_cancellable,
    check_held,
    check_open,
)
from checkpoint.contracts.sessions.tables import (
    Appointment,
    AppointmentCancellation,
    Attendance,
    PersonContact,
    WarningGround,
    WrittenWarning,
)
from checkpoint.custody.rules import check_space
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert
from checkpoint.foundation.differences import sent_of
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.navigators import queries as navigators
from checkpoint.navigators.states import NoNavigator

GONE = (AppointmentState.MOVED, AppointmentState.CANCELLED)
TELL_A_SUPERVISOR = "Look for a client that repeats itself, and tell your supervisor."


async def _worked(
    session: AsyncSession, record_id: UUID, *, worked: bool = False, by: Actor, at: datetime
) -> tuple[Any, Any]:
    """A case that has a navigator, or had one where that is enough, held; and whose it is.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NoNavigator: nobody works it, or not whoever asks.
    """
    record = await contracts.case(session, record_id, by=by, at=at, lock=True)
    now = await navigators.standing(session, record.id, at=at)
    if now is None and not (worked and await navigators.history(session, record.id)):
        raise NoNavigator("Assign one first.")
    return record, now


async def _held(
    session: AsyncSession, appointment_id: UUID, *, seen: int, by: Actor, at: datetime, **sent: Any
) -> Any:
    """An appointment as it was seen, with its case locked; and ``sent`` is what was typed of it.

    Raises:
        AppointmentNotFound, ArmNotRead, Overtaken: it is not there, or not as it was.
    """
    found = await queries.one(session, appointment_id, by=by, at=at)
    await contracts.case(session, found.custody_record_id, by=by, at=at, lock=True)
    found = await queries.one(session, appointment_id, by=by, at=at)
    short = {"state": found.state, "starts_at": found.starts_at}
    about = (found.id, found.custody_record_id, found.person_id)
    stands = views.as_typed(found, sent)
    unchanged_since(seen, found.version, sent=sent or None, stands=stands, short=short, about=about)
    return found


async def plan(
    session: AsyncSession, record_id: UUID, command: PlanAppointment, *, by: Actor, at: datetime
) -> UUID:
    """Somebody and their navigator are to meet.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NoNavigator, RuleBroken, DoubleBooked, RecordFull:
            nothing was planned.
    """
    record, now = await _worked(session, record_id, by=by, at=at)
    named = rules.check_navigator(
        command.navigator_id, holder=now.navigator_id, coverer=now.coverer_id
    )
    rules.check_when(command.starts_at, since=record.arrested_at, now=at)
    await queries.check_counts(session, record.id, command.condition_key, command.starts_at)
    await _check_free(session, record.id, command.starts_at)
    row = Appointment(
        custody_record_id=record.id,
        contract_id=await queries.contract_of(session, record.id),
        **command.model_dump() | {"navigator_id": named},
        planned_at=at,
        planned_by=by.id,
    )
    await insert(session, row)
    about = (row.id, record.id, record.person_id, named)
    await _record(session, SessionEvent.PLANNED, *about, by=by, at=at)
    return row.id


async def move(
    session: AsyncSession,
    appointment_id: UUID,
    command: MoveAppointment,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> UUID:
    """Another appointment takes the place of one that nobody came to yet.

    Raises:
        AppointmentNotFound, ArmNotRead, Overtaken, AppointmentNotOpen, RuleBroken, DoubleBooked,
        RecordFull: nothing was moved.
    """
    sent = command.model_dump(include={"starts_at", "minutes", "place"}, exclude_none=True)
    found = await _held(session, appointment_id, seen=seen, by=by, at=at, **sent)
    check_open(found.state)
    rules.check_when(command.starts_at, since=found.arrested_at, now=at)
    await _check_free(session, found.custody_record_id, command.starts_at, but=found.id)
    row = Appointment(
        custody_record_id=found.custody_record_id,
        contract_id=found.contract_id,
        navigator_id=found.navigator_id,
        kind=found.kind,
        starts_at=command.starts_at,
        minutes=command.minutes or found.minutes,
        place=command.place or found.place,
        condition_key=found.condition_key,
        moved_from_id=found.id,
        asked_by=command.asked_by,
        reason_code=command.reason,
        planned_at=at,
        planned_by=by.id,
    )
    await insert(session, row)
    about = (row.id, found.id, found.custody_record_id, found.person_id)
    await _record(session, SessionEvent.MOVED, *about, by=by, at=at)
    return row.id


async def cancel(
    session: AsyncSession,
    appointment_id: UUID,
    command: CancelAppointment,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> None:
    """An appointment is called off.

    Raises:
        AppointmentNotFound, ArmNotRead, Overtaken, AppointmentNotOpen, RuleBroken: it was not.
    """
    found = await _held(session, appointment_id, seen=seen, by=by, at=at)
    check_cancellable(found.state, command.reason)
    rules.check_cancelling(command.reason, starts_at=found.starts_at, now=at)
    row = AppointmentCancellation(
        appointment_id=found.id,
        asked_by=command.asked_by,
        reason_code=command.reason,
        cancelled_at=at,
        cancelled_by=by.id,
    )
    await insert(session, row)
    about = (found.id, found.custody_record_id, found.person_id)
    await _record(session, SessionEvent.CANCELLED, *about, by=by, at=at)


async def record_attendance(
    session: AsyncSession,
    appointment_id: UUID,
    command: RecordAttendance,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> None:
    """Whether somebody came, or what is right of that; what was entered before stays.

    Raises:
        AppointmentNotFound, ArmNotRead, Overtaken, AppointmentNotOpen, RuleBroken, RecordFull:
            nothing was entered.
    """
    sent = command.model_dump(exclude={"condition_key"}) | sent_of(command)
    found = await _held(session, appointment_id, seen=seen, by=by, at=at, **sent)
    check_held(found.state)
    rules.check_begun(found.starts_at, now=at)
    given = (command.outcome, command.minutes, command.excuse_reason)
    rules.check_attendance(*given, excused=command.excused)
    entered = found.entries or 0
    _check_space(entered, rules.MOST_CORRECTIONS, "entries of one attendance")
    said = _stamped(command, by=by, at=at)
    said |= {"condition_key": await queries.counts_for(session, found, command)}
    row = Attendance(appointment_id=found.id, number=entered + 1, **said)
    await insert(session, row)
    about = (found.id, row.id, found.custody_record_id, found.person_id)
    await _record(session, SessionEvent.ATTENDANCE_RECORDED, *about, by=by, at=at)


async def contact(
    session: AsyncSession,
    record_id: UUID,
    command: RecordPersonContact,
    *,
    by: Actor,
    at: datetime,
) -> PersonContact:
    """Somebody reached the person, or tried to.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NoNavigator, RuleBroken, RecordFull: nothing was
            entered.
    """
    record, _ = await _worked(session, record_id, worked=True, by=by, at=at)
    happened, since = command.attempted_at, record.arrested_at
    rules.check_entered_since(happened, since=since, now=at, field="#/attempted_at")
    made = len(await queries.contacts(session, record.id))
    _check_space(made, rules.MOST_CONTACTS, "contacts")
    row = PersonContact(custody_record_id=record.id, **_stamped(command, by=by, at=at))
    await insert(session, row)
    about = (row.id, record.id, record.person_id)
    await _record(session, SessionEvent.CONTACTED, *about, kind="person_contact", by=by, at=at)
    return row


async def warn(
    session: AsyncSession, record_id: UUID, command: IssueWarning, *, by: Actor, at: datetime
) -> WrittenWarning:
    """The person was warned in writing. That decides nothing by itself.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NoNavigator, ContractNotRunning, RuleBroken, RecordFull:
            nothing was entered.
    """
    record, _ = await _worked(session, record_id, by=by, at=at)
    contract_id = await queries.warned_of(session, record.id)
    since = record.arrested_at
    rules.check_entered_since(command.issued_at, since=since, now=at, field="#/issued_at")
    rules.check_grounds(command.appointments, await queries.of_case(session, record.id))
    rules.check_conditions(command.conditions, await queries.conditions_of(session, record.id))
    given = len(await queries.warnings(session, record.id))
    _check_space(given, rules.MOST_WARNINGS, "written warnings")
    row = WrittenWarning(
        custody_record_id=record.id,
        contract_id=contract_id,
        number=given + 1,
        **_stamped(command, by=by, at=at, but={"appointments", "conditions"}),
    )
    await insert(session, row)
    named = [{"appointment_id": id} for id in sorted({*command.appointments})]
    named += [{"condition_id": id} for id in sorted({*command.conditions})]
    await insert(session, *(WarningGround(warning_id=row.id, **each) for each in named))
    about = (row.id, record.id, record.person_id)
    await _record(session, SessionEvent.WARNED, *about, kind="written_warning", by=by, at=at)
    return row


async def _check_free(
    session: AsyncSession, record_id: UUID, starts_at: datetime, *, but: UUID | None = None
) -> None:
    """A case has room for an appointment, and none that stands begins at that instant."""
    rows = await queries.of_case(session, record_id)
    standing = [each for each in rows if each.state not in GONE and each.id != but]
    rules.check_single(starts_at, [each.starts_at for each in standing])
    _check_space(len(rows), rules.MOST_APPOINTMENTS, "appointments")


def _stamped(
    command: Any, *, by: Actor, at: datetime, but: set[str] | None = None
) -> dict[str, Any]:
    """What was said, by whom, when."""
    said: dict[str, Any] = command.model_dump(exclude=but)
    return said | {"recorded_at": at, "recorded_by": by.id}


def _check_space(held: int, most: int, what: str) -> None:
    check_space(held, most=most, what=what, remedy=TELL_A_SUPERVISOR)


async def _record(
    session: AsyncSession,
    event: SessionEvent,
    *about: UUID,
    kind: str = "appointment",
    by: Actor,
    at: datetime,
) -> None:
    await ledger.record(session, Operation.COLLECTION, event, *about, kind=kind, by=by, at=at)
