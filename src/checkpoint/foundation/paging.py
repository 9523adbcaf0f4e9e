"""Keyset pages: steady under inserts, as cheap on page 900 as on page 1."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.clock import Now
from checkpoint.foundation.schemas import View

Row = TypeVar("Row")
LIFE = timedelta(days=1)
SEAL_BYTES = 16


class MalformedCursor(errors.Malformed):
    slug = "malformed-cursor"
    title = "The page cursor cannot be used"


class Cursor(BaseModel, frozen=True, extra="forbid"):
    """The last row of a page: where the next one begins."""

    at: AwareDatetime
    id: UUID
    until: AwareDatetime


class Page(View, Generic[Row]):
    """Some of a list, newest first."""

    items: list[Row]
    next: Annotated[
        str | None, Field(description="Send as `after` for the next page; null on the last.")
    ]


@dataclass(frozen=True)
class Turn:
    """Which page is asked for. Its cursors are sealed for this caller, list and filter."""

    request: Request
    after: str | None
    size: int
    now: datetime

    def _seal(self, content: bytes) -> bytes:
        asked = sorted(
            (k, v) for k, v in self.request.query_params.multi_items() if k not in ("after", "size")
        )
        actor = getattr(self.request.state, "actor", None)
        bound = f"{self.request.url.path}?{urlencode(asked)}#{actor.id if actor else ''}"
        key: bytes = self.request.app.state.cursor_key
        return hmac.digest(key, bound.encode() + b"\0" + content, hashlib.sha256)[:SEAL_BYTES]

    def cursor(self, at: datetime, id: UUID) -> str:
        content = Cursor(at=at, id=id, until=self.now + LIFE).model_dump_json().encode()
        return base64.urlsafe_b64encode(self._seal(content) + content).decode().rstrip("=")

    def start(self) -> Cursor | None:
        """The place after which this page begins; None for the first."""
        if self.after is None:
            return None
        try:
            sealed = base64.b64decode(
                self.after + "=" * (-len(self.after) % 4), altchars=b"-_", validate=True
            )
            canonical = base64.urlsafe_b64encode(sealed).decode().rstrip("=") == self.after
            seal, content = sealed[:SEAL_BYTES], sealed[SEAL_BYTES:]
            genuine = canonical and hmac.compare_digest(seal, self._seal(content))
            cursor = Cursor.model_validate_json(content) if genuine else None
        except ValueError:
            cursor = None
        if cursor is None or cursor.until < self.now:
            raise MalformedCursor("Ask again without `after`, and follow `next` from there.")
        return cursor

    def links(self, following: str | None) -> dict[str, str]:
        """The ``Link`` header (RFC 8288) of a page."""
        params = [(k, v) for k, v in self.request.query_params.multi_items() if k != "after"]
        path = self.request.url.path

        def link(rel: str, extra: list[tuple[str, str]]) -> str:
            query = urlencode(params + extra)
            return f'<{path}{"?" + query if query else ""}>; rel="{rel}"'

        links = [link("first", [])]
        if following:
            links.append(link("next", [("after", following)]))
        return {"Link": ", ".join(links)}


async def turn(
    request: Request,
    now: Now,
    after: Annotated[
        str | None, Query(max_length=400, description="`next` of the page before.")
    ] = None,
    size: Annotated[int, Query(ge=1, le=200, description="Rows on a page.")] = 50,
) -> Turn:
    return Turn(request=request, after=after, size=size, now=now)


Turning = Annotated[Turn, Depends(turn)]


async def newest_first(
    session: AsyncSession, rows: Any, *, at: Any, id: Any, turn: Turn
) -> tuple[list[Any], str | None]:
    """One page of ``rows`` in the order (``at``, ``id``), newest first, and the next cursor.

    Each row must carry the two columns under their own names.
    """
    if (seen := turn.start()) is not None:
        rows = rows.where(sa.tuple_(at, id) < sa.tuple_(sa.literal(seen.at), sa.literal(seen.id)))
    rows = rows.order_by(at.desc(), id.desc()).limit(turn.size + 1)
    found = (await session.exec(rows)).all()
    page = list(found[: turn.size])
    if len(found) <= turn.size:
        return page, None
    last = page[-1]
    return page, turn.cursor(getattr(last, at.key), getattr(last, id.key))
