"""Listings put together as they are published, in the order they were found in."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory.published import lookups, views
from checkpoint.directory.published.states import AnswerTooLong, Form
from checkpoint.directory.states import ListingKind

# Services that an answer about organisations holds in full: some 2 MB.
MOST_WHOLE = 500
# More listings than that are put together and written out in a thread, or every other request
# would wait for them.
MANY = 20
Made = TypeVar("Made")


async def beside(many: int, work: Callable[..., Made], *given: Any) -> Made:
    """Do work that reads no database: beside the loop where there is much of it.

    Args:
        many: of how many listings.
        work: what is to be done.
        given: to it.
    """
    return await asyncio.to_thread(work, *given) if many > MANY else work(*given)


async def shown_services(
    session: AsyncSession, ids: Sequence[Any], form: Form, day: date
) -> list[Any]:
    """Services in the order of their ids, each in a form."""
    if form is Form.MINIMAL:
        known = await lookups.least(session, ids, day)
        return [known[str(id)] for id in ids if str(id) in known]
    known = await lookups.documents(session, ListingKind.SERVICE, ids, day)
    listings = [known[str(id)] for id in ids if str(id) in known]
    shelf = await _shelf(session, listings, form, day)
    return await beside(
        len(listings), lambda: [views.service(each, shelf, form) for each in listings]
    )


async def _shelf(
    session: AsyncSession, listings: Sequence[Any], form: Form, day: date
) -> views.Shelf:
    if form is Form.FULL:
        return await lookups.shelf(session, listings, day)
    return await lookups.shelf(session, map(views.short, listings), day, deep=False)


async def shown_places(
    session: AsyncSession, rows: Sequence[Any], form: Form, day: date
) -> list[Any]:
    """Services at locations in the order of their rows, each in a form. What has changed since the
    rows were found is left out.
    """
    ids = {row.service_id for row in rows}
    if form is Form.MINIMAL:
        least = await lookups.least(session, ids, day)
        whose = ((row, least.get(str(row.service_id))) for row in rows)
        return [views.least_place(row._asdict(), service) for row, service in whose if service]
    known = await lookups.documents(session, ListingKind.SERVICE, ids, day)
    pairs = []
    for row in rows:
        service = known.get(str(row.service_id), {})
        pairs += [(service, place) for place in _places(service, str(row.service_at_location_id))]
    both = [*known.values(), *(place for _, place in pairs)]
    shelf = await _shelf(session, both, form, day)
    return await beside(len(pairs), lambda: [views.at_place(*pair, shelf, form) for pair in pairs])


def _places(service: views.Document, id: str) -> list[views.Document]:
    return [each for each in service.get("service_at_locations", ()) if each["id"] == id][:1]


async def shown_organizations(
    session: AsyncSession, ids: Sequence[Any], form: Form, day: date, *, whole_services: bool
) -> list[Any]:
    """Organisations in the order of their ids, each with the services it provides where the form,
    or whoever asks, wants them.

    Raises:
        AnswerTooLong: they provide more than one answer holds.
    """
    known = await lookups.documents(session, ListingKind.ORGANIZATION, ids, day)
    listings = [known[str(id)] for id in ids if str(id) in known]
    shelf = await _shelf(session, listings, form, day)
    found = [views.organization(each, shelf, form) for each in listings]
    if form is Form.FULL or whole_services:
        provided = await _provided(session, ids, day, whole=whole_services)
        for each in found:
            if each["id"] in provided:
                each["services"] = provided[each["id"]]
    return found


async def _provided(
    session: AsyncSession, ids: Sequence[Any], day: date, *, whole: bool
) -> dict[str, list[Any]]:
    rows = await lookups.services_of(session, ids, day)
    if whole and len(rows) > MOST_WHOLE:
        raise AnswerTooLong(
            f"An answer holds at most {MOST_WHOLE} services in full. Ask /services by "
            "organization_id, page by page."
        )
    form = Form.FULL if whole else Form.MINIMAL
    found: dict[str, list[Any]] = {}
    services = await shown_services(session, [row.id for row in rows], form, day)
    for row, service in zip(rows, services, strict=True):
        service.pop("organization", None)  # it stands around it
        found.setdefault(str(row.organization_id), []).append(service)
    return found


async def shown_taxonomies(
    session: AsyncSession, ids: Sequence[Any], day: date, *, whole: bool
) -> list[Any]:
    """Taxonomies in the order of their ids; whole ones with their terms."""
    known = await lookups.documents(session, ListingKind.TAXONOMY, ids, day)
    terms = await lookups.terms_of(session, ids, day) if whole else {}
    return [views.taxonomy(known[str(id)], terms.get(str(id))) for id in ids if str(id) in known]


async def shown_terms(session: AsyncSession, ids: Sequence[Any], day: date) -> list[Any]:
    """Terms in the order of their ids, each with its taxonomy."""
    known = await lookups.documents(session, ListingKind.TAXONOMY_TERM, ids, day)
    listings = [known[str(id)] for id in ids if str(id) in known]
    shelf = await lookups.shelf(session, listings, day)
    return [views.term(each, shelf) for each in listings]
