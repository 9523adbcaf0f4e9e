"""What is shown of appointments, contacts and warnings."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.contracts.sessions.states import (
    AppointmentKind,
    AppointmentState,
    AskedBy,
    ChangeReason,
    ClashOf,
    ClashWhy,
    ContactBy,
    ExcuseReason,
    Outcome,
    PlaceKind,
    WarningHow,
)
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.schemas import Moment, NextStep, View
from checkpoint.victims.states import ContactChannel, ContactResult


class ClashView(View):
    """Somebody is to be elsewhere at that time. It is said, and nothing is refused for it."""

    of: ClashOf
    why: ClashWhy
    starts_at: Moment
    ends_at: Annotated[Moment | None, Field(description="Null: of an absence, not known yet.")]


class ChangeView(View):
    """How an appointment was moved or cancelled."""

    asked_by: AskedBy
    reason: ChangeReason
    at: Moment
    by: UUID


class AttendanceView(View):
    """What was entered of somebody's coming."""

    number: int
    outcome: Outcome
    complied: bool | None
    minutes: int | None
    excused: bool
    excuse_reason: ExcuseReason | None
    condition_key: Annotated[UUID | None, Field(description="What it counts for, if complied.")]
    words: str | None
    entered_late: bool
    late_reason: LateReason | None
    recorded_at: Moment
    recorded_by: UUID


class AppointmentView(View):
    """An appointment, and what became of it."""

    id: UUID
    custody_record_id: UUID
    contract_id: UUID | None
    navigator_id: Annotated[UUID, Field(description="With whom it was planned.")]
    navigator: str
    kind: AppointmentKind
    starts_at: Moment
    ends_at: Moment
    minutes: int
    place: PlaceKind
    condition_key: Annotated[UUID | None, Field(description="The condition it was planned for.")]
    state: AppointmentState
    moved_from_id: UUID | None
    moved_to_id: UUID | None
    change: Annotated[ChangeView | None, Field(description="Null: not moved, not cancelled.")]
    attendance: Annotated[AttendanceView | None, Field(description="As last entered.")]
    planned_at: Moment
    planned_by: UUID
    version: int


class OneAppointmentView(AppointmentView):
    """The same, with what else was entered, what clashes, and what may be done."""

    entries: Annotated[list[AttendanceView], Field(description="Every one, the last first.")]
    clashes: list[ClashView]
    next_steps: list[NextStep]


class PersonContactView(View):
    """A contact with the person, or an attempt at one."""

    id: UUID
    attempted_at: Moment
    channel: ContactChannel
    sought_by: ContactBy
    result: ContactResult
    words: str | None
    entered_late: bool
    late_reason: LateReason | None
    recorded_at: Moment
    recorded_by: UUID


class WarningView(View):
    """A written warning."""

    id: UUID
    contract_id: UUID | None
    number: int
    issued_at: Moment
    how: WarningHow
    words: str
    appointments: list[UUID]
    conditions: list[UUID]
    entered_late: bool
    late_reason: LateReason | None
    recorded_at: Moment
    recorded_by: UUID


class DoseView(View):
    """What one kind of appointment came to. What was moved counts where it was moved to."""

    kind: AppointmentKind
    planned: Annotated[int, Field(description="Delivered, missed, excused and open.")]
    delivered: int
    missed: int
    excused: int
    open: int
    cancelled: int
    planned_minutes: int
    delivered_minutes: int
    excused_minutes: Annotated[int, Field(description="As planned, of those excused.")]


class FirstContactView(View):
    """Until when the person has to be reached first, and when they were."""

    due_at: Moment
    made_at: Moment | None
    overdue: bool


class SilenceView(View):
    """When the person was last heard of, and from which day on that is too long ago."""

    last_on: date
    worrying_from: date
    worrying: bool


class SessionsView(View):
    """How a case is worked: appointments, contacts, warnings, and what they come to."""

    custody_record_id: UUID
    appointments: Annotated[list[AppointmentView], Field(description="The last one first.")]
    contacts: Annotated[list[PersonContactView], Field(description="The last one first.")]
    warnings: Annotated[list[WarningView], Field(description="The last one first.")]
    doses: Annotated[list[DoseView], Field(description="One for each kind there is.")]
    contract_doses: Annotated[list[DoseView], Field(description="Under the contract alone.")]
    first_contact: Annotated[FirstContactView | None, Field(description="Null: not started.")]
    silence: Annotated[SilenceView | None, Field(description="The same.")]


class DayItemView(View):
    """An appointment of a case in your caseload."""

    id: UUID
    custody_record_id: UUID
    reference: str
    family_name: str
    given_names: str | None
    kind: AppointmentKind
    starts_at: Moment
    ends_at: Moment
    minutes: int
    place: PlaceKind
    state: AppointmentState
    yours: Annotated[bool, Field(description="It is for you to attend; else you see the case.")]
    version: int


class DayView(View):
    """Your appointments of a day, in their order."""

    on: date
    items: list[DayItemView]
