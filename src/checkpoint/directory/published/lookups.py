"""Read what listings say and what they point to, so far as it is published. Only tables of the
directory, as a database role that can read no others.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory.lists import DirectoryOffer, DirectoryOfferPlace
from checkpoint.directory.published.views import Document, Shelf, defined, ids_in
from checkpoint.directory.queries import valid_on
from checkpoint.directory.states import LOCAL, ListingKind, ListingState
from checkpoint.directory.tables import DirectoryCapacity, DirectoryEdition, DirectoryListing
from checkpoint.directory.views import capacity_of
from checkpoint.foundation.database import engine_for, rows_of
from checkpoint.foundation.statements import Prepared

READER_ROLE = "checkpoint_directory_reader"
CONNECTIONS = 4
# One snapshot for an answer, so that it is of one edition; and no way to write.
ANSWERING = {
    "default_transaction_read_only": "on",
    "default_transaction_isolation": "repeatable read",
}

LISTING = DirectoryListing.__table__
SERVICE, PROVIDER, WHERE = (
    LISTING.alias("service"),
    LISTING.alias("provider"),
    LISTING.alias("place"),
)
TERM, TAXONOMY = LISTING.alias("term"), LISTING.alias("taxonomy")
CAPACITY = DirectoryCapacity.__table__
OFFER, AT = DirectoryOffer.__table__, DirectoryOfferPlace.__table__
DAY = sa.bindparam("day", type_=sa.Date())


def reader_engine(url: str) -> AsyncEngine:
    """Connections that can read the directory and nothing else, of a pool of their own: whoever
    reads what is public cannot keep a custody suite waiting for a connection.
    """
    return engine_for(url, role=READER_ROLE, pool_size=CONNECTIONS, settings=ANSWERING)


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """One snapshot of the directory."""
    async with AsyncSession(engine) as session:
        yield session


async def edition(session: AsyncSession) -> int:
    """The number of the directory's state."""
    return int((await rows_of(session, EDITION))[0].number)


def stands(listing: Any) -> Any:
    """Whether a listing is published on a day: listed, begun, and not over."""
    return sa.and_(listing.c.state == ListingState.LISTED, valid_on(listing, DAY))


def rests_on(column: Any, other: Any) -> Any:
    """What a listing points to is published too, if it points to anything."""
    found = sa.select(sa.literal(1)).where(other.c.id == column, stands(other))
    return sa.or_(column.is_(None), found.exists())


SHOWN = {
    ListingKind.SERVICE: sa.and_(
        SERVICE.c.kind == ListingKind.SERVICE,
        stands(SERVICE),
        rests_on(SERVICE.c.organization_id, PROVIDER),
    ),
    ListingKind.ORGANIZATION: sa.and_(
        PROVIDER.c.kind == ListingKind.ORGANIZATION, stands(PROVIDER)
    ),
    ListingKind.LOCATION: sa.and_(WHERE.c.kind == ListingKind.LOCATION, stands(WHERE)),
    ListingKind.TAXONOMY: sa.and_(TAXONOMY.c.kind == ListingKind.TAXONOMY, stands(TAXONOMY)),
    ListingKind.TAXONOMY_TERM: sa.and_(
        TERM.c.kind == ListingKind.TAXONOMY_TERM,
        stands(TERM),
        rests_on(TERM.c.taxonomy_id, TAXONOMY),
    ),
}
TABLES = {
    ListingKind.SERVICE: SERVICE,
    ListingKind.ORGANIZATION: PROVIDER,
    ListingKind.LOCATION: WHERE,
    ListingKind.TAXONOMY: TAXONOMY,
    ListingKind.TAXONOMY_TERM: TERM,
}


IDS = sa.func.any(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid())))
EDITION = Prepared(sa.select(DirectoryEdition.__table__.c.number))
DOCUMENTS = {
    kind: Prepared(
        sa.select(
            listing.c.id, listing.c.source, listing.c.document, listing.c.last_modified
        ).where(SHOWN[kind], listing.c.id == IDS)
    )
    for kind, listing in TABLES.items()
}
LEAST = Prepared(
    sa.select(
        SERVICE.c.id,
        SERVICE.c.last_modified,
        *(
            SERVICE.c.document[key].astext.label(name)
            for name, key in (("name", "name"), ("status", "status"), ("told", "last_modified"))
        ),
    ).where(SHOWN[ListingKind.SERVICE], SERVICE.c.id == IDS)
)
PROVIDED = Prepared(
    sa.select(SERVICE.c.id, SERVICE.c.organization_id)
    .where(SHOWN[ListingKind.SERVICE], SERVICE.c.organization_id == IDS)
    .order_by(SERVICE.c.id)
)
TERMS = Prepared(
    sa.select(TERM.c.taxonomy_id, TERM.c.source, TERM.c.document)
    .where(SHOWN[ListingKind.TAXONOMY_TERM], TERM.c.taxonomy_id == IDS)
    .order_by(TERM.c.id)
)
CAPACITIES = Prepared(sa.select(CAPACITY).where(CAPACITY.c.service_id == IDS))


async def documents(
    session: AsyncSession, kind: ListingKind, ids: Collection[Any], day: date
) -> dict[str, Any]:
    """Published documents of one kind by id; those that are not published are missing."""
    if not (known := uuids(ids)):
        return {}
    found = await rows_of(session, DOCUMENTS[kind], ids=known, day=day)
    if kind is ListingKind.SERVICE:
        return {str(row.id): changed(row) for row in found}
    return {str(row.id): opened(kind, row) for row in found}


def opened(kind: ListingKind, row: Any) -> Any:
    """A document as far as it is for everybody: what a feed said was so already; what our own
    staff write under names of their own is not.
    """
    return defined(kind, row.document) if row.source == LOCAL else row.document


def changed(row: Any) -> dict[str, Any]:
    """A service's document, which says when it changed where its source did not."""
    document = opened(ListingKind.SERVICE, row)
    return {"last_modified": instant(row.last_modified), **document}


def instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def uuids(ids: Iterable[Any]) -> list[UUID]:
    """What can be the id of a listing, among what listings name; a feed's own keys may be anything."""
    found = []
    for id in ids:
        with suppress(ValueError):
            found.append(id if isinstance(id, UUID) else UUID(id))
    return found


async def services_of(session: AsyncSession, ids: Collection[Any], day: date) -> list[Any]:
    """Which services some organisations provide, in order."""
    return [*await rows_of(session, PROVIDED, ids=uuids(ids), day=day)]


async def least(session: AsyncSession, ids: Collection[Any], day: date) -> dict[str, Any]:
    """Of published services only what a schema requires, and when they changed: ten thousand whole
    documents would hold everybody else up.
    """
    return {
        str(row.id): {
            "id": str(row.id),
            "name": row.name,
            "status": row.status,
            "last_modified": row.told or instant(row.last_modified),
        }
        for row in await rows_of(session, LEAST, ids=uuids(ids), day=day)
    }


async def shelf(
    session: AsyncSession, listings: Iterable[Document], day: date, *, deep: bool = True
) -> Shelf:
    """What these listings point to, and what that points to in turn; terms and free places only
    where somebody wants to see so deep.
    """
    listings = [*listings]
    places = await documents(session, ListingKind.LOCATION, _named(listings, "location_id"), day)
    providers = _named([*listings, *places.values()], "organization_id")
    found = await documents(session, ListingKind.ORGANIZATION, providers, day)
    parents = _named([*listings, *found.values()], "parent_organization_id") - found.keys()
    known = found | await documents(session, ListingKind.ORGANIZATION, parents, day)
    if not deep:
        return Shelf(organizations=known, locations=places)
    classified = [*listings, *places.values(), *found.values()]
    terms = await _terms(session, _named(classified, "taxonomy_term_id"), listings, day)
    lists = _named([*terms.values(), *listings], "taxonomy_id")
    return Shelf(
        organizations=known,
        locations=places,
        terms=terms,
        taxonomies=await documents(session, ListingKind.TAXONOMY, lists, day),
        capacities=await _capacities(session, listings),
    )


async def _terms(
    session: AsyncSession, named: set[str], listings: Iterable[Document], day: date
) -> Mapping[str, Document]:
    found = await documents(session, ListingKind.TAXONOMY_TERM, named, day)
    parents = _named([*found.values(), *listings], "parent_id") - found.keys()
    return found | await documents(session, ListingKind.TAXONOMY_TERM, parents, day)


def _named(listings: Iterable[Document], name: str) -> set[str]:
    return {id for each in listings for id in ids_in(each, name)}


async def _capacities(
    session: AsyncSession, listings: Iterable[Document]
) -> dict[str, list[Document]]:
    """Free places by service, as ``service_capacity`` of HSDS 3.1 tells them."""
    by_id = {each["id"]: each for each in listings}
    found = await rows_of(session, CAPACITIES, ids=uuids(by_id))
    told = {str(row.service_id): capacity_of(row, by_id[str(row.service_id)]) for row in found}
    return {id: each["capacities"] for id, each in told.items()}


async def terms_of(
    session: AsyncSession, ids: Collection[Any], day: date
) -> dict[str, list[Document]]:
    """The terms of some taxonomies, in order."""
    by_list: dict[str, list[Document]] = {}
    for row in await rows_of(session, TERMS, ids=uuids(ids), day=day):
        own = opened(ListingKind.TAXONOMY_TERM, row)
        by_list.setdefault(str(row.taxonomy_id), []).append(own)
    return by_list
