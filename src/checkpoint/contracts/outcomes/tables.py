"""What victims object to, and what an uninvolved officer says to it. None is ever edited."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.contracts.outcomes.states import ChallengeOutcome
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000


class VictimChallenge(Record, table=True):
    """A victim objects to a contract, or to what came of it. The contract goes on meanwhile.

    Append-only. Written only by ``contracts.outcomes.actions``.
    """

    __tablename__ = "victim_challenge"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "number"),
        sa.UniqueConstraint("id", "recorded_by"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("due_on >= objected_on", name="due_after"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.Index("ix_victim_challenge_victim_id", "victim_id"),
    )

    contract_id: UUID = Field(
        foreign_key="contract.id",
        sa_column_kwargs=described("The contract.", Disclosure.INDIRECT),
    )
    victim_id: UUID = Field(
        foreign_key="victim.id",
        sa_column_kwargs=described("Who objects.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts its objections.", Disclosure.SAFE))
    objected_on: date = Field(sa_column_kwargs=described("On which day.", Disclosure.INDIRECT))
    words: str = Field(sa_column_kwargs=described("What they say, in words.", Disclosure.NEVER))
    due_on: date = Field(
        sa_column_kwargs=described("The last day to decide it.", Disclosure.INDIRECT)
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class VictimChallengeDecision(Record, table=True):
    """What an uninvolved officer says to a victim's objection; one to each.

    Append-only. It ends no contract by itself. Written only by ``contracts.outcomes.actions``.
    """

    __tablename__ = "victim_challenge_decision"
    __table_args__ = (
        sa.UniqueConstraint("challenge_id"),
        sa.ForeignKeyConstraint(
            ["challenge_id", "recorded_by"], ["victim_challenge.id", "victim_challenge.recorded_by"]
        ),
        sa.CheckConstraint("decided_by <> recorded_by", name="two_people"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    challenge_id: UUID = Field(
        sa_column_kwargs=described("The objection it answers.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(
        sa_column_kwargs=described("Who entered that, as it has it.", Disclosure.DIRECT)
    )
    outcome: ChallengeOutcome = Field(
        sa_type=text_enum(ChallengeOutcome, "outcome"),
        sa_column_kwargs=described("What was decided.", Disclosure.INDIRECT),
    )
    words: str = Field(sa_column_kwargs=described("Why, in words.", Disclosure.NEVER))
    decided_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When decided, in UTC.", Disclosure.INDIRECT)
    )
    decided_by: UUID = Field(sa_column_kwargs=described("Who decided.", Disclosure.DIRECT))
