"""What is looked up: suites; and offences with their classes and schedules, as dated lists."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.custody.states import (
    ModeOfTrial,
    OffenceCategory,
    OffenceClass,
    OffenceSchedule,
)
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)


class Suite(Record, table=True):
    """A custody suite, from when to when. Dated, because suites open, close and merge.

    Written only by ``custody.loading``, from a reference file.
    """

    __tablename__ = "suite"
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.CheckConstraint("available_until > available_from", name="dates_in_order"),
    )

    code: str = Field(max_length=40, sa_column_kwargs=described("Suite code.", Disclosure.INDIRECT))
    name: str = Field(max_length=100, sa_column_kwargs=described("Its name.", Disclosure.INDIRECT))
    available_from: date | None = Field(
        default=None, sa_column_kwargs=described("First day; null is not known.", Disclosure.SAFE)
    )
    available_until: date | None = Field(
        default=None, sa_column_kwargs=described("First day closed; null is open.", Disclosure.SAFE)
    )
    source: str = Field(sa_column_kwargs=described("Where this is known from.", Disclosure.SAFE))


class OffenceList(Record, table=True):
    """One loading of a list of offences: whose, when, and which bytes.

    Append-only; a later list stands before an earlier one. Written only by ``custody.loading``.
    """

    __tablename__ = "offence_list"
    __table_args__ = (sa.UniqueConstraint("digest"),)

    name: str = Field(sa_column_kwargs=described("What the list is.", Disclosure.SAFE))
    digest: str = Field(
        max_length=64, sa_column_kwargs=described("SHA-256 of the file.", Disclosure.SAFE)
    )
    loaded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.SAFE)
    )
    loaded_by: UUID = Field(sa_column_kwargs=described("Who loaded it.", Disclosure.DIRECT))


class Offence(Record, table=True):
    """An offence as one list describes it.

    Append-only, so that what a record was opened with can be read as it was. Written only by
    ``custody.loading``, from a reference file.
    """

    __tablename__ = "offence"
    __table_args__ = (
        sa.UniqueConstraint("code", "offence_list_id"),
        sa.CheckConstraint(r"code ~ '^[A-Z]{2}(\d{2}|ML)\d{3}[A-Z]?$'", name="code_form"),
        sa.CheckConstraint("valid_until > valid_from", name="dates_in_order"),
    )

    # COPY leaves it out, so that a bulk load does not make ids one by one.
    id: UUID = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs=described("Opaque identifier.", Disclosure.INDIRECT)
        | {"server_default": sa.text("gen_random_uuid()")},
    )
    offence_list_id: UUID = Field(
        foreign_key="offence_list.id",
        sa_column_kwargs=described("The list it stands in.", Disclosure.SAFE),
    )
    code: str = Field(max_length=8, sa_column_kwargs=described("CJS code.", Disclosure.INDIRECT))
    title: str = Field(
        max_length=400, sa_column_kwargs=described("What the offence is.", Disclosure.INDIRECT)
    )
    mode_of_trial: ModeOfTrial = Field(
        sa_type=text_enum(ModeOfTrial, "mode_of_trial"),
        sa_column_kwargs=described("Which court may try it.", Disclosure.SAFE),
    )
    category: OffenceCategory | None = Field(
        default=None,
        sa_type=text_enum(OffenceCategory, "category"),
        sa_column_kwargs=described("The list's category; null is not known.", Disclosure.SAFE),
    )
    valid_from: date | None = Field(
        default=None,
        sa_column_kwargs=described("First day in force; null is not known.", Disclosure.SAFE),
    )
    valid_until: date | None = Field(
        default=None,
        sa_column_kwargs=described("First day no longer in force, if any.", Disclosure.SAFE),
    )


class OffenceClassification(Record, table=True):
    """Which of the programme's classes an offence code belongs to.

    Append-only. Written only by ``custody.loading``, from the package's starter list.
    """

    __tablename__ = "offence_classification"
    __table_args__ = (sa.UniqueConstraint("code"),)

    code: str = Field(max_length=8, sa_column_kwargs=described("CJS code.", Disclosure.INDIRECT))
    offence_class: OffenceClass = Field(
        sa_type=text_enum(OffenceClass, "offence_class"),
        sa_column_kwargs=described("The programme's class.", Disclosure.SAFE),
    )
    source: str = Field(sa_column_kwargs=described("Act and section.", Disclosure.SAFE))


class ScheduleList(Record, table=True):
    """One loading of the schedules that offences stand in: whose, when, and which bytes.

    Append-only; the list loaded last stands alone. Written only by ``custody.loading``.
    """

    __tablename__ = "schedule_list"
    __table_args__ = (sa.UniqueConstraint("digest"),)

    name: str = Field(sa_column_kwargs=described("What the list is.", Disclosure.SAFE))
    digest: str = Field(
        max_length=64, sa_column_kwargs=described("SHA-256 of the file.", Disclosure.SAFE)
    )
    loaded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.SAFE)
    )
    loaded_by: UUID = Field(sa_column_kwargs=described("Who loaded it.", Disclosure.DIRECT))


class ScheduledOffence(Record, table=True):
    """An offence that stands in a schedule of an Act, as one list has it.

    Append-only. Written only by ``custody.loading``.
    """

    __tablename__ = "scheduled_offence"
    __table_args__ = (sa.UniqueConstraint("code", "schedule", "schedule_list_id"),)

    # COPY leaves it out, so that a bulk load does not make ids one by one.
    id: UUID = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs=described("Opaque identifier.", Disclosure.INDIRECT)
        | {"server_default": sa.text("gen_random_uuid()")},
    )
    schedule_list_id: UUID = Field(
        foreign_key="schedule_list.id",
        sa_column_kwargs=described("The list it stands in.", Disclosure.SAFE),
    )
    code: str = Field(max_length=8, sa_column_kwargs=described("CJS code.", Disclosure.INDIRECT))
    schedule: OffenceSchedule = Field(
        sa_type=text_enum(OffenceSchedule, "schedule"),
        sa_column_kwargs=described("The schedule, and its part.", Disclosure.SAFE),
    )
