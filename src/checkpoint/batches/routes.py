"""Front door of batches: a day's queue, each item through its own door."""

import json
import time
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import JsonValue, ValidationError
from starlette.datastructures import Headers
from starlette.types import Message

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.batches import rules
from checkpoint.batches.schemas import BatchAnswer, BatchItem, BatchView, SendBatch
from checkpoint.batches.states import ItemNotTried, RestsOnFailed
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.faults import plainly
from checkpoint.foundation.problems import RequestNotUnderstood, problems, respond

router = APIRouter(prefix="/v1", tags=["batches"])
LATER = "Send it again, unchanged, with those that were not tried either."


@router.post(
    "/batch",
    response_model=BatchView,
    responses=problems(RestsOnFailed, ItemNotTried, errors.RuleBroken),
)
async def send_batch(
    by: Annotated[Actor, holding(Permission.SEND_BATCH)],  # noqa: ARG001 - each item asks again
    command: SendBatch,
    request: Request,
) -> Response:
    """Send what was entered without signal: in order, each item as if it had been sent alone.

    The answer is 200 with an answer for each item; one that is refused takes none of the others
    with it. Sent again after a lost answer, nothing happens twice: items with an Idempotency-Key
    get their first answer, and an edit that stands already is told so.
    """
    until = time.monotonic() + request.app.state.settings.batch_seconds
    answered: dict[str, rules.Answered] = {}
    answers: list[BatchAnswer] = []
    waits = False
    for item in command.items:
        if waits:
            answer = _declined(request, item, ItemNotTried(LATER))
        else:
            answer = await _answer(request, item, answered)
            waits = rules.ends(answer.status) or time.monotonic() >= until
        if isinstance(item, BatchItem):
            answered.setdefault(item.id, answer.model_dump(include={"status", "etag", "body"}))
        answers.append(answer)
    return shown(BatchView(items=answers))


async def _answer(request: Request, item: Any, answered: dict[str, rules.Answered]) -> BatchAnswer:
    """One item sent through the whole service, or why it could not be."""
    try:
        known = item if isinstance(item, BatchItem) else BatchItem.model_validate(item)
        rules.check_id(known.id, answered)
        path = rules.in_text(known.path, answered, field="#/path")
        rules.check_address(path)
        if_match = rules.in_text(known.if_match or "", answered, field="#/if_match")
        body = rules.in_body(known.body, answered)
    except ValidationError as fault:
        faults: list[JsonValue] = [
            plainly({**error, "loc": ("body", *error["loc"])}) for error in fault.errors()
        ]
        refusal = RequestNotUnderstood("See errors, field by field.", errors=faults)
        return _declined(request, item, refusal)
    except errors.Refusal as refusal:
        return _declined(request, item, refusal)
    headers = {"if-match": if_match, "idempotency-key": known.idempotency_key or ""}
    start, content = await _sent(request, known.method, path, headers, body)
    return _answer_of(known.id, start["status"], Headers(raw=start["headers"]), content)


async def _sent(
    request: Request, method: str, path: str, headers: dict[str, str], body: Any
) -> tuple[Message, bytes]:
    """The item's own request: its own number, log line, ledger entry and transaction."""
    # As most clients write JSON, so that a key that was tried alone before is known again.
    content = b""
    if body is not None:
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers |= {"content-type": "application/json"}
    headers |= {"content-length": str(len(content))}
    for name in ("authorization", "host"):
        headers[name] = request.headers.get(name, "")
    scope = {name: request.scope[name] for name in ("type", "asgi", "http_version", "scheme")} | {
        "method": method,
        "path": path,
        "raw_path": path.encode("ascii"),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
        "client": request.scope.get("client"),
        "server": request.scope.get("server"),
    }
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await request.app(scope, receive, send)
    start, *parts = messages
    return start, b"".join(part.get("body", b"") for part in parts)


def _declined(request: Request, item: Any, refusal: errors.Refusal) -> BatchAnswer:
    """An item that was not sent: it has no number of its own, so the batch's is named."""
    scope = {"state": {"request_id": request.scope["state"]["request_id"]}}
    response = respond(scope, refusal)
    return _answer_of(_id_of(item), response.status_code, response.headers, bytes(response.body))


def _id_of(item: Any) -> str | None:
    if isinstance(item, BatchItem):
        return item.id
    id = item.get("id") if isinstance(item, dict) else None
    return id if isinstance(id, str) and rules.SEGMENT.fullmatch(id) and len(id) <= 40 else None


def _answer_of(id: str | None, status: int, headers: Any, content: bytes) -> BatchAnswer:
    return BatchAnswer(
        id=id,
        status=status,
        etag=headers.get("etag"),
        location=headers.get("location"),
        replayed=headers.get("idempotency-replayed") == "true",
        body=json.loads(content) if content else None,
    )
