"""Front door of trials that ran elsewhere: they are brought in whole, or not at all."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.allocation.states import ListNotSealed
from checkpoint.allocation.vault import Opening
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.problems import problems
from checkpoint.outcomes.elsewhere import actions, loading, queries, views
from checkpoint.outcomes.elsewhere.rules import Manifest
from checkpoint.outcomes.elsewhere.schemas import (
    CompleteEdition,
    EditionView,
    ReceiveFollowUp,
    ReceiveParticipants,
    TrialElsewhereView,
    TrialsElsewhereView,
)
from checkpoint.outcomes.elsewhere.states import (
    CodeTaken,
    EditionEvent,
    EditionNotFound,
    EditionRefused,
    EditionUnderWay,
    ElsewhereNotFound,
    PartReceived,
)

router = APIRouter(prefix="/v1/trials-elsewhere", tags=["trials elsewhere"])
Code = Annotated[str, Path(max_length=40, description="The trial's name.")]
Importing = Annotated[Actor, holding(Permission.IMPORT_TRIAL)]
Monitoring = Annotated[Actor, holding(Permission.MONITOR_TRIAL)]
RECEIVING = (*CREATING, ElsewhereNotFound, EditionNotFound)
PART = problems(*RECEIVING, PartReceived, RuleBroken, ListNotSealed)


@router.get("", response_model=TrialsElsewhereView)
async def list_trials_elsewhere(by: Monitoring, session: Transaction, now: Now) -> Response:
    """Every trial that was brought in from elsewhere, or is being; nobody who took part."""
    found = await queries.every(session)
    editions = [each.id for rows in found.values() for each in rows]
    here = await queries.received(session, *editions)
    await _read(session, by=by, at=now)
    items = [views.trial(code, rows, here) for code, rows in found.items()]
    return shown(TrialsElsewhereView(items=items))


@router.get("/{code}", response_model=TrialElsewhereView, responses=problems(ElsewhereNotFound))
async def read_trial_elsewhere(
    by: Monitoring, code: Code, session: Transaction, now: Now
) -> Response:
    """One of them: its editions, and part by part what is here of one that is being received."""
    editions = await queries.of_code(session, code)
    here = await queries.received(session, *(each.id for each in editions))
    open_one = queries.under_way(editions)
    parts = await queries.parts(session, open_one.id) if open_one else ()
    await _read(session, by=by, at=now)
    return shown(views.trial(code, editions, here, parts))


@router.post(
    "",
    status_code=201,
    response_model=EditionView,
    responses=problems(*CREATING, CodeTaken, EditionUnderWay, ListNotSealed, RuleBroken),
)
async def begin_edition(
    by: Importing,
    command: Manifest,
    session: Transaction,
    vault: Opening,
    asked: Once,
    now: Now,
) -> Response:
    """A trial that ran elsewhere is to be brought in, or corrected: this is its manifest."""

    async def deed() -> None:
        await actions.begin(session, command, vault=vault, by=by, at=now)

    return await _done(session, asked, command.code, deed, status=201, by=by, at=now)


@router.post("/{code}/participants", status_code=201, response_model=EditionView, responses=PART)
async def receive_participants(
    by: Importing,
    code: Code,
    command: ReceiveParticipants,
    session: Transaction,
    vault: Opening,
    asked: Once,
    now: Now,
) -> Response:
    """Some of its participants, at most 1,000; the same part again changes nothing."""

    async def deed() -> None:
        await loading.receive_participants(session, code, command, vault=vault, by=by, at=now)

    return await _done(session, asked, code, deed, status=201, by=by, at=now)


@router.post("/{code}/follow-up", status_code=201, response_model=EditionView, responses=PART)
async def receive_follow_up(
    by: Importing,
    code: Code,
    command: ReceiveFollowUp,
    session: Transaction,
    asked: Once,
    now: Now,
) -> Response:
    """Some of what came of its participants, at most 1,000 rows; in any order with these."""

    async def deed() -> None:
        await loading.receive_follow_up(session, code, command, by=by, at=now)

    return await _done(session, asked, code, deed, status=201, by=by, at=now)


@router.post(
    "/{code}/completion",
    response_model=EditionView,
    responses=problems(*RECEIVING, EditionRefused),
)
async def complete_edition(
    by: Importing,
    code: Code,
    _: CompleteEdition,
    session: Transaction,
    asked: Once,
    now: Now,
) -> Response:
    """All is here: it is looked at as a whole, and counts from now on; or nothing has happened."""

    async def deed() -> None:
        await actions.complete(session, code, by=by, at=now)

    return await _done(session, asked, code, deed, by=by, at=now)


@router.post("/{code}/abandonment", response_model=EditionView, responses=problems(*RECEIVING))
async def abandon_edition(
    by: Importing,
    code: Code,
    _: CompleteEdition,
    session: Transaction,
    asked: Once,
    now: Now,
) -> Response:
    """The edition that is being received never counts; another may be begun."""

    async def deed() -> None:
        await actions.abandon(session, code, by=by, at=now)

    return await _done(session, asked, code, deed, by=by, at=now)


async def _done(
    session: AsyncSession,
    asked: Once,
    code: str,
    deed: Callable[[], Awaitable[None]],
    *,
    status: int = 200,
    by: Actor,
    at: datetime,
) -> Response:
    async def answered() -> Response:
        await deed()
        return await _told(session, code, status=status)

    return await once(session, asked, answered, by=by, at=at)


async def _told(session: AsyncSession, code: str, *, status: int) -> Response:
    """The last edition, which is the one that something was done with."""
    last = (await queries.of_code(session, code))[0]
    here = await queries.received(session, last.id)
    headers = {"Location": f"/v1/trials-elsewhere/{code}"} if status == 201 else None
    return shown(views.edition(last, here[last.id]), status=status, headers=headers)


async def _read(session: AsyncSession, *, by: Actor, at: datetime) -> None:
    await ledger.record(
        session,
        Operation.CONSULTATION,
        EditionEvent.READ,
        kind="trial_edition",
        by=by,
        at=at,
    )
