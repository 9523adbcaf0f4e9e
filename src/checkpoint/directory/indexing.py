"""Write what look-ups read of services, anew from their documents. No commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory import queries, references
from checkpoint.directory.lists import DirectoryOffer, DirectoryOfferPlace, DirectoryOpening
from checkpoint.directory.lookups.terms import facets, search_keys
from checkpoint.directory.meanings import Term, folded, meanings, term_of
from checkpoint.directory.offers import Offer, offer_of
from checkpoint.directory.parting import named_in, terms_in
from checkpoint.directory.states import ListingKind, ListingState
from checkpoint.directory.tables import DirectoryListing
from checkpoint.directory.views import crosswalk_on
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import executed, rows_of
from checkpoint.needs.states import Pathway

AT_ONCE = 500
THESE = sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
TABLES = (DirectoryOpening, DirectoryOfferPlace, DirectoryOffer)
FORGET = [sa.delete(each.__table__).where(each.__table__.c.service_id == THESE) for each in TABLES]
ALL = (
    sa.select(col(DirectoryListing.id))
    .where(col(DirectoryListing.kind) == ListingKind.SERVICE)
    .order_by(col(DirectoryListing.id))
)
HEAD = aliased(DirectoryListing)
TERMS = (
    sa.select(
        col(DirectoryListing.id),
        col(DirectoryListing.document),
        col(HEAD.document)["name"].astext.label("head"),
    )
    .outerjoin(HEAD, col(HEAD.id) == col(DirectoryListing.taxonomy_id))
    .where(
        col(DirectoryListing.kind) == ListingKind.TAXONOMY_TERM,
        col(DirectoryListing.state) == ListingState.LISTED,
    )
)
WIDER = sa.text("""
    WITH RECURSIVE wider (id, number) AS (
        SELECT unnest(CAST(:ids AS uuid[])), 1
         UNION
        SELECT term.parent_id, number + 1
          FROM directory_listing AS term JOIN wider ON term.id = wider.id
         WHERE term.parent_id IS NOT NULL AND number < 30
    )
    SELECT DISTINCT id FROM wider
""").bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))


async def index_all(session: AsyncSession, *, at: datetime) -> int:
    """Derive everything anew, and say of how many services."""
    ids = [row.id for row in await rows_of(session, ALL)]
    await index(session, ids, at=at)
    return len(ids)


async def index_on(session: AsyncSession, id: UUID, *, at: datetime) -> None:
    """Derive anew what rests on an organization, a location or a term; or a service itself."""
    await index(session, {id, *await queries.services_on(session, [id])}, at=at)


async def index_named(session: AsyncSession, term: str, *, at: datetime) -> None:
    """Derive anew the services of terms that a crosswalk calls so, and of narrower ones."""
    rows = await rows_of(session, TERMS)
    called = [row.id for row in rows if folded(term) in term_of(row.document, row.head).names]
    await index(session, await queries.services_on(session, called), at=at)


async def index(session: AsyncSession, ids: Iterable[UUID], *, at: datetime) -> None:
    """Derive what look-ups read of these services; ids of other listings do nothing.

    Args:
        session: the caller's; what it wrote is read.
        ids: of services, whatever their state.
        at: the moment; the crosswalk that holds on its day is used.
    """
    wanted = sorted({*ids})
    said = crosswalk_on(await queries.crosswalk(session), london_day(at)) if wanted else {}
    for start in range(0, len(wanted), AT_ONCE):
        await _index(session, wanted[start : start + AT_ONCE], said)


async def _index(
    session: AsyncSession, ids: Sequence[UUID], said: Mapping[str, frozenset[Pathway]]
) -> None:
    found = await queries.listings(session, ids, standing=False)
    services = {id: row for id, row in found.items() if row.kind == ListingKind.SERVICE}
    if not services:
        return
    named: set[UUID] = set()
    for row in services.values():
        named.update(*named_in(ListingKind.SERVICE, row.document).values())
    near = await queries.listings(session, named)
    classed = {each for row in services.values() for each in terms_in(row.document)}
    terms = await _terms(session, classed)
    meaning = meanings(terms, references.pathway_terms(), said)
    locations = {
        each: row.document for each, row in near.items() if row.kind == ListingKind.LOCATION
    }
    offers = {
        id: offer_of(
            row.document,
            organization_name=_name(near, row.organization_id),
            locations=locations,
            terms=terms,
            meaning=meaning,
        )
        for id, row in services.items()
    }
    for statement in FORGET:
        await executed(session, statement, {"ids": list(services)})
    await _write(session, services, offers)


async def _terms(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Term]:
    wanted = list(ids)
    wider = [row.id for row in await rows_of(session, WIDER, ids=wanted)] if wanted else []
    found = await queries.listings(session, wider)
    heads = await queries.listings(
        session, (row.taxonomy_id for row in found.values() if row.taxonomy_id)
    )
    return {
        id: term_of(row.document, _name(heads, row.taxonomy_id))
        for id, row in found.items()
        if row.kind == ListingKind.TAXONOMY_TERM
    }


def _name(near: Mapping[UUID, Any], id: UUID | None) -> str | None:
    return near[id].document["name"] if id and id in near else None


async def _write(
    session: AsyncSession, services: Mapping[UUID, Any], offers: Mapping[UUID, Offer]
) -> None:
    own, places, openings = [], [], []
    for id, offer in offers.items():
        row = services[id]
        values = asdict(offer)
        words = facets(offer)
        places += [part | {"facets": words} for part in _numbered(id, values.pop("places"))]
        openings += _numbered(id, values.pop("openings"))
        held: dict[str, date | list[str] | None] = {"assured_on": row.assured_on}
        held |= {"facets": words, "search_keys": search_keys(offer)}
        own.append({"service_id": id, "state": row.state} | _listed(values) | held)
    for table, rows in (
        (DirectoryOffer, own),
        (DirectoryOfferPlace, places),
        (DirectoryOpening, openings),
    ):
        if rows:
            await executed(session, table.__table__.insert(), rows)


def _numbered(id: UUID, parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"service_id": id, "position": place} | part for place, part in enumerate(parts)]


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }
