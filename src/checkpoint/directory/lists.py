"""What look-ups read, derived from services' documents; and what other taxonomies' terms mean."""

from datetime import date, datetime, time
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.directory.states import AccessWay, ListingState, MappingBasis
from checkpoint.directory.tables import INSTANT, REASON_LIMIT, Row, safe
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.needs.states import Pathway

TEXTS = sa.ARRAY(sa.Text())


class DirectoryOffer(Row, table=True):
    """What one service's document says to whoever looks for an offer. Null: not said.

    Derived from the document by ``directory.offers`` and written by ``directory.indexing``, in the
    transaction that changes the document or what it names.
    """

    __tablename__ = "directory_offer"
    __table_args__ = (
        sa.Index("ix_directory_offer_pathways", "pathways", postgresql_using="gin"),
        sa.Index("ix_directory_offer_facets", "facets", postgresql_using="gin"),
        sa.Index("ix_directory_offer_search_keys", "search_keys", postgresql_using="gin"),
        sa.Index(
            "ix_directory_offer_last_assured",
            sa.text("assured_on DESC NULLS LAST"),
            "service_id",
            postgresql_where=sa.text("state = 'listed' AND is_active"),
        ),
        sa.Index(
            "ix_directory_offer_unplaced",
            sa.text("assured_on DESC NULLS LAST"),
            "service_id",
            postgresql_where=sa.text(
                "state = 'listed' AND is_active AND facets && '{spot:?}'::text[]"
            ),
        ),
    )

    service_id: UUID = Field(
        primary_key=True, foreign_key="directory_listing.id", sa_column_kwargs=safe("The service.")
    )
    name: str = Field(sa_column_kwargs=safe("The service's name."))
    organization_name: str | None = Field(default=None, sa_column_kwargs=safe("Who provides it."))
    search_text: str = Field(sa_column_kwargs=safe("The words it is found by, without accents."))
    pathways: list[str] = Field(
        sa_type=TEXTS, sa_column_kwargs=safe("Which of the seven pathways it is for.")
    )
    minimum_age: float | None = Field(
        default=None, sa_column_kwargs=safe("The youngest it is for, in years.")
    )
    maximum_age: float | None = Field(
        default=None, sa_column_kwargs=safe("The oldest it is for, in years.")
    )
    sexes: list[str] | None = Field(
        default=None, sa_type=TEXTS, sa_column_kwargs=safe("Which sexes it is for.")
    )
    languages: list[str] | None = Field(
        default=None, sa_type=TEXTS, sa_column_kwargs=safe("Which languages are spoken, by code.")
    )
    is_free: bool | None = Field(
        default=None, sa_column_kwargs=safe("Whether it costs people nothing.")
    )
    access: AccessWay | None = Field(
        default=None,
        sa_type=text_enum(AccessWay, "access"),
        sa_column_kwargs=safe("How somebody comes to it."),
    )
    residence: list[str] | None = Field(
        default=None, sa_type=TEXTS, sa_column_kwargs=safe("Where people must live.")
    )
    valid_from: date | None = Field(default=None, sa_column_kwargs=safe("Its first day."))
    valid_until: date | None = Field(default=None, sa_column_kwargs=safe("Its last day."))
    assured_on: date | None = Field(
        default=None, sa_column_kwargs=safe("When somebody last said that it holds.")
    )
    state: ListingState = Field(
        sa_type=text_enum(ListingState, "state"), sa_column_kwargs=safe("Whether it stands.")
    )
    is_active: bool = Field(sa_column_kwargs=safe("Whether its provider says that it runs."))
    facets: list[str] = Field(
        sa_type=TEXTS,
        sa_column_kwargs={"server_default": sa.text("'{}'")}
        | safe("What it says point by point, for one index; ? is what it does not say."),
    )
    search_keys: list[str] = Field(
        sa_type=TEXTS,
        sa_column_kwargs={"server_default": sa.text("'{}'")}
        | safe("Under which roots, sounds and slips of words it is found."),
    )


class DirectoryOfferPlace(Row, table=True):
    """One place at which a service is given. Derived from the service and the location."""

    __tablename__ = "directory_offer_place"
    __table_args__ = (
        sa.CheckConstraint("position >= 0", name="position_counts"),
        sa.Index("ix_directory_offer_place_location_id", "location_id"),
        sa.Index("ix_directory_offer_place_service_at_location_id", "service_at_location_id"),
        sa.Index("ix_directory_offer_place_district", "district"),
        sa.Index("ix_directory_offer_place_latitude", "latitude", "longitude"),
        sa.Index("ix_directory_offer_place_facets", "facets", postgresql_using="gin"),
        sa.Index(
            "ix_directory_offer_place_spot",
            sa.text("point(longitude * 0.58, latitude)"),
            postgresql_using="gist",
        ),
    )

    service_id: UUID = Field(
        primary_key=True, foreign_key="directory_listing.id", sa_column_kwargs=safe("The service.")
    )
    position: int = Field(primary_key=True, sa_column_kwargs=safe("Its place in the document."))
    service_at_location_id: UUID = Field(
        sa_column_kwargs=safe("The id of the service at this location.")
    )
    location_id: UUID | None = Field(
        default=None, foreign_key="directory_listing.id", sa_column_kwargs=safe("The location.")
    )
    latitude: float | None = Field(default=None, sa_column_kwargs=safe("In degrees, WGS 84."))
    longitude: float | None = Field(default=None, sa_column_kwargs=safe("In degrees, WGS 84."))
    district: str | None = Field(
        default=None, max_length=4, sa_column_kwargs=safe("The postcode's first half, as DL14.")
    )
    locality: str | None = Field(
        default=None, sa_column_kwargs=safe("The town, in lower case without accents.")
    )
    facets: list[str] = Field(
        sa_type=TEXTS,
        sa_column_kwargs={"server_default": sa.text("'{}'")}
        | safe("What its service says point by point, so that places are told apart by it."),
    )


class DirectoryOpening(Row, table=True):
    """One weekly time at which a service is open. Derived from its schedules."""

    __tablename__ = "directory_opening"
    __table_args__ = (
        sa.CheckConstraint("position >= 0", name="position_counts"),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_of_the_week"),
    )

    service_id: UUID = Field(
        primary_key=True, foreign_key="directory_listing.id", sa_column_kwargs=safe("The service.")
    )
    position: int = Field(primary_key=True, sa_column_kwargs=safe("Counts them, from 0."))
    location_id: UUID | None = Field(
        default=None,
        foreign_key="directory_listing.id",
        sa_column_kwargs=safe("Where, if at one place only."),
    )
    weekday: int = Field(sa_column_kwargs=safe("1 for Monday to 7 for Sunday."))
    opens: time | None = Field(default=None, sa_column_kwargs=safe("From when, in UK time."))
    closes: time | None = Field(default=None, sa_column_kwargs=safe("Until when, in UK time."))
    valid_from: date | None = Field(default=None, sa_column_kwargs=safe("From which day."))
    valid_until: date | None = Field(default=None, sa_column_kwargs=safe("Until which day."))


class DirectoryCrosswalk(Record, table=True):
    """What a term of another taxonomy means here, from one day on. Append-only.

    Of rows about one term and pathway, the last that has begun holds.
    """

    __tablename__ = "directory_crosswalk"
    __table_args__ = (
        sa.UniqueConstraint("term", "pathway", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("length(term) BETWEEN 1 AND 2000", name="term_length"),
        sa.CheckConstraint(f"length(words) <= {REASON_LIMIT}", name="words_length"),
    )

    term: str = Field(
        max_length=2000, sa_column_kwargs=safe("The other taxonomy's term, by its URI.")
    )
    pathway: Pathway = Field(
        sa_type=text_enum(Pathway, "pathway"), sa_column_kwargs=safe("Which pathway it means.")
    )
    number: int = Field(sa_column_kwargs=safe("Counts what was said of both, from 1."))
    holds: bool = Field(sa_column_kwargs=safe("Whether it does; false takes it back."))
    valid_from: date = Field(sa_column_kwargs=safe("From which day."))
    basis: MappingBasis = Field(
        sa_type=text_enum(MappingBasis, "basis"), sa_column_kwargs=safe("What that rests on.")
    )
    words: str = Field(sa_column_kwargs=safe("The source, or why it is read so."))
    recorded_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs=safe("When recorded, in UTC."))
    recorded_by: UUID = Field(sa_column_kwargs=described("Who recorded it.", Disclosure.DIRECT))
