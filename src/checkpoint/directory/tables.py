"""Listings, their versions, free places, and who was asked whether a listing still holds."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from checkpoint.directory.states import ChaseWay, ListingKind, ListingState
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)
REASON_LIMIT = 500
SOURCE_FORM = "~ '^[a-z][a-z0-9-]{0,39}$'"


def safe(comment: str) -> dict[str, Any]:
    """A column about providers: it finds no one who takes part."""
    return described(comment, Disclosure.SAFE)


class Row(SQLModel):
    """A row whose key is another thing's, or a word."""

    __table__: ClassVar[sa.Table]


class DirectorySource(Row, table=True):
    """Whose listings they are: our own staff's, the programme's, or a feed's."""

    __tablename__ = "directory_source"
    __table_args__ = (sa.CheckConstraint(f"code {SOURCE_FORM}", name="code_form"),)

    code: str = Field(
        primary_key=True, max_length=40, sa_column_kwargs=safe("Its short name, for ever.")
    )
    name: str = Field(max_length=200, sa_column_kwargs=safe("What people call it."))
    url: str | None = Field(
        default=None, max_length=2000, sa_column_kwargs=safe("Where it is fetched, if a feed.")
    )
    dialect: str | None = Field(
        default=None, max_length=40, sa_column_kwargs=safe("How its pages are written, if a feed.")
    )
    is_local: bool = Field(
        default=False, sa_column_kwargs=safe("Whether its listings are kept here.")
    )


class DirectoryListing(Record, table=True):
    """One organization, service, location, taxonomy or term as the directory holds it now.

    Its id is the one that is published. Whatever it ever said stands in its versions. Written
    by staff's deeds (``directory.actions``, ``directory.upkeep.actions``), of the shipped list by
    ``directory.loading``, and of feeds by ``directory.imports.applying``.
    """

    __tablename__ = "directory_listing"
    __table_args__ = (
        sa.UniqueConstraint("source", "kind", "external_id"),
        *(
            sa.ForeignKeyConstraint(
                [column], ["directory_listing.id"], deferrable=True, initially="DEFERRED"
            )
            for column in ("organization_id", "taxonomy_id", "parent_id")
        ),
        sa.CheckConstraint("version >= 1", name="version_counts"),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest_form"),
        sa.CheckConstraint("document ->> 'id' = id::text", name="document_has_its_id"),
        sa.CheckConstraint("kind = 'service' OR organization_id IS NULL", name="service_alone"),
        sa.CheckConstraint(
            "kind = 'taxonomy_term' OR (taxonomy_id IS NULL AND parent_id IS NULL)",
            name="term_alone",
        ),
        sa.CheckConstraint("parent_id <> id", name="parent_is_another"),
        sa.CheckConstraint("valid_until >= valid_from", name="ends_after"),
        sa.Index("ix_directory_listing_kind_state", "kind", "state", "id"),
        sa.Index("ix_directory_listing_last_modified", "kind", "last_modified", "id"),
        sa.Index("ix_directory_listing_organization_id", "organization_id"),
        sa.Index("ix_directory_listing_taxonomy_id", "taxonomy_id"),
        sa.Index("ix_directory_listing_parent_id", "parent_id"),
        sa.Index(
            "ix_directory_listing_attributes",
            sa.literal_column("(document -> 'attributes')").label("attributes"),
            postgresql_using="gin",
            postgresql_ops={"attributes": "jsonb_path_ops"},
        ),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs=safe("The id under which it is published."))
    source: str = Field(
        foreign_key="directory_source.code", max_length=40, sa_column_kwargs=safe("Whose it is.")
    )
    kind: ListingKind = Field(
        sa_type=text_enum(ListingKind, "kind"), sa_column_kwargs=safe("What it is.")
    )
    external_id: str = Field(max_length=255, sa_column_kwargs=safe("What its source calls it."))
    version: int = Field(default=1, sa_column_kwargs=safe("Counts its versions, from 1."))
    document: dict[str, Any] = Field(
        sa_type=JSONB,
        sa_column_kwargs=described(
            "What it says, in the standard's words; other listings stand as ids.", Disclosure.NEVER
        ),
    )
    digest: str = Field(
        sa_type=sa.CHAR(64), sa_column_kwargs=safe("SHA-256 of the document's canonical form.")
    )
    state: ListingState = Field(
        sa_type=text_enum(ListingState, "state"), sa_column_kwargs=safe("Whether it stands.")
    )
    organization_id: UUID | None = Field(
        default=None, sa_column_kwargs=safe("Who provides it, if a service.")
    )
    taxonomy_id: UUID | None = Field(
        default=None, sa_column_kwargs=safe("Which taxonomy it is of, if a term.")
    )
    parent_id: UUID | None = Field(
        default=None, sa_column_kwargs=safe("The wider term, if a term that has one.")
    )
    valid_from: date | None = Field(
        default=None, sa_column_kwargs=safe("Its first day; null if not said.")
    )
    valid_until: date | None = Field(
        default=None, sa_column_kwargs=safe("Its last day; null if not said.")
    )
    assured_on: date | None = Field(
        default=None, sa_column_kwargs=safe("When somebody last said that it holds.")
    )
    last_modified: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=safe("When its source last changed it, in UTC.")
    )
    modified_offset_known: bool = Field(
        default=True,
        sa_column_kwargs=safe("False where the source gave no offset and UK time was taken."),
    )


class DirectoryListingVersion(Row, table=True):
    """What one listing said, from one change to the next. Append-only."""

    __tablename__ = "directory_listing_version"
    __table_args__ = (
        sa.CheckConstraint("version >= 1", name="version_counts"),
        sa.CheckConstraint(f"length(reason) <= {REASON_LIMIT}", name="reason_length"),
        sa.Index(
            "ix_directory_listing_version_import_run",
            "import_run",
            postgresql_where=sa.text("import_run IS NOT NULL"),
        ),
    )

    listing_id: UUID = Field(
        primary_key=True,
        foreign_key="directory_listing.id",
        sa_column_kwargs=safe("The listing."),
    )
    version: int = Field(
        primary_key=True,
        sa_column_kwargs=safe("Counts its versions, from 1."),
    )
    document: dict[str, Any] = Field(
        sa_type=JSONB, sa_column_kwargs=described("What it said.", Disclosure.NEVER)
    )
    digest: str = Field(
        sa_type=sa.CHAR(64), sa_column_kwargs=safe("SHA-256 of the document's canonical form.")
    )
    state: ListingState = Field(
        sa_type=text_enum(ListingState, "state"), sa_column_kwargs=safe("Whether it stood.")
    )
    reason: str | None = Field(
        default=None, sa_column_kwargs=described("Why it was changed, if said.", Disclosure.NEVER)
    )
    import_run: UUID | None = Field(
        default=None, sa_column_kwargs=safe("The import that brought it, if one.")
    )
    recorded_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs=safe("When recorded, in UTC."))
    recorded_by: UUID = Field(sa_column_kwargs=described("Who recorded it.", Disclosure.DIRECT))


class DirectoryEdition(Record, table=True):
    """The number of the directory's state: raised once by each transaction that changes it.

    One row, raised by a trigger when such a transaction commits, so its lock is held briefly.
    """

    __tablename__ = "directory_edition"
    __table_args__ = (
        sa.Index("uq_directory_edition_one", sa.text("(true)"), unique=True),
        sa.CheckConstraint("number >= 1", name="number_counts"),
    )

    number: int = Field(sa_type=sa.BigInteger, sa_column_kwargs=safe("Counts the editions."))
    changed_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=safe("When it became this one, in UTC.")
    )
    raised_in: int = Field(
        sa_type=sa.BigInteger, sa_column_kwargs=safe("The transaction that raised it.")
    )


class DirectoryCapacity(Row, table=True):
    """How many places a service has for the programme, and how many are held.

    What staff state is written by ``directory.upkeep.actions``; places are held and released by
    ``directory.actions``, as part of other rooms' deeds. Whatever happens, no more are held than
    there are.
    """

    __tablename__ = "directory_capacity"
    __table_args__ = (
        sa.CheckConstraint("0 <= held AND held <= maximum", name="held_within"),
        sa.CheckConstraint(f"length(description) <= {REASON_LIMIT}", name="description_length"),
    )

    service_id: UUID = Field(
        primary_key=True, foreign_key="directory_listing.id", sa_column_kwargs=safe("The service.")
    )
    maximum: int = Field(sa_column_kwargs=safe("Places in all."))
    held: int = Field(default=0, sa_column_kwargs=safe("Places that are held or taken."))
    description: str | None = Field(
        default=None, sa_column_kwargs=safe("What a place is, in words.")
    )
    version: int = Field(
        default=1, sa_column_kwargs=safe("Counts what staff stated, from 1; holding counts not.")
    )
    updated_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=safe("When last changed, in UTC.")
    )


class DirectoryChase(Record, table=True):
    """Somebody was asked whether a listing still holds. It is answered once, by assuring it."""

    __tablename__ = "directory_chase"
    __table_args__ = (
        sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_pair"),
        sa.CheckConstraint("answered_at >= asked_at", name="answered_after"),
        sa.Index("ix_directory_chase_listing_id", "listing_id", "asked_at"),
    )

    listing_id: UUID = Field(
        foreign_key="directory_listing.id", sa_column_kwargs=safe("The listing.")
    )
    way: ChaseWay = Field(sa_type=text_enum(ChaseWay, "way"), sa_column_kwargs=safe("How."))
    due_on: date = Field(sa_column_kwargs=safe("By which day an answer is due."))
    asked_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs=safe("When asked, in UTC."))
    asked_by: UUID = Field(sa_column_kwargs=described("Who asked.", Disclosure.DIRECT))
    answered_at: datetime | None = Field(
        default=None, sa_type=INSTANT, sa_column_kwargs=safe("When it was answered, in UTC.")
    )
    answered_by: UUID | None = Field(
        default=None, sa_column_kwargs=described("Who recorded that.", Disclosure.DIRECT)
    )
