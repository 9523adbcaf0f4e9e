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


def indirect(comment: str) -> dict[str, Any]:
    """A column that tells of somebody beside others."""
    return described(comment, Disclosure.INDIRECT)


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
        sa.CheckConstraint(
            "(primary_measure IS NULL) = (primary_horizon IS NULL)", name="primary_whole"
        ),
        sa.CheckConstraint("primary_measure = ANY (measures)", name="primary_is_held"),
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
    primary_measure: str | None = Field(
        default=None,
        max_length=20,
        sa_column_kwargs=safe("The measure that was fixed as primary in advance; null: none was."),
    )
    primary_horizon: str | None = Field(
        default=None,
        max_length=40,
        sa_column_kwargs=safe("The name of the primary outcome's horizon; null: none was fixed."),
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
        sa_column_kwargs=indirect("How many came to each gate before allocation, by code."),
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

    cut_id: UUID = Field(sa_column_kwargs=safe("The cut."))
    participant_id: UUID = Field(
        sa_column_kwargs=described(
            "Their allocation, or their row of a programme elsewhere.", Disclosure.NEVER
        )
    )
    mask: str = Field(
        max_length=1,
        sa_column_kwargs=safe("The mask of the arm they were allocated to."),
    )
    delivered_mask: str | None = Field(
        default=None,
        max_length=1,
        sa_column_kwargs=indirect("The mask of the arm they were given; null: neither is known."),
    )
    per_protocol: bool = Field(
        sa_column_kwargs=indirect("Whether they were given their own arm as the protocol has it.")
    )
    completed: bool | None = Field(
        default=None,
        sa_column_kwargs=indirect(
            "Whether they completed; null where there was nothing to complete."
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
        sa_column_kwargs=indirect("Sex, as a code; null is not known."),
    )
    age: int | None = Field(
        default=None,
        sa_column_kwargs=indirect("Whole years at allocation, if known."),
    )
    ethnicity: str | None = Field(
        default=None,
        max_length=10,
        sa_column_kwargs=indirect(
            "The broad group of self-defined ethnicity, as a code; null is not known."
        ),
    )
    residence: str | None = Field(
        default=None,
        max_length=40,
        sa_column_kwargs=indirect("The local authority, if known."),
    )
    offence_group: str | None = Field(
        default=None,
        max_length=40,
        sa_column_kwargs=indirect("The group of the index offence, if known."),
    )
    baseline: dict[str, Any] = Field(
        sa_type=JSONB,
        sa_column_kwargs=indirect(
            "Other covariates at allocation, by name: numbers, true or false, or codes."
        ),
    )
    observed_days: int = Field(
        sa_column_kwargs=indirect("Days from allocation to the last day that is observed.")
    )
    ended_by: EndOfObservation = Field(
        sa_type=text_enum(EndOfObservation, "ended_by"),
        sa_column_kwargs=indirect("Why not longer, as a code."),
    )
    custody_days: int | None = Field(
        default=0,
        sa_column_kwargs=indirect(
            "Days of these in custody, when nothing could happen; null is not known."
        ),
    )
    custody_day: int | None = Field(
        default=None,
        sa_column_kwargs=indirect("Days to the first in custody; null: none, or not known when."),
    )
    arrest_day: int | None = Field(
        default=None,
        sa_column_kwargs=indirect("Days to the first arrest, if any."),
    )
    charge_day: int | None = Field(
        default=None,
        sa_column_kwargs=indirect("Days to the first charge, if any."),
    )
    proven_day: int | None = Field(
        default=None,
        sa_column_kwargs=indirect("Days to the first proven reoffence, if any."),
    )
    distance_travelled: int | None = Field(
        default=None,
        sa_column_kwargs=indirect(
            "Pathways' scores at exit less those at baseline, summed, if both were taken."
        ),
    )
    cost_pence: int | None = Field(
        default=None,
        sa_type=sa.BigInteger,
        sa_column_kwargs=indirect("What the case cost, in pence, if recorded."),
    )
    wellbeing: int | None = Field(
        default=None,
        sa_column_kwargs=indirect("Last WEMWBS points after allocation."),
    )
    victim_satisfaction: float | None = Field(
        default=None,
        sa_column_kwargs=indirect("Mean of victims' last answers, 1 to 5."),
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

    cut_id: UUID = Field(sa_column_kwargs=safe("The cut."))
    participant_id: UUID = Field(sa_column_kwargs=described("The participant.", Disclosure.NEVER))
    measure: Measure = Field(
        sa_type=text_enum(Measure, "measure"),
        sa_column_kwargs=indirect("What it counts for."),
    )
    day: int = Field(
        sa_column_kwargs=indirect("Days from allocation to the day that the definitions count.")
    )
    offence_group: str | None = Field(
        default=None,
        max_length=40,
        sa_column_kwargs=indirect("The group of the offence, if known."),
    )
    harm_days: float | None = Field(
        default=None,
        sa_column_kwargs=indirect("Days by the harm index, if it has the offence."),
    )
    proactively_detected: bool | None = Field(
        default=False,
        sa_column_kwargs=indirect(
            "Whether police found it of their own accord; harm leaves it out; null is not known."
        ),
    )
