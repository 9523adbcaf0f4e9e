"""Merges and partings, never edited. The people themselves stay as they are."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.people.merges.states import MergeReason, PartingReason

INSTANT = sa.DateTime(timezone=True)


class PersonMerge(Record, table=True):
    """Two records are about one person; it stands until it is parted.

    Append-only. Written only by ``people.merges.actions``; a trigger sees that neither of the two
    is merged away already, so that nobody has two survivors and no chain bites its tail.
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        sa.CheckConstraint("kept_id <> other_id", name="two_records"),
        sa.Index("ix_person_merge_kept_id", "kept_id"),
        sa.Index("ix_person_merge_other_id", "other_id"),
    )

    kept_id: UUID = Field(
        foreign_key="person.id",
        sa_column_kwargs=described("Under whom both are found.", Disclosure.INDIRECT),
    )
    other_id: UUID = Field(
        foreign_key="person.id",
        sa_column_kwargs=described("Who is merged away.", Disclosure.INDIRECT),
    )
    reason: MergeReason = Field(
        sa_type=text_enum(MergeReason, "reason"),
        sa_column_kwargs=described("How it is known, by code.", Disclosure.SAFE),
    )
    words: str = Field(
        max_length=500, sa_column_kwargs=described("How, in words.", Disclosure.NEVER)
    )
    merged_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    merged_by: UUID = Field(sa_column_kwargs=described("Which supervisor.", Disclosure.DIRECT))


class PersonParting(Record, table=True):
    """Two merged records are about two people after all; one to a merge.

    Append-only. Written only by ``people.merges.actions``.
    """

    __tablename__ = "person_parting"
    __table_args__ = (sa.UniqueConstraint("person_merge_id"),)

    person_merge_id: UUID = Field(
        foreign_key="person_merge.id",
        sa_column_kwargs=described("The merge that no longer stands.", Disclosure.INDIRECT),
    )
    reason: PartingReason = Field(
        sa_type=text_enum(PartingReason, "reason"),
        sa_column_kwargs=described("How it is known, by code.", Disclosure.SAFE),
    )
    words: str = Field(
        max_length=500, sa_column_kwargs=described("How, in words.", Disclosure.NEVER)
    )
    parted_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    parted_by: UUID = Field(sa_column_kwargs=described("Which supervisor.", Disclosure.DIRECT))
