"""Appointments, attendance, contacts and warnings, in words; where an appointment stands. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from checkpoint.contracts.agreements.states import CompletionRule
from checkpoint.foundation import errors

COUNTED_BY_PRESENCE = (CompletionRule.SESSIONS, CompletionRule.HOURS)


class SessionEvent(StrEnum):
    """The alcove's events."""

    PLANNED = "appointment.planned"  # none -> planned
    MOVED = "appointment.moved"  # planned -> moved, and another one is planned
    CANCELLED = "appointment.cancelled"  # planned -> cancelled
    ATTENDANCE_RECORDED = "appointment.attendance_recorded"  # planned -> attended, late or missed
    READ = "appointment.read"
    DAY_READ = "appointment.day_read"
    CASE_READ = "sessions.read"
    CONTACTED = "contact.recorded"
    WARNED = "warning.issued"


class AppointmentKind(StrEnum):
    """What an appointment is for."""

    FIRST_CONTACT = "first_contact"
    SESSION = "session"
    REVIEW = "review"
    EXIT = "exit"
    OTHER = "other"


class PlaceKind(StrEnum):
    """Where it is, by kind; never an address."""

    POLICE_STATION = "police_station"
    NAVIGATOR_OFFICE = "navigator_office"
    PROVIDER = "provider"
    HOME = "home"
    PUBLIC_PLACE = "public_place"
    TELEPHONE = "telephone"
    VIDEO = "video"
    OTHER = "other"


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    PLANNED = "planned"
    MOVED = "moved"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    LATE = "late"
    MISSED = "missed"


class AskedBy(StrEnum):
    """Who asked that an appointment is moved or cancelled."""

    PERSON = "person"
    NAVIGATOR = "navigator"
    PROVIDER = "provider"
    OTHER = "other"


class ChangeReason(StrEnum):
    """Why an appointment was moved or cancelled."""

    ILL = "ill"
    WORK = "work"
    CARING = "caring"
    TRANSPORT = "transport"
    CLASHES = "clashes"
    IN_HOSPITAL = "in_hospital"
    IN_CUSTODY = "in_custody"
    NAVIGATOR_AWAY = "navigator_away"
    PROVIDER_CLOSED = "provider_closed"
    ENTERED_WRONGLY = "entered_wrongly"
    OTHER = "other"


class Outcome(StrEnum):
    """Whether somebody came."""

    ATTENDED = "attended"
    LATE = "late"
    MISSED = "missed"


class ExcuseReason(StrEnum):
    """Why somebody is excused who came late or not at all."""

    ILL = "ill"
    WORK = "work"
    CARING = "caring"
    TRANSPORT = "transport"
    BEREAVEMENT = "bereavement"
    IN_HOSPITAL = "in_hospital"
    IN_CUSTODY = "in_custody"
    WAITING_LIST = "waiting_list"
    NAVIGATOR_AWAY = "navigator_away"
    OTHER = "other"


class ContactBy(StrEnum):
    """Who sought the contact."""

    NAVIGATOR = "navigator"
    PERSON = "person"
    SOMEBODY_ELSE = "somebody_else"


class WarningHow(StrEnum):
    """How a written warning reached the person."""

    HANDED_OVER = "handed_over"
    POSTED = "posted"
    EMAILED = "emailed"


class ClashOf(StrEnum):
    """Who is to be elsewhere at that time."""

    PERSON = "person"
    NAVIGATOR = "navigator"


class ClashWhy(StrEnum):
    """With what an appointment clashes."""

    APPOINTMENT = "appointment"
    ABSENCE = "absence"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        AppointmentKind.FIRST_CONTACT: "First contact",
        AppointmentKind.SESSION: "Session",
        AppointmentKind.REVIEW: "Review",
        AppointmentKind.EXIT: "Exit",
        AppointmentKind.OTHER: "Another appointment",
        PlaceKind.POLICE_STATION: "At a police station",
        PlaceKind.NAVIGATOR_OFFICE: "At the navigator's office",
        PlaceKind.PROVIDER: "At a provider's",
        PlaceKind.HOME: "At the person's home",
        PlaceKind.PUBLIC_PLACE: "In a public place",
        PlaceKind.TELEPHONE: "By telephone",
        PlaceKind.VIDEO: "By video",
        PlaceKind.OTHER: "Elsewhere",
        AppointmentState.PLANNED: "Planned",
        AppointmentState.MOVED: "Moved",
        AppointmentState.CANCELLED: "Cancelled",
        AppointmentState.ATTENDED: "Came",
        AppointmentState.LATE: "Came late",
        AppointmentState.MISSED: "Did not come",
        AskedBy.PERSON: "The person",
        AskedBy.NAVIGATOR: "The navigator",
        AskedBy.PROVIDER: "The provider",
        AskedBy.OTHER: "Somebody else",
        ChangeReason.ILL: "Ill",
        ChangeReason.WORK: "Work or training",
        ChangeReason.CARING: "Has somebody to care for",
        ChangeReason.TRANSPORT: "No way to get there",
        ChangeReason.CLASHES: "Has to be elsewhere at that time",
        ChangeReason.IN_HOSPITAL: "In hospital",
        ChangeReason.IN_CUSTODY: "In custody or prison",
        ChangeReason.NAVIGATOR_AWAY: "The navigator is away",
        ChangeReason.PROVIDER_CLOSED: "The provider is closed or full",
        ChangeReason.ENTERED_WRONGLY: "Entered by mistake",
        ChangeReason.OTHER: "Another reason",
        Outcome.ATTENDED: "Came",
        Outcome.LATE: "Came late",
        Outcome.MISSED: "Did not come",
        ExcuseReason.ILL: "Ill",
        ExcuseReason.WORK: "Work or training",
        ExcuseReason.CARING: "Has somebody to care for",
        ExcuseReason.TRANSPORT: "No way to get there",
        ExcuseReason.BEREAVEMENT: "A death",
        ExcuseReason.IN_HOSPITAL: "In hospital",
        ExcuseReason.IN_CUSTODY: "In custody or prison",
        ExcuseReason.WAITING_LIST: "On a provider's waiting list",
        ExcuseReason.NAVIGATOR_AWAY: "The navigator was away",
        ExcuseReason.OTHER: "Another reason",
        ContactBy.NAVIGATOR: "The navigator",
        ContactBy.PERSON: "The person",
        ContactBy.SOMEBODY_ELSE: "Somebody else for them",
        WarningHow.HANDED_OVER: "Handed over",
        WarningHow.POSTED: "Posted",
        WarningHow.EMAILED: "Sent by email",
    }
)


class AppointmentNotFound(errors.NotFound):
    slug = "appointment-not-found"
    title = "There is no such appointment that you may see"


class AppointmentNotOpen(errors.Conflict):
    slug = "appointment-not-open"
    title = "This appointment is not open any more"


class DoubleBooked(errors.Conflict):
    slug = "double-booked"
    title = "This case has an appointment at that very time already"


def state_of(*, moved: bool, cancelled: bool, outcome: Outcome | None) -> AppointmentState:
    """Where an appointment stands.

    Args:
        moved: whether another one took its place.
        cancelled: whether it was called off.
        outcome: whether somebody came, as last entered; None is not entered.

    Returns:
        Moved or cancelled where it was, since nobody comes to such a one; else what was entered;
        else planned.
    """
    if moved:
        return AppointmentState.MOVED
    if cancelled:
        return AppointmentState.CANCELLED
    return AppointmentState(outcome.value) if outcome else AppointmentState.PLANNED


def check_open(state: AppointmentState) -> None:
    """An appointment may be moved or cancelled.

    Args:
        state: where it stands.

    Raises:
        AppointmentNotOpen: it was moved, cancelled or held.
    """
    if state is not AppointmentState.PLANNED:
        raise AppointmentNotOpen("Plan another one.", state=state.value)


def check_cancellable(state: AppointmentState, reason: ChangeReason) -> None:
    """An appointment may be cancelled; once somebody came or not, only as a mistake.

    Args:
        state: where it stands.
        reason: why it is cancelled.

    Raises:
        AppointmentNotOpen: it was moved, cancelled or held.
    """
    check = check_held if reason is ChangeReason.ENTERED_WRONGLY else check_open
    check(state)


def check_held(state: AppointmentState) -> None:
    """Whether somebody came may be entered, or put right.

    Args:
        state: where the appointment stands.

    Raises:
        AppointmentNotOpen: it was moved or cancelled.
    """
    if state in (AppointmentState.MOVED, AppointmentState.CANCELLED):
        raise AppointmentNotOpen(
            "It was moved or cancelled: enter it with the one that took its place.",
            state=state.value,
        )


def check_counted(
    key: UUID, asked: Mapping[UUID, CompletionRule], *, on: date, since: date | None
) -> None:
    """An appointment counts for a condition that is counted in sessions or hours.

    Args:
        key: of the condition that was named.
        asked: the rules of the conditions in force, by key; none where no contract runs.
        on: the appointment's day, in England.
        since: the contract's first day; None where none runs.

    Raises:
        RuleBroken: condition-not-counted or before-the-contract.
    """
    if asked.get(key) not in COUNTED_BY_PRESENCE:
        raise errors.RuleBroken(
            "#/condition_key",
            "condition-not-counted",
            "Name a condition in force that is counted in sessions or hours, by key.",
        )
    if since and on < since:
        raise errors.RuleBroken(
            "#/condition_key", "before-the-contract", "It lies before the contract's first day."
        )
