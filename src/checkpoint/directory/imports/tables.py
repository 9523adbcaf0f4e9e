"""What was imported from where, and what became of each row."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from checkpoint.directory.imports.states import Dialect, RowChange, RowOutcome, RunState
from checkpoint.directory.states import ListingKind
from checkpoint.directory.tables import INSTANT, safe
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

COUNTS = (
    "pages", "accepted", "repaired", "rejected", "added", "changed", "back", "unchanged", "vanished"
)  # fmt: skip


class DirectoryImportRun(Record, table=True):
    """One import that ended, by changing the directory or by being broken off. Append-only."""

    __tablename__ = "directory_import_run"
    __table_args__ = (
        sa.CheckConstraint("ended_at >= started_at", name="ended_after"),
        sa.CheckConstraint(
            "state = 'applied' OR (NOT complete AND why IS NOT NULL)", name="broken_off_says_why"
        ),
        sa.CheckConstraint(
            " AND ".join(f"{name} >= 0" for name in COUNTS), name="counts_from_nothing"
        ),
        sa.Index("ix_directory_import_run_source_ended_at", "source", "ended_at"),
    )

    source: str = Field(
        foreign_key="directory_source.code", max_length=40, sa_column_kwargs=safe("Whose it was.")
    )
    origin: str = Field(
        max_length=2000, sa_column_kwargs=safe("The address without its query, or the file's name.")
    )
    dialect: Dialect = Field(
        sa_type=text_enum(Dialect, "dialect"), sa_column_kwargs=safe("How it was written.")
    )
    state: RunState = Field(
        sa_type=text_enum(RunState, "state"), sa_column_kwargs=safe("How it ended.")
    )
    complete: bool = Field(
        sa_column_kwargs=safe("Whether it was surely all; only then what is not in it vanishes.")
    )
    why: str | None = Field(
        default=None,
        sa_column_kwargs=safe("Why it was broken off, or was not surely all."),
    )
    pages: int = Field(sa_column_kwargs=safe("Pages that were read."))
    accepted: int = Field(sa_column_kwargs=safe("Rows taken as they came."))
    repaired: int = Field(sa_column_kwargs=safe("Rows taken with something mended."))
    rejected: int = Field(sa_column_kwargs=safe("Rows not taken."))
    added: int = Field(sa_column_kwargs=safe("Listings that are new."))
    changed: int = Field(sa_column_kwargs=safe("Listings that say something else."))
    back: int = Field(sa_column_kwargs=safe("Listings that had vanished and are there again."))
    unchanged: int = Field(sa_column_kwargs=safe("Listings left as they stood."))
    vanished: int = Field(sa_column_kwargs=safe("Listings that are there no longer."))
    started_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=safe("When it was begun, in UTC.")
    )
    ended_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs=safe("When it ended, in UTC."))
    recorded_by: UUID = Field(sa_column_kwargs=described("Who imported it.", Disclosure.DIRECT))


class DirectoryImportRow(SQLModel, table=True):
    """One row of an import that changed a listing, or was rejected. Append-only."""

    __tablename__ = "directory_import_row"
    __table_args__ = (sa.CheckConstraint("position >= 1", name="position_counts"),)

    run_id: UUID = Field(
        primary_key=True,
        foreign_key="directory_import_run.id",
        sa_column_kwargs=safe("The import."),
    )
    position: int = Field(primary_key=True, sa_column_kwargs=safe("Counts its rows, from 1."))
    place: str = Field(max_length=200, sa_column_kwargs=safe("Where in the feed it stood."))
    kind: ListingKind = Field(
        sa_type=text_enum(ListingKind, "kind"), sa_column_kwargs=safe("What it tells of.")
    )
    external_id: str = Field(max_length=255, sa_column_kwargs=safe("What the feed calls it."))
    outcome: RowOutcome = Field(
        sa_type=text_enum(RowOutcome, "outcome"), sa_column_kwargs=safe("What became of it.")
    )
    change: RowChange | None = Field(
        default=None,
        sa_type=text_enum(RowChange, "change"),
        sa_column_kwargs=safe("What it changed; null if rejected."),
    )
    notes: list[str] = Field(
        sa_type=ARRAY(sa.String()),
        sa_column_kwargs=safe("What was mended, or why it was rejected; nothing it said."),
    )
