"""What stands before every published door: open to every origin, guarded, answered from memory."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime
from importlib.metadata import version
from types import SimpleNamespace
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkpoint.access.budgets import TooManyRequests
from checkpoint.directory.published import lookups, rules
from checkpoint.foundation import bodies, errors
from checkpoint.foundation.calendar import LONDON
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.problems import MethodNotAllowed, answer_bug, respond
from checkpoint.foundation.settings import Settings

TAKEN = "GET, HEAD, OPTIONS"
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After, X-Request-Id",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": TAKEN,
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
    "Allow": TAKEN,
}
CACHED = f"public, max-age={rules.FRESH_SECONDS}"
# The longest address that is read; and how many addresses of callers one process remembers.
LONGEST_QUERY, MOST_CALLERS = 2_000, 10_000
MINUTE = 60.0


class Edition(NamedTuple):
    """A state of the directory: its number, and when it was begun to be read, in seconds."""

    number: int
    read_at: float


class Editions:
    """The directory's edition as this process last read it: a conditional request costs no more
    than looking here. No older than a second, which is less than any cache is told it may wait.

    What was read last holds, even where its number is a lower one: a backup may have been restored.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        seconds: float = 1.0,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine, self._seconds, self._timer = engine, seconds, timer
        self._number, self._read_at = 0, float("-inf")
        self._alone = asyncio.Lock()

    async def now(self) -> Edition:
        """The edition, for whoever may hold an answer of it."""
        if self._is_old():
            async with self._alone:
                if self._is_old():  # whoever was first has read it for all who waited
                    async with lookups.reading(self._engine) as session:
                        self.note(await self.of(session))
        return Edition(self._number, self._read_at)

    def _is_old(self) -> bool:
        return self._timer() - self._read_at > self._seconds

    async def of(self, session: AsyncSession) -> Edition:
        """The edition that a snapshot shows; its first statement."""
        began = self._timer()
        return Edition(await lookups.edition(session), began)

    def note(self, edition: Edition) -> None:
        """What an answer was read from, unless something was read later."""
        if edition.read_at >= self._read_at:
            self._number, self._read_at = edition


class Throttle:
    """How much of what costs something one caller may ask in a minute of one process.

    Callers are told apart by the address that the connection comes from. Behind a proxy that is
    the proxy's, unless the server was told to trust it.
    """

    def __init__(self, per_minute: int, *, timer: Callable[[], float] = time.monotonic) -> None:
        self._per_minute, self._timer = per_minute, timer
        self._spent: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def spend(self, caller: str) -> None:
        """Count one request.

        Raises:
            TooManyRequests: the minute is used up; says when to ask again.
        """
        now = self._timer()
        began, count = self._spent.pop(caller, (now, 0))
        if now - began >= MINUTE:
            began, count = now, 0
        self._spent[caller] = (began, count + 1)
        if len(self._spent) > MOST_CALLERS:
            self._spent.popitem(last=False)
        if count >= self._per_minute:
            wait = max(1, round(MINUTE - (now - began)))
            raise TooManyRequests("Go on more slowly.", retry_after_seconds=wait)


class Publishing:
    """What the mount's doors know: where to read, the edition, the day, and its own address."""

    def __init__(self, settings: Settings, engine: AsyncEngine) -> None:
        self.engine, self.editions = engine, Editions(engine)
        self.throttle = Throttle(settings.requests_per_minute)
        self.clock: Callable[[], datetime] = utc_now
        self.base = settings.address
        self._build = f"{version('checkpoint')} {settings.git_ref}"

    def today(self) -> date:
        return self.clock().astimezone(LONDON).date()

    def tag(self, scope: Scope, edition: int) -> str:
        return rules.tag_of(
            edition=edition,
            day=self.today(),
            base=self.base,
            path=scope["path"],
            query=scope["query_string"],
            build=self._build,
        )


class Open:
    """Everything that every answer needs, before any door: open to every origin, guarded, and
    answered from memory where the caller has it already. It looks at no token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        try:
            await self._answer(scope, receive, answer)
        except errors.Refusal as refusal:
            await respond(scope, refusal)(scope, receive, answer.send)
        except Exception as fault:
            if answer.begun:
                raise
            await answer_bug(scope, fault)(scope, receive, answer.send)
        finally:
            _name_door(scope)

    async def _answer(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        method, headers = scope["method"], Headers(scope=scope)
        if method == "OPTIONS":
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, answer.send)
            return
        if method not in ("GET", "HEAD"):
            raise MethodNotAllowed(f"It takes: {TAKEN}.", allow=TAKEN)
        bodies.check_address(scope)
        bodies.check_declared_length(headers)
        if len(scope["query_string"]) > LONGEST_QUERY:
            raise bodies.AddressNotReadable(f"Write at most {LONGEST_QUERY} bytes after the `?`.")
        if (unchanged := await self._unchanged(scope, headers)) is not None:
            await unchanged(scope, receive, answer.send)
            return
        scope["publishing"].throttle.spend(scope["client"][0] if scope.get("client") else "")
        scope["state"]["bare"] = method == "HEAD"
        # The server beneath still has to know that a HEAD has no body.
        inner = {**scope, "method": "GET"}
        try:
            await self.app(inner, receive, answer.send)
        finally:
            scope["route"] = inner.get("route")

    async def _unchanged(self, scope: Scope, headers: Headers) -> Response | None:
        """304, where the caller has this edition's answer; no listing is read for that."""
        held = headers.get("if-none-match")
        if held is None:
            return None
        try:
            edition = await scope["publishing"].editions.now()
        except (SQLAlchemyError, OSError):
            return None  # the door says what is the matter
        tag: str = scope["publishing"].tag(scope, edition.number)
        if not rules.holds(held, tag):
            return None
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": CACHED})


class _Answer:
    """An answer on its way out: open to every origin, and without a body where none was asked."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.onward, self.begun, self.bare = send, False, scope["method"] == "HEAD"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            MutableHeaders(scope=message).update(OPEN)
        elif self.bare and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self.onward(message)


def _name_door(scope: Scope) -> None:
    """Logs and numbers tell doors by their pattern; here with the mount's own address."""
    inner = getattr(scope.get("route"), "path", None)
    scope["route"] = SimpleNamespace(path=rules.PREFIX + (inner or "/*"))
