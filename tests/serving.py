"""Services on databases of their own, whose doors are built once for each process."""

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies import utils
from fastapi.dependencies.models import Dependant
from starlette.datastructures import State
from starlette.types import Receive, Scope, Send

from checkpoint.access.local_issuer import KEY_FILE, new_key
from checkpoint.api import create_app, furnish
from checkpoint.directory.published.guarding import Open
from checkpoint.directory.published.mounting import Front
from checkpoint.foundation import clock, logs
from checkpoint.foundation.keyfiles import kept
from checkpoint.foundation.settings import Environment, Settings

Call = Callable[..., Any]
ASKED: ContextVar[FastAPI] = ContextVar("ASKED")
PATTERNS: dict[tuple[Environment, bool, bool], FastAPI] = {}
the_key = cache(new_key)


class Overridden(Mapping[Call, Call]):
    """What the service that is being asked has overridden."""

    def __getitem__(self, call: Call) -> Call:
        return ASKED.get().dependency_overrides[call]

    def __iter__(self) -> Iterator[Call]:
        return iter(ASKED.get().dependency_overrides)

    def __len__(self) -> int:
        return len(ASKED.get().dependency_overrides)


class OfTheAsked:
    """What is published by the service that is being asked, on connections of its own."""

    def __getattr__(self, name: str) -> Any:
        return getattr(ASKED.get().state.publishing, name)


class Service(FastAPI):
    """The routes and middleware of a pattern, on a state and with overrides of its own."""

    def __init__(self, pattern: FastAPI, settings: Settings) -> None:
        vars(self).update(vars(pattern))
        self.state, self.dependency_overrides = State(), {}
        furnish(self, settings)

    def include_router(self, *_: Any, **__: Any) -> None:
        raise TypeError("Its routes are those of every service here: for others, use create_app.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        before = ASKED.set(self)
        try:
            await super().__call__(scope, receive, send)
        finally:
            ASKED.reset(before)


def service(settings: Settings) -> FastAPI:
    """The service of these settings as ``create_app`` gives it, in a hundredth of the time."""
    if settings.local_issuer:
        kept(settings.folder / KEY_FILE, the_key)
    kind = settings.environment, settings.local_issuer, settings.shows_docs
    if kind not in PATTERNS:
        PATTERNS[kind] = pattern = create_app(settings)
        pattern.dependency_overrides = Overridden()  # type: ignore[assignment]
        pattern.middleware_stack = pattern.build_middleware_stack()
        _publish(pattern)
    clock.follow(settings.clock_file)
    logs.configure(human=settings.environment is Environment.DEVELOPMENT)
    return Service(PATTERNS[kind], settings)


def _publish(pattern: FastAPI) -> None:
    (mount,) = (each for each in pattern.router.routes if isinstance(each, Front))
    (guard,) = (each for each in mount.app.user_middleware if each.cls is Open)
    mount.app.state.publishing = guard.kwargs["publishing"] = OfTheAsked()


described = utils.get_dependant
ASKED_AGAIN = {"path", "call", "name", "parent_oauth_scopes", "scope", "concurrency"}


@lru_cache(maxsize=10_000)
def _described(scopes: tuple[str, ...], **asked: Any) -> Dependant:
    return described(parent_oauth_scopes=[*scopes], **asked)


def described_once(**asked: Any) -> Dependant:
    """What FastAPI finds out about a dependency; while any is overridden, it asks on each request."""
    if asked.keys() != ASKED_AGAIN:
        return described(**asked)
    return _described((*(asked.pop("parent_oauth_scopes") or ()),), **asked)
