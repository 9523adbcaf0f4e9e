"""Appointments, what became of them, contacts and warnings. None of it is ever edited."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

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
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.victims.states import ContactChannel, ContactResult

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000


class Appointment(Record, table=True):
    """When somebody and their navigator are to meet. One that was moved is another appointment.

    Append-only. Written only by ``contracts.sessions.actions``.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        sa.UniqueConstraint("moved_from_id"),
        sa.CheckConstraint(
            f"minutes BETWEEN {LEAST_MINUTES} AND {MOST_MINUTES}", name="minutes_range"
        ),
        sa.CheckConstraint(
            "num_nonnulls(moved_from_id, asked_by, reason_code) IN (0, 3)", name="moved_together"
        ),
        sa.Index("ix_appointment_case", "custody_record_id", "starts_at"),
        sa.Index("ix_appointment_contract_id", "contract_id"),
        sa.Index("ix_appointment_starts_at_id", "starts_at", "id"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    contract_id: UUID | None = Field(
        default=None,
        foreign_key="contract.id",
        sa_column_kwargs=described("The contract; null before there was one.", Disclosure.INDIRECT),
    )
    navigator_id: UUID = Field(
        foreign_key="navigator.id",
        sa_column_kwargs=described("With whom it was planned.", Disclosure.INDIRECT),
    )
    kind: AppointmentKind = Field(
        sa_type=text_enum(AppointmentKind, "kind"),
        sa_column_kwargs=described("What it is for.", Disclosure.SAFE),
    )
    starts_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When it begins, in UTC.", Disclosure.INDIRECT)
    )
    minutes: int = Field(sa_column_kwargs=described("How long it is planned.", Disclosure.SAFE))
    place: PlaceKind = Field(
        sa_type=text_enum(PlaceKind, "place"),
        sa_column_kwargs=described("Where, by kind.", Disclosure.SAFE),
    )
    moved_from_id: UUID | None = Field(
        default=None,
        foreign_key="appointment.id",
        sa_column_kwargs=described("The one whose place it takes, if so.", Disclosure.INDIRECT),
    )
    asked_by: AskedBy | None = Field(
        default=None,
        sa_type=text_enum(AskedBy, "asked_by"),
        sa_column_kwargs=described("Who asked to move that one.", Disclosure.SAFE),
    )
    reason_code: ChangeReason | None = Field(
        default=None,
        sa_type=text_enum(ChangeReason, "reason_code"),
        sa_column_kwargs=described("Why it was moved, as a code.", Disclosure.INDIRECT),
    )
    condition_key: UUID | None = Field(
        default=None, sa_column_kwargs=described("What it is to count for.", Disclosure.INDIRECT)
    )
    planned_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    planned_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class AppointmentCancellation(Record, table=True):
    """An appointment was called off; once to an appointment.

    Append-only. Written only by ``contracts.sessions.actions``.
    """

    __tablename__ = "appointment_cancellation"
    __table_args__ = (sa.UniqueConstraint("appointment_id"),)

    appointment_id: UUID = Field(
        foreign_key="appointment.id", sa_column_kwargs=described("Which one.", Disclosure.INDIRECT)
    )
    asked_by: AskedBy = Field(
        sa_type=text_enum(AskedBy, "asked_by"),
        sa_column_kwargs=described("Who asked.", Disclosure.SAFE),
    )
    reason_code: ChangeReason = Field(
        sa_type=text_enum(ChangeReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.INDIRECT),
    )
    cancelled_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    cancelled_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class Attendance(Record, table=True):
    """Whether somebody came to an appointment, and as another fact whether they complied.

    Append-only: what was put right is a later number, and the last one counts. Written only by
    ``contracts.sessions.actions``.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        sa.UniqueConstraint("appointment_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("(outcome = 'missed') = (minutes IS NULL)", name="minutes_of_who_came"),
        sa.CheckConstraint(f"minutes BETWEEN 0 AND {MOST_MINUTES}", name="minutes_range"),
        sa.CheckConstraint("excused = (excuse_reason IS NOT NULL)", name="excused_together"),
        sa.CheckConstraint("outcome <> 'attended' OR NOT excused", name="something_to_excuse"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    appointment_id: UUID = Field(
        foreign_key="appointment.id", sa_column_kwargs=described("Which one.", Disclosure.INDIRECT)
    )
    number: int = Field(sa_column_kwargs=described("Counts the entries.", Disclosure.SAFE))
    outcome: Outcome = Field(
        sa_type=text_enum(Outcome, "outcome"),
        sa_column_kwargs=described("Came, came late, or did not come.", Disclosure.INDIRECT),
    )
    complied: bool | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Did what was agreed for it; null is not said.", Disclosure.INDIRECT
        ),
    )
    minutes: int | None = Field(
        default=None, sa_column_kwargs=described("How long they were there.", Disclosure.INDIRECT)
    )
    condition_key: UUID | None = Field(
        default=None, sa_column_kwargs=described("What it counts for.", Disclosure.INDIRECT)
    )
    excused: bool = Field(
        sa_column_kwargs=described("Lateness or absence is excused.", Disclosure.INDIRECT)
    )
    excuse_reason: ExcuseReason | None = Field(
        default=None,
        sa_type=text_enum(ExcuseReason, "excuse_reason"),
        sa_column_kwargs=described("Why it is excused, as a code.", Disclosure.NEVER),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("What to know of it, in words.", Disclosure.NEVER)
    )
    late_reason: LateReason | None = Field(
        default=None,
        sa_type=text_enum(LateReason, "late_reason"),
        sa_column_kwargs=described("Why it was entered late, if it was.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class PersonContact(Record, table=True):
    """A contact with whom a case is about, outside appointments, or an attempt at one.

    Append-only. Written only by ``contracts.sessions.actions``.
    """

    __tablename__ = "person_contact"
    __table_args__ = (
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.Index("ix_person_contact_case", "custody_record_id", "attempted_at"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    attempted_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    channel: ContactChannel = Field(
        sa_type=text_enum(ContactChannel, "channel"),
        sa_column_kwargs=described("How.", Disclosure.SAFE),
    )
    sought_by: ContactBy = Field(
        sa_type=text_enum(ContactBy, "sought_by"),
        sa_column_kwargs=described("Who sought it.", Disclosure.SAFE),
    )
    result: ContactResult = Field(
        sa_type=text_enum(ContactResult, "result"),
        sa_column_kwargs=described("What came of it.", Disclosure.INDIRECT),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("What was said, in words.", Disclosure.NEVER)
    )
    late_reason: LateReason | None = Field(
        default=None,
        sa_type=text_enum(LateReason, "late_reason"),
        sa_column_kwargs=described("Why it was entered late, if it was.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class WrittenWarning(Record, table=True):
    """A written warning of a case. It decides nothing by itself.

    Append-only. Written only by ``contracts.sessions.actions``.
    """

    __tablename__ = "written_warning"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.Index("ix_written_warning_contract_id", "contract_id"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    contract_id: UUID | None = Field(
        default=None,
        foreign_key="contract.id",
        sa_column_kwargs=described("The contract; null before there was one.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the case's.", Disclosure.SAFE))
    issued_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When given, in UTC.", Disclosure.INDIRECT)
    )
    how: WarningHow = Field(
        sa_type=text_enum(WarningHow, "how"),
        sa_column_kwargs=described("How it reached the person.", Disclosure.SAFE),
    )
    words: str = Field(sa_column_kwargs=described("What it says, in words.", Disclosure.NEVER))
    late_reason: LateReason | None = Field(
        default=None,
        sa_type=text_enum(LateReason, "late_reason"),
        sa_column_kwargs=described("Why it was entered late, if it was.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class WarningGround(Record, table=True):
    """What a written warning is for: one appointment or one condition.

    Append-only. Written only by ``contracts.sessions.actions``.
    """

    __tablename__ = "warning_ground"
    __table_args__ = (
        sa.UniqueConstraint("warning_id", "appointment_id"),
        sa.UniqueConstraint("warning_id", "condition_id"),
        sa.CheckConstraint("num_nonnulls(appointment_id, condition_id) = 1", name="one_of_both"),
    )

    warning_id: UUID = Field(
        foreign_key="written_warning.id",
        sa_column_kwargs=described("The warning.", Disclosure.INDIRECT),
    )
    appointment_id: UUID | None = Field(
        default=None,
        foreign_key="appointment.id",
        sa_column_kwargs=described("The appointment, if it is one.", Disclosure.INDIRECT),
    )
    condition_id: UUID | None = Field(
        default=None,
        foreign_key="contract_condition.id",
        sa_column_kwargs=described("The condition, if it is one.", Disclosure.INDIRECT),
    )
