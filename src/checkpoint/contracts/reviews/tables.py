"""Reviews of contracts, and what somebody who had no part in it decided. None is ever edited."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.contracts.reviews.states import OF_AN_OFFENCE, Cause, Ground, ReviewOutcome
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
OFFENCES = ", ".join(f"'{ground.value}'" for ground in OF_AN_OFFENCE)


class BreachReview(Record, table=True):
    """A contract is questioned: for a new arrest, missed contact, a condition or an offence.

    Append-only. Written only by ``contracts.reviews.actions``.
    """

    __tablename__ = "breach_review"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "number"),
        sa.UniqueConstraint("id", "raised_by"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint(
            "cause <> 'new_arrest' OR other_record_id IS NOT NULL", name="arrest_named"
        ),
        sa.CheckConstraint(
            "(cause = 'condition') = (condition_key IS NOT NULL)", name="condition_named"
        ),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.Index("ix_breach_review_other_record_id", "other_record_id"),
    )

    contract_id: UUID = Field(
        foreign_key="contract.id",
        sa_column_kwargs=described("The contract.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts its reviews.", Disclosure.SAFE))
    cause: Cause = Field(
        sa_type=text_enum(Cause, "cause"),
        sa_column_kwargs=described("What for.", Disclosure.INDIRECT),
    )
    other_record_id: UUID | None = Field(
        default=None,
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The new arrest's record, if one.", Disclosure.INDIRECT),
    )
    condition_key: UUID | None = Field(
        default=None,
        sa_column_kwargs=described("The condition, if it is for one.", Disclosure.INDIRECT),
    )
    words: str = Field(sa_column_kwargs=described("The evidence, in words.", Disclosure.NEVER))
    due_on: date = Field(
        sa_column_kwargs=described("The last day to decide it.", Disclosure.INDIRECT)
    )
    raised_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When raised, in UTC.", Disclosure.INDIRECT)
    )
    raised_by: UUID = Field(sa_column_kwargs=described("Who raised it.", Disclosure.DIRECT))


class BreachDecision(Record, table=True):
    """What a review came to; one to a review, and never by whoever raised it.

    Append-only. Written only by ``contracts.reviews.actions``; a trigger refuses a failure for an
    offence from before the contract.
    """

    __tablename__ = "breach_decision"
    __table_args__ = (
        sa.UniqueConstraint("review_id"),
        sa.ForeignKeyConstraint(
            ["review_id", "raised_by"], ["breach_review.id", "breach_review.raised_by"]
        ),
        sa.CheckConstraint("decided_by <> raised_by", name="two_people"),
        sa.CheckConstraint("(outcome = 'fail') = (ground IS NOT NULL)", name="failure_grounded"),
        sa.CheckConstraint(
            f"COALESCE(ground IN ({OFFENCES}), FALSE) = (offence_on IS NOT NULL)",
            name="offence_dated",
        ),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    review_id: UUID = Field(
        sa_column_kwargs=described("The review it answers.", Disclosure.INDIRECT)
    )
    raised_by: UUID = Field(
        sa_column_kwargs=described("Who raised it, as the review has it.", Disclosure.DIRECT)
    )
    outcome: ReviewOutcome = Field(
        sa_type=text_enum(ReviewOutcome, "outcome"),
        sa_column_kwargs=described("What was decided.", Disclosure.INDIRECT),
    )
    ground: Ground | None = Field(
        default=None,
        sa_type=text_enum(Ground, "ground"),
        sa_column_kwargs=described("What a failure rests on.", Disclosure.INDIRECT),
    )
    offence_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("The day of the offence it rests on.", Disclosure.INDIRECT),
    )
    words: str = Field(sa_column_kwargs=described("Why, in words.", Disclosure.NEVER))
    decided_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When decided, in UTC.", Disclosure.INDIRECT)
    )
    decided_by: UUID = Field(sa_column_kwargs=described("Who decided.", Disclosure.DIRECT))
