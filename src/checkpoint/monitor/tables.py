"""Proposals to tell arms, and what a second person said of each."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.monitor.states import UnblindingOutcome, UnblindingReason, UnblindingScope

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000


class Unblinding(Record, table=True):
    """A proposal to tell the arms of a trial, or of one case; nothing is told until it is confirmed.

    Append-only. Written only by ``monitor.actions``; a trigger sees that none about the same is
    open or confirmed, and that the case is in the trial.
    """

    __tablename__ = "unblinding"
    __table_args__ = (
        sa.UniqueConstraint("trial_id", "number"),
        sa.UniqueConstraint("id", "proposed_by"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint(
            "(scope = 'case') = (allocation_id IS NOT NULL)", name="a_case_has_its_allocation"
        ),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    trial_id: UUID = Field(
        foreign_key="trial.id", sa_column_kwargs=described("The trial.", Disclosure.SAFE)
    )
    number: int = Field(
        sa_column_kwargs=described("Counts the trial's proposals.", Disclosure.SAFE)
    )
    scope: UnblindingScope = Field(
        sa_type=text_enum(UnblindingScope, "scope"),
        sa_column_kwargs=described("The whole trial, or one case.", Disclosure.SAFE),
    )
    allocation_id: UUID | None = Field(
        default=None,
        foreign_key="allocation.id",
        sa_column_kwargs=described("The case's allocation.", Disclosure.INDIRECT),
    )
    reason_code: UnblindingReason = Field(
        sa_type=text_enum(UnblindingReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.SAFE),
    )
    words: str = Field(sa_column_kwargs=described("Why, in words.", Disclosure.NEVER))
    proposed_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When proposed, in UTC.", Disclosure.SAFE)
    )
    proposed_by: UUID = Field(
        sa_column_kwargs=described("The first person, who proposed it.", Disclosure.DIRECT)
    )


class UnblindingAnswer(Record, table=True):
    """What the second person said of a proposed unblinding; one to a proposal.

    Append-only. Written only by ``monitor.actions``; the database itself refuses an answer by
    whoever proposed, and puts down that both have been shown the arm of a case.
    """

    __tablename__ = "unblinding_answer"
    __table_args__ = (
        sa.UniqueConstraint("unblinding_id"),
        sa.ForeignKeyConstraint(
            ["unblinding_id", "proposed_by"], ["unblinding.id", "unblinding.proposed_by"]
        ),
        sa.CheckConstraint("answered_by <> proposed_by", name="two_people"),
        sa.CheckConstraint(
            "outcome = 'confirmed' OR words IS NOT NULL", name="declining_has_words"
        ),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    unblinding_id: UUID = Field(
        sa_column_kwargs=described("The proposal it answers.", Disclosure.SAFE)
    )
    proposed_by: UUID = Field(
        sa_column_kwargs=described("The first person, as the proposal has it.", Disclosure.DIRECT)
    )
    outcome: UnblindingOutcome = Field(
        sa_type=text_enum(UnblindingOutcome, "outcome"),
        sa_column_kwargs=described("Confirmed or declined.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why it was declined.", Disclosure.NEVER)
    )
    answered_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When answered, in UTC.", Disclosure.SAFE)
    )
    answered_by: UUID = Field(sa_column_kwargs=described("The second person.", Disclosure.DIRECT))
