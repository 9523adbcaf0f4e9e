"""Keyset pages: steady under inserts, as cheap on page 900 as on page 1."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import View
from checkpoint.foundation.statements import Prepared

Row = TypeVar("Row")
LIFE = timedelta(days=1)
# Lines on the longest page.
LONGEST = 200
SEAL_BYTES = 16


class MalformedCursor(errors.Malformed):
    slug = "malformed-cursor"
    title = "The page cursor cannot be used"


class Cursor(BaseModel, frozen=True, extra="forbid"):
    """The last row of a page: where the next one begins."""

    at: AwareDatetime
    id: UUID
    until: AwareDatetime
    # Of a list in another order than that of time: what its last row is ordered by.
    rank: tuple[int, ...] = ()


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

    def cursor(self, at: datetime, id: UUID, rank: tuple[int, ...] = ()) -> str:
        last = Cursor(at=at, id=id, until=self.now + LIFE, rank=rank)
        content = last.model_dump_json(exclude_defaults=True).encode()
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


def links(request: Request, following: str | None) -> dict[str, str]:
    """The ``Link`` header (RFC 8288) of a page: the first one, and the next if there is one."""
    params = [(k, v) for k, v in request.query_params.multi_items() if k != "after"]

    def link(rel: str, extra: list[tuple[str, str]]) -> str:
        query = urlencode(params + extra)
        return f'<{request.url.path}{"?" + query if query else ""}>; rel="{rel}"'

    found = [link("first", [])]
    if following:
        found.append(link("next", [("after", following)]))
    return {"Link": ", ".join(found)}


After = Annotated[str | None, Query(max_length=400, description="`next` of the page before.")]
Size = Annotated[int, Query(ge=1, le=LONGEST, description="Rows on a page.")]


async def turn(request: Request, now: Now, after: After = None, size: Size = 50) -> Turn:
    return Turn(request=request, after=after, size=size, now=now)


async def short_turn(request: Request, now: Now, after: After = None, size: Size = 20) -> Turn:
    return Turn(request=request, after=after, size=size, now=now)


Turning = Annotated[Turn, Depends(turn)]
# Of what is ranked people read the first, and on a phone; more are a page away.
TurningShortly = Annotated[Turn, Depends(short_turn)]


class Listing:
    """A list, newest first: its rows, how it may be narrowed, and the two columns it is ordered by.

    Args:
        rows: a select of columns, the two of the order among them.
        at: the instant, or the day, it is ordered by, newest first.
        id: what tells rows of one instant apart.
        filters: by name, a condition with a ``bindparam`` of that name.
        soonest: the earliest first instead.
    """

    def __init__(
        self, rows: Any, *, at: Any, id: Any, filters: Mapping[str, Any], soonest: bool = False
    ) -> None:
        self._rows, self._at, self._id, self._filters = rows, at, id, filters
        self._soonest, self._by_day = soonest, isinstance(at.type, sa.Date)
        self._built: dict[tuple[frozenset[str], bool], Prepared] = {}

    async def page(
        self, session: AsyncSession, turn: Turn, **given: Any
    ) -> tuple[list[Any], str | None]:
        """One page, narrowed by whatever is given and not None; and the cursor to the next."""
        asked = {name: value for name, value in given.items() if value is not None}
        seen = turn.start()
        place = {"seen_at": self._place(seen.at), "seen_id": seen.id} if seen else {}
        rows = self._select(frozenset(asked), later=seen is not None)
        found = await rows_of(session, rows, **asked, **place, most=turn.size + 1)
        page = list(found[: turn.size])
        if len(found) <= turn.size:
            return page, None
        last = page[-1]
        at = getattr(last, self._at.key)
        at = datetime.combine(at, time(), UTC) if self._by_day else at
        return page, turn.cursor(at, getattr(last, self._id.key))

    def _place(self, at: datetime) -> date:
        return at.date() if self._by_day else at

    def _select(self, names: frozenset[str], *, later: bool) -> Prepared:
        """Built once for each way of narrowing, since building costs more than running."""
        if (names, later) not in self._built:
            rows = self._rows.where(*(self._filters[name] for name in sorted(names)))
            if later:
                seen = sa.tuple_(
                    sa.bindparam("seen_at", type_=self._at.type),
                    sa.bindparam("seen_id", type_=sa.Uuid()),
                )
                here = sa.tuple_(self._at, self._id)
                rows = rows.where(here > seen if self._soonest else here < seen)
            order = (self._at, self._id) if self._soonest else (self._at.desc(), self._id.desc())
            most = sa.bindparam("most", type_=sa.Integer())
            self._built[names, later] = Prepared(rows.order_by(*order).limit(most))
        return self._built[names, later]
