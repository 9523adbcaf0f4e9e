"""How this process is doing, for whoever keeps it running. No personal data, so no lock."""

import platform
from datetime import datetime
from importlib.metadata import version
from typing import Annotated, cast

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.problems import DatabaseUnavailable, problems
from checkpoint.foundation.schemas import Moment, View

router = APIRouter(tags=["operations"])


class Up(View):
    """Whether it works."""

    status: Annotated[str, Field(examples=["up"])] = "up"


class HealthView(Up):
    """Whether it works, and what was last known of the database, without asking it now."""

    database: Annotated[str, Field(examples=["up"], description="up, down or not yet known.")]
    database_seen_at: Moment | None
    connections_in_use: int
    connections_at_most: int


class InfoView(View):
    """Which build this is."""

    name: str = "checkpoint"
    version: str
    git_ref: str
    python: str
    environment: str


class Seen:
    """What was last known of the database."""

    def __init__(self) -> None:
        self.status = "not yet known"
        self.at: datetime | None = None

    def note(self, status: str) -> None:
        self.status, self.at = status, utc_now()


@router.get("/ping", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def ping() -> Response:
    """Answer pong."""
    return Response("pong", media_type="text/plain")


@router.get("/health", response_model=HealthView)
async def health(request: Request) -> Response:
    """How this process is doing; never waits for the database."""
    engine, seen = cast("AsyncEngine", request.app.state.engine), request.app.state.seen
    pool = cast("sa.QueuePool", engine.pool)
    view = HealthView(
        database=seen.status,
        database_seen_at=seen.at,
        connections_in_use=pool.checkedout(),
        connections_at_most=pool.size(),
    )
    return shown(view)


@router.get("/health/liveness", response_model=Up)
async def liveness() -> Response:
    """The process runs and answers."""
    return shown(Up())


@router.get("/health/readiness", response_model=Up, responses=problems(DatabaseUnavailable))
async def readiness(request: Request) -> Response:
    """The database answers too, so requests may be sent here."""
    seen = request.app.state.seen
    try:
        async with request.app.state.engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))
    except (sa.exc.SQLAlchemyError, OSError):
        seen.note("down")
        raise DatabaseUnavailable("The database did not answer.") from None
    seen.note("up")
    return shown(Up())


@router.get("/info", response_model=InfoView)
async def info(request: Request) -> Response:
    """Which build this is."""
    settings = request.app.state.settings
    view = InfoView(
        version=version("checkpoint"),
        git_ref=settings.git_ref,
        python=platform.python_version(),
        environment=settings.environment.value,
    )
    return shown(view)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics() -> Response:
    """Counts and times for Prometheus, by route; no ids and no names."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
