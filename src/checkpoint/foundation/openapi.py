"""What FastAPI leaves out of the API document: the problem's schema, the token, what is required."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from checkpoint.foundation.problems import Problem

BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
MADE = {
    "description": "Where what was made is read.",
    "schema": {"type": "string", "format": "uri-reference"},
}
# Optional to the framework, so that the refusal says why they are wanted; required of a client.
REQUIRED_HEADERS = frozenset({"if-match", "idempotency-key"})


def complete(app: FastAPI) -> None:
    """Let ``app`` describe itself whole; the document is made once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _completed(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        openapi_version=app.openapi_version,
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    found["components"]["securitySchemes"] = {"token": BEARER}
    for path, operations in found["paths"].items():
        for operation in operations.values():
            _complete_operation(path, operation)
    return found


def _complete_operation(path: str, operation: dict[str, Any]) -> None:
    if path.startswith("/v1"):
        operation["security"] = [{"token": []}]
    if made := operation["responses"].get("201"):
        made["headers"] = {"Location": MADE}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "header" and parameter["name"].lower() in REQUIRED_HEADERS:
            parameter["required"] = True
