"""Starts, crossovers, deviations and disposals. None of them touches an allocation."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from checkpoint.custody.movements.states import LateReason
from checkpoint.delivery.states import (
    ConditionKind,
    CrossoverReason,
    DeviationReason,
    DisposingAuthority,
    ReplacingReason,
)
from checkpoint.foundation.actors import Rank
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.oversight.states import Outcome

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
CONDITIONS = ", ".join(f"'{kind.value}'" for kind in ConditionKind)


class Crossover(Record, table=True):
    """A proposal to give a control case the programme; it holds once a second person confirms it.

    Append-only. Written only by ``delivery.actions``; a trigger sees that none before it is open or
    confirmed, and that the case was not started.
    """

    __tablename__ = "crossover"
    __table_args__ = (
        sa.UniqueConstraint("allocation_id", "number"),
        sa.UniqueConstraint("id", "proposed_by"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    allocation_id: UUID = Field(
        foreign_key="allocation.id",
        sa_column_kwargs=described("The allocation it departs from.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the proposals.", Disclosure.SAFE))
    reason_code: CrossoverReason = Field(
        sa_type=text_enum(CrossoverReason, "reason_code"),
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


class CrossoverAnswer(Record, table=True):
    """What the second person said of a proposed crossover; one to a proposal.

    Append-only. Written only by ``delivery.actions``; the database itself refuses an answer by
    whoever proposed.
    """

    __tablename__ = "crossover_answer"
    __table_args__ = (
        sa.UniqueConstraint("crossover_id"),
        sa.ForeignKeyConstraint(
            ["crossover_id", "proposed_by"], ["crossover.id", "crossover.proposed_by"]
        ),
        sa.CheckConstraint("answered_by <> proposed_by", name="two_people"),
        sa.CheckConstraint(
            "outcome = 'confirmed' OR words IS NOT NULL", name="declining_has_words"
        ),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    crossover_id: UUID = Field(
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


class ProgrammeStart(Record, table=True):
    """Somebody was started on the programme; once to a case.

    Append-only. Written only by ``delivery.actions``; a trigger sees that the case was allocated or
    enrolled, that its person's consent stood, and that a crossover it names was confirmed.
    """

    __tablename__ = "programme_start"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id"),
        sa.UniqueConstraint("allocation_id"),
        sa.UniqueConstraint("enrolment_id"),
        sa.CheckConstraint(
            "num_nonnulls(allocation_id, enrolment_id) = 1", name="allocated_or_enrolled"
        ),
        sa.CheckConstraint(
            "crossover_id IS NULL OR allocation_id IS NOT NULL", name="only_allocated_cross"
        ),
        sa.Index("ix_programme_start_started_at_id", "started_at", "id"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    allocation_id: UUID | None = Field(
        default=None,
        foreign_key="allocation.id",
        sa_column_kwargs=described("Its allocation, if it has one.", Disclosure.INDIRECT),
    )
    enrolment_id: UUID | None = Field(
        default=None,
        foreign_key="enrolment.id",
        sa_column_kwargs=described("Its direct enrolment, if it has one.", Disclosure.INDIRECT),
    )
    crossover_id: UUID | None = Field(
        default=None,
        foreign_key="crossover.id",
        sa_column_kwargs=described("The crossover that allowed it, if any.", Disclosure.INDIRECT),
    )
    programme_consent_id: UUID = Field(
        foreign_key="consent.id",
        sa_column_kwargs=described("The consent to the programme.", Disclosure.INDIRECT),
    )
    started_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When started, in UTC.", Disclosure.INDIRECT)
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


class Deviation(Record, table=True):
    """A treatment case went the control's way and was never started; once to a case.

    Append-only. Written only by ``delivery.actions``.
    """

    __tablename__ = "deviation"
    __table_args__ = (
        sa.UniqueConstraint("allocation_id"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    allocation_id: UUID = Field(
        foreign_key="allocation.id",
        sa_column_kwargs=described("The allocation it departs from.", Disclosure.INDIRECT),
    )
    reason_code: DeviationReason = Field(
        sa_type=text_enum(DeviationReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.SAFE),
    )
    words: str = Field(sa_column_kwargs=described("Why, in words.", Disclosure.NEVER))
    happened_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("When that was settled, in UTC.", Disclosure.INDIRECT),
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


class Disposal(Record, table=True):
    """How one alleged offence was disposed of; of several, the one with the highest number counts.

    Append-only. Written only by ``delivery.actions``; a trigger sees that the offence is the
    record's own.
    """

    __tablename__ = "disposal"
    __table_args__ = (
        sa.UniqueConstraint("first_entry_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("(number = 1) = (reason_code IS NULL)", name="replacing_has_reason"),
        sa.CheckConstraint("outcome_code ~ '^[0-9]{1,2}$'", name="outcome_form"),
        sa.CheckConstraint("outcome_code NOT IN ('18', '19')", name="outcome_possible"),
        sa.CheckConstraint(
            "outcome_code <> '22' OR disposed_on >= '2019-04-01'", name="outcome_in_use"
        ),
        sa.CheckConstraint("court IS NULL OR decided_by = 'court'", name="court_of_a_court"),
        sa.CheckConstraint(
            f"conditions <@ ARRAY[{CONDITIONS}]::varchar[]", name="conditions_listed"
        ),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.Index("ix_disposal_custody_record_id", "custody_record_id"),
        sa.Index(
            "ix_disposal_out_of_time",
            "recorded_at",
            "id",
            postgresql_where=sa.text("outcome_code = '17'"),
        ),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    alleged_offence_id: UUID = Field(
        foreign_key="alleged_offence.id",
        sa_column_kwargs=described("The offence, as it was alleged then.", Disclosure.INDIRECT),
    )
    first_entry_id: UUID = Field(
        foreign_key="alleged_offence.id",
        sa_column_kwargs=described(
            "Its first entry, before it was put right.", Disclosure.INDIRECT
        ),
    )
    number: int = Field(
        sa_column_kwargs=described("Counts the offence's disposals.", Disclosure.SAFE)
    )
    outcome_code: str = Field(
        max_length=2, sa_column_kwargs=described("How, by its code.", Disclosure.INDIRECT)
    )
    disposed_on: date = Field(sa_column_kwargs=described("On which day.", Disclosure.INDIRECT))
    decided_by: DisposingAuthority = Field(
        sa_type=text_enum(DisposingAuthority, "decided_by"),
        sa_column_kwargs=described("Police, prosecutor or court.", Disclosure.SAFE),
    )
    court: str | None = Field(
        default=None, max_length=200, sa_column_kwargs=described("Which court.", Disclosure.NEVER)
    )
    conditions: list[str] = Field(
        default_factory=list,
        sa_type=ARRAY(sa.String()),
        sa_column_kwargs=described("What its conditions are for, as codes.", Disclosure.INDIRECT),
    )
    words: str | None = Field(
        default=None,
        sa_column_kwargs=described("The conditions, or what else counts.", Disclosure.NEVER),
    )
    reason_code: ReplacingReason | None = Field(
        default=None,
        sa_type=text_enum(ReplacingReason, "reason_code"),
        sa_column_kwargs=described("Why it took another's place, if so.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))
