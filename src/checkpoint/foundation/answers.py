"""Views into responses: serialised once, with their version, place and neighbours."""

import hashlib
from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel


def shown(
    view: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """``view`` as JSON."""
    return Response(
        view.model_dump_json(by_alias=True), status, headers, media_type="application/json"
    )


def public(
    request: Request,
    view: BaseModel,
    *,
    seconds: int = 300,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """``view`` for anyone's cache: 304 when the caller holds these very bytes already."""
    body = view.model_dump_json(by_alias=True).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={seconds}"} | dict(headers or {})
    held = {
        tag.strip().removeprefix("W/")
        for tag in request.headers.get("if-none-match", "").split(",")
    }
    if etag in held:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, media_type="application/json")
