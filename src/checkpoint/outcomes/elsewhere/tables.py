"""Editions of trials that ran elsewhere, with their participants and what came of these."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure
from checkpoint.outcomes.elsewhere.states import EditionOutcome, PartKind

INSTANT = sa.DateTime(timezone=True)


class TrialEdition(Record, table=True):
    """A trial that ran elsewhere, as it is brought in once; a correction is another edition.

    Append-only. Written only by ``outcomes.elsewhere.actions``.
    """

    __tablename__ = "trial_edition"
    __table_args__ = (
        sa.UniqueConstraint("code", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
    )

    code: str = Field(max_length=40, sa_column_kwargs=described("The trial's.", Disclosure.SAFE))
    number: int = Field(sa_column_kwargs=described("Counts its editions.", Disclosure.SAFE))
    manifest: dict[str, Any] = Field(
        sa_type=JSONB,
        sa_column_kwargs=described("What holds for the whole of it.", Disclosure.INDIRECT),
    )
    manifest_digest: str = Field(
        max_length=64, sa_column_kwargs=described("SHA-256 of the manifest.", Disclosure.SAFE)
    )
    key_check: str = Field(
        max_length=64,
        sa_column_kwargs=described("HMAC-SHA-256 by the key that masks its arms.", Disclosure.SAFE),
    )
    begun_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When begun, in UTC.", Disclosure.SAFE)
    )
    begun_by: UUID = Field(sa_column_kwargs=described("Who brings it in.", Disclosure.DIRECT))


class TrialEditionPart(Record, table=True):
    """Rows of an edition that came at once; whoever was interrupted sees what is here already.

    Append-only. Written only by ``outcomes.elsewhere.loading``.
    """

    __tablename__ = "trial_edition_part"
    __table_args__ = (
        sa.UniqueConstraint("trial_edition_id", "kind", "number"),
        sa.CheckConstraint("number >= 1 AND rows >= 0", name="numbers_count"),
    )

    trial_edition_id: UUID = Field(
        foreign_key="trial_edition.id", sa_column_kwargs=described("The edition.", Disclosure.SAFE)
    )
    kind: PartKind = Field(
        sa_type=text_enum(PartKind, "kind"),
        sa_column_kwargs=described("What it holds, as a code.", Disclosure.SAFE),
    )
    number: int = Field(sa_column_kwargs=described("Which of them.", Disclosure.SAFE))
    rows: int = Field(sa_column_kwargs=described("How many rows.", Disclosure.SAFE))
    digest: str = Field(
        max_length=64, sa_column_kwargs=described("SHA-256 of what came.", Disclosure.SAFE)
    )
    received_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.SAFE)
    )
    received_by: UUID = Field(sa_column_kwargs=described("Who sent it.", Disclosure.DIRECT))


class TrialEditionEnd(Record, table=True):
    """An edition is complete, and counts from then on; or it was abandoned and never counts.

    Append-only. Written only by ``outcomes.elsewhere.actions``; from then on a trigger lets in no
    rows of that edition.
    """

    __tablename__ = "trial_edition_end"
    __table_args__ = (
        sa.UniqueConstraint("trial_edition_id"),
        sa.CheckConstraint(
            "(outcome = 'completed') = (trial_id IS NOT NULL)", name="a_complete_one_has_its_trial"
        ),
        sa.CheckConstraint(
            "(outcome = 'completed') = (digest IS NOT NULL)", name="a_complete_one_has_its_digest"
        ),
        sa.Index(None, "trial_id"),
    )

    trial_edition_id: UUID = Field(
        foreign_key="trial_edition.id", sa_column_kwargs=described("The edition.", Disclosure.SAFE)
    )
    outcome: EditionOutcome = Field(
        sa_type=text_enum(EditionOutcome, "outcome"),
        sa_column_kwargs=described("How it ended, as a code.", Disclosure.SAFE),
    )
    trial_id: UUID | None = Field(
        default=None,
        foreign_key="trial.id",
        sa_column_kwargs=described("The trial that it founded or went on.", Disclosure.SAFE),
    )
    digest: str | None = Field(
        default=None,
        max_length=64,
        sa_column_kwargs=described("SHA-256 of all that came.", Disclosure.SAFE),
    )
    ended_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.SAFE)
    )
    ended_by: UUID = Field(sa_column_kwargs=described("Who ended it.", Disclosure.DIRECT))


class ElsewhereParticipant(Record, table=True):
    """Somebody who was allocated elsewhere, as an edition knows them, behind their arm's mask.

    Append-only. Written only by ``outcomes.elsewhere.loading``; the arm itself is kept nowhere.
    """

    __tablename__ = "elsewhere_participant"
    __table_args__ = (
        sa.UniqueConstraint("trial_edition_id", "participant_id"),
        sa.CheckConstraint("observed_days >= 0", name="observed_forwards"),
        sa.CheckConstraint("custody_days >= 0", name="custody_range"),
        sa.CheckConstraint(
            "custody_day IS NULL OR (custody_day >= 0 AND coalesce(custody_days, 0) > 0)",
            name="custody_began",
        ),
        sa.CheckConstraint("age BETWEEN 10 AND 120", name="age_range"),
    )

    trial_edition_id: UUID = Field(
        foreign_key="trial_edition.id", sa_column_kwargs=described("The edition.", Disclosure.SAFE)
    )
    participant_id: UUID = Field(
        sa_column_kwargs=described("The same in each edition of the trial.", Disclosure.NEVER)
    )
    row: int = Field(
        sa_column_kwargs=described("Its row, or its line in the file.", Disclosure.NEVER)
    )
    reference: str = Field(
        max_length=64,
        sa_column_kwargs=described("What they are called there; no name.", Disclosure.NEVER),
    )
    mask: str = Field(
        max_length=1, sa_column_kwargs=described("The mask of their arm.", Disclosure.SAFE)
    )
    delivered_mask: str | None = Field(
        default=None,
        max_length=1,
        sa_column_kwargs=described(
            "The mask of the arm they were given; null is not known.", Disclosure.INDIRECT
        ),
    )
    per_protocol: bool = Field(
        sa_column_kwargs=described(
            "Whether they were given their own arm as the protocol has it.", Disclosure.INDIRECT
        )
    )
    completed: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Whether they completed; null: not told.", Disclosure.INDIRECT),
    )
    stratum: str = Field(
        max_length=40, sa_column_kwargs=described("Their stratum.", Disclosure.NEVER)
    )
    allocated_on: date = Field(
        sa_column_kwargs=described("The day of allocation.", Disclosure.NEVER)
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
            "The broad group of self-defined ethnicity; null is not known.", Disclosure.INDIRECT
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
        sa_column_kwargs=described("The group of the index offence.", Disclosure.INDIRECT),
    )
    baseline: dict[str, Any] = Field(
        sa_type=JSONB,
        sa_column_kwargs=described("The covariates of the manifest.", Disclosure.INDIRECT),
    )
    observed_days: int = Field(
        sa_column_kwargs=described("Days from allocation to the last one.", Disclosure.INDIRECT)
    )
    ended_by: EndOfObservation = Field(
        sa_type=text_enum(EndOfObservation, "ended_by"),
        sa_column_kwargs=described("Why not longer, as a code.", Disclosure.INDIRECT),
    )
    custody_days: int | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Days of these in custody; null: not told.", Disclosure.INDIRECT
        ),
    )
    custody_day: int | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Days to the first of these in custody; null: none, or not told.", Disclosure.INDIRECT
        ),
    )
    distance_travelled: int | None = Field(
        default=None,
        sa_column_kwargs=described("Scores at exit less those at baseline.", Disclosure.INDIRECT),
    )
    cost_pence: int | None = Field(
        default=None,
        sa_type=sa.BigInteger,
        sa_column_kwargs=described("What the case cost, in pence.", Disclosure.INDIRECT),
    )


class ElsewhereEvent(Record, table=True):
    """Something that happened to somebody who took part elsewhere, as an edition knows it.

    Append-only. Written only by ``outcomes.elsewhere.loading``.
    """

    __tablename__ = "elsewhere_event"
    __table_args__ = (
        sa.Index(None, "trial_edition_id", "participant_id"),
        sa.CheckConstraint("(day IS NULL) <> (happened_on IS NULL)", name="one_way_of_telling"),
        sa.CheckConstraint("harm_days >= 0", name="harm_range"),
    )

    trial_edition_id: UUID = Field(
        foreign_key="trial_edition.id", sa_column_kwargs=described("The edition.", Disclosure.SAFE)
    )
    participant_id: UUID = Field(sa_column_kwargs=described("The participant.", Disclosure.NEVER))
    row: int = Field(
        sa_column_kwargs=described("Its row, or its line in the file.", Disclosure.NEVER)
    )
    measure: Measure = Field(
        sa_type=text_enum(Measure, "measure"),
        sa_column_kwargs=described("What it counts for.", Disclosure.INDIRECT),
    )
    day: int | None = Field(
        default=None,
        sa_column_kwargs=described("Days from allocation, if told so.", Disclosure.INDIRECT),
    )
    happened_on: date | None = Field(
        default=None, sa_column_kwargs=described("The day, if told so.", Disclosure.NEVER)
    )
    offence_group: str | None = Field(
        default=None,
        max_length=40,
        sa_column_kwargs=described("The group of the offence, if known.", Disclosure.INDIRECT),
    )
    harm_days: float | None = Field(
        default=None,
        sa_column_kwargs=described("Days by the harm index, if told.", Disclosure.INDIRECT),
    )
    proactively_detected: bool | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Whether police found it of their own accord; null: not told.", Disclosure.INDIRECT
        ),
    )
