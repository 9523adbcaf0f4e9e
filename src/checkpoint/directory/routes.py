"""Front door of the directory: listings as staff maintain them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.directory import actions, queries
from checkpoint.directory.references import staleness_on
from checkpoint.directory.schemas import (
    ChangeListing,
    CreateListing,
    HistoryView,
    ListingLineView,
    ListingView,
    RestoreListing,
    VersionView,
    WithdrawListing,
)
from checkpoint.directory.states import (
    DirectoryEvent,
    ListingExists,
    ListingInUse,
    ListingNotFound,
    ListingNotListed,
    ListingOfFeed,
    ListingPath,
    ListingStands,
    ListingState,
    PlacesHeld,
)
from checkpoint.directory.views import line_of, view_of
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion, etag
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1/directory", tags=["directory"])
MANY = "/{listings}"
ONE = "/{listings}/{listing_id}"
Listings = Annotated[ListingPath, Path(description="Which kind of listing.")]
ListingId = Annotated[UUID, Path(description="The listing's id.")]
Reader = Annotated[Actor, holding(Permission.READ_LISTINGS)]
Editor = Annotated[Actor, holding(Permission.EDIT_LISTINGS)]
EDITING = (ListingNotFound, IfMatchMissing, Overtaken)


@router.get(MANY, response_model=Page[ListingLineView], responses=problems(MalformedCursor))
async def list_listings(
    by: Reader,
    listings: Listings,
    session: Transaction,
    now: Now,
    turn: Turning,
    source: Annotated[str | None, Query(max_length=40, description="Whose they are.")] = None,
    state: ListingState | None = None,
    organization_id: Annotated[UUID | None, Query(description="Who provides them.")] = None,
    taxonomy_id: Annotated[UUID | None, Query(description="Which taxonomy they are of.")] = None,
) -> Response:
    """Listings of one kind, whatever their state, what was changed last first."""
    rows, following = await queries.page(
        session,
        turn=turn,
        kind=listings.kind,
        source=source,
        state=state.value if state else None,
        organization_id=organization_id,
        taxonomy_id=taxonomy_id,
    )
    ids = [row.id for row in rows]
    await _record(session, DirectoryEvent.LISTED, *ids, path=listings, by=by, now=now)
    days, on = _stale_after(now)
    items = [line_of(row, days=days, on=on) for row in rows]
    page = Page[ListingLineView](items=items, next=following)
    return shown(page, headers=links(turn.request, following))


@router.post(
    MANY,
    status_code=201,
    response_model=ListingView,
    responses=problems(*CREATING, ListingExists, RuleBroken),
)
async def create_listing(
    by: Editor,
    listings: Listings,
    command: CreateListing,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Enter a listing of our own."""

    async def deed() -> Response:
        id = await actions.create(session, listings.kind, command.document, by=by, at=now)
        return await answer(session, listings, id, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(ONE, response_model=ListingView, responses=problems(ListingNotFound))
async def read_listing(
    by: Reader, listings: Listings, listing_id: ListingId, session: Transaction, now: Now
) -> Response:
    """A listing as it is kept, with its places and who was asked about it."""
    await queries.listing(session, listing_id, kind=listings.kind)
    await _record(session, DirectoryEvent.READ, listing_id, path=listings, by=by, now=now)
    return await answer(session, listings, listing_id, now=now)


@router.put(
    ONE,
    response_model=ListingView,
    responses=problems(*EDITING, ListingOfFeed, ListingNotListed, RuleBroken),
)
async def change_listing(
    by: Editor,
    listings: Listings,
    listing_id: ListingId,
    command: ChangeListing,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Say anew what a listing of our own says, whole; what it said before is kept."""
    await actions.change(
        session, listings.kind, listing_id, command.document, seen=seen, by=by, at=now
    )
    return await answer(session, listings, listing_id, now=now)


@router.post(
    f"{ONE}/withdrawal",
    response_model=ListingView,
    responses=problems(*EDITING, ListingOfFeed, ListingNotListed, ListingInUse, PlacesHeld),
)
async def withdraw_listing(
    by: Editor,
    listings: Listings,
    listing_id: ListingId,
    command: WithdrawListing,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Take a listing out of the directory; whatever it said stays on record."""
    await actions.withdraw(session, listings.kind, listing_id, command, seen=seen, by=by, at=now)
    return await answer(session, listings, listing_id, now=now)


@router.post(
    f"{ONE}/restoration",
    response_model=ListingView,
    responses=problems(*EDITING, ListingStands, RuleBroken),
)
async def restore_listing(
    by: Editor,
    listings: Listings,
    listing_id: ListingId,
    command: RestoreListing,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Put a listing back that staff took out."""
    await actions.restore(
        session, listings.kind, listing_id, command.words, seen=seen, by=by, at=now
    )
    return await answer(session, listings, listing_id, now=now)


@router.get(
    f"{ONE}/versions",
    response_model=HistoryView,
    responses=problems(ListingNotFound, MalformedCursor),
)
async def read_listing_versions(
    by: Reader,
    listings: Listings,
    listing_id: ListingId,
    session: Transaction,
    now: Now,
    turn: Turning,
) -> Response:
    """What a listing ever said, the last first."""
    found = await queries.listing(session, listing_id, kind=listings.kind)
    await _record(session, DirectoryEvent.HISTORY_READ, listing_id, path=listings, by=by, now=now)
    rows, following = await queries.versions(session, listing_id, turn=turn)
    versions = [VersionView.model_validate(row) for row in rows]
    view = HistoryView(id=found.id, kind=found.kind, versions=versions, next=following)
    return shown(view, headers=links(turn.request, following))


async def answer(
    session: AsyncSession, listings: ListingPath, id: UUID, *, now: datetime, status: int = 200
) -> Response:
    """A listing, whole, with its ETag."""
    row = await queries.listing(session, id, kind=listings.kind)
    days, on = _stale_after(now)
    view = view_of(
        row,
        capacity=(await queries.capacities(session, [id])).get(id),
        chases=await queries.chases(session, id),
        days=days,
        on=on,
    )
    headers = {"ETag": etag(row.version)}
    if status == 201:
        headers["Location"] = f"{router.prefix}/{listings.value}/{id}"
    return shown(view, status=status, headers=headers)


def _stale_after(now: datetime) -> tuple[int, Any]:
    on = london_day(now)
    return staleness_on(on).assured_for_days, on


async def _record(
    session: AsyncSession,
    event: DirectoryEvent,
    *ids: UUID,
    path: ListingPath,
    by: Actor,
    now: datetime,
) -> None:
    kind = f"directory_{path.kind.value}"
    await ledger.record(session, Operation.CONSULTATION, event, *ids, kind=kind, by=by, at=now)
