"""Data cuts, their participants and what came of these; from these rows every figure is made."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure, Origin

INSTANT = sa.DateTime(timezone=True)


def safe(comment: str) -> dict[str, Any]:
    """A column that tells nothing of anybody."""
    return described(comment, Disclosure.SAFE)


class DataCut(Record, table=True):
    """A trial as it was known at one moment; a correction makes another cut.

    Append-only. Written only by ``outcomes.cuts.actions``.
    """

    __tablename__ = "data_cut"
    __table_args__ = (
        sa.UniqueConstraint("trial_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("participants >= 0 AND events >= 0", name="counts"),
        sa.CheckConstraint("conviction_lag_months >= 0", name="conviction_lag_range"),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest_form"),
        sa.CheckConstraint("definitions_digest ~ '^[0-9a-f]{64}$'", name="definitions_digest_form"),
    )

    trial_id: UUID = Field(foreign_key="trial.id", sa_column_kwargs=safe("The trial."))
    number: int = Field(sa_column_kwargs=safe("Counts the trial's cuts."))
    origin: Origin = Field(
        sa_type=text_enum(Origin, "origin"),
        sa_column_kwargs=safe("Whether the programme ran here."),
    )
    known_until: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=safe(
            "What was on record then counts, and nothing that came later; in UTC."
        ),
    )
    followed_until: date = Field(
        sa_column_kwargs=safe("The last day for everything that it counts.")
    )
    measures: list[str] = Field(
        sa_type=ARRAY(sa.String(20)),
        sa_column_kwargs=safe("Which measures it holds, as codes."),
    )
    definitions: str = Field(
        max_length=40,
        sa_column_kwargs=safe("The version of the definitions."),
    )
    definitions_digest: str = Field(
        sa_type=sa.CHAR(64),
        sa_column_kwargs=safe("SHA-256 of the definitions."),
    )
    horizons: list[dict[str, Any]] = Field(
        sa_type=JSONB,
        sa_column_kwargs=safe("How long after allocation is counted: name, and months or days."),
    )
    conviction_lag_months: int = Field(
        default=0,
        sa_column_kwargs=safe(
            "Proven reoffences are complete until so many months before the last day."
        ),
    )
    rule_sets: list[str] = Field(
        sa_type=ARRAY(sa.String(40)),
        sa_column_kwargs=safe("The versions of the rules that its people were found eligible by."),
    )
    harm_index: str | None = Field(
        default=None,
        max_length=40,
        sa_column_kwargs=safe("The version of the harm index, if any."),
    )
    covariates: dict[str, Any] | None = Field(
        default=None,
        sa_type=JSONB(none_as_null=True),
        sa_column_kwargs=safe(
            "What each covariate is, as a programme elsewhere says: type, label, words by code."
        ),
    )
    masks: list[str] = Field(
        sa_type=ARRAY(sa.String(1)),
        sa_column_kwargs=safe("The arms' masks, in order."),
    )
    participants: int = Field(sa_column_kwargs=safe("How many people."))
    events: int = Field(sa_column_kwargs=safe("How many events of theirs."))
    flow: dict[str, Any] = Field(
        sa_type=JSONB,
        sa_column_kwargs=described(
            "How many came to each gate before allocation, by code.", Disclosure.INDIRECT
        ),
    )
    digest: str = Field(sa_type=sa.CHAR(64), sa_column_kwargs=safe("SHA-256 of its rows."))
    software: str = Field(max_length=60, sa_column_kwargs=safe("The version that took it."))
    taken_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs=safe("When taken, in UTC."))
    taken_by: UUID = Field(sa_column_kwargs=described("Who took it.", Disclosure.DIRECT))


class CutParticipant(Record, table=True):
    """Somebody who was allocated, as a cut knows them: by no name, and behind their arm's mask.

    Append-only. Written only by ``outcomes.cuts.actions``.
    """

    __tablename__ = "cut_participant"
    __table_args__ = (
        # Whoever takes a cut knows its counts and its digest only once all rows are in.
        sa.ForeignKeyConstraint(["cut_id"], ["data_cut.id"], deferrable=True, initially="DEFERRED"),
        sa.UniqueConstraint("cut_id", "participant_id"),
        sa.CheckConstraint("observed_days >= 0", name="observed_forwards"),
        sa.CheckConstraint("age BETWEEN 10 AND 120", name="age_range"),
        sa.CheckConstraint("custody_day BETWEEN 0 AND observed_days", name="custody_seen"),
        sa.CheckConstraint(
            "arrest_day >= 0 AND charge_day >= 0 AND proven_day >= 0", name="days_forwards"
        ),
    )

    cut_id: UUID = Field(sa_column_kwargs=described("The cut.", Disclosure.SAFE))
    participant_id: UUID = Field(
        sa_column_kwargs=described(
            "Their allocation, or their row of a programme elsewhere.", Disclosure.NEVER
        )
    )
    mask: str = Field(
        max_length=1,
        sa_column_kwargs=described("The mask of the arm they were allocated to.", Disclosure.SAFE),
    )
    delivered_mask: str | None = Field(
        default=None,
        max_length=1,
        sa_column_kwargs=described(
            "The mask of the arm they were given; null: neither is known.", Disclosure.INDIRECT
        ),
    )
    per_protocol: bool = Field(
        sa_column_kwargs=described(
            "Whether they were given their own arm as the protocol has it.", Disclosure.INDIRECT
        )
    )
    completed: bool | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Whether they completed; null where there was nothing to complete.", Disclosure.INDIRECT
        ),
    )
    stratum: str = Field(
        max_length=40, sa_column_kwargs=described("Their stratum.", Disclosure.NEVER)
    )
    allocated_on: date = Field(
        sa_column_kwargs=described(
            "The day of allocation in London, the index date of both arms.", Disclosure.NEVER
        )
    )
    sex: str | None = Field(
        default=None,
        max_length=20,
        sa_column_kwargs=described("Sex, as a code; null is not known.", Disclosure.INDIRECT),
    )
    age: int | None = Field(
        default=None,
        sa_column_kwargs=described("Whole years at allocation, if known.", Disclosure.INDIRECT),
    )
    ethnicity: str | None = Field(
        default=None,
        max_length=10,
        sa_column_kwargs=described(
            "The broad group of self-defined ethnicity, as a code; null is not known.",
            Disclosure.INDIRECT,
        ),
    )
    residence: str | None = Field(
        default=None,
        max_length=40,
        sa_column_kwargs=described("The local authority, if known.", Disclosure.INDIRECT),
    )
    offence_group: str | None = Field(
        default=None,
        max_length=40,
        sa_column_kwargs=described(
            "The group of the index offence, if known.", Disclosure.INDIRECT
        ),
    )
    baseline: dict[str, Any] = Field(
        sa_type=JSONB,
        sa_column_kwargs=described(
            "Other covariates at allocation, by name: numbers, true or false, or codes.",
            Disclosure.INDIRECT,
        ),
    )
    observed_days: int = Field(
        sa_column_kwargs=described(
            "Days from allocation to the last day that is observed.", Disclosure.INDIRECT
        )
    )
    ended_by: EndOfObservation = Field(
        sa_type=text_enum(EndOfObservation, "ended_by"),
        sa_column_kwargs=described("Why not longer, as a code.", Disclosure.INDIRECT),
    )
    custody_days: int | None = Field(
        default=0,
        sa_column_kwargs=described(
            "Days of these in custody, when nothing could happen; null is not known.",
            Disclosure.INDIRECT,
        ),
    )
    custody_day: int | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Days to the first of these in custody; null is none, or not known when.",
            Disclosure.INDIRECT,
        ),
    )
    arrest_day: int | None = Field(
        default=None,
        sa_column_kwargs=described("Days to the first arrest, if any.", Disclosure.INDIRECT),
    )
    charge_day: int | None = Field(
        default=None,
        sa_column_kwargs=described("Days to the first charge, if any.", Disclosure.INDIRECT),
    )
    proven_day: int | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Days to the first proven reoffence, if any.", Disclosure.INDIRECT
        ),
    )
    distance_travelled: int | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Pathways' scores at exit less those at baseline, summed, if both were taken.",
            Disclosure.INDIRECT,
        ),
    )
    cost_pence: int | None = Field(
        default=None,
        sa_type=sa.BigInteger,
        sa_column_kwargs=described(
            "What the case cost, in pence, if recorded.", Disclosure.INDIRECT
        ),
    )
    wellbeing: int | None = Field(
        default=None,
        sa_column_kwargs=described("Last WEMWBS points after allocation.", Disclosure.INDIRECT),
    )
    victim_satisfaction: float | None = Field(
        default=None,
        sa_column_kwargs=described("Mean of victims' last answers, 1 to 5.", Disclosure.INDIRECT),
    )


class CutEvent(Record, table=True):
    """Something that happened to a participant after allocation, as a cut knows it.

    Append-only. Written only by ``outcomes.cuts.actions``.
    """

    __tablename__ = "cut_event"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["cut_id", "participant_id"],
            ["cut_participant.cut_id", "cut_participant.participant_id"],
        ),
        sa.Index("ix_cut_event_cut_id_participant_id", "cut_id", "participant_id"),
        sa.CheckConstraint("day >= 0", name="day_forwards"),
        sa.CheckConstraint("harm_days >= 0", name="harm_range"),
    )

    cut_id: UUID = Field(sa_column_kwargs=described("The cut.", Disclosure.SAFE))
    participant_id: UUID = Field(sa_column_kwargs=described("The participant.", Disclosure.NEVER))
    measure: Measure = Field(
        sa_type=text_enum(Measure, "measure"),
        sa_column_kwargs=described("What it counts for.", Disclosure.INDIRECT),
    )
    day: int = Field(
        sa_column_kwargs=described(
            "Days from allocation to the day that the definitions count.", Disclosure.INDIRECT
        )
    )
    offence_group: str | None = Field(
        default=None,
        max_length=40,
        sa_column_kwargs=described("The group of the offence, if known.", Disclosure.INDIRECT),
    )
    harm_days: float | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Days by the harm index, if it has the offence.", Disclosure.INDIRECT
        ),
    )
    proactively_detected: bool | None = Field(
        default=False,
        sa_column_kwargs=described(
            "Whether police found it of their own accord; harm leaves it out; null is not known.",
            Disclosure.INDIRECT,
        ),
    )
