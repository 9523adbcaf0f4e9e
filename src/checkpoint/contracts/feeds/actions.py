"""Make a calendar's secret address, and take it back. No commits."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts.feeds import queries
from checkpoint.contracts.feeds.states import FeedEvent, FeedsForNavigators, NoFeed
from checkpoint.contracts.feeds.tables import AppointmentFeed
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert
from checkpoint.navigators.staff import queries as staff

KIND = "appointment_feed"
SECRET_BYTES = 32


def digest_of(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


async def renew(session: AsyncSession, *, by: Actor, at: datetime) -> tuple[str, AppointmentFeed]:
    """A new secret address; the one before is dead from now on.

    Raises:
        FeedsForNavigators: whoever asks is no navigator, or not any more.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    own, before = await _held(session, by=by, at=at)
    row = _next(own, before, digest_of(secret), by=by, at=at)
    await insert(session, row)
    await _record(session, FeedEvent.MADE, row, by=by, at=at)
    return secret, row


async def revoke(session: AsyncSession, *, by: Actor, at: datetime) -> None:
    """There is no address any more.

    Raises:
        FeedsForNavigators, NoFeed: nothing was taken back.
    """
    own, before = await _held(session, by=by, at=at)
    if before is None or before.digest is None:
        raise NoFeed("There is nothing to take back.")
    row = _next(own, before, None, by=by, at=at)
    await insert(session, row)
    await _record(session, FeedEvent.REVOKED, row, by=by, at=at)


async def _held(session: AsyncSession, *, by: Actor, at: datetime) -> tuple[Any, Any | None]:
    """The navigator who asks, locked; and what was entered last."""
    own = await queries.navigator_of(session, by, at=at)
    if own is None:
        raise FeedsForNavigators("Ask a supervisor to register you.")
    await staff.held(session, [own.id])
    return own, await queries.last(session, own.id)


def _next(
    own: Any, before: Any | None, digest: bytes | None, *, by: Actor, at: datetime
) -> AppointmentFeed:
    number = before.number + 1 if before else 1
    return AppointmentFeed(
        navigator_id=own.id, number=number, digest=digest, made_at=at, made_by=by.id
    )


async def _record(
    session: AsyncSession, event: FeedEvent, row: AppointmentFeed, *, by: Actor, at: datetime
) -> None:
    about = (row.id, row.navigator_id)
    await ledger.record(session, Operation.ALTERATION, event, *about, kind=KIND, by=by, at=at)
