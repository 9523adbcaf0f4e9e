"""Read the directory: a listing, its versions, pages of listings, and documents put together.

Nothing here is about anybody who takes part, so there is no scope.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory.lists import DirectoryCrosswalk
from checkpoint.directory.parting import joined, named_in, terms_in
from checkpoint.directory.states import ListingKind, ListingNotFound, ListingState
from checkpoint.directory.tables import (
    DirectoryCapacity,
    DirectoryChase,
    DirectoryEdition,
    DirectoryListing,
    DirectoryListingVersion,
    DirectorySource,
)
from checkpoint.directory.views import capacity_of
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn


def valid_on(row: Any, day: Any) -> Any:
    """In SQL, something with a first and a last day has begun and is not over.

    Args:
        row: its table; an end that is not said is none.
        day: a parameter.
    """
    return sa.and_(
        sa.or_(row.c.valid_from.is_(None), row.c.valid_from <= day),
        sa.or_(row.c.valid_until.is_(None), row.c.valid_until >= day),
    )


LISTINGS = sa.select(*DirectoryListing.__table__.c)
ID = sa.bindparam("id", type_=sa.Uuid())
THESE = sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
ONE = LISTINGS.where(col(DirectoryListing.id) == ID)
LOCKED = ONE.with_for_update(key_share=True)
SEVERAL = LISTINGS.where(col(DirectoryListing.id) == THESE)
STANDING = SEVERAL.where(col(DirectoryListing.state) == ListingState.LISTED)
PAGES = Listing(
    LISTINGS,
    at=DirectoryListing.__table__.c.last_modified,
    id=DirectoryListing.__table__.c.id,
    filters={
        "kind": col(DirectoryListing.kind) == sa.bindparam("kind", type_=sa.String()),
        "source": col(DirectoryListing.source) == sa.bindparam("source", type_=sa.String()),
        "state": col(DirectoryListing.state) == sa.bindparam("state", type_=sa.String()),
        "organization_id": col(DirectoryListing.organization_id)
        == sa.bindparam("organization_id", type_=sa.Uuid()),
        "taxonomy_id": col(DirectoryListing.taxonomy_id)
        == sa.bindparam("taxonomy_id", type_=sa.Uuid()),
    },
)
NEWEST = 2**31 - 1
VERSIONS = (
    sa.select(*DirectoryListingVersion.__table__.c)
    .where(col(DirectoryListingVersion.listing_id) == ID)
    .order_by(col(DirectoryListingVersion.version).desc())
)
OLDER = VERSIONS.where(
    col(DirectoryListingVersion.version) < sa.bindparam("below", type_=sa.Integer())
).limit(sa.bindparam("most", type_=sa.Integer()))
VERSION = VERSIONS.where(
    col(DirectoryListingVersion.version) == sa.bindparam("number", type_=sa.Integer())
)
EDITION = sa.select(col(DirectoryEdition.number), col(DirectoryEdition.changed_at))
SOURCES = sa.select(*DirectorySource.__table__.c).order_by(col(DirectorySource.code))
CAPACITIES = sa.select(*DirectoryCapacity.__table__.c).where(
    col(DirectoryCapacity.service_id) == THESE
)
CHASES = (
    sa.select(*DirectoryChase.__table__.c)
    .where(col(DirectoryChase.listing_id) == ID)
    .order_by(col(DirectoryChase.asked_at).desc(), col(DirectoryChase.id).desc())
)
# Of services that stand, whether the last one who was asked about it has answered or not.
STALE = sa.text("""
    SELECT listing.id, listing.kind, listing.source, listing.external_id, listing.state,
           listing.version, listing.assured_on, listing.last_modified, listing.document,
           asked.asked_at, asked.due_on
      FROM directory_listing AS listing
      LEFT JOIN LATERAL (
          SELECT chase.asked_at, chase.due_on FROM directory_chase AS chase
           WHERE chase.listing_id = listing.id AND chase.answered_at IS NULL
           ORDER BY chase.asked_at DESC LIMIT 1
      ) AS asked ON true
     WHERE listing.kind = 'service' AND listing.state = 'listed'
       AND (listing.assured_on IS NULL OR listing.assured_on < :before)
     ORDER BY listing.assured_on NULLS FIRST, listing.id LIMIT :most
""").bindparams(sa.bindparam("before", type_=sa.Date()), sa.bindparam("most", type_=sa.Integer()))
CROSSWALK = sa.select(*DirectoryCrosswalk.__table__.c).order_by(
    col(DirectoryCrosswalk.term), col(DirectoryCrosswalk.pathway), col(DirectoryCrosswalk.number)
)
# Whoever rests on a listing: what it provides, what is of it, what is below it, what is there.
USERS = sa.text("""
    SELECT count(*) AS users FROM (
        SELECT id FROM directory_listing WHERE state = 'listed' AND organization_id = :id
         UNION
        SELECT id FROM directory_listing WHERE state = 'listed' AND taxonomy_id = :id
         UNION
        SELECT id FROM directory_listing WHERE state = 'listed' AND parent_id = :id
         UNION
        SELECT listing.id
          FROM directory_offer_place AS place
          JOIN directory_listing AS listing ON listing.id = place.service_id
         WHERE place.location_id = :id AND listing.state = 'listed'
         UNION
        SELECT id FROM directory_listing
         WHERE CAST(:kind AS text) = 'taxonomy_term'
           AND kind <> 'taxonomy_term' AND state = 'listed'
           AND document -> 'attributes' @> jsonb_build_array(
                   jsonb_build_object('taxonomy_term_id', CAST(:id AS text)))
    ) AS resting WHERE id <> :id
""").bindparams(sa.bindparam("id", type_=sa.Uuid()))
# A service rests on its provider's name, its places, and its terms with the wider ones. Each way
# is asked by itself, since no index serves an OR of them.
SERVICES_ON = sa.text("""
    WITH RECURSIVE below (id) AS (
        SELECT unnest(CAST(:ids AS uuid[]))
         UNION
        SELECT term.id FROM directory_listing AS term JOIN below ON term.parent_id = below.id
    )
    SELECT service.id
      FROM below JOIN directory_listing AS service ON service.organization_id = below.id
     WHERE service.kind = 'service'
     UNION
    SELECT place.service_id
      FROM below JOIN directory_offer_place AS place ON place.location_id = below.id
     UNION
    SELECT service.id
      FROM below
      JOIN directory_listing AS service
        ON service.document -> 'attributes' @> jsonb_build_array(
               jsonb_build_object('taxonomy_term_id', below.id::text))
     WHERE service.kind = 'service'
""").bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
PARENTS = sa.text("""
    WITH RECURSIVE wider (id, number) AS (
        SELECT CAST(:id AS uuid), 1
         UNION ALL
        SELECT term.parent_id, number + 1
          FROM directory_listing AS term JOIN wider ON term.id = wider.id
         WHERE term.parent_id IS NOT NULL AND number < 30
    )
    SELECT id FROM wider ORDER BY number
""").bindparams(sa.bindparam("id", type_=sa.Uuid()))


async def listing(
    session: AsyncSession, id: UUID, *, kind: ListingKind | None = None, lock: bool = False
) -> Any:
    """One listing, whatever its state; locked until the transaction ends, if asked.

    Raises:
        ListingNotFound: there is none, or none of this kind.
    """
    found = await rows_of(session, LOCKED if lock else ONE, id=id)
    if not found or (kind is not None and found[0].kind != kind):
        raise ListingNotFound("Check the id, or look in the list of this kind.")
    return found[0]


async def listings(
    session: AsyncSession, ids: Iterable[UUID], *, standing: bool = True
) -> dict[UUID, Any]:
    """Some listings by id; only those that stand, unless asked otherwise."""
    rows = await rows_of(session, STANDING if standing else SEVERAL, ids=list({*ids}))
    return {row.id: row for row in rows}


async def page(
    session: AsyncSession, *, turn: Turn, kind: ListingKind, **narrowed: Any
) -> tuple[list[Any], str | None]:
    """One page of a kind, what was changed last first; and the cursor to the next.

    Args:
        session: the caller's.
        turn: which page.
        kind: of which kind.
        narrowed: ``source``, ``state``, ``organization_id``, ``taxonomy_id``; None is not asked.
    """
    return await PAGES.page(session, turn, kind=kind.value, **narrowed)


async def versions(
    session: AsyncSession, id: UUID, *, turn: Turn
) -> tuple[Sequence[Any], str | None]:
    """One page of what a listing ever said, the last first; and the cursor to the next.

    Raises:
        MalformedCursor: the cursor is none of this list.
    """
    place = turn.start()
    below = place.rank[0] if place else NEWEST
    rows = await rows_of(session, OLDER, id=id, below=below, most=turn.size + 1)
    if len(rows) <= turn.size:
        return rows, None
    last = rows[turn.size - 1]
    return rows[: turn.size], turn.cursor(last.recorded_at, id, (last.version,))


async def version(session: AsyncSession, id: UUID, number: int) -> Any | None:
    """What a listing said at one version; None if there is none."""
    return next(iter(await rows_of(session, VERSION, id=id, number=number)), None)


async def edition(session: AsyncSession) -> Any:
    """The number of the directory's state, and since when it is that."""
    (found,) = await rows_of(session, EDITION)
    return found


async def sources(session: AsyncSession) -> Sequence[Any]:
    """Whose listings there are."""
    return await rows_of(session, SOURCES)


async def capacities(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """By service, how many places it has and how many are held; where that is stated."""
    rows = await rows_of(session, CAPACITIES, ids=list(ids))
    return {row.service_id: row for row in rows}


async def chases(session: AsyncSession, id: UUID) -> Sequence[Any]:
    """When somebody was asked whether a listing still holds, the last first."""
    return await rows_of(session, CHASES, id=id)


async def stale(session: AsyncSession, *, before: date, most: int) -> Sequence[Any]:
    """Services for which nobody vouched since ``before``, the longest ago first."""
    return await rows_of(session, STALE, before=before, most=most)


async def crosswalk(session: AsyncSession) -> Sequence[Any]:
    """All that was ever said of what other taxonomies' terms mean, in order."""
    return await rows_of(session, CROSSWALK)


async def users(session: AsyncSession, id: UUID, kind: ListingKind) -> int:
    """How many listings that stand rest on this one."""
    (found,) = await rows_of(session, USERS, id=id, kind=kind.value)
    return int(found.users)


async def services_on(session: AsyncSession, ids: Iterable[UUID]) -> list[UUID]:
    """The services that rest on these organizations, locations and terms."""
    return [row.id for row in await rows_of(session, SERVICES_ON, ids=list(ids))]


async def parents(session: AsyncSession, id: UUID) -> list[UUID]:
    """A term, its parent, that one's parent and so on; thirty at most."""
    return [row.id for row in await rows_of(session, PARENTS, id=id)]


async def assembled(
    session: AsyncSession, kind: ListingKind, ids: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Documents of listings that stand, with organizations, locations, terms and places put back.

    Args:
        session: the caller's; it needs to reach listings and capacities alone.
        kind: of which kind.
        ids: which; what does not stand, or is of another kind, is left out.

    Returns:
        By id, in the order of ``ids``.
    """
    found = await listings(session, ids)
    own = {id: found[id] for id in ids if id in found and found[id].kind == kind}
    named = {
        each
        for row in own.values()
        for others in named_in(kind, row.document).values()
        for each in others
    }
    near = {} if kind is ListingKind.TAXONOMY_TERM else await listings(session, named - own.keys())
    held = {id: row.document for id, row in (own | near).items()}
    terms = {each for document in held.values() for each in terms_in(document)}
    held |= {id: row.document for id, row in (await listings(session, terms)).items()}
    places = await capacities(session, own) if kind is ListingKind.SERVICE else {}
    return {
        id: joined(kind, row.document, held) | capacity_of(places.get(id), row.document)
        for id, row in own.items()
    }
