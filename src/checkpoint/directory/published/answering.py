"""Answers as they leave: one listing, a page of a list, or all of it as a stream."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory.entities import canonical
from checkpoint.directory.published import finding, lookups, rules
from checkpoint.directory.published.finding import Found
from checkpoint.directory.published.guarding import CACHED, Edition, Publishing
from checkpoint.directory.published.queries import beside
from checkpoint.directory.published.schemas import Asked
from checkpoint.directory.published.states import Format
from checkpoint.directory.states import ListingKind

NDJSON = "application/x-ndjson"
# Listings that a stream reads at a time.
GULP = 100
# Listings of the rows that were found, in their order.
Shown = Callable[[AsyncSession, Sequence[Any], date], Awaitable[list[Any]]]


async def answered(
    request: Request, content: Any, edition: Edition, *, links: str | None = None
) -> Response:
    """Content as JSON in its one form, with the tag of the edition it was read from."""
    publishing: Publishing = request.scope["publishing"]
    publishing.editions.note(edition)
    tag = publishing.tag(request.scope, edition.number)
    headers = {"ETag": tag, "Cache-Control": CACHED}
    held = request.headers.get("if-none-match", "")
    if held.strip() == "*" or rules.holds(held, tag):
        return Response(status_code=304, headers=headers)
    if links:
        headers["Link"] = links
    contents = content.get("contents", ())
    written = await beside(len(contents), canonical, content)
    return Response(written, 200, headers, media_type="application/json")


async def listed(
    request: Request,
    asked: Asked,
    found: Callable[[AsyncSession, date], Awaitable[Found]],
    shown: Shown,
) -> Response:
    """A page of a list, or all of it as a stream."""
    publishing: Publishing = request.scope["publishing"]
    day = publishing.today()
    async with lookups.reading(publishing.engine) as session:
        edition = await publishing.editions.of(session)
        rows = await found(session, day)
        if asked.format is Format.NDJSON:
            everything = await rows.everything(session, day)
            return _streamed(request, everything, shown, edition.number, day)
        skip = (asked.page - 1) * asked.size
        some, total = await rows.page(session, day, skip=skip, most=asked.size)
        contents = await shown(session, some, day)
    pages = rules.Pages(total, asked.page, asked.size)
    links = pages.links(request.url.path, request.query_params.multi_items())
    return await answered(request, pages.told(contents), edition, links=links)


def _streamed(
    request: Request, rows: Sequence[Any], shown: Shown, edition: int, day: date
) -> Response:
    """Each listing as a line. What changes meanwhile may show already, so the tag is a weak one."""
    publishing: Publishing = request.scope["publishing"]
    tag = "W/" + publishing.tag(request.scope, edition)

    async def lines() -> AsyncIterator[bytes]:
        for start in range(0, len(rows), GULP):
            async with lookups.reading(publishing.engine) as session:
                found = await shown(session, rows[start : start + GULP], day)
            yield await beside(len(found), _lines_of, found)

    headers = {"ETag": tag, "Cache-Control": CACHED}
    if request.scope["state"].get("bare"):
        return Response(b"", 200, headers, media_type=NDJSON)
    return StreamingResponse(lines(), 200, headers, media_type=NDJSON)


def _lines_of(listings: Sequence[Any]) -> bytes:
    return b"".join(canonical(each) + b"\n" for each in listings)


async def single(request: Request, kind: ListingKind, id: UUID, shown: Shown) -> Response:
    """One listing; or why it is not published."""
    publishing: Publishing = request.scope["publishing"]
    day = publishing.today()
    async with lookups.reading(publishing.engine) as session:
        edition = await publishing.editions.of(session)
        found = await shown(session, [id], day)
        if not found:
            await finding.refuse_hidden(session, kind, id)
    return await answered(request, found[0], edition)
