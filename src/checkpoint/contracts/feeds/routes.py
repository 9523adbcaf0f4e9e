"""Front door of calendars: their owner's, and the one that the secret address opens."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import Response

from checkpoint.access.budgets import TooManyRequests
from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.audit.operations import Operation
from checkpoint.contracts.feeds import actions, queries
from checkpoint.contracts.feeds.pages import calendar
from checkpoint.contracts.feeds.schemas import FeedView, NewFeedView, RevokeFeed
from checkpoint.contracts.feeds.states import (
    FeedEvent,
    FeedNotFound,
    FeedsForNavigators,
    NoFeed,
)
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now, TokenTime
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.logs import door_of
from checkpoint.foundation.preconditions import etag
from checkpoint.foundation.problems import DatabaseUnavailable, problems

router = APIRouter(prefix="/v1", tags=["contracts"])
# Opened by what the address says, and by no token: calendars on phones send none.
unlocked = APIRouter(tags=["contracts"])
OWN = "/me/appointment-feed"
PER_MINUTE = 12  # a calendar asks every few minutes
MEDIA_TYPE = "text/calendar"
CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
    304: {},
}
Owner = Annotated[Actor, holding(Permission.READ_CASELOAD)]


@router.get(OWN, response_model=FeedView)
async def read_my_feed(by: Owner, session: Transaction, now: Now) -> Response:
    """Whether your calendar has a secret address, and since when; the address is not shown again."""
    own = await queries.navigator_of(session, by, at=now)
    found = await queries.last(session, own.id) if own else None
    stands = found is not None and found.digest is not None
    about = [found.id, found.navigator_id] if found else []
    await ledger.record(
        session,
        Operation.CONSULTATION,
        FeedEvent.SEEN,
        *about,
        kind=actions.KIND,
        by=by,
        at=now,
    )
    return shown(FeedView(stands=stands, made_at=found.made_at if found and stands else None))


@router.put(OWN, response_model=NewFeedView, responses=problems(FeedsForNavigators))
async def renew_my_feed(request: Request, by: Owner, session: Transaction, now: Now) -> Response:
    """Get a new secret address for your calendar; the one before is dead from now on. Whoever holds
    it reads when and where by kind you have appointments, and for which references, without a name.
    """
    secret, row = await actions.renew(session, by=by, at=now)
    address = request.app.state.settings.address
    return shown(NewFeedView(href=f"{address}/calendars/{secret}.ics", made_at=row.made_at))


@router.post(
    f"{OWN}/revocation",
    response_model=FeedView,
    responses=problems(*CREATING, FeedsForNavigators, NoFeed),
)
async def revoke_my_feed(
    by: Owner,
    session: Transaction,
    now: Now,
    asked: Once,
    command: RevokeFeed | None = None,  # noqa: ARG001 - there is nothing in it to read
) -> Response:
    """Take the secret address back; nobody reads your calendar any more."""

    async def deed() -> Response:
        await actions.revoke(session, by=by, at=now)
        return shown(FeedView(stands=False, made_at=None))

    return await once(session, asked, deed, by=by, at=now)


@unlocked.get(
    "/calendars/{secret}.ics",
    response_class=Response,
    responses=problems(FeedNotFound, TooManyRequests, LedgerNotWritten, DatabaseUnavailable)
    | CALENDAR,
)
async def read_feed(
    request: Request,
    secret: Annotated[str, Path(description="As it was shown once.")],
    session: Transaction,
    now: Now,
    spent_at: TokenTime,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A navigator's appointments as an iCalendar, without a name in it. The address is the key."""
    request.scope["state"]["door"] = f"GET {door_of(request.scope)}"
    feed = await queries.by_digest(session, actions.digest_of(secret), at=now)
    await request.app.state.feed_budgets.spend(feed.id, at=spent_at)
    rows = await queries.appointments(session, feed, at=now)
    about = [feed.id, feed.navigator_id, *(row.custody_record_id for row in rows)]
    # Whoever holds the address is known by nothing but the address, so that is who reads.
    reader = Actor(id=feed.id, role=Role.NAVIGATOR, client="calendar")
    await ledger.record(
        session,
        Operation.CONSULTATION,
        FeedEvent.READ,
        *about,
        *(row.person_id for row in rows),
        kind=actions.KIND,
        by=reader,
        at=now,
    )
    body = calendar(rows)
    tag = etag(hashlib.sha256(body).hexdigest()[:32])
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    held = {each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")}
    if tag in held:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, media_type=MEDIA_TYPE)
