"""Builds of extracts and how far they are; and the register of what was released."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from checkpoint.extracts.states import BuildFault, BuildStage, BuildState, Label
from checkpoint.extracts.tables import INSTANT, safe
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described


class ExtractBuild(Record, table=True):
    """One attempt to make a package, and how far it is.

    Written only by ``extracts.builds.actions``.
    """

    __tablename__ = "extract_build"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "number"),
        sa.UniqueConstraint("id", "request_id"),
        sa.Index(
            "ix_extract_build_one_at_a_time",
            "request_id",
            unique=True,
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        ),
        sa.CheckConstraint("number >= 1 AND attempts >= 0", name="counts"),
        sa.CheckConstraint("done >= 0 AND total >= 0", name="progress"),
        sa.CheckConstraint("(state = 'failed') = (fault IS NOT NULL)", name="failed_says_why"),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (ended_at IS NULL)", name="over_has_its_end"
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by IS NULL)", name="cancelled_pair"
        ),
    )

    request_id: UUID = Field(
        foreign_key="extract_request.id", sa_column_kwargs=safe("The extract.")
    )
    number: int = Field(sa_column_kwargs=safe("Counts the extract's builds."))
    state: BuildState = Field(
        sa_type=text_enum(BuildState, "state"), sa_column_kwargs=safe("How it goes.")
    )
    stage: BuildStage = Field(
        sa_type=text_enum(BuildStage, "stage"), sa_column_kwargs=safe("What it is at.")
    )
    fault: BuildFault | None = Field(
        default=None,
        sa_type=text_enum(BuildFault, "fault"),
        sa_column_kwargs=safe("Why it gave nothing."),
    )
    done: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs=safe("Rows written."))
    total: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs=safe("Rows in all."))
    attempts: int = Field(
        default=0, sa_column_kwargs=safe("How often a worker took it up, after a crash too.")
    )
    assessment: int | None = Field(
        default=None,
        sa_column_kwargs=safe("The number of the assessment that counted then, if any."),
    )
    asked_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs=safe("When asked for, in UTC."))
    asked_by: UUID = Field(sa_column_kwargs=described("Who asked for it.", Disclosure.DIRECT))
    begun_at: datetime | None = Field(
        default=None, sa_type=INSTANT, sa_column_kwargs=safe("When first taken up, in UTC.")
    )
    ended_at: datetime | None = Field(
        default=None, sa_type=INSTANT, sa_column_kwargs=safe("When it ended, in UTC.")
    )
    cancelled_at: datetime | None = Field(
        default=None, sa_type=INSTANT, sa_column_kwargs=safe("When somebody cancelled it, in UTC.")
    )
    cancelled_by: UUID | None = Field(
        default=None, sa_column_kwargs=described("Who cancelled it.", Disclosure.DIRECT)
    )


class ExtractRelease(Record, table=True):
    """The register: what a build gave, about whom, and under which digest.

    Append-only. Written only by ``extracts.builds.actions``.
    """

    __tablename__ = "extract_release"
    __table_args__ = (
        sa.UniqueConstraint("build_id"),
        sa.UniqueConstraint("id", "request_id"),
        sa.ForeignKeyConstraint(
            ["build_id", "request_id"], ["extract_build.id", "extract_build.request_id"]
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "cut_id"], ["extract_request.id", "extract_request.cut_id"]
        ),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest_form"),
        sa.CheckConstraint("bytes > 0 AND people >= 0 AND kept >= 0", name="counts"),
        sa.Index("ix_extract_release_released_at_id", "released_at", "id"),
    )

    request_id: UUID = Field(sa_column_kwargs=safe("The extract."))
    build_id: UUID = Field(sa_column_kwargs=safe("The build that gave it."))
    cut_id: UUID = Field(sa_column_kwargs=safe("The data cut."))
    label: Label = Field(
        sa_type=text_enum(Label, "label"), sa_column_kwargs=safe("What the package calls itself.")
    )
    digest: str = Field(sa_type=sa.CHAR(64), sa_column_kwargs=safe("SHA-256 of the package."))
    bytes: int = Field(sa_type=sa.BigInteger, sa_column_kwargs=safe("How large it is."))
    files: dict[str, Any] = Field(
        sa_type=JSONB, sa_column_kwargs=safe("Of each file its SHA-256, by name.")
    )
    people: int = Field(
        sa_column_kwargs=described("How many people it is about.", Disclosure.INDIRECT)
    )
    kept: int = Field(
        sa_column_kwargs=described("How many of them have a row in it.", Disclosure.INDIRECT)
    )
    report: dict[str, Any] = Field(
        sa_type=JSONB, sa_column_kwargs=safe("The disclosure report, as it stands in the package.")
    )
    counts: dict[str, Any] | None = Field(
        default=None,
        sa_type=JSONB,
        sa_column_kwargs=safe("The tables of aggregates, as they stand in the package."),
    )
    levels: dict[str, int] = Field(
        sa_type=JSONB, sa_column_kwargs=safe("How coarse each field is, by name; 0 is finest.")
    )
    unblinded: bool = Field(sa_column_kwargs=safe("Whether its arms have their names."))
    policy: str = Field(max_length=40, sa_column_kwargs=safe("The policy's version."))
    software: str = Field(max_length=60, sa_column_kwargs=safe("The version that built it."))
    snapshot_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=safe("When the database was read, in UTC.")
    )
    released_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=safe("When it entered the register, in UTC.")
    )
