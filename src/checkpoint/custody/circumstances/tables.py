"""Safeguards, co-accused, and screenings that did not happen. None of it is ever edited."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.custody.circumstances.states import (
    AdultKind,
    AdultReason,
    InterpreterPresence,
    OmissionReason,
)
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)


class Safeguard(Record, table=True):
    """What was known of appropriate adult and interpreter at one saving; null is not known yet.

    Append-only: each saving is a new row, and the last one counts. Written only by
    ``custody.circumstances.actions``.
    """

    __tablename__ = "safeguard"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("interpreter_language ~ '^[a-z]{2,3}$'", name="language_form"),
        sa.CheckConstraint(
            "appropriate_adult_left_at >= appropriate_adult_came_at", name="adult_in_order"
        ),
        sa.CheckConstraint(
            "interpreter_left_at >= interpreter_came_at", name="interpreter_in_order"
        ),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The detention it belongs to.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the savings.", Disclosure.SAFE))
    appropriate_adult_needed: bool | None = Field(
        default=None,
        sa_column_kwargs=described("An appropriate adult is needed.", Disclosure.INDIRECT),
    )
    appropriate_adult_reason: AdultReason | None = Field(
        default=None,
        sa_type=text_enum(AdultReason, "appropriate_adult_reason"),
        sa_column_kwargs=described("Why one is needed.", Disclosure.INDIRECT),
    )
    appropriate_adult_kind: AdultKind | None = Field(
        default=None,
        sa_type=text_enum(AdultKind, "appropriate_adult_kind"),
        sa_column_kwargs=described("Who it is, by kind.", Disclosure.INDIRECT),
    )
    appropriate_adult_came_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When they came, in UTC.", Disclosure.INDIRECT),
    )
    appropriate_adult_left_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When they left, in UTC.", Disclosure.INDIRECT),
    )
    interpreter_needed: bool | None = Field(
        default=None, sa_column_kwargs=described("An interpreter is needed.", Disclosure.INDIRECT)
    )
    interpreter_language: str | None = Field(
        default=None,
        max_length=3,
        sa_column_kwargs=described("Which language, by ISO 639.", Disclosure.INDIRECT),
    )
    interpreter_presence: InterpreterPresence | None = Field(
        default=None,
        sa_type=text_enum(InterpreterPresence, "interpreter_presence"),
        sa_column_kwargs=described("How they are there.", Disclosure.INDIRECT),
    )
    interpreter_came_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When they began, in UTC.", Disclosure.INDIRECT),
    )
    interpreter_left_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When they ended, in UTC.", Disclosure.INDIRECT),
    )
    saved_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When saved, in UTC.", Disclosure.INDIRECT)
    )
    saved_by: UUID = Field(sa_column_kwargs=described("Who saved it.", Disclosure.DIRECT))


class CoAccused(Record, table=True):
    """Somebody else who is accused with this person; or the withdrawal of such a link.

    A link between two records belongs to both of them. One without another record is somebody
    who is not arrested yet. Append-only. Written only by ``custody.circumstances.actions``.
    """

    __tablename__ = "co_accused"
    __table_args__ = (
        sa.UniqueConstraint("withdraws_id"),
        sa.CheckConstraint("other_record_id <> custody_record_id", name="somebody_else"),
        sa.CheckConstraint("other_record_id IS NULL OR withdraws_id IS NULL", name="link_or_not"),
        sa.Index("ix_co_accused_custody_record_id", "custody_record_id"),
        sa.Index("ix_co_accused_other_record_id", "other_record_id"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The detention it was entered at.", Disclosure.INDIRECT),
    )
    other_record_id: UUID | None = Field(
        default=None,
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The other's detention; null: none yet.", Disclosure.INDIRECT),
    )
    withdraws_id: UUID | None = Field(
        default=None,
        foreign_key="co_accused.id",
        sa_column_kwargs=described("The link that no longer stands.", Disclosure.INDIRECT),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class ScreeningOmission(Record, table=True):
    """Why somebody was not screened, as far as that is so: a later screening clears it.

    Append-only: the last one counts. Written only by ``custody.circumstances.actions``.
    """

    __tablename__ = "screening_omission"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The detention it belongs to.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the savings.", Disclosure.SAFE))
    reason: OmissionReason = Field(
        sa_type=text_enum(OmissionReason, "reason"),
        sa_column_kwargs=described("Why nobody screened.", Disclosure.INDIRECT),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))
