"""What people said of a decision. The decision itself stays as it was locked."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Rank
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.oversight.states import DeterminationReason, Outcome, OverrideReason

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
SETTLES = "verdict IN ('eligible', 'ineligible')"


class Determination(Record, table=True):
    """A supervisor's answer to a case that the rules refer; one to a decision.

    Append-only. Written only by ``oversight.actions``; a trigger sees that the decision refers.
    """

    __tablename__ = "determination"
    __table_args__ = (
        sa.UniqueConstraint("eligibility_decision_id"),
        sa.CheckConstraint(SETTLES, name="settles"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    eligibility_decision_id: UUID = Field(
        foreign_key="eligibility_decision.id",
        sa_column_kwargs=described("The decision that refers the case.", Disclosure.INDIRECT),
    )
    verdict: Verdict = Field(
        sa_type=text_enum(Verdict, "verdict"),
        sa_column_kwargs=described("What the supervisor came to.", Disclosure.SAFE),
    )
    reason_code: DeterminationReason = Field(
        sa_type=text_enum(DeterminationReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.SAFE),
    )
    words: str = Field(sa_column_kwargs=described("Why, in words.", Disclosure.NEVER))
    determined_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    determined_by: UUID = Field(sa_column_kwargs=described("Which supervisor.", Disclosure.DIRECT))


class EligibilityOverride(Record, table=True):
    """A proposal to depart from the rules in one case; it holds once a second person confirms it.

    Append-only. Written only by ``oversight.actions``; a trigger sees that it departs from a
    settled decision, and that none before it is open or confirmed.
    """

    __tablename__ = "eligibility_override"
    __table_args__ = (
        sa.UniqueConstraint("eligibility_decision_id", "number"),
        sa.UniqueConstraint("id", "proposed_by"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint(SETTLES, name="settles"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    eligibility_decision_id: UUID = Field(
        foreign_key="eligibility_decision.id",
        sa_column_kwargs=described("The decision it departs from.", Disclosure.INDIRECT),
    )
    number: int = Field(
        sa_column_kwargs=described("Counts the decision's proposals.", Disclosure.SAFE)
    )
    verdict: Verdict = Field(
        sa_type=text_enum(Verdict, "verdict"),
        sa_column_kwargs=described("What it comes to instead.", Disclosure.SAFE),
    )
    reason_code: OverrideReason = Field(
        sa_type=text_enum(OverrideReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.SAFE),
    )
    words: str = Field(sa_column_kwargs=described("Why, in words.", Disclosure.NEVER))
    proposed_rank: Rank = Field(
        sa_type=text_enum(Rank, "proposed_rank"),
        sa_column_kwargs=described("The proposer's rank then.", Disclosure.INDIRECT),
    )
    proposed_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When proposed, in UTC.", Disclosure.INDIRECT)
    )
    proposed_by: UUID = Field(
        sa_column_kwargs=described("The first person, who proposed it.", Disclosure.DIRECT)
    )


class OverrideAnswer(Record, table=True):
    """What the second person said of a proposed override; one to a proposal.

    Append-only. Written only by ``oversight.actions``; the database itself refuses an answer by
    whoever proposed.
    """

    __tablename__ = "override_answer"
    __table_args__ = (
        sa.UniqueConstraint("eligibility_override_id"),
        sa.ForeignKeyConstraint(
            ["eligibility_override_id", "proposed_by"],
            ["eligibility_override.id", "eligibility_override.proposed_by"],
        ),
        sa.CheckConstraint("answered_by <> proposed_by", name="two_people"),
        sa.CheckConstraint(
            "outcome = 'confirmed' OR words IS NOT NULL", name="declining_has_words"
        ),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    eligibility_override_id: UUID = Field(
        sa_column_kwargs=described("The proposal it answers.", Disclosure.INDIRECT)
    )
    proposed_by: UUID = Field(
        sa_column_kwargs=described("The first person, as the proposal has it.", Disclosure.DIRECT)
    )
    outcome: Outcome = Field(
        sa_type=text_enum(Outcome, "outcome"),
        sa_column_kwargs=described("Confirmed or declined.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why it was declined.", Disclosure.NEVER)
    )
    answered_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When answered, in UTC.", Disclosure.INDIRECT)
    )
    answered_by: UUID = Field(sa_column_kwargs=described("The second person.", Disclosure.DIRECT))
