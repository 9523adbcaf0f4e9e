"""Front door: builds the app, mounts each room's routes, installs problems."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from typing import cast

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.access import local_issuer
from checkpoint.access.authentication import Gate, Revocations
from checkpoint.access.budgets import Budgets, TooManyRequests
from checkpoint.access.guards import NotPermitted
from checkpoint.access.keys import FetchedKeys, FixedKeys, Keys
from checkpoint.access.local_issuer import LocalIssuer
from checkpoint.access.tokens import NotAuthenticated, Trust
from checkpoint.allocation.vault import Vault
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.audit.witness import Witnessed
from checkpoint.batches.rules import LIMIT_BYTES, PATH
from checkpoint.contracts.feeds import routes as feeds
from checkpoint.custody.reach import queries as reach
from checkpoint.custody.reach.states import READING_ONLY
from checkpoint.directory.published.guarding import Publishing
from checkpoint.directory.published.lookups import reader_engine
from checkpoint.directory.published.mounting import front
from checkpoint.extracts.builds.waking import Waker
from checkpoint.foundation import bodies, health, logs, openapi, problems
from checkpoint.foundation.addresses import ParameterUnknown
from checkpoint.foundation.clock import follow
from checkpoint.foundation.database import engine_for, transaction
from checkpoint.foundation.health import Seen
from checkpoint.foundation.server import settle
from checkpoint.foundation.settings import Environment, Settings
from checkpoint.outcomes.followup import routes as followup
from checkpoint.rooms import ROOMS

# What any door under /v1 may answer, whatever it does.
ANYWHERE = problems.problems(
    bodies.BodyNotJson,
    bodies.AddressNotReadable,
    NotAuthenticated,
    NotPermitted,
    *READING_ONLY,
    TooManyRequests,
    bodies.BodyTooSlow,
    bodies.BodyTooLarge,
    bodies.BodyNotAccepted,
    bodies.BodyTooDeep,
    problems.RequestNotUnderstood,
    ParameterUnknown,
    LedgerNotWritten,
    problems.DatabaseUnavailable,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole service, from its settings; every worker process calls this once."""
    settings = settings or Settings()
    follow(settings.clock_file)
    logs.configure(human=settings.environment is Environment.DEVELOPMENT)
    app = FastAPI(
        title="Checkpoint",
        summary="An adult diversion programme, from the custody suite to its evaluation.",
        description=(files("checkpoint") / "api.md").read_text("utf-8"),
        version="1",
        lifespan=_lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings.shows_docs else None,
        generate_unique_id_function=lambda route: route.name,
    )
    furnish(app, settings)
    # The first, so that whoever only asks whether something has changed is answered soonest.
    app.router.routes.append(front())
    if settings.local_issuer:
        app.include_router(local_issuer.router)
    for router in ROOMS:
        app.include_router(router, responses=ANYWHERE)
    app.include_router(health.router)
    app.include_router(feeds.unlocked)
    problems.install(app)
    _explain_problems(app)
    openapi.complete(app)
    if settings.shows_docs:
        _show_docs(app)
    # The last added is the outermost: observe, then witness, then guard.
    app.add_middleware(
        bodies.Guarded, larger={PATH: LIMIT_BYTES, followup.PATH: followup.LIMIT_BYTES}
    )
    app.add_middleware(Witnessed)
    app.add_middleware(logs.Observed)
    return app


def furnish(app: FastAPI, settings: Settings) -> None:
    """What requests find on ``app.state``."""
    if settings.database_url is None:
        raise ValueError("CHECKPOINT_DATABASE_URL is missing; `checkpoint run` sets it.")
    engine = engine_for(settings.database_url.get_secret_value(), pool_size=settings.pool_size)
    key = settings.cursor_key.get_secret_value() if settings.cursor_key else secrets.token_hex()
    issuer = settings.issuer or f"http://{settings.host}:{settings.port}{local_issuer.PATH}"
    trust = Trust(issuer=issuer, audience=settings.audience, strong_acr=settings.strong_acr)
    revocations = Revocations(engine, seconds=settings.revocation_seconds)
    app.state.settings, app.state.engine, app.state.seen = settings, engine, Seen()
    app.state.cursor_key, app.state.vault = key.encode(), Vault(settings)
    app.state.reached = reach.reached
    app.state.publishing = Publishing(
        settings, reader_engine(settings.database_url.get_secret_value())
    )
    app.state.builder = Waker(engine)
    budgets = Budgets(engine, per_minute=settings.requests_per_minute)
    app.state.feed_budgets = Budgets(engine, per_minute=feeds.PER_MINUTE)
    app.state.gate = Gate(trust, _keys(app, settings, issuer), revocations, budgets)


def _keys(app: FastAPI, settings: Settings, issuer: str) -> Keys:
    if not settings.local_issuer:
        return FetchedKeys(str(settings.jwks_url), cooldown_seconds=settings.key_cooldown_seconds)
    app.state.local_issuer = LocalIssuer(settings.folder, issuer=issuer, audience=settings.audience)
    return FixedKeys(app.state.local_issuer.jwks())


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = cast("AsyncEngine", app.state.engine)
    with suppress(SQLAlchemyError, OSError):  # without a database it starts, and says unready
        async with transaction(engine) as session:
            await app.state.vault.check_every(session)
    app.state.builder.start()
    yield
    await app.state.builder.stop()
    await engine.dispose()
    await app.state.publishing.engine.dispose()


def _explain_problems(app: FastAPI) -> None:
    known = {refusal.slug: refusal for refusal in problems.every_refusal()}

    async def explain_problem(slug: str) -> PlainTextResponse:
        """What a refusal means: the page that a problem's `type` points to."""
        if slug not in known:
            raise problems.NothingHere("No refusal has this name; see docs/problems.md.")
        refusal = known[slug]
        status = problems.status_of(refusal)
        return PlainTextResponse(f"{refusal.title}\n\nHTTP status {status}, code {slug}.\n")

    app.add_api_route(
        "/problems/{slug}",
        explain_problem,
        tags=["operations"],
        response_class=PlainTextResponse,
        responses=problems.problems(problems.NothingHere),
    )


def _show_docs(app: FastAPI) -> None:
    """Swagger UI from the package itself: custody networks have no internet."""
    static = str(files("fastapi_offline") / "static")
    app.mount("/docs/static", StaticFiles(directory=static), name="docs-static")

    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Checkpoint API",
            swagger_js_url="/docs/static/swagger-ui-bundle.js",
            swagger_css_url="/docs/static/swagger-ui.css",
            swagger_favicon_url="/docs/static/favicon.png",
        )

    async def home() -> RedirectResponse:
        return RedirectResponse("/docs")

    app.add_api_route("/docs", docs, include_in_schema=False)
    app.add_api_route("/", home, include_in_schema=False)


def worker() -> FastAPI:
    """The app for a worker process, whose settings came with its environment."""
    app = create_app()
    settle()
    return app
