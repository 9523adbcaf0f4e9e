"""Assure listings, ask about them, state places, and say what terms mean. No commits."""

from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.directory import indexing, queries, references, rules
from checkpoint.directory.keeping import ALONE, put
from checkpoint.directory.lists import DirectoryCrosswalk
from checkpoint.directory.meanings import folded
from checkpoint.directory.schemas import ChaseListing, MapTerm, StateCapacity
from checkpoint.directory.states import (
    LOCAL,
    DirectoryEvent,
    ListingKind,
    ListingState,
)
from checkpoint.directory.tables import DirectoryCapacity, DirectoryChase
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import executed, insert, rows_of
from checkpoint.foundation.preconditions import unchanged_since

SERVICE = sa.bindparam("of_service", type_=sa.Uuid())
PLACES = (
    sa.select(*DirectoryCapacity.__table__.c)
    .where(col(DirectoryCapacity.service_id) == SERVICE)
    .with_for_update()
)
STATED = sa.update(DirectoryCapacity.__table__).where(col(DirectoryCapacity.service_id) == SERVICE)
ANSWERED = sa.update(DirectoryChase.__table__).where(
    col(DirectoryChase.listing_id) == sa.bindparam("asked_of", type_=sa.Uuid()),
    col(DirectoryChase.answered_at).is_(None),
)


async def assure(
    session: AsyncSession,
    kind: ListingKind,
    id: UUID,
    assured_on: date,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> None:
    """Somebody said that a listing holds; whoever was asked has answered.

    What a feed says itself stays as it is: only our own word beside it changes.

    Raises:
        ListingNotFound, Overtaken, ListingNotListed, RuleBroken: nothing changed.
    """
    await executed(session, ALONE, {})
    found = await queries.listing(session, id, kind=kind, lock=True)
    unchanged_since(seen, found.version, short={"assured_on": found.assured_on}, about=(id,))
    rules.check_listed(ListingState(found.state))
    rules.check_assured(assured_on, today=london_day(at))
    own = dict(found.document)
    if found.source == LOCAL:
        own["assured_date"] = assured_on.isoformat()
    values = {"assured_on": assured_on}
    await put(session, found, own, ListingState.LISTED, "assured", values, by=by, at=at)
    await executed(session, ANSWERED.values(answered_at=at, answered_by=by.id), {"asked_of": id})
    change = {"assured_on": (found.assured_on, assured_on)}
    await ledger.record(
        session,
        Operation.ALTERATION,
        DirectoryEvent.ASSURED,
        id,
        kind=f"directory_{kind.value}",
        by=by,
        at=at,
        change=change,
    )


async def chase(
    session: AsyncSession,
    kind: ListingKind,
    id: UUID,
    command: ChaseListing,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """A provider was asked whether a listing still holds.

    Raises:
        ListingNotFound, ListingNotListed, ChaseOpen: nothing was recorded.
    """
    found = await queries.listing(session, id, kind=kind, lock=True)
    rules.check_listed(ListingState(found.state))
    today = london_day(at)
    waiting = [each.due_on for each in await queries.chases(session, id) if not each.answered_at]
    rules.check_not_asked(waiting, today=today)
    due_on = today + timedelta(days=references.staleness_on(today).answer_within_days)
    row = DirectoryChase(listing_id=id, way=command.way, due_on=due_on, asked_at=at, asked_by=by.id)
    await insert(session, row)
    await ledger.record(
        session,
        Operation.COLLECTION,
        DirectoryEvent.CHASED,
        id,
        kind=f"directory_{kind.value}",
        by=by,
        at=at,
    )


async def state_capacity(
    session: AsyncSession, id: UUID, command: StateCapacity, *, seen: int, by: Actor, at: datetime
) -> None:
    """How many places a service has for the programme; those that are held stay held.

    Args:
        session: the caller's.
        id: the service's.
        command: what is stated.
        seen: the version of what was stated before; 0 where nothing was.
        by: who.
        at: when.

    Raises:
        ListingNotFound, ListingNotListed, Overtaken, PlacesHeld: nothing changed.
    """
    found = await queries.listing(session, id, kind=ListingKind.SERVICE, lock=True)
    held = next(iter(await rows_of(session, PLACES, of_service=id)), None)
    sent = command.model_dump()
    unchanged_since(seen, held.version if held else 0, sent=sent, stands=held, about=(id,))
    rules.check_listed(ListingState(found.state))
    rules.check_places(command.maximum, held=held.held if held else 0)
    if held:
        values = sent | {"version": held.version + 1, "updated_at": at}
        await executed(session, STATED.values(**values), {"of_service": id})
    else:
        values = sent | {"service_id": id, "held": 0, "version": 1, "updated_at": at}
        await executed(session, DirectoryCapacity.__table__.insert(), values)
    before = held.maximum if held else None
    await ledger.record(
        session,
        Operation.ALTERATION,
        DirectoryEvent.CAPACITY_STATED,
        id,
        kind="directory_service",
        by=by,
        at=at,
        change={"maximum": (before, command.maximum)},
    )


async def map_term(
    session: AsyncSession, command: MapTerm, *, by: Actor, at: datetime
) -> DirectoryCrosswalk:
    """What a term of another taxonomy means, from a day on; services of it are found by it.

    Raises:
        RuleBroken: nothing was recorded.
    """
    await executed(session, ALONE, {})
    said = [
        row
        for row in await queries.crosswalk(session)
        if folded(row.term) == folded(command.term) and row.pathway == command.pathway
    ]
    rules.check_mapping(command.valid_from, [row.valid_from for row in said], today=london_day(at))
    row = DirectoryCrosswalk(
        **command.model_dump() | {"term": said[0].term if said else command.term},
        number=len(said) + 1,
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)
    await indexing.index_named(session, command.term, at=at)
    await ledger.record(
        session,
        Operation.COLLECTION,
        DirectoryEvent.MAPPED,
        row.id,
        kind="directory_crosswalk",
        by=by,
        at=at,
    )
    return row
