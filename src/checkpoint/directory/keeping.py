"""Write a listing's next version, and what look-ups read of it. No commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory import indexing, queries, rules
from checkpoint.directory.entities import digest_of, readable
from checkpoint.directory.parting import Document, check_alone, named_in, terms_in
from checkpoint.directory.states import ListingKind, ListingState
from checkpoint.directory.tables import DirectoryListing, DirectoryListingVersion
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import executed
from checkpoint.foundation.errors import check_all
from checkpoint.foundation.schemas import utc_text

CHANGED = sa.update(DirectoryListing.__table__).where(
    col(DirectoryListing.id) == sa.bindparam("listing_id", type_=sa.Uuid())
)

# One at a time: whether a chain of terms closes, whether others rest on a listing, and what look-ups
# read of services, which more than one deed writes anew.
ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtext('directory'))")


async def put(
    session: AsyncSession,
    found: Any,
    document: Document,
    state: ListingState,
    reason: str | None,
    values: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """The next version of a listing that is locked, and what look-ups read of it.

    Args:
        session: the caller's.
        found: the listing as it stands.
        document: what it says from now on, checked.
        state: whether it stands from now on.
        reason: why, if it was said.
        values: other columns that change.
        by: who.
        at: when.
    """
    row = DirectoryListing(
        id=found.id,
        source=found.source,
        kind=found.kind,
        external_id=found.external_id,
        version=found.version + 1,
        document=document,
        digest=digest_of(document),
        state=state,
        last_modified=at,
    )
    names = ("version", "document", "digest", "state", "last_modified")
    changed = {name: getattr(row, name) for name in names} | dict(values)
    await executed(session, CHANGED.values(**changed), {"listing_id": found.id})
    await keep(session, row, reason=reason, by=by, at=at)
    await indexing.index_on(session, found.id, at=at)


async def keep(
    session: AsyncSession, row: DirectoryListing, *, reason: str | None, by: Actor, at: datetime
) -> None:
    kept = DirectoryListingVersion(
        listing_id=row.id,
        version=row.version,
        document=row.document,
        digest=row.digest,
        state=row.state,
        reason=reason,
        recorded_at=at,
        recorded_by=by.id,
    )
    await executed(session, DirectoryListingVersion.__table__.insert(), kept.model_dump())


async def entered(
    session: AsyncSession, kind: ListingKind, document: Mapping[str, Any], *, at: datetime
) -> Document:
    """What staff entered, in the standard's form and our own, naming listings that stand.

    Raises:
        RuleBroken: it breaks a rule.
    """
    own = readable(kind, document)
    check_all(
        lambda: check_alone(kind, own),
        lambda: rules.check_provider(kind, own),
        lambda: rules.check_own_words(own),
        lambda: rules.check_possible(own),
    )
    named, terms = named_in(kind, own), {*terms_in(own)}
    found = await queries.listings(session, terms.union(*named.values()))
    kinds = {id: ListingKind(row.kind) for id, row in found.items()}
    rules.check_named(named, terms, kinds=kinds)
    if "parent_id" in own and kind is ListingKind.TAXONOMY_TERM:
        parents = await queries.parents(session, UUID(own["parent_id"]))
        rules.check_chain(UUID(own["id"]), parents)
    return own | {"last_modified": utc_text(at)} if kind is ListingKind.SERVICE else own


def links_of(kind: ListingKind, document: Mapping[str, Any]) -> dict[str, UUID | None]:
    """The columns that name other listings, which ``rules.check_named`` found to stand."""
    names = {
        ListingKind.SERVICE: ("organization_id",),
        ListingKind.TAXONOMY_TERM: ("taxonomy_id", "parent_id"),
    }.get(kind, ())
    return {name: UUID(document[name]) if name in document else None for name in names}
