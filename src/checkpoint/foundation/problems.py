"""Refusals into RFC 9457 problem documents, and into OpenAPI."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field, JsonValue
from starlette.exceptions import HTTPException
from starlette.types import Scope

from checkpoint.foundation import errors
from checkpoint.foundation.faults import all_told, plainly, unsent
from checkpoint.foundation.logs import log, without_content

MEDIA_TYPE = "application/problem+json"
MOST_FAULTS = 500
STATUS: Mapping[type[errors.Refusal], int] = MappingProxyType(
    {
        errors.Malformed: 400,
        errors.Unauthenticated: 401,
        errors.Forbidden: 403,
        errors.NotFound: 404,
        errors.TooSlow: 408,
        errors.Conflict: 409,
        errors.Gone: 410,
        errors.Stale: 412,
        errors.TooLarge: 413,
        errors.UnsupportedMedia: 415,
        errors.Unprocessable: 422,
        errors.DependsOnFailed: 424,
        errors.PreconditionMissing: 428,
        errors.TooMany: 429,
        errors.Unavailable: 503,
    }
)
RETRY_SECONDS = 2


class ProblemFault(BaseModel):
    """One thing wrong with one field."""

    pointer: str = Field(description="JSON pointer to the field.", examples=["#/suite"])
    code: str = Field(description="A stable code for the rule.", examples=["suite-closed"])
    detail: str = Field(description="The rule and the remedy, in plain English.")


class ProblemDifference(BaseModel):
    """One field that was sent and differs from what stands there now."""

    pointer: str = Field(
        description="JSON pointer into the body that was sent; one that ends in `-` is an item "
        "that stands there and was not sent.",
        examples=["#/interview_stance"],
    )
    yours: JsonValue = Field(description="What was sent, as it would be kept; null: nothing.")
    present: JsonValue = Field(description="What stands there now; null: nothing.")
    seen: JsonValue = Field(
        default=None,
        description="What stood there at the version that was named; left out where not kept.",
    )


class Problem(BaseModel):
    """RFC 9457, with the members that HMPPS clients read."""

    type: str = Field(description="Which refusal; the address explains it.")
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request, as a URN; quote it when asking for help.")
    errors: list[ProblemFault] | None = Field(default=None, description="Field by field.")
    present_etag: str | None = Field(
        default=None, description="Of an edit that came too late: the version that stands now."
    )
    fields: list[ProblemDifference] | None = Field(
        default=None,
        description="Of an edit that came too late: what was sent beside what stands now. Empty: "
        "all that was sent stands there already.",
    )
    present: dict[str, JsonValue] | None = Field(
        default=None, description="Of a command that came too late: what stands now, in short."
    )
    error_code: str = Field(serialization_alias="errorCode", alias="errorCode")
    user_message: str = Field(alias="userMessage")
    developer_message: str = Field(alias="developerMessage")


class RequestNotUnderstood(errors.Unprocessable):
    slug = "request-not-understood"
    title = "The request is not in the agreed form"


class NothingHere(errors.NotFound):
    slug = "nothing-here"
    title = "There is nothing at this address"


class MethodNotAllowed(errors.Refusal):
    slug = "method-not-allowed"
    title = "This address does not take that method"


class DatabaseUnavailable(errors.Unavailable):
    slug = "database-unavailable"
    title = "The service cannot reach its records just now; nothing was changed"


class Bug(errors.Refusal):
    slug = "internal-error"
    title = "Something went wrong on our side; nothing was changed"


def status_of(refusal: type[errors.Refusal]) -> int:
    """The HTTP status of a kind of refusal; a bug is 500, a wrong method 405."""
    special = {MethodNotAllowed: 405, Bug: 500}
    return special.get(refusal) or next(STATUS[kind] for kind in refusal.__mro__ if kind in STATUS)


def respond(scope: Scope, refusal: errors.Refusal) -> Response:
    """The problem document for ``refusal``, as a response."""
    kind, state = type(refusal), scope.get("state", {})
    status = status_of(kind)
    state["refused"] = refusal.slug
    if refusal.shows is not None:
        state["shown"] = refusal.shows
    document = refusal.facts | {
        "type": f"/problems/{refusal.slug}",
        "title": refusal.title,
        "status": status,
        "detail": refusal.detail,
        "instance": f"urn:uuid:{state.get('request_id')}",
        "errorCode": refusal.slug,
        "userMessage": refusal.title,
        "developerMessage": refusal.detail,
    }
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = (
            f'Bearer error="{refusal.facts.get("error", "invalid_token")}"'
        )
    if status in (429, 503):
        headers["Retry-After"] = str(refusal.facts.get("retry_after_seconds", RETRY_SECONDS))
    if status in (408, 413):
        headers["Connection"] = "close"  # the rest of the body is not waited for
    if status == 405:
        headers["Allow"] = str(refusal.facts.get("allow", ""))
    return Response(json.dumps(document), status, headers, media_type=MEDIA_TYPE)


async def answer(request: Request, refusal: errors.Refusal) -> Response:
    return respond(request.scope, refusal)


async def answer_malformed(request: Request, fault: RequestValidationError) -> Response:
    """Say which fields are wrong and what would be right; never echo what was in them."""
    faults: list[JsonValue] = []
    for error in all_told(fault.errors()):
        nothing = error["type"] == "missing" and tuple(error["loc"]) == ("body",)
        faults += unsent(_required(request)) if nothing else [plainly(error)]
    told = "See errors, field by field."
    if len(faults) > MOST_FAULTS:
        told = f"Of {len(faults):,} faults the first {MOST_FAULTS:,} are in errors, field by field."
    return respond(request.scope, RequestNotUnderstood(told, errors=faults[:MOST_FAULTS]))


def _required(request: Request) -> list[str]:
    """The fields that a body of this door must have."""
    form: type[BaseModel] = request.scope["route"].body_field.field_info.annotation
    return [name for name, field in form.model_fields.items() if field.is_required()]


async def answer_http(request: Request, fault: HTTPException) -> Response:
    if fault.status_code == 405:
        allow = (fault.headers or {}).get("Allow", "")
        return respond(request.scope, MethodNotAllowed(f"It takes: {allow}.", allow=allow))
    if fault.status_code == 400:
        return respond(request.scope, RequestNotUnderstood("The body cannot be read."))
    return respond(request.scope, NothingHere("Check the address against the API document."))


async def answer_database(request: Request, fault: Exception) -> Response:
    """A database that cannot answer now is 503; anything else it says is our bug."""
    if not unreachable(fault):
        return answer_bug(request.scope, fault)
    log.warning("database_unavailable", **without_content(fault))
    return respond(request.scope, DatabaseUnavailable("Send the same request again shortly."))


def answer_bug(scope: Scope, fault: Exception) -> Response:
    """A bug is loud in the log and says nothing outside."""
    log.error("bug", **without_content(fault))
    return respond(scope, Bug("It has been logged under this request's number."))


# lock timeout, deadlock, serialization, cancelled, too many connections, disk full, shutting
# down or starting up, read-only after a failover
PASSING = {
    "55P03",
    "40P01",
    "40001",
    "57014",
    "53100",
    "53200",
    "53300",
    "57P01",
    "57P02",
    "57P03",
    "25006",
}


def unreachable(fault: BaseException) -> bool:
    """Whether the database may well answer if asked again."""
    if isinstance(fault, sa.exc.TimeoutError | OSError):
        return True
    if not isinstance(fault, sa.exc.DBAPIError):
        return False
    state = str(getattr(fault.orig, "sqlstate", None) or "")
    return (
        fault.connection_invalidated
        or isinstance(fault, sa.exc.InterfaceError)
        or (state != "" and may_come_back(state))
    )


def may_come_back(state: str | None) -> bool:
    """Whether the database may well answer if asked again.

    Args:
        state: the SQLSTATE; None where a driver had no answer to take one from.
    """
    return not state or state in PASSING or state.startswith("08")


def problems(*refusals: type[errors.Refusal]) -> dict[int | str, dict[str, Any]]:
    """Declare, for OpenAPI, the refusals a route can answer with."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for refusal in refusals:
        status = status_of(refusal)
        entry = by_status.setdefault(
            status, {"description": "", "content": {MEDIA_TYPE: {"schema": SCHEMA, "examples": {}}}}
        )
        entry["description"] = " / ".join(filter(None, [entry["description"], refusal.title]))
        entry["content"][MEDIA_TYPE]["examples"][refusal.slug] = {"value": example(refusal)}
    return by_status


SCHEMA = {"$ref": "#/components/schemas/Problem"}


def example(refusal: type[errors.Refusal]) -> dict[str, JsonValue]:
    """What a refusal looks like, for the API document."""
    return {
        "type": f"/problems/{refusal.slug}",
        "title": refusal.title,
        "status": status_of(refusal),
        "detail": "What the rule is, and what would be right.",
        "instance": "urn:uuid:0190b3a0-0000-7000-8000-000000000000",
        "errorCode": refusal.slug,
        "userMessage": refusal.title,
        "developerMessage": "What the rule is, and what would be right.",
    }


def every_refusal(kind: type[errors.Refusal] = errors.Refusal) -> Iterator[type[errors.Refusal]]:
    """Each refusal that has a slug, once, wherever it is defined."""
    for child in kind.__subclasses__():
        if "slug" in child.__dict__:
            yield child
        yield from every_refusal(child)


def install(app: FastAPI) -> None:
    """Every refusal, and every fault that is not one, leaves as a problem document."""
    handlers: dict[type[Exception], Any] = {
        errors.Refusal: answer,
        RequestValidationError: answer_malformed,
        HTTPException: answer_http,
        sa.exc.SQLAlchemyError: answer_database,
        OSError: answer_database,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
