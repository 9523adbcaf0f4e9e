"""Create, change, withdraw, restore and assure listings; places; who was asked. No commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.directory import indexing, queries, rules
from checkpoint.directory.entities import columns_of, digest_of
from checkpoint.directory.keeping import ALONE, entered, keep, links_of, put
from checkpoint.directory.schemas import WithdrawListing
from checkpoint.directory.states import (
    LOCAL,
    DirectoryEvent,
    ListingExists,
    ListingKind,
    ListingState,
    NoPlaceFree,
    NoPlaceHeld,
    PlacesHeld,
)
from checkpoint.directory.tables import (
    DirectoryCapacity,
    DirectoryListing,
)
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import executed, insert, rows_of
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.preconditions import unchanged_since

Document = dict[str, Any]
SERVICE = sa.bindparam("service_id", type_=sa.Uuid())
# One statement: whoever comes second waits, and then sees what the first one left.
HOLD = sa.text("""
    UPDATE directory_capacity SET held = held + 1, updated_at = :at
     WHERE service_id = :service_id AND held < maximum RETURNING held
""").bindparams(SERVICE, sa.bindparam("at", type_=sa.DateTime(timezone=True)))
RELEASE = sa.text("""
    UPDATE directory_capacity SET held = held - 1, updated_at = :at
     WHERE service_id = :service_id AND held > 0 RETURNING held
""").bindparams(SERVICE, sa.bindparam("at", type_=sa.DateTime(timezone=True)))
PLACES = (
    sa.select(*DirectoryCapacity.__table__.c)
    .where(col(DirectoryCapacity.service_id) == SERVICE)
    .with_for_update()
)


async def create(
    session: AsyncSession,
    kind: ListingKind,
    document: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> UUID:
    """Staff enter a listing.

    Raises:
        RuleBroken, ListingExists: nothing was entered.
    """
    await executed(session, ALONE, {})
    own = await entered(session, kind, {"id": str(new_id())} | dict(document), at=at)
    id = UUID(own["id"])
    if await queries.listings(session, [id], standing=False):
        raise ListingExists("Leave the id out to be given a new one.")
    row = DirectoryListing(
        id=id,
        source=LOCAL,
        kind=kind,
        external_id=str(id),
        document=own,
        digest=digest_of(own),
        state=ListingState.LISTED,
        last_modified=at,
    )
    for name, value in (columns_of(own) | links_of(kind, own)).items():
        setattr(row, name, value)
    await insert(session, row)
    await keep(session, row, reason=None, by=by, at=at)
    await indexing.index_on(session, id, at=at)
    await _record(session, Operation.COLLECTION, DirectoryEvent.CREATED, id, kind, by=by, at=at)
    return id


async def change(
    session: AsyncSession,
    kind: ListingKind,
    id: UUID,
    document: Mapping[str, Any],
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> None:
    """Staff say anew what a listing of our own says, whole; what stood before is kept.

    Raises:
        ListingNotFound, Overtaken, ListingOfFeed, ListingNotListed, RuleBroken: nothing changed.
    """
    await executed(session, ALONE, {})
    found = await queries.listing(session, id, kind=kind, lock=True)
    before = None
    if seen != found.version:
        before = await queries.version(session, id, seen)
    unchanged_since(
        seen,
        found.version,
        sent={"document": dict(document)},
        stands={"document": found.document},
        before={"document": before.document} if before else None,
        about=(id,),
    )
    rules.check_kept_here(found.source, kept=[LOCAL])
    rules.check_listed(ListingState(found.state))
    own = await entered(session, kind, dict(document) | {"id": str(id)}, at=at)
    values = columns_of(own) | links_of(kind, own)
    await put(session, found, own, ListingState.LISTED, None, values, by=by, at=at)
    change = {"digest": (found.digest, digest_of(own))}
    await _record(
        session, Operation.ALTERATION, DirectoryEvent.CHANGED, id, kind, change=change, by=by, at=at
    )


async def withdraw(
    session: AsyncSession,
    kind: ListingKind,
    id: UUID,
    command: WithdrawListing,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> None:
    """Staff take a listing out of the directory; whatever it said stays on record.

    Raises:
        ListingNotFound, Overtaken, ListingNotListed, ListingOfFeed, ListingInUse, PlacesHeld:
            nothing changed.
    """
    await executed(session, ALONE, {})
    found = await queries.listing(session, id, kind=kind, lock=True)
    unchanged_since(
        seen, found.version, short={"state": found.state, "version": found.version}, about=(id,)
    )
    rules.check_listed(ListingState(found.state))
    rules.check_kept_here(found.source, kept=[LOCAL])
    rules.check_unused(await queries.users(session, id, kind))
    places = await rows_of(session, PLACES, service_id=id)
    if places and places[0].held:
        raise PlacesHeld("Release the places that are held first.")
    reason = ": ".join(each for each in (command.reason.value, command.words) if each)
    own = dict(found.document)
    await put(session, found, own, ListingState.WITHDRAWN, reason, {}, by=by, at=at)
    change = {"state": (found.state, ListingState.WITHDRAWN)}
    await _record(
        session,
        Operation.ALTERATION,
        DirectoryEvent.WITHDRAWN,
        id,
        kind,
        change=change,
        by=by,
        at=at,
    )


async def restore(
    session: AsyncSession,
    kind: ListingKind,
    id: UUID,
    words: str,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> None:
    """What staff took out stands again.

    Raises:
        ListingNotFound, Overtaken, ListingStands, RuleBroken: nothing changed.
    """
    await executed(session, ALONE, {})
    found = await queries.listing(session, id, kind=kind, lock=True)
    unchanged_since(
        seen, found.version, short={"state": found.state, "version": found.version}, about=(id,)
    )
    rules.check_withdrawn(ListingState(found.state))
    own = await entered(session, kind, found.document, at=at)
    await put(session, found, own, ListingState.LISTED, words, {}, by=by, at=at)
    change = {"state": (found.state, ListingState.LISTED)}
    await _record(
        session,
        Operation.ALTERATION,
        DirectoryEvent.RESTORED,
        id,
        kind,
        change=change,
        by=by,
        at=at,
    )


async def hold_place(session: AsyncSession, service_id: UUID, *, at: datetime) -> bool:
    """Hold one place of a service for somebody, as part of another room's deed.

    Returns:
        Whether one was held; False where nobody stated how many places there are, so that none
        is counted.

    Raises:
        NoPlaceFree: all are held.
    """
    if await rows_of(session, HOLD, service_id=service_id, at=at):
        return True
    if await queries.capacities(session, [service_id]):
        raise NoPlaceFree("Choose another service, or put them on its waiting list.")
    return False


async def release_place(session: AsyncSession, service_id: UUID, *, at: datetime) -> None:
    """Give a place back that was held.

    Raises:
        NoPlaceHeld: none is held.
    """
    if not await rows_of(session, RELEASE, service_id=service_id, at=at):
        raise NoPlaceHeld("Look whether it was given back already.")


async def _record(
    session: AsyncSession,
    operation: Operation,
    event: DirectoryEvent,
    id: UUID,
    kind: ListingKind,
    *,
    by: Actor,
    at: datetime,
    change: ledger.Change | None = None,
) -> None:
    await ledger.record(
        session, operation, event, id, kind=f"directory_{kind.value}", by=by, at=at, change=change
    )
