"""Which listings are asked for: conditions into rows, their number and their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory.published.lookups import (
    AT,
    LISTING,
    OFFER,
    SERVICE,
    SHOWN,
    TABLES,
    TERM,
    WHERE,
    rests_on,
)
from checkpoint.directory.published.rules import Postcode, words_of
from checkpoint.directory.published.schemas import (
    REASONABLE_METRES,
    Asked,
    OrganizationsAsked,
    PlacesAsked,
    ServicesAsked,
    TaxonomiesAsked,
    TermsAsked,
)
from checkpoint.directory.published.states import ListingGone, PostcodeUnknown
from checkpoint.directory.states import ListingKind, ListingNotFound, ListingState
from checkpoint.foundation.database import rows_of

EARTH_METRES, DEGREE_METRES = 6_371_008.8, 111_000
PLACE = (AT.c.service_at_location_id, AT.c.service_id, AT.c.position, AT.c.location_id)
# Where the location does not stand, the derived row names none though the document does.
SAID = SERVICE.c.document["service_at_locations"][AT.c.position]["location_id"].astext
IN_PLACE = sa.and_(
    rests_on(AT.c.location_id, WHERE), sa.or_(AT.c.location_id.is_not(None), SAID.is_(None))
)
ACCENTS = "[\u0300-\u036f]"
DISTRICT = "[A-Z]{1,2}[0-9][A-Z0-9]?"
AREA = f"([A-Z]{{1,2}}|{DISTRICT}( [0-9]([A-Z]{{2}})?)?)"
TOLD_IN_POSTCODES = f"^ *{AREA}( *[,;/] *{AREA})* *$"


@dataclass(frozen=True)
class Found:
    """Which rows are asked for, in their order: of a listing its id, of a service at a location its
    service's and its place in the document.
    """

    rows: Any
    order: Sequence[Any]

    async def page(
        self, session: AsyncSession, day: date, *, skip: int, most: int
    ) -> tuple[list[Any], int]:
        """Some of them, and how many there are in all."""
        whole = self.rows.add_columns(sa.func.count().over().label("whole"))
        rows = whole.order_by(*self.order).offset(skip).limit(most)
        if found := await rows_of(session, rows, day=day):
            return [*found], int(found[0].whole)
        return [], await self._count(session, day) if skip else 0

    async def _count(self, session: AsyncSession, day: date) -> int:
        number = sa.select(sa.func.count().label("number")).select_from(self.rows.subquery())
        return int((await rows_of(session, number, day=day))[0].number)

    async def everything(self, session: AsyncSession, day: date) -> list[Any]:
        return [*await rows_of(session, self.rows.order_by(*self.order), day=day)]


def services(asked: ServicesAsked) -> Found:
    rows = sa.select(SERVICE.c.id).where(SHOWN[ListingKind.SERVICE], *_of_services(asked))
    return Found(rows, [SERVICE.c.id])


def _of_services(asked: ServicesAsked) -> list[Any]:
    conditions: list[Any] = []
    if asked.search:
        text = sa.select(OFFER.c.service_id).where(
            *(OFFER.c.search_text.like(word) for word in words_of(asked.search))
        )
        conditions.append(SERVICE.c.id.in_(text))
    if asked.taxonomy_term_id:
        conditions.append(_classified_by(asked.taxonomy_term_id))
    if asked.taxonomy_id:
        conditions.append(_of_taxonomy(asked.taxonomy_id))
    if asked.organization_id:
        conditions.append(SERVICE.c.organization_id == asked.organization_id)
    if asked.modified_after:
        conditions.append(SERVICE.c.last_modified >= asked.modified_after)
    return conditions


def _classified_by(term: UUID) -> Any:
    """By a term that is published: one that is not shows on no listing either."""
    shown = sa.select(sa.literal(1)).where(TERM.c.id == term, SHOWN[ListingKind.TAXONOMY_TERM])
    known = [{"taxonomy_term_id": str(term)}]
    return sa.and_(SERVICE.c.document["attributes"].contains(known), shown.exists())


def _of_taxonomy(taxonomy: UUID) -> Any:
    terms = sa.select(sa.cast(TERM.c.id, sa.Text)).where(
        TERM.c.taxonomy_id == taxonomy, SHOWN[ListingKind.TAXONOMY_TERM]
    )
    attribute = sa.func.jsonb_array_elements(SERVICE.c.document["attributes"]).table_valued(
        sa.column("value", SERVICE.c.document.type), name="attribute"
    )
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(attribute)
        .where(attribute.c.value["taxonomy_term_id"].astext.in_(terms))
    )


def organizations(asked: OrganizationsAsked) -> Found:
    return _plain(ListingKind.ORGANIZATION, asked)


def taxonomies(asked: TaxonomiesAsked) -> Found:
    return _plain(ListingKind.TAXONOMY, asked)


def terms(asked: TermsAsked) -> Found:
    conditions: list[Any] = []
    if asked.taxonomy_id:
        conditions.append(TERM.c.taxonomy_id == asked.taxonomy_id)
    if asked.parent_id:
        conditions.append(TERM.c.parent_id == asked.parent_id)
    if asked.top_only:
        conditions.append(TERM.c.parent_id.is_(None))
    return _plain(ListingKind.TAXONOMY_TERM, asked, *conditions)


def _plain(kind: ListingKind, asked: Asked, *conditions: Any) -> Found:
    listing = TABLES[kind]
    names = ("name", "alternate_name", "description")
    said = sa.func.concat_ws(" ", *(listing.c.document[name].astext for name in names))
    spread = sa.func.normalize(sa.func.lower(said), sa.literal_column("NFKD"))
    bare = sa.func.regexp_replace(spread, ACCENTS, "", "g")
    words = [bare.like(word) for word in words_of(asked.search or "")]
    rows = sa.select(listing.c.id).where(SHOWN[kind], *conditions, *words)
    return Found(rows, [listing.c.id])


async def places(session: AsyncSession, asked: PlacesAsked, day: date) -> Found:
    """Services at locations.

    Raises:
        PostcodeUnknown: a postcode is asked of which no address is known; without a distance, only
            where no area that is told in postcodes holds it either.
    """
    conditions = _of_services(asked)
    if asked.postcode:
        conditions += await _near(session, asked.postcode, asked.proximity, day)
    rows = (
        sa.select(*PLACE)
        .join(SERVICE, SERVICE.c.id == AT.c.service_id)
        .where(SHOWN[ListingKind.SERVICE], IN_PLACE, *conditions)
    )
    return Found(rows, [AT.c.service_at_location_id, AT.c.service_id, AT.c.position])


async def _near(
    session: AsyncSession, postcode: Postcode, metres: float | None, day: date
) -> list[Any]:
    """What it covers, and how far that is. Without a distance areas go before distances."""
    middle = await _middle(session, postcode, day)
    if metres is not None:
        if middle is None:
            raise PostcodeUnknown
        return [_covers(postcode), *_within(*middle, metres)]
    told = _area_that(_is_told(), _holds(postcode))
    if middle is None:
        some = sa.select(SERVICE.c.id).where(SHOWN[ListingKind.SERVICE], told).limit(1)
        if not await rows_of(session, some, day=day):
            raise PostcodeUnknown
        return [told]
    within = sa.and_(*_within(*middle, REASONABLE_METRES))
    return [_covers(postcode), sa.or_(told, AT.c.latitude.is_(None), within)]


def _covers(postcode: Postcode) -> Any:
    """Its areas hold the postcode; what is not told in postcodes is not judged."""
    held = sa.or_(sa.not_(_is_told()), _holds(postcode))
    return sa.or_(SERVICE.c.document["service_areas"].is_(None), _area_that(held))


AREA_OF = sa.func.jsonb_array_elements(SERVICE.c.document["service_areas"]).table_valued(
    sa.column("value", SERVICE.c.document.type), name="area"
)
EXTENT = sa.case(
    (AREA_OF.c.value["extent_type"].astext == "text", AREA_OF.c.value["extent"].astext)
)
SAID_OF_AREA = sa.func.upper(sa.func.coalesce(EXTENT, AREA_OF.c.value["name"].astext, ""))


def _area_that(*conditions: Any) -> Any:
    return sa.exists(sa.select(sa.literal(1)).select_from(AREA_OF).where(*conditions))


def _is_told() -> Any:
    return SAID_OF_AREA.op("~")(TOLD_IN_POSTCODES)


def _holds(postcode: Postcode) -> Any:
    told = sa.func.regexp_split_to_array(sa.func.btrim(SAID_OF_AREA), " *[,;/] *")
    return told.op("&&")(sa.cast(postcode.parts, sa.ARRAY(sa.Text)))


async def _middle(
    session: AsyncSession, postcode: Postcode, day: date
) -> tuple[float, float] | None:
    """The middle of the places that are known in a postcode, or else in what is next wider."""
    address = sa.func.jsonb_array_elements(WHERE.c.document["addresses"]).table_valued(
        sa.column("value", WHERE.c.document.type), name="address"
    )
    written = sa.func.upper(address.c.value["postal_code"].astext)
    point = [WHERE.c.document[name].astext.cast(sa.Float) for name in ("latitude", "longitude")]
    # A feed may say latitude 100, or a number that no mean can be made of.
    on_earth = sa.and_(point[0].between(-90, 90), point[1].between(-180, 180))
    latitude, longitude = (sa.func.avg(each).filter(on_earth) for each in point)
    for part in reversed(postcode.parts[1:]):
        near = sa.or_(written == part, written.like(f"{part} %" if " " not in part else f"{part}%"))
        rows = (
            sa.select(latitude, longitude)
            .select_from(WHERE.join(address, sa.true()))
            .where(SHOWN[ListingKind.LOCATION], near)
        )
        middle = (await rows_of(session, rows, day=day))[0]
        if middle[0] is not None and middle[1] is not None:
            return float(middle[0]), float(middle[1])
    return None


def _within(latitude: float, longitude: float, metres: float) -> list[Any]:
    """Within a distance as the crow flies; a band of latitude first, which an index finds."""
    band = metres / DEGREE_METRES
    north, east = (
        sa.func.radians(AT.c.latitude - latitude),
        sa.func.radians(AT.c.longitude - longitude),
    )
    chord = sa.func.power(sa.func.sin(north / 2), 2) + sa.func.cos(
        sa.func.radians(latitude)
    ) * sa.func.cos(sa.func.radians(AT.c.latitude)) * sa.func.power(sa.func.sin(east / 2), 2)
    away = 2 * EARTH_METRES * sa.func.asin(sa.func.sqrt(sa.func.least(chord, 1)))
    return [AT.c.latitude.between(latitude - band, latitude + band), away <= metres]


async def refuse_hidden(session: AsyncSession, kind: ListingKind, id: UUID) -> None:
    """Say of a listing that is not published why it is not.

    Raises:
        ListingGone: it was withdrawn.
        ListingNotFound: there is none, or its time has not come or is over.
    """
    rows = sa.select(LISTING.c.state).where(LISTING.c.id == id, LISTING.c.kind == kind)
    if [row.state for row in await rows_of(session, rows)] == [ListingState.WITHDRAWN]:
        raise ListingGone("Take it out of what you keep.")
    raise ListingNotFound("Check the id against the list.")


async def rows_of_place(session: AsyncSession, id: UUID, day: date) -> list[Any]:
    """The one row of a service at a location.

    Raises:
        ListingGone: its service was withdrawn.
        ListingNotFound: there is none that is published.
    """
    where = (SHOWN[ListingKind.SERVICE], IN_PLACE)
    rows = (
        sa.select(*PLACE)
        .join(SERVICE, SERVICE.c.id == AT.c.service_id)
        .where(AT.c.service_at_location_id == id)
        .order_by(AT.c.service_id, AT.c.position)
        .limit(1)
    )
    if found := await rows_of(session, rows.where(*where), day=day):
        return [*found]
    for row in await rows_of(session, rows):
        await refuse_hidden(session, ListingKind.SERVICE, row.service_id)
    raise ListingNotFound("Check the id against the list.")
