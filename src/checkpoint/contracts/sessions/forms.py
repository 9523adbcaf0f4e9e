"""What is entered of appointments, contacts and warnings."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from checkpoint.contracts.sessions.spans import LEAST_MINUTES, MOST_MINUTES
from checkpoint.contracts.sessions.states import (
    AppointmentKind,
    AskedBy,
    ChangeReason,
    ContactBy,
    ExcuseReason,
    Outcome,
    PlaceKind,
    WarningHow,
)
from checkpoint.custody.movements.schemas import Late
from checkpoint.foundation.schemas import Command, Instant, Text, YesNo, example
from checkpoint.victims.states import ContactChannel, ContactResult

Words = Annotated[Text, Field(max_length=1000)]
Minutes = Annotated[int, Field(ge=LEAST_MINUTES, le=MOST_MINUTES, examples=[50])]
Begins = Annotated[Instant, Field(examples=["2026-11-05T10:00:00Z"])]
Asker = Annotated[AskedBy, Field(description="See /v1/reference/appointment-askers.")]
ConditionKey = Annotated[
    UUID | None,
    Field(
        description="The key of a condition in force that is counted in sessions or hours: being "
        "there and complying counts for it by itself."
    ),
]
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
    condition_key: ConditionKey = None


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
    """Whether somebody came; and as another fact, whether they did what was agreed for it.

    For which condition it counts stays as it was planned or last entered where it is left out.
    """

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
    condition_key: ConditionKey = None


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
