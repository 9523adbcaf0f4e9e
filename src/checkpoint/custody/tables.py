"""What happens to one person in one suite. What the suite looks up is in ``lists``."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.custody.lists import INSTANT
from checkpoint.custody.states import (
    CRIME_REFERENCE,
    ENDS,
    CustodyState,
    DomesticAbuseGrade,
    InterviewStance,
    OffenceCorrection,
)
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.foundation.identifiers import REFERENCE_PATTERN


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
        sa.Index(
            "ix_custody_record_detained",
            "arrived_at",
            postgresql_where=sa.text("state = 'detained'"),
        ),
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
        sa.CheckConstraint("formally_reported_on >= committed_from", name="reported_after"),
        sa.CheckConstraint(f"crime_reference ~ '{CRIME_REFERENCE}'", name="crime_reference_form"),
        sa.CheckConstraint(
            "reason IS NULL OR replaces_id IS NOT NULL", name="reason_of_correction"
        ),
        sa.CheckConstraint("words IS NULL OR reason IS NOT NULL", name="words_with_reason"),
        sa.CheckConstraint("reason <> 'other' OR words IS NOT NULL", name="other_in_words"),
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
    crime_reference: str | None = Field(
        default=None,
        max_length=30,
        sa_column_kwargs=described("The crime's number, if it has one.", Disclosure.INDIRECT),
    )
    domestic_abuse_grade: DomesticAbuseGrade | None = Field(
        default=None,
        sa_type=text_enum(DomesticAbuseGrade, "domestic_abuse_grade"),
        sa_column_kwargs=described(
            "This offence's own risk grade; null is the case's.", Disclosure.INDIRECT
        ),
    )
    hate_crime: bool | None = Field(
        default=None,
        sa_column_kwargs=described(
            "This offence's own hate flag; null is the case's.", Disclosure.INDIRECT
        ),
    )
    formally_reported_on: date | None = Field(
        default=None,
        sa_column_kwargs=described(
            "First day the victim gave a statement or recorded interview.", Disclosure.INDIRECT
        ),
    )
    replaces_id: UUID | None = Field(
        default=None,
        foreign_key="alleged_offence.id",
        sa_column_kwargs=described("The earlier entry that it puts right.", Disclosure.INDIRECT),
    )
    reason: OffenceCorrection | None = Field(
        default=None,
        sa_type=text_enum(OffenceCorrection, "reason"),
        sa_column_kwargs=described("Why it puts that right.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None,
        max_length=500,
        sa_column_kwargs=described("The same in words.", Disclosure.NEVER),
    )
    added_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    added_by: UUID | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Who entered it; null where that was not kept here.", Disclosure.DIRECT
        ),
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
        *(
            sa.CheckConstraint(f"{ends} IS NULL OR {what} IS TRUE", name=f"{ends}_only_of_one")
            for what, ends in ENDS.items()
        ),
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
    order_ends_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("Last day of that order, if known.", Disclosure.INDIRECT),
    )
    on_bail: bool | None = Field(
        default=None,
        sa_column_kwargs=described(
            "On police or court bail for another matter.", Disclosure.INDIRECT
        ),
    )
    bail_ends_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("Last day of that bail, if known.", Disclosure.INDIRECT),
    )
    under_supervision: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Supervised by a statutory agency.", Disclosure.INDIRECT),
    )
    supervision_ends_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("Last day of that supervision, if known.", Disclosure.INDIRECT),
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
    "order_ends_on",
    "on_bail",
    "bail_ends_on",
    "under_supervision",
    "supervision_ends_on",
    "detained_for_court",
    "detained_under_mental_health_act",
    "co_accused",
    "domestic_abuse_grade",
    "hate_crime",
    "understands_obligations",
)
