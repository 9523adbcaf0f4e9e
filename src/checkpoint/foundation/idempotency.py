"""Idempotency-Key: one key, one effect, one answer, in the same transaction."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import JsonValue
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.addresses import read_at
from checkpoint.foundation.database import Record, insert_values, rows_of
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.foundation.logs import door_of
from checkpoint.foundation.statements import Prepared

# Structured-field string or bare token; long enough not to be somebody's counter.
KEY = re.compile(r'^"?([A-Za-z0-9_-]{16,64})"?$')
KEPT_HEADERS = ("etag", "location")
REPLAYED = "Idempotency-Replayed"


class IdempotencyKeyMissing(errors.Malformed):
    slug = "idempotency-key-missing"
    title = "Send an Idempotency-Key"


class IdempotencyKeyReused(errors.Unprocessable):
    slug = "idempotency-key-reused"
    title = "This Idempotency-Key was used for a different request"


class StillInFlight(errors.Conflict):
    slug = "still-in-flight"
    title = "The same request is being answered at this moment"


class AnswerOutOfReach(errors.NotFound):
    slug = "answer-out-of-reach"
    title = "This was done, and what it was done to is no longer open to you"


# What every door that creates something may answer.
CREATING = (IdempotencyKeyMissing, IdempotencyKeyReused, StillInFlight, AnswerOutOfReach)
# Which of the things with these ids somebody reaches; whoever builds the app knows how to tell.
Reached = Callable[[AsyncSession, Sequence[UUID], Actor], Awaitable[frozenset[UUID]]]


class KeptAnswer(Record, table=True):
    """The answer to one creating request, kept with its effect so that a retry gets it again.

    Written only by ``foundation.idempotency``; removed after seven days, when
    ``housekeeping`` asks for it.
    """

    __tablename__ = "kept_answer"
    __table_args__ = (
        sa.CheckConstraint("status BETWEEN 200 AND 299", name="status_is_success"),
        sa.Index("ix_kept_answer_kept_at", "kept_at"),
    )

    request_digest: bytes = Field(
        sa_type=sa.LargeBinary,
        sa_column_kwargs=described("SHA-256 of the request's If-Match and body.", Disclosure.NEVER),
    )
    status: int = Field(sa_column_kwargs=described("HTTP status of the answer.", Disclosure.SAFE))
    headers: dict[str, JsonValue] = Field(
        sa_type=JSONB, sa_column_kwargs=described("ETag and Location.", Disclosure.NEVER)
    )
    body: bytes = Field(
        sa_type=sa.LargeBinary, sa_column_kwargs=described("The answer's body.", Disclosure.NEVER)
    )
    reached_ids: list[UUID] = Field(
        default_factory=list,
        sa_type=ARRAY(sa.Uuid()),
        sa_column_kwargs=described(
            "The cases it is about that the caller reached then; it is given again only while "
            "they reach each of them.",
            Disclosure.INDIRECT,
        )
        | {"server_default": "{}"},
    )
    kept_at: datetime = Field(
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs=described("When it was first answered, in UTC.", Disclosure.INDIRECT),
    )


@dataclass(frozen=True)
class Asked:
    """One request as its key names it."""

    key: str
    door: str
    digest: bytes
    reached: Reached
    place: str  # where what it makes is read, unless the door says where

    def id_for(self, by: Actor) -> UUID:
        """The kept answer's id: bound to key, caller, role, suites and door; not to be guessed."""
        whose = (str(by.id), by.role.value, *sorted(by.suites))
        scope = "\0".join([self.door, self.key, *whose]).encode()
        return UUID(bytes=hashlib.sha256(scope).digest()[:16])


async def asked(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="A new UUID for each thing you create; the same one when you retry.",
            examples=["2b1f6a3e-7d5c-4e0b-9a8f-1c2d3e4f5a6b"],
        ),
    ] = None,
) -> Asked:
    found = KEY.match(idempotency_key or "")
    if found is None:
        raise IdempotencyKeyMissing(
            "Send the header Idempotency-Key with 16 to 64 letters, digits, - or _ (a new UUID "
            "is best); repeat it unchanged when you retry."
        )
    # The version that was seen is part of what was asked, even where the body is empty.
    whole = request.headers.get("if-match", "").encode() + b"\0" + await request.body()
    digest = hashlib.sha256(whole).digest()
    place = read_at(request.app, door_of(request.scope), request.url.path)
    reached = request.app.state.reached
    return Asked(found[1], _door(request), digest, reached=reached, place=place)


def _door(request: Request) -> str:
    """The route's pattern and what stands in its places; an id may be written in several ways."""
    places = [f"{name}={_canonical(value)}" for name, value in request.path_params.items()]
    return "\0".join([f"{request.method} {door_of(request.scope)}", *sorted(places)])


def _canonical(value: Any) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        return str(value)


Once = Annotated[Asked, Depends(asked)]

# One round trip: the lock says whether the same request is under way, the join whether it is done.
EARLIER = Prepared(
    sa.text("""
    SELECT pg_try_advisory_xact_lock(:lock) AS free, kept.request_digest, kept.status,
           kept.headers, kept.body, kept.reached_ids
      FROM (SELECT 1) AS one LEFT JOIN kept_answer AS kept ON kept.id = :id
""").columns(
        free=sa.Boolean,
        request_digest=sa.LargeBinary,
        status=sa.Integer,
        headers=JSONB,
        body=sa.LargeBinary,
        reached_ids=ARRAY(sa.Uuid()),
    )
)


async def once(
    session: AsyncSession,
    asked: Asked,
    deed: Callable[[], Awaitable[Response]],
    *,
    by: Actor,
    at: datetime,
) -> Response:
    """Do ``deed`` unless this very request was answered before; then give that answer again.

    Not where the caller has lost reach since. What the deed itself took out of their reach, as a
    transfer does, is given again: they are told no more than they were.
    """
    id = asked.id_for(by)
    lock = int.from_bytes(id.bytes[:8], signed=True)
    (kept,) = await rows_of(session, EARLIER, lock=lock, id=id)
    if kept.status is not None:
        return await _again(session, asked, kept, by=by)
    if not kept.free:
        raise StillInFlight("Wait a moment and send it again; you will get the first answer.")
    response = await deed()
    if response.status_code == 201:
        response.headers.setdefault("Location", asked.place)
    await _keep(session, id, asked, response, by=by, at=at)
    return response


async def _again(
    session: AsyncSession, asked: Asked, kept: sa.Row[tuple[Any, ...]], *, by: Actor
) -> Response:
    if kept.request_digest != asked.digest:
        raise IdempotencyKeyReused("Use a new key for a new request.")
    if {*kept.reached_ids} - await _reached(session, asked, kept.reached_ids, by=by):
        raise AnswerOutOfReach(
            "There is nothing to send again. Ask a colleague who reaches the case how it stands."
        )
    session.info.get("request", {})["replayed"] = str(kept.headers.get("location", ""))
    headers = {**kept.headers, REPLAYED: "true"}
    return Response(kept.body, kept.status, headers, media_type="application/json")


async def _reached(
    session: AsyncSession, asked: Asked, ids: Sequence[UUID], *, by: Actor
) -> frozenset[UUID]:
    return await asked.reached(session, ids, by) if ids else frozenset()


async def _keep(
    session: AsyncSession, id: UUID, asked: Asked, response: Response, *, by: Actor, at: datetime
) -> None:
    about = session.info.get("request", {}).get("about", ())
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    answer = {
        "id": id,
        "request_digest": asked.digest,
        "status": response.status_code,
        "headers": headers,
        "body": bytes(response.body),
        "reached_ids": sorted(await _reached(session, asked, about, by=by)),
        "kept_at": at,
    }
    try:
        await insert_values(session, KeptAnswer, answer)
    except sa.exc.IntegrityError as error:
        raise StillInFlight("Send it again; you will get the first answer.") from error


async def forget(session: AsyncSession, *, before: datetime) -> int:
    """Remove the answers kept before then, and say how many there were."""
    old = sa.delete(KeptAnswer).where(col(KeptAnswer.kept_at) < before)
    removed = cast("sa.CursorResult[Any]", await session.exec(old))
    return removed.rowcount
