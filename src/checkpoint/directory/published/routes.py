"""The doors that strangers come to, as HSDS 3.0 and Open Referral UK 3.0 name them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.budgets import TooManyRequests
from checkpoint.directory.entities import Organization, Service, ServiceAtLocation
from checkpoint.directory.parts import Taxonomy, TaxonomyTerm
from checkpoint.directory.published import finding, queries, rules
from checkpoint.directory.published.answering import NDJSON, answered, listed, single
from checkpoint.directory.published.finding import Found
from checkpoint.directory.published.guarding import Publishing
from checkpoint.directory.published.schemas import (
    DetailsView,
    NothingAsked,
    OrganizationAsked,
    OrganizationsAsked,
    PageView,
    PlacesAsked,
    ServicesAsked,
    TaxonomiesAsked,
    TermsAsked,
)
from checkpoint.directory.published.states import (
    AnswerTooLong,
    Form,
    ListingGone,
    PostcodeUnknown,
)
from checkpoint.directory.states import ListingKind, ListingNotFound
from checkpoint.foundation import bodies
from checkpoint.foundation.addresses import refuse_repeated
from checkpoint.foundation.problems import DatabaseUnavailable, RequestNotUnderstood, problems

ANYWHERE = problems(
    bodies.AddressNotReadable,
    bodies.BodyNotJson,
    bodies.BodyTooLarge,
    RequestNotUnderstood,
    TooManyRequests,
    DatabaseUnavailable,
)
SINGLE = problems(ListingNotFound, ListingGone)
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {NDJSON: {"schema": {"type": "string"}}}},
    304: {"description": "You have this already."},
}
KNOWN: dict[int | str, dict[str, Any]] = {304: {"description": "You have this already."}}


async def said_once(request: Request) -> None:
    """Conditions add up, so a name that is said twice would have to mean both.

    Raises:
        RequestNotUnderstood: a name stands in the address twice; says which.
    """
    refuse_repeated(request)


router = APIRouter(dependencies=[Depends(said_once)], responses=ANYWHERE)
Id = Annotated[UUID, Path(description="As a list gives it.")]


@router.get("/", response_model=DetailsView, responses=KNOWN)
async def read_details(
    request: Request,
    asked: Annotated[NothingAsked, Query()],  # noqa: ARG001 - it must be nothing
) -> Response:
    """Which standard this is, and where this document lies."""
    publishing: Publishing = request.scope["publishing"]
    edition = await publishing.editions.now()
    return await answered(request, rules.details(publishing.base), edition)


@router.get("/services", response_model=PageView[Service], responses=STREAM, tags=["services"])
async def list_services(request: Request, asked: Annotated[ServicesAsked, Query()]) -> Response:
    """Services, each with the organisation that provides it."""

    async def found(_: AsyncSession, __: date) -> Found:
        return finding.services(asked)

    async def shown(session: AsyncSession, rows: Sequence[Any], day: date) -> list[Any]:
        return await queries.shown_services(session, [row.id for row in rows], asked.form, day)

    return await listed(request, asked, found, shown)


@router.get("/services/{id}", response_model=Service, responses=SINGLE | KNOWN, tags=["services"])
async def read_service(
    request: Request,
    id: Id,
    asked: Annotated[NothingAsked, Query()],  # noqa: ARG001
) -> Response:
    """A service with everything nested in it."""

    async def shown(session: AsyncSession, ids: Sequence[Any], day: date) -> list[Any]:
        return await queries.shown_services(session, ids, Form.FULL, day)

    return await single(request, ListingKind.SERVICE, id, shown)


@router.get(
    "/service_at_locations",
    response_model=PageView[ServiceAtLocation],
    responses=STREAM | problems(PostcodeUnknown),
    tags=["service_at_locations"],
)
async def list_service_at_locations(
    request: Request, asked: Annotated[PlacesAsked, Query()]
) -> Response:
    """Services at the places where they are given."""

    async def found(session: AsyncSession, day: date) -> Found:
        return await finding.places(session, asked, day)

    async def shown(session: AsyncSession, rows: Sequence[Any], day: date) -> list[Any]:
        return await queries.shown_places(session, rows, asked.form, day)

    return await listed(request, asked, found, shown)


@router.get(
    "/service_at_locations/{id}",
    response_model=ServiceAtLocation,
    responses=SINGLE | KNOWN,
    tags=["service_at_locations"],
)
async def read_service_at_location(
    request: Request,
    id: Id,
    asked: Annotated[NothingAsked, Query()],  # noqa: ARG001
) -> Response:
    """A service at one place, with everything nested in both."""

    async def shown(session: AsyncSession, ids: Sequence[Any], day: date) -> list[Any]:
        rows = await finding.rows_of_place(session, ids[0], day)
        return await queries.shown_places(session, rows, Form.FULL, day)

    return await single(request, ListingKind.SERVICE, id, shown)


@router.get(
    "/organizations",
    response_model=PageView[Organization],
    responses=STREAM | problems(AnswerTooLong),
    tags=["organizations"],
)
async def list_organizations(
    request: Request, asked: Annotated[OrganizationsAsked, Query()]
) -> Response:
    """Organisations that provide services."""

    async def found(_: AsyncSession, __: date) -> Found:
        return finding.organizations(asked)

    async def shown(session: AsyncSession, rows: Sequence[Any], day: date) -> list[Any]:
        return await queries.shown_organizations(
            session, [row.id for row in rows], asked.form, day, whole_services=asked.full_service
        )

    return await listed(request, asked, found, shown)


@router.get(
    "/organizations/{id}",
    response_model=Organization,
    responses=SINGLE | KNOWN | problems(AnswerTooLong),
    tags=["organizations"],
)
async def read_organization(
    request: Request, id: Id, asked: Annotated[OrganizationAsked, Query()]
) -> Response:
    """An organisation with everything nested in it, and in short the services it provides."""

    async def shown(session: AsyncSession, ids: Sequence[Any], day: date) -> list[Any]:
        return await queries.shown_organizations(
            session, ids, Form.FULL, day, whole_services=asked.full_service
        )

    return await single(request, ListingKind.ORGANIZATION, id, shown)


@router.get("/taxonomies", response_model=PageView[Taxonomy], responses=STREAM, tags=["taxonomies"])
async def list_taxonomies(request: Request, asked: Annotated[TaxonomiesAsked, Query()]) -> Response:
    """Lists of terms by which services are classified."""

    async def found(_: AsyncSession, __: date) -> Found:
        return finding.taxonomies(asked)

    async def shown(session: AsyncSession, rows: Sequence[Any], day: date) -> list[Any]:
        ids = [row.id for row in rows]
        return await queries.shown_taxonomies(session, ids, day, whole=False)

    return await listed(request, asked, found, shown)


@router.get(
    "/taxonomies/{id}", response_model=Taxonomy, responses=SINGLE | KNOWN, tags=["taxonomies"]
)
async def read_taxonomy(
    request: Request,
    id: Id,
    asked: Annotated[NothingAsked, Query()],  # noqa: ARG001
) -> Response:
    """A taxonomy with its terms."""

    async def shown(session: AsyncSession, ids: Sequence[Any], day: date) -> list[Any]:
        return await queries.shown_taxonomies(session, ids, day, whole=True)

    return await single(request, ListingKind.TAXONOMY, id, shown)


@router.get(
    "/taxonomy_terms", response_model=PageView[TaxonomyTerm], responses=STREAM, tags=["taxonomies"]
)
async def list_taxonomy_terms(request: Request, asked: Annotated[TermsAsked, Query()]) -> Response:
    """Terms, each with the taxonomy it is of."""

    async def found(_: AsyncSession, __: date) -> Found:
        return finding.terms(asked)

    async def shown(session: AsyncSession, rows: Sequence[Any], day: date) -> list[Any]:
        return await queries.shown_terms(session, [row.id for row in rows], day)

    return await listed(request, asked, found, shown)


@router.get(
    "/taxonomy_terms/{id}",
    response_model=TaxonomyTerm,
    responses=SINGLE | KNOWN,
    tags=["taxonomies"],
)
async def read_taxonomy_term(
    request: Request,
    id: Id,
    asked: Annotated[NothingAsked, Query()],  # noqa: ARG001
) -> Response:
    """A term with the taxonomy it is of."""
    return await single(request, ListingKind.TAXONOMY_TERM, id, queries.shown_terms)
