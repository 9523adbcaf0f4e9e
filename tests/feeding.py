"""Made-up feeds: services with the defects of real ones, and a server on loopback that sends them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid5

from checkpoint.access.authentication import shell_actor
from checkpoint.directory.imports import staging
from checkpoint.directory.imports.loading import Origin, Told, importing
from checkpoint.directory.imports.reading import FeedItem
from checkpoint.directory.states import ListingKind

SPACE = UUID("6a0e2c9e-6e0b-4c0a-9a6c-3b1f4f6f1c11")
AT = datetime(2026, 11, 3, 12, tzinfo=UTC)


def an_id(*words: object) -> str:
    return str(uuid5(SPACE, "/".join(map(str, words))))


def a_service(key: object, **overrides: Any) -> dict[str, Any]:
    """A synthetic service with whatever it embeds, without a defect."""
    service = {
        "id": an_id(key, "service"),
        "name": f"Synthetic service {key}",
        "description": "Made up for tests.",
        "status": "active",
        "last_modified": "2026-01-02T03:04:05+00:00",
        "assured_date": "2026-01-02",
        "organization": {
            "id": an_id(key, "organization"),
            "name": f"Synthetic organisation {key}",
            "description": "Made up, too.",
        },
        "service_at_locations": [
            {
                "id": an_id(key, "place"),
                "location": {
                    "id": an_id(key, "location"),
                    "location_type": "physical",
                    "latitude": 54.7761,
                    "longitude": -1.5733,
                },
            }
        ],
        "schedules": [
            {
                "id": an_id(key, "schedule"),
                "freq": "WEEKLY",
                "byday": "MO,TU",
                "opens_at": "09:00",
                "closes_at": "17:00",
            }
        ],
    }
    return {key: value for key, value in (service | overrides).items() if value is not ...}


def a_page(items: list[Any], *, number: int = 1, pages: int = 1, total: int | None = None) -> Any:
    return {
        "total_items": len(items) if total is None else total,
        "total_pages": pages,
        "page_number": number,
        "size": len(items),
        "first_page": number == 1,
        "last_page": number == pages,
        "empty": not items,
        "contents": items,
    }


async def items_in(services: list[Any]) -> AsyncIterator[FeedItem]:
    for number, each in enumerate(services, 1):
        yield FeedItem(ListingKind.SERVICE, each, f"item {number}")


async def imported(
    engine: Any,
    source: str,
    items: AsyncIterator[FeedItem],
    *,
    covered: tuple[ListingKind, ...] = (ListingKind.SERVICE,),
    incomplete: tuple[str, ...] = (),
) -> tuple[Told, list[Any]]:
    """One import, committed; how it went, and its rows."""
    origin = Origin(source, source, source)
    async with importing(engine, origin, by=shell_actor(), at=AT) as (work, session):
        work.facts.covered |= set(covered)
        work.facts.incomplete.extend(incomplete)
        await work.stage(items)
        await work.compare()
        rows = [row async for row in staging.rows(session)]
        await work.apply(ended=AT)
        await session.commit()
    return work.told, rows


Handler = Callable[[str, asyncio.StreamWriter], Any]


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[int]:
    """A server on loopback; the handler gets each request's target and writes the whole answer."""

    serving = set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await handler(head.split()[1].decode(), writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


def answer(
    writer: asyncio.StreamWriter,
    body: bytes | Any,
    *,
    status: str = "200 OK",
    kind: str = "application/json",
    **headers: str,
) -> None:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(sent)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode() + sent)


def written(path: Path, content: Any) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path
