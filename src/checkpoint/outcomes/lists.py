"""Published definitions of outcomes."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)


class OutcomeDefinitions(Record, table=True):
    """One version of what counts as an outcome, word for word.

    Append-only. Written only by ``outcomes.loading``.
    """

    __tablename__ = "outcome_definitions"
    __table_args__ = (
        sa.UniqueConstraint("version"),
        sa.UniqueConstraint("digest"),
        sa.UniqueConstraint("valid_from"),
    )

    version: str = Field(max_length=40, sa_column_kwargs=described("Its name.", Disclosure.SAFE))
    valid_from: date = Field(
        sa_column_kwargs=described("Trials that open from that day on use it.", Disclosure.SAFE)
    )
    digest: str = Field(
        max_length=64, sa_column_kwargs=described("SHA-256 of the content.", Disclosure.SAFE)
    )
    content: str = Field(sa_column_kwargs=described("The file, word for word.", Disclosure.SAFE))
    published_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When published, in UTC.", Disclosure.SAFE)
    )
    published_by: UUID = Field(sa_column_kwargs=described("Who published it.", Disclosure.DIRECT))


class HarmIndex(Record, table=True):
    """One version of an index of harm, as the operator loaded it; the one loaded last is used.

    Append-only. Written only by ``outcomes.loading``.
    """

    __tablename__ = "harm_index"
    __table_args__ = (sa.UniqueConstraint("version"), sa.UniqueConstraint("digest"))

    version: str = Field(max_length=40, sa_column_kwargs=described("Its name.", Disclosure.SAFE))
    source: str = Field(
        max_length=400, sa_column_kwargs=described("Whose it is, in words.", Disclosure.SAFE)
    )
    digest: str = Field(
        max_length=64, sa_column_kwargs=described("SHA-256 of the file.", Disclosure.SAFE)
    )
    weights: int = Field(sa_column_kwargs=described("How many offences.", Disclosure.SAFE))
    loaded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When loaded, in UTC.", Disclosure.SAFE)
    )
    loaded_by: UUID = Field(sa_column_kwargs=described("Who loaded it.", Disclosure.DIRECT))


class HarmWeight(Record, table=True):
    """How many days one offence counts by one version of an index.

    Append-only. Written only by ``outcomes.loading``.
    """

    __tablename__ = "harm_weight"
    __table_args__ = (
        sa.UniqueConstraint("harm_index_id", "offence_code"),
        sa.CheckConstraint("days >= 0", name="days_range"),
    )

    harm_index_id: UUID = Field(
        foreign_key="harm_index.id", sa_column_kwargs=described("The index.", Disclosure.SAFE)
    )
    offence_code: str = Field(
        max_length=20, sa_column_kwargs=described("The offence, or its class.", Disclosure.SAFE)
    )
    days: float = Field(sa_column_kwargs=described("Days of sentence.", Disclosure.SAFE))
