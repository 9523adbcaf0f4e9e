"""What a body must be before anybody reads it: small, prompt, UTF-8, JSON, said once."""

import asyncio
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkpoint.foundation import errors
from checkpoint.foundation.problems import respond

# Fifty offences are 10 kB; reading 1 MB of JSON would hold everybody else up for 0.1 s.
LIMIT_BYTES = 100_000
LIMIT_DEPTH = 32
LIMIT_SECONDS = 10.0
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ESCAPED = re.compile(rb"%(?:[01][0-9a-fA-F]|7[fF])")


class BodyTooLarge(errors.TooLarge):
    slug = "body-too-large"
    title = "The body is too large"


class BodyTooSlow(errors.TooSlow):
    slug = "body-too-slow"
    title = "The body took too long to arrive"


class BodyNotJson(errors.Malformed):
    slug = "body-not-json"
    title = "The body is not JSON as we read it"


class BodyTooDeep(errors.Unprocessable):
    slug = "body-too-deep"
    title = "The body is nested too deeply"


class BodyNotAccepted(errors.UnsupportedMedia):
    slug = "body-not-accepted"
    title = "Send JSON"


class AddressNotReadable(errors.Malformed):
    slug = "address-not-readable"
    title = "The address holds characters that cannot be used"


class Guarded:
    """Refuses what no room should have to think about, for every address under ``/v1``."""

    def __init__(self, app: ASGIApp, *, larger: Mapping[str, int] | None = None) -> None:
        self.app, self.larger = app, larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1"):
            await self.app(scope, receive, send)
            return
        try:
            check_address(scope)
            body = await self._body(scope, receive)
        except errors.Refusal as refusal:
            await respond(scope, refusal)(scope, receive, send)
            return
        await self.app(scope, again(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        headers = Headers(scope=scope)
        limit = self.larger.get(scope["path"], LIMIT_BYTES)
        check_declared_length(headers, limit)
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                body = await read(receive, limit)
        except TimeoutError:
            raise BodyTooSlow(f"Send the whole body within {LIMIT_SECONDS:.0f} seconds.") from None
        if body:
            check_media(headers)
            check_json(body)
        return body


def check_address(scope: Scope) -> None:
    """Refuse control characters in the path or the query, whatever they were escaped as."""
    if ESCAPED.search(scope["query_string"]) or CONTROL.search(scope["path"]):
        raise AddressNotReadable("Leave out control characters.")


def check_declared_length(headers: Headers, limit: int = LIMIT_BYTES) -> None:
    declared = headers.get("content-length", "0")
    if not (declared.isascii() and declared.isdigit()):
        raise BodyNotJson("Content-Length must be a number.")
    if len(declared) > 12 or int(declared) > limit:
        raise BodyTooLarge(f"Send at most {limit:,} bytes.")


def check_media(headers: Headers) -> None:
    kind, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/json" or charset not in ("", "utf-8"):
        raise BodyNotAccepted("Set Content-Type: application/json and send UTF-8.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise BodyNotAccepted("Send the body as it is, without compression.")


async def read(receive: Receive, limit: int = LIMIT_BYTES) -> bytes:
    """The whole body, given up as soon as it is over the limit."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyNotJson("The body did not arrive whole; nothing was done.")
        part = message.get("body", b"")
        parts.append(part)
        size, more = size + len(part), message.get("more_body", False)
        if size > limit:
            raise BodyTooLarge(f"Send at most {limit:,} bytes.")
    return b"".join(parts)


def again(body: bytes, receive: Receive) -> Receive:
    """Hand the body that was read to whoever reads next."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def check_json(body: bytes) -> None:
    """Refuse what two readers could read two ways, or PostgreSQL could not keep.

    Raises:
        BodyNotJson: not UTF-8, not JSON, a name given twice, NaN or an infinity, a NUL or half
            of a surrogate pair.
        BodyTooDeep: nested more than 32 levels deep.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_said_once,
            parse_constant=_no_such_number,
            parse_float=_finite,
        )
    except RecursionError:
        raise BodyTooDeep(f"Nest at most {LIMIT_DEPTH} levels.") from None
    except UnicodeDecodeError:
        raise BodyNotJson("Encode the body as UTF-8.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BodyNotJson(f"The JSON cannot be parsed: look at {where}.") from None
    except ValueError:  # a number of thousands of digits
        raise BodyNotJson("A number is too large.") from None
    _walk(value)


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BodyNotJson("A name stands twice in one object; say it once.")
    return found


def _no_such_number(_: str) -> float:
    raise BodyNotJson("NaN and infinities are not numbers in JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise BodyNotJson("A number is too large.")
    return number


def _walk(value: Any, depth: int = 1) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= symbol <= "\udfff" for symbol in value):
            raise BodyNotJson("Leave out NUL characters and halves of surrogate pairs.")
        return
    if not isinstance(value, dict | list):
        return
    if depth > LIMIT_DEPTH:
        raise BodyTooDeep(f"Nest at most {LIMIT_DEPTH} levels.")
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    for part in parts:
        _walk(part, depth + 1)
