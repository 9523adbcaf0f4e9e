"""Batches of follow-up, what became of each row, and what was told of whom. No names, no arms."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.outcomes.followup.states import RowOutcome
from checkpoint.outcomes.states import Disposed, FollowUpKind

INSTANT = sa.DateTime(timezone=True)


class FollowUpBatch(Record, table=True):
    """Follow-up of one trial, taken in whole: both arms at once, and neither named.

    Append-only. Written only by ``outcomes.followup.actions``.
    """

    __tablename__ = "follow_up_batch"
    __table_args__ = (
        sa.UniqueConstraint("trial_id", "number"),
        sa.UniqueConstraint("trial_id", "digest"),
        sa.UniqueConstraint("id", "trial_id", "source"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest_form"),
        sa.CheckConstraint("source ~ '^[A-Z0-9_-]{1,40}$'", name="source_form"),
        sa.CheckConstraint("allowed_percent BETWEEN 0 AND 100", name="allowed_range"),
        sa.CheckConstraint(
            "new + corrects + repeated + left_out + ambiguous + unmatched = rows AND least(new, "
            "corrects, repeated, left_out, ambiguous, unmatched, covered, lacking) >= 0 AND rows >= 1",
            name="counts_add_up",
        ),
        sa.CheckConstraint(
            "(ambiguous + unmatched) * 100::bigint <= allowed_percent * rows::bigint",
            name="no_more_than_allowed",
        ),
        sa.Index("ix_follow_up_batch_received_at_id", "received_at", "id"),
    )

    trial_id: UUID = Field(
        foreign_key="trial.id", sa_column_kwargs=described("The trial.", Disclosure.SAFE)
    )
    number: int = Field(sa_column_kwargs=described("Counts the trial's batches.", Disclosure.SAFE))
    source: str = Field(
        max_length=40, sa_column_kwargs=described("Where it is from, as a code.", Disclosure.SAFE)
    )
    followed_until: date = Field(
        sa_column_kwargs=described("The last day of which it tells.", Disclosure.SAFE)
    )
    digest: str = Field(
        sa_type=sa.CHAR(64),
        sa_column_kwargs=described("SHA-256 of what its rows say, in any order.", Disclosure.SAFE),
    )
    allowed_percent: int = Field(
        sa_column_kwargs=described(
            "How many rows in a hundred could be about nobody, or about two people.",
            Disclosure.SAFE,
        )
    )
    rows: int = Field(sa_column_kwargs=described("How many rows.", Disclosure.SAFE))
    new: int = Field(sa_column_kwargs=described("How many of them were new.", Disclosure.SAFE))
    corrects: int = Field(
        sa_column_kwargs=described("How many took an earlier row's place.", Disclosure.SAFE)
    )
    repeated: int = Field(
        sa_column_kwargs=described("How many stood already, word for word.", Disclosure.SAFE)
    )
    left_out: int = Field(
        sa_column_kwargs=described(
            "How many were about people who agree to the research no longer.", Disclosure.SAFE
        )
    )
    ambiguous: int = Field(
        sa_column_kwargs=described("How many could be about two people.", Disclosure.SAFE)
    )
    unmatched: int = Field(
        sa_column_kwargs=described("How many were about nobody in the trial.", Disclosure.SAFE)
    )
    covered: int = Field(
        sa_column_kwargs=described("How many people it tells of.", Disclosure.SAFE)
    )
    lacking: int = Field(
        sa_column_kwargs=described(
            "How many of those allocated until then it does not tell of.", Disclosure.SAFE
        )
    )
    received_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When taken in, in UTC.", Disclosure.SAFE)
    )
    received_by: UUID = Field(sa_column_kwargs=described("Who took it in.", Disclosure.DIRECT))


class FollowUpRow(Record, table=True):
    """What became of one row of a batch; whom it named is kept only where they were found.

    Append-only. Written only by ``outcomes.followup.actions``.
    """

    __tablename__ = "follow_up_row"
    __table_args__ = (
        sa.UniqueConstraint("batch_id", "number"),
        sa.CheckConstraint(
            "(outcome IN ('left_out', 'ambiguous', 'unmatched')) = (allocation_id IS NULL)",
            name="matched_or_not",
        ),
        sa.Index("ix_follow_up_row_allocation_id", "allocation_id"),
    )

    batch_id: UUID = Field(
        foreign_key="follow_up_batch.id", sa_column_kwargs=described("The batch.", Disclosure.SAFE)
    )
    number: int = Field(
        sa_column_kwargs=described("Where it stood: the line, or its place.", Disclosure.SAFE)
    )
    outcome: RowOutcome = Field(
        sa_type=text_enum(RowOutcome, "outcome"),
        sa_column_kwargs=described("What became of it.", Disclosure.SAFE),
    )
    allocation_id: UUID | None = Field(
        default=None,
        foreign_key="allocation.id",
        sa_column_kwargs=described("Whose it is, if they were found.", Disclosure.NEVER),
    )


class FollowUpEntry(Record, table=True):
    """What a row tells of somebody: of rows with one key, the last version counts.

    Append-only. Written only by ``outcomes.followup.actions``.
    """

    __tablename__ = "follow_up_entry"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["batch_id", "trial_id", "source"],
            ["follow_up_batch.id", "follow_up_batch.trial_id", "follow_up_batch.source"],
        ),
        sa.UniqueConstraint("trial_id", "source", "row_key", "version"),
        sa.CheckConstraint("version >= 1", name="version_counts"),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest_form"),
        sa.CheckConstraint("kind <> 'arrest' OR arrested_on IS NOT NULL", name="arrest_has_day"),
        sa.CheckConstraint("kind <> 'charge' OR charged_on IS NOT NULL", name="charge_has_day"),
        sa.CheckConstraint(
            "(kind = 'disposal') = (disposal IS NOT NULL) AND (kind <> 'disposal' OR "
            "(disposed_on IS NOT NULL AND offence_on IS NOT NULL))",
            name="disposal_has_days",
        ),
        sa.CheckConstraint(
            "(kind IN ('custody', 'death', 'emigration', 'lost_to_follow_up')) = "
            "(from_on IS NOT NULL)",
            name="end_has_day",
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR (kind = 'custody' AND until_on >= from_on)", name="spell_in_order"
        ),
        sa.CheckConstraint(
            "offence_on <= arrested_on AND offence_on <= charged_on AND offence_on <= disposed_on "
            "AND arrested_on <= disposed_on AND charged_on <= disposed_on",
            name="days_in_order",
        ),
        sa.CheckConstraint("outcome_code NOT IN ('0', '18', '19')", name="outcome_possible"),
        sa.CheckConstraint(
            "outcome_code <> '22' OR disposed_on >= '2019-04-01'", name="outcome_in_use"
        ),
        sa.Index("ix_follow_up_entry_allocation_id", "allocation_id"),
    )

    batch_id: UUID = Field(sa_column_kwargs=described("The batch.", Disclosure.SAFE))
    trial_id: UUID = Field(sa_column_kwargs=described("The trial.", Disclosure.SAFE))
    source: str = Field(
        max_length=40, sa_column_kwargs=described("Where it is from, as a code.", Disclosure.SAFE)
    )
    row_key: str = Field(
        max_length=60, sa_column_kwargs=described("The source's own key.", Disclosure.NEVER)
    )
    version: int = Field(
        sa_column_kwargs=described("Counts the rows of that key.", Disclosure.SAFE)
    )
    digest: str = Field(
        sa_type=sa.CHAR(64),
        sa_column_kwargs=described("SHA-256 of what it says.", Disclosure.NEVER),
    )
    allocation_id: UUID = Field(
        foreign_key="allocation.id", sa_column_kwargs=described("Whose it is.", Disclosure.NEVER)
    )
    kind: FollowUpKind = Field(
        sa_type=text_enum(FollowUpKind, "kind"),
        sa_column_kwargs=described("What it tells, as a code.", Disclosure.INDIRECT),
    )
    offence_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("The day of the offence, if told.", Disclosure.NEVER),
    )
    arrested_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("The day of the arrest, if told.", Disclosure.NEVER),
    )
    charged_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("The day of the charge, if told.", Disclosure.NEVER),
    )
    disposed_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("The day of the disposal, if told.", Disclosure.NEVER),
    )
    from_on: date | None = Field(
        default=None,
        sa_column_kwargs=described(
            "The day of death, emigration or loss, or the first in custody.", Disclosure.NEVER
        ),
    )
    until_on: date | None = Field(
        default=None,
        sa_column_kwargs=described(
            "The last day in custody; null is still there.", Disclosure.NEVER
        ),
    )
    offence_code: str | None = Field(
        default=None,
        max_length=20,
        sa_column_kwargs=described("The offence's code, if told.", Disclosure.NEVER),
    )
    disposal: Disposed | None = Field(
        default=None,
        sa_type=text_enum(Disposed, "disposal"),
        sa_column_kwargs=described("How it was disposed of.", Disclosure.INDIRECT),
    )
    outcome_code: str | None = Field(
        default=None,
        max_length=2,
        sa_column_kwargs=described("The Home Office outcome, if told.", Disclosure.INDIRECT),
    )
    proactively_detected: bool = Field(
        sa_column_kwargs=described(
            "Whether police found it of their own accord.", Disclosure.INDIRECT
        )
    )
