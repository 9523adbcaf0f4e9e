"""Lists of places: where postcode districts and towns are, roughly."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.directory.lists import TEXTS
from checkpoint.directory.lookups.states import PlaceKind
from checkpoint.directory.tables import INSTANT, safe
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described


class DirectoryPlaceList(Record, table=True):
    """One list of places, as it was published. The last one is used. Append-only."""

    __tablename__ = "directory_place_list"
    __table_args__ = (
        sa.UniqueConstraint("version"),
        sa.UniqueConstraint("number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest_form"),
    )

    version: str = Field(max_length=40, sa_column_kwargs=safe("What the list calls itself."))
    number: int = Field(sa_column_kwargs=safe("Counts the lists, from 1; the highest is used."))
    made_on: date = Field(sa_column_kwargs=safe("When it was made."))
    source: str = Field(sa_column_kwargs=safe("Where its readings are from."))
    digest: str = Field(sa_type=sa.CHAR(64), sa_column_kwargs=safe("SHA-256 of its file."))
    published_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=safe("When it was published, in UTC.")
    )
    published_by: UUID = Field(sa_column_kwargs=described("Who published it.", Disclosure.DIRECT))


class DirectoryPlace(Record, table=True):
    """One place of a list. Append-only."""

    __tablename__ = "directory_place"
    __table_args__ = (
        sa.UniqueConstraint("list_id", "name"),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_range"),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude_range"),
    )

    list_id: UUID = Field(
        foreign_key="directory_place_list.id", sa_column_kwargs=safe("The list it is of.")
    )
    name: str = Field(max_length=80, sa_column_kwargs=safe("What it is called, as DL1 or Crook."))
    kind: PlaceKind = Field(
        sa_type=text_enum(PlaceKind, "kind"), sa_column_kwargs=safe("What it is.")
    )
    latitude: float = Field(sa_column_kwargs=safe("Of its middle, in degrees, WGS 84."))
    longitude: float = Field(sa_column_kwargs=safe("Of its middle, in degrees, WGS 84."))
    within: list[str] = Field(
        sa_type=TEXTS, sa_column_kwargs=safe("The names of the places that hold it.")
    )
    also: list[str] = Field(sa_type=TEXTS, sa_column_kwargs=safe("Its other names."))
