"""The application of its own that strangers reach: read-only, without a token, without anybody's data."""

from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.routing import Match, Mount
from starlette.types import Receive, Scope, Send

from checkpoint.directory.published import routes, rules
from checkpoint.directory.published.guarding import CACHED, Open
from checkpoint.foundation import problems
from checkpoint.foundation.problems import Problem

TITLE = "Checkpoint service offer"
SUMMARY = "What people can be referred into in County Durham and Darlington, as Open Referral UK."
TELLS = """\
Read-only, open to anybody, without a token. It speaks [HSDS](https://docs.openreferral.org/) 3.0 and
its profile [Open Referral UK](https://openreferraluk.org/) 3.0; free places stand in `capacities`, as
in HSDS 3.1. Where the standards have no word, a service may say `eligible_sexes` (a list of `female`,
`male` or both), `eligible_residence` (towns or postcode districts where people must live) and
`access_way` (`walk_in`, `referral` or `both`), and any listing `valid_from` and `valid_until`, its first
and last day. What a feed says beyond that is told as it came.

Conditions add up. Lists are in the order of their ids. Nothing is `null` or empty. Listings that were
withdrawn or are out of date are not shown. An answer may be kept for a minute; ask again with
`If-None-Match`, and it is 304 as long as nothing has changed. Slow down when the answer is 429.
"""


class Front(Mount):
    """Where the service lets strangers in. A base address is often written without its last slash."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        if scope["path"] == self.path:
            scope["path"] += "/"
        inside = scope["path"].startswith(f"{self.path}/")
        # What comes after does not matter here; a line's end in it would not be matched.
        return super().matches({**scope, "path": f"{self.path}/"} if inside else scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the doors inside know is the service's that is asked."""
        scope["publishing"] = scope["app"].state.publishing
        await super().handle(scope, receive, send)


def front() -> Front:
    """The published directory, to be put into the service's routes."""
    return Front(rules.PREFIX, app=published(), name="open-referral")


def published() -> FastAPI:
    """The published directory as an application."""
    app = FastAPI(
        title=TITLE,
        summary=SUMMARY,
        description=TELLS,
        version=rules.VERSION,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.include_router(routes.router)
    problems.install(app)
    _describe(app)
    app.add_middleware(Open)
    return app


def _describe(app: FastAPI) -> None:
    """Its own API document and page; the page's files come from the package."""
    app.mount(
        "/docs/static",
        StaticFiles(directory=str(files("fastapi_offline") / "static")),
        name="open-referral-static",
    )

    async def document() -> Response:
        app.openapi_schema = app.openapi_schema or described(app)
        return JSONResponse(app.openapi_schema, headers={"Cache-Control": CACHED})

    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=f"{rules.PREFIX}/openapi.json",
            title=TITLE,
            swagger_js_url=f"{rules.PREFIX}/docs/static/swagger-ui-bundle.js",
            swagger_css_url=f"{rules.PREFIX}/docs/static/swagger-ui.css",
            swagger_favicon_url=f"{rules.PREFIX}/docs/static/favicon.png",
        )

    app.add_api_route("/openapi.json", document, include_in_schema=False)
    app.add_api_route("/docs", docs, include_in_schema=False)


def described(app: FastAPI) -> dict[str, Any]:
    """The API document: OpenAPI 3.1, in which nothing is ever null."""
    found = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        openapi_version="3.1.0",
        servers=[{"url": rules.PREFIX}],
    )
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    found["components"]["schemas"] = without_null(found["components"]["schemas"])
    found["components"]["schemas"] |= problem.pop("$defs", {}) | {"Problem": problem}
    found["paths"] = without_null(found["paths"])
    return found


def without_null(schema: Any) -> Any:
    """The same schemas without null: optional fields are left out and never sent empty."""
    if isinstance(schema, list):
        return [without_null(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        name: without_null(each)
        for name, each in schema.items()
        if not (name == "default" and each is None)
    }
    choices = [each for each in kept.get("anyOf", ()) if each != {"type": "null"}]
    if "anyOf" in kept and len(choices) == 1:
        del kept["anyOf"]
        return choices[0] | kept
    return kept | ({"anyOf": choices} if choices else {})
