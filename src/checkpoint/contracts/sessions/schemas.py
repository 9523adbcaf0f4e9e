"""What is asked about appointments, contacts and warnings, and what is shown of them."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from checkpoint.contracts.sessions.spans import LEAST_MINUTES, MOST_MINUTES
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
from checkpoint.custody.movements.schemas import Late, example
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.schemas import Command, Instant, Moment, NextStep, Text, View, YesNo
from checkpoint.victims.states import ContactChannel, ContactResult

Words = Annotated[Text, Field(max_length=1000)]
Minutes = Annotated[int, Field(ge=LEAST_MINUTES, le=MOST_MINUTES, examples=[50])]
Begins = Annotated[Instant, Field(examples=["2026-11-05T10:00:00Z"])]
Asker = Annotated[AskedBy, Field(description="See /v1/reference/appointment-askers.")]
Reason = Annotated[ChangeReason, Field(description="See /v1/reference/appointment-changes.")]


class PlanAppointment(Command):
    """When somebody and their navigator are to meet; or met, where it is entered afterwards."""

    model_config = example(
        kind="session", starts_at="2026-11-05T10:00:00Z", minutes=50, place="navigator_office"
    )

    kind: Annotated[AppointmentKind, Field(description="See /v1/reference/appointment-kinds.")]
    starts_at: Begins
    minutes: Minutes
    place: Annotated[PlaceKind, Field(description="See /v1/reference/appointment-places.")]
    navigator_id: Annotated[
        UUID | None, Field(description="Who covers the case; left out, whoever has it.")
    ] = None


class MoveAppointment(Command):
    """Another time for an appointment; what is left out stays as it was."""

    model_config = example(starts_at="2026-11-06T14:00:00Z", asked_by="person", reason="work")

    starts_at: Begins
    minutes: Minutes | None = None
    place: PlaceKind | None = None
    asked_by: Asker
    reason: Reason


class CancelAppointment(Command):
    """An appointment is called off."""

    model_config = example(asked_by="person", reason="ill")

    asked_by: Asker
    reason: Reason


class RecordAttendance(Command):
    """Whether somebody came; and as another fact, whether they did what was agreed for it."""

    model_config = example(outcome="attended", minutes=45, complied=True)

    outcome: Annotated[Outcome, Field(description="See /v1/reference/attendance-outcomes.")]
    minutes: Annotated[
        int | None,
        Field(ge=0, le=MOST_MINUTES, description="How long they were there, if they came."),
    ] = None
    complied: Annotated[YesNo | None, Field(description="Null: nothing was said of it.")] = None
    excused: YesNo = False
    excuse_reason: Annotated[
        ExcuseReason | None, Field(description="See /v1/reference/attendance-excuses.")
    ] = None
    words: Words | None = None
    late_reason: Late = None


class RecordPersonContact(Command):
    """A contact with the person outside appointments, or an attempt at one."""

    model_config = example(
        attempted_at="2026-11-03T09:30:00Z", channel="telephone", result="no_answer"
    )

    attempted_at: Annotated[Instant, Field(examples=["2026-11-03T09:30:00Z"])]
    channel: Annotated[ContactChannel, Field(description="See /v1/reference/contact-channels.")]
    sought_by: Annotated[ContactBy, Field(description="See /v1/reference/contact-seekers.")] = (
        ContactBy.NAVIGATOR
    )
    result: Annotated[ContactResult, Field(description="See /v1/reference/contact-results.")]
    words: Words | None = None
    late_reason: Late = None


class IssueWarning(Command):
    """A written warning, and what it is for."""

    model_config = example(
        issued_at="2026-11-03T10:00:00Z",
        how="handed_over",
        words="You missed your session.",
        appointments=["0190b3a0-0000-7000-8000-000000000000"],
    )

    issued_at: Annotated[Instant, Field(examples=["2026-11-03T10:00:00Z"])]
    how: Annotated[WarningHow, Field(description="See /v1/reference/warning-ways.")]
    words: Words
    appointments: Annotated[
        list[UUID], Field(max_length=20, description="Missed, or where they did not comply.")
    ] = []
    conditions: Annotated[
        list[UUID], Field(max_length=5, description="Of the terms that count, by their ids.")
    ] = []
    late_reason: Late = None

    @model_validator(mode="after")
    def for_something(self) -> Self:
        if not self.appointments and not self.conditions:
            raise ValueError("Name the appointments or the conditions that it is for.")
        return self


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
