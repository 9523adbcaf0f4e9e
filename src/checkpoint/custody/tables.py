"""Suites, offences as reference data, and what happens to one person in one suite."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.custody.states import (
    CustodyState,
    DomesticAbuseGrade,
    InterviewStance,
    ModeOfTrial,
    OffenceClass,
)
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.foundation.identifiers import REFERENCE_PATTERN

INSTANT = sa.DateTime(timezone=True)


class Suite(Record, table=True):
    """A custody suite, from when to when. Dated, because suites open, close and merge.

    Written only by ``custody.actions``, from a reference file.
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

    Append-only; a later list stands before an earlier one. Written only by ``custody.actions``.
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
    ``custody.actions``, from a reference file.
    """

    __tablename__ = "offence"
    __table_args__ = (
        sa.UniqueConstraint("code", "offence_list_id"),
        sa.CheckConstraint(r"code ~ '^[A-Z]{2}(\d{2}|ML)\d{3}[A-Z]?$'", name="code_form"),
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


class OffenceClassification(Record, table=True):
    """Which of the programme's classes an offence code belongs to.

    Append-only. Written only by ``custody.actions``, from the package's starter list.
    """

    __tablename__ = "offence_classification"
    __table_args__ = (sa.UniqueConstraint("code"),)

    code: str = Field(max_length=8, sa_column_kwargs=described("CJS code.", Disclosure.INDIRECT))
    offence_class: OffenceClass = Field(
        sa_type=text_enum(OffenceClass, "offence_class"),
        sa_column_kwargs=described("The programme's class.", Disclosure.SAFE),
    )
    source: str = Field(sa_column_kwargs=described("Act and section.", Disclosure.SAFE))


class CustodyRecord(Record, table=True):
    """One detention of one person: the start of every case.

    Written only by ``custody.actions``.
    """

    __tablename__ = "custody_record"
    __table_args__ = (
        sa.UniqueConstraint("reference"),
        sa.CheckConstraint(f"reference ~ '{REFERENCE_PATTERN}'", name="reference_form"),
        sa.CheckConstraint("arrived_at >= arrested_at", name="arrived_after_arrest"),
        sa.CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released_pair"),
        sa.CheckConstraint(
            "(released_at IS NULL) = (state = 'detained')", name="released_when_released"
        ),
        sa.CheckConstraint("released_at >= arrived_at", name="released_after_arrival"),
        sa.CheckConstraint("version >= 1", name="version_counts"),
        sa.Index("ix_custody_record_suite_arrested_at_id", "suite", "arrested_at", "id"),
        sa.Index("ix_custody_record_arrested_at_id", "arrested_at", "id"),
        sa.Index("ix_custody_record_person_id", "person_id"),
    )

    reference: str = Field(
        max_length=14, sa_column_kwargs=described("What people say aloud.", Disclosure.DIRECT)
    )
    person_id: UUID = Field(
        foreign_key="person.id",
        sa_column_kwargs=described("Who was arrested.", Disclosure.INDIRECT),
    )
    suite: str = Field(
        foreign_key="suite.code",
        max_length=40,
        sa_column_kwargs=described("Custody suite code.", Disclosure.INDIRECT),
    )
    arrested_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When arrested, in UTC.", Disclosure.INDIRECT)
    )
    arrived_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("When they reached the suite, in UTC.", Disclosure.INDIRECT),
    )
    state: CustodyState = Field(
        default=CustodyState.DETAINED,
        sa_type=text_enum(CustodyState, "state"),
        sa_column_kwargs=described("Whether they are still there.", Disclosure.SAFE),
    )
    released_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When released, in UTC.", Disclosure.INDIRECT),
    )
    released_by: UUID | None = Field(
        default=None, sa_column_kwargs=described("Who recorded the release.", Disclosure.DIRECT)
    )
    opened_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("When the record was entered, in UTC.", Disclosure.INDIRECT),
    )
    opened_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))
    version: int = Field(
        default=1, sa_column_kwargs=described("Counts its changes, from 1.", Disclosure.SAFE)
    )


class AllegedOffence(Record, table=True):
    """One offence that one person is alleged to have committed, and when.

    Append-only: what was entered wrongly is replaced by a new row that names it. Written only by ``custody.actions``.
    """

    __tablename__ = "alleged_offence"
    __table_args__ = (
        sa.CheckConstraint("committed_until >= committed_from", name="dates_in_order"),
        sa.UniqueConstraint("replaces_id"),
        sa.Index("ix_alleged_offence_custody_record_id", "custody_record_id"),
        sa.Index(None, "committed_from", "custody_record_id"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The detention it belongs to.", Disclosure.INDIRECT),
    )
    offence_id: UUID = Field(
        foreign_key="offence.id",
        sa_column_kwargs=described("The offence, as listed then.", Disclosure.INDIRECT),
    )
    committed_from: date = Field(
        sa_column_kwargs=described("The day, or the first it may have been.", Disclosure.INDIRECT)
    )
    committed_until: date = Field(
        sa_column_kwargs=described("The day, or the last it may have been.", Disclosure.INDIRECT)
    )
    committed_in_area: bool | None = Field(
        default=None,
        sa_column_kwargs=described("In the force area; null is not known.", Disclosure.INDIRECT),
    )
    replaces_id: UUID | None = Field(
        default=None,
        foreign_key="alleged_offence.id",
        sa_column_kwargs=described("The earlier entry that it puts right.", Disclosure.INDIRECT),
    )
    added_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )


class Screening(Record, table=True):
    """What the suite knew at one saving of the screening; null is not known yet.

    Append-only: each saving is a new row, and the last one counts. Written only by
    ``custody.actions``.
    """

    __tablename__ = "screening"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The detention it belongs to.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the savings.", Disclosure.SAFE))
    lives_in_area: bool | None = Field(
        default=None, sa_column_kwargs=described("Lives in the force area.", Disclosure.INDIRECT)
    )
    interview_stance: InterviewStance | None = Field(
        default=None,
        sa_type=text_enum(InterviewStance, "interview_stance"),
        sa_column_kwargs=described("What they said in interview.", Disclosure.INDIRECT),
    )
    evidential_test_met: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Evidence suffices to charge.", Disclosure.INDIRECT),
    )
    subject_to_order: bool | None = Field(
        default=None,
        sa_column_kwargs=described(
            "On a court order, suspended sentence or conditional discharge.", Disclosure.INDIRECT
        ),
    )
    detained_for_court: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Held to be put before a court.", Disclosure.INDIRECT),
    )
    detained_under_mental_health_act: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Held under the Mental Health Act.", Disclosure.INDIRECT),
    )
    co_accused: bool | None = Field(
        default=None, sa_column_kwargs=described("Anyone else is accused.", Disclosure.INDIRECT)
    )
    domestic_abuse_grade: DomesticAbuseGrade | None = Field(
        default=None,
        sa_type=text_enum(DomesticAbuseGrade, "domestic_abuse_grade"),
        sa_column_kwargs=described("Domestic-abuse risk grade, or none.", Disclosure.INDIRECT),
    )
    hate_crime: bool | None = Field(
        default=None, sa_column_kwargs=described("Flagged as a hate crime.", Disclosure.INDIRECT)
    )
    understands_obligations: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Fully understands what is asked.", Disclosure.INDIRECT),
    )
    saved_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When saved, in UTC.", Disclosure.INDIRECT)
    )
    saved_by: UUID = Field(sa_column_kwargs=described("Who saved it.", Disclosure.DIRECT))


SCREENING_FACTS = (
    "lives_in_area",
    "interview_stance",
    "evidential_test_met",
    "subject_to_order",
    "detained_for_court",
    "detained_under_mental_health_act",
    "co_accused",
    "domestic_abuse_grade",
    "hate_crime",
    "understands_obligations",
)
