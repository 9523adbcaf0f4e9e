"""Restricted cases, who is named for them, and broken glass."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.custody.reach.states import GlassOutcome, GlassReason, RestrictionReason
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
LEAST_WORDS = 20
STANDS = sa.text("ended_at IS NULL")


class CaseRestriction(Record, table=True):
    """Only those who are named reach a case; one that stands to a case.

    Only its end is ever added, once. Written only by ``custody.reach.actions``.
    """

    __tablename__ = "case_restriction"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.Index(
            "uq_case_restriction_standing",
            "custody_record_id",
            unique=True,
            postgresql_where=STANDS,
        ),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.CheckConstraint(f"length(end_reason) <= {WORDS_LIMIT}", name="end_reason_length"),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, ended_by, end_reason) IN (0, 3)", name="ended_pair"
        ),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the case's.", Disclosure.SAFE))
    reason_code: RestrictionReason = Field(
        sa_type=text_enum(RestrictionReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.NEVER),
    )
    words: str = Field(sa_column_kwargs=described("Why, in words.", Disclosure.NEVER))
    restricted_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("From when on, in UTC.", Disclosure.INDIRECT)
    )
    restricted_by: UUID = Field(sa_column_kwargs=described("Who did it.", Disclosure.DIRECT))
    ended_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When lifted, in UTC.", Disclosure.INDIRECT),
    )
    ended_by: UUID | None = Field(
        default=None, sa_column_kwargs=described("Who lifted it.", Disclosure.DIRECT)
    )
    end_reason: str | None = Field(
        default=None, sa_column_kwargs=described("Why it was lifted, in words.", Disclosure.NEVER)
    )


class RestrictionName(Record, table=True):
    """Somebody reaches a restricted case, from one instant to another.

    Only its end is ever added, once. Written only by ``custody.reach.actions``.
    """

    __tablename__ = "case_restriction_name"
    __table_args__ = (
        sa.Index(
            "uq_case_restriction_name_standing",
            "case_restriction_id",
            "actor_id",
            unique=True,
            postgresql_where=STANDS,
        ),
        sa.CheckConstraint("num_nonnulls(ended_at, ended_by) IN (0, 2)", name="ended_pair"),
    )

    case_restriction_id: UUID = Field(
        foreign_key="case_restriction.id",
        sa_column_kwargs=described("The restriction.", Disclosure.INDIRECT),
    )
    actor_id: UUID = Field(
        sa_column_kwargs=described("Who, as the identity provider has them.", Disclosure.DIRECT)
    )
    named_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("From when on, in UTC.", Disclosure.INDIRECT)
    )
    named_by: UUID = Field(sa_column_kwargs=described("Who named them.", Disclosure.DIRECT))
    ended_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("Until when, in UTC.", Disclosure.INDIRECT),
    )
    ended_by: UUID | None = Field(
        default=None, sa_column_kwargs=described("Who removed them.", Disclosure.DIRECT)
    )


class BrokenGlass(Record, table=True):
    """Somebody reads a case that is not theirs, for a while and with a reason.

    Append-only. Written only by ``custody.reach.actions``.
    """

    __tablename__ = "broken_glass"
    __table_args__ = (
        sa.CheckConstraint(
            f"length(words) BETWEEN {LEAST_WORDS} AND {WORDS_LIMIT}", name="words_length"
        ),
        sa.CheckConstraint("until > broken_at", name="ends_by_itself"),
        sa.Index("ix_broken_glass_custody_record_id_broken_by", "custody_record_id", "broken_by"),
        sa.Index("ix_broken_glass_broken_at_id", "broken_at", "id"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    reason_code: GlassReason = Field(
        sa_type=text_enum(GlassReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.INDIRECT),
    )
    words: str = Field(sa_column_kwargs=described("Why, in words.", Disclosure.NEVER))
    broken_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    broken_by: UUID = Field(sa_column_kwargs=described("Who.", Disclosure.DIRECT))
    until: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described(
            "From when on it stands no longer, in UTC.", Disclosure.INDIRECT
        ),
    )


class BrokenGlassReview(Record, table=True):
    """What a supervisor found who is not the one who broke the glass; once to each.

    Append-only. Written only by ``custody.reach.actions``.
    """

    __tablename__ = "broken_glass_review"
    __table_args__ = (
        sa.UniqueConstraint("broken_glass_id"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    broken_glass_id: UUID = Field(
        foreign_key="broken_glass.id",
        sa_column_kwargs=described("What was reviewed.", Disclosure.INDIRECT),
    )
    outcome: GlassOutcome = Field(
        sa_type=text_enum(GlassOutcome, "outcome"),
        sa_column_kwargs=described("What they found, as a code.", Disclosure.INDIRECT),
    )
    words: str = Field(sa_column_kwargs=described("The same in words.", Disclosure.NEVER))
    reviewed_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    reviewed_by: UUID = Field(sa_column_kwargs=described("Who.", Disclosure.DIRECT))
