"""Front door of what keeps the directory good: stale listings, places, what terms mean."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.directory import queries
from checkpoint.directory.references import staleness_on
from checkpoint.directory.routes import EDITING, ONE, Editor, ListingId, Listings, Reader, answer
from checkpoint.directory.schemas import (
    AssureListing,
    CapacityView,
    ChaseListing,
    CrosswalkView,
    ListingView,
    MappingView,
    MapTerm,
    SourcesView,
    SourceView,
    StaleView,
    StateCapacity,
)
from checkpoint.directory.states import (
    ChaseOpen,
    DirectoryEvent,
    ListingKind,
    ListingNotFound,
    ListingNotListed,
    PlacesHeld,
)
from checkpoint.directory.upkeep import actions
from checkpoint.directory.views import places_of, stale_line_of
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import SeenVersion, etag
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1", tags=["directory"])
UNDER = f"/directory{ONE}"
CAPACITY = "/directory/services/{service_id}/capacity"
MOST = 200


@router.get("/directory-sources", response_model=SourcesView)
async def list_directory_sources(by: Reader, session: Transaction, now: Now) -> Response:
    """Whose listings there are, and the number of the directory's state."""
    edition = await queries.edition(session)
    items = [SourceView.model_validate(row) for row in await queries.sources(session)]
    await _record(session, DirectoryEvent.LISTED, kind="directory_source", by=by, now=now)
    view = SourcesView(edition=edition.number, changed_at=edition.changed_at, items=items)
    return shown(view)


@router.get("/term-mappings", response_model=CrosswalkView)
async def list_term_mappings(by: Reader, session: Transaction, now: Now) -> Response:
    """What other taxonomies' terms mean among the pathways, all that was ever said."""
    rows = await queries.crosswalk(session)
    await _record(session, DirectoryEvent.LISTED, kind="directory_crosswalk", by=by, now=now)
    return shown(CrosswalkView(items=[MappingView.model_validate(row) for row in rows]))


@router.post(
    "/term-mappings",
    status_code=201,
    response_model=MappingView,
    responses=problems(*CREATING, RuleBroken),
)
async def map_term(
    by: Editor, command: MapTerm, session: Transaction, now: Now, asked: Once
) -> Response:
    """Say what a term of another taxonomy means from a day on, or take that back."""

    async def deed() -> Response:
        row = await actions.map_term(session, command, by=by, at=now)
        return shown(MappingView.model_validate(row), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get("/stale-services", response_model=StaleView)
async def list_stale_services(
    by: Reader,
    session: Transaction,
    now: Now,
    size: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = 50,
) -> Response:
    """Services for which nobody vouched lately, the longest ago first, and who was asked."""
    on = london_day(now)
    rule = staleness_on(on)
    before = on - timedelta(days=rule.assured_for_days)
    rows = await queries.stale(session, before=before, most=size)
    ids = [row.id for row in rows]
    kind = "directory_service"
    await _record(session, DirectoryEvent.STALE_LISTED, *ids, kind=kind, by=by, now=now)
    items = [stale_line_of(row, days=rule.assured_for_days, on=on) for row in rows]
    view = StaleView(assured_for_days=rule.assured_for_days, rule=rule.version, items=items)
    return shown(view)


@router.post(
    f"{UNDER}/assurance",
    response_model=ListingView,
    responses=problems(*EDITING, ListingNotListed, RuleBroken),
)
async def assure_listing(
    by: Editor,
    listings: Listings,
    listing_id: ListingId,
    command: AssureListing,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Record that somebody said that a listing holds; whoever was asked has answered."""
    await actions.assure(
        session, listings.kind, listing_id, command.assured_on, seen=seen, by=by, at=now
    )
    return await answer(session, listings, listing_id, now=now)


@router.post(
    f"{UNDER}/chases",
    status_code=201,
    response_model=ListingView,
    responses=problems(*CREATING, ListingNotFound, ListingNotListed, ChaseOpen),
)
async def chase_listing(
    by: Editor,
    listings: Listings,
    listing_id: ListingId,
    command: ChaseListing,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record that a provider was asked whether a listing still holds."""

    async def deed() -> Response:
        await actions.chase(session, listings.kind, listing_id, command, by=by, at=now)
        return await answer(session, listings, listing_id, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    CAPACITY,
    response_model=CapacityView,
    responses=problems(ListingNotFound),
)
async def read_capacity(
    by: Reader,
    service_id: Annotated[UUID, Path(description="The service's id.")],
    session: Transaction,
    now: Now,
) -> Response:
    """How many places a service has, and how many are free."""
    kind = "directory_service"
    await queries.listing(session, service_id, kind=ListingKind.SERVICE)
    await _record(session, DirectoryEvent.READ, service_id, kind=kind, by=by, now=now)
    return await _capacity(session, service_id)


@router.put(
    CAPACITY,
    response_model=CapacityView,
    responses=problems(*EDITING, ListingNotListed, PlacesHeld),
)
async def state_capacity(
    by: Editor,
    service_id: Annotated[UUID, Path(description="The service's id.")],
    command: StateCapacity,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """State how many places a service has; If-Match is "0" where nobody stated it before."""
    await actions.state_capacity(session, service_id, command, seen=seen, by=by, at=now)
    return await _capacity(session, service_id)


async def _capacity(session: AsyncSession, id: UUID) -> Response:
    found = (await queries.capacities(session, [id])).get(id)
    view = places_of(found)
    if view is None:
        raise ListingNotFound('Nobody stated its places: PUT them with If-Match: "0".')
    return shown(view, headers={"ETag": etag(view.version)})


async def _record(
    session: AsyncSession,
    event: DirectoryEvent,
    *ids: UUID,
    kind: str,
    by: Actor,
    now: datetime,
) -> None:
    await ledger.record(session, Operation.CONSULTATION, event, *ids, kind=kind, by=by, at=now)
