"""Structured logs that carry ids and never names; and the numbers behind /metrics."""

import logging
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkpoint.foundation.identifiers import new_id

log = structlog.get_logger("checkpoint")
PACKAGE = str(Path(__file__).parents[1])

REQUESTS = Counter("checkpoint_requests_total", "Requests answered.", ["method", "door", "status"])
SECONDS = Histogram("checkpoint_request_seconds", "Time to answer, in seconds.", ["method", "door"])

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def configure(*, human: bool) -> None:
    """JSON lines on standard error, or coloured ones for a person who develops."""
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if human else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def without_content(fault: BaseException) -> dict[str, Any]:
    """What went wrong and where, without the words: an error's words may quote a person.

    PostgreSQL's own messages do ("Key (pnc_id)=(…) already exists"), so only the class, the
    SQLSTATE, the constraint and the places in the code are told.
    """
    driver = getattr(fault, "orig", None)
    cause = getattr(driver, "__cause__", None)
    return {
        "error": type(fault).__name__,
        "sqlstate": getattr(driver or fault, "sqlstate", None),
        "constraint": getattr(cause, "constraint_name", None),
        "where": [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}"
            for frame in _telling(traceback.extract_tb(fault.__traceback__))
        ],
    }


def _telling(frames: list[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """The last places in our own code, and where it ended: a driver alone has more than eight."""
    ours = [frame for frame in frames[:-2] if frame.filename.startswith(PACKAGE)]
    return ours[-6:] + frames[-2:]


def door_of(scope: Scope) -> str:
    """The route's pattern, never the path itself: paths carry ids."""
    route = scope.get("route")
    return getattr(route, "path", None) or "none"


class Observed:
    """Gives each request its number, times it, and writes one line about it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = request_id = new_id()
        began, status = time.perf_counter(), 500

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = str(request_id)
                headers.setdefault("Cache-Control", "no-store")
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=str(request_id)):
            try:
                await self.app(scope, receive, stamped)
            finally:
                self.tell(scope, status, time.perf_counter() - began)

    def tell(self, scope: Scope, status: int, seconds: float) -> None:
        state, door = scope["state"], door_of(scope)
        actor = state.get("actor")
        REQUESTS.labels(scope["method"], door, status).inc()
        SECONDS.labels(scope["method"], door).observe(seconds)
        log.info(
            "request",
            method=scope["method"],
            door=door,
            status=status,
            refused=state.get("refused"),
            ms=round(seconds * 1000, 1),
            actor=str(actor.id) if actor else None,
            role=actor.role.value if actor else None,
        )
