"""Front door of follow-up: taken in by whoever holds the trial, both arms at once, no arm named."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.delivery.references import known
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Turning, links
from checkpoint.foundation.problems import problems
from checkpoint.outcomes.followup import actions, queries, reports, rules
from checkpoint.outcomes.followup.schemas import (
    FollowUpBatchPage,
    FollowUpBatchView,
    FollowUpRowPage,
    LackingPage,
    SendFollowUp,
    SendFollowUpRow,
)
from checkpoint.outcomes.followup.states import (
    DateForm,
    FollowUpEvent,
    FollowUpNotFound,
    FollowUpUnmatched,
    FollowUpUnreadable,
    RowOutcome,
    Where,
)
from checkpoint.trials import queries as trials
from checkpoint.trials.queries import TrialNotFound

# A day's follow-up of four thousand rows; more comes as a file, to the shell.
PATH, LIMIT_BYTES = "/v1/follow-up-batches", 1_500_000
router = APIRouter(prefix=PATH, tags=["outcomes"])
BatchId = Annotated[UUID, Path(description="The batch's id.")]
Reading = Annotated[Actor, holding(Permission.READ_FOLLOW_UP)]


@router.post(
    "",
    status_code=201,
    response_model=FollowUpBatchView,
    responses=problems(*CREATING, TrialNotFound, FollowUpUnreadable, FollowUpUnmatched, RuleBroken)
    | {200: {"model": FollowUpBatchView, "description": "The same batch was taken in before."}},
)
async def take_follow_up_in(
    by: Annotated[Actor, holding(Permission.IMPORT_FOLLOW_UP)],
    command: SendFollowUp,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Take in what became of everybody who was allocated: whole, or not at all.

    Rows are matched by PNC ID. A row that is about nobody in the trial, or could be about two
    people, is never guessed at: it is reported, and the whole is refused unless as many are
    allowed. A row with the key of an earlier one takes its place. No arm is asked for or told.
    """

    async def deed() -> Response:
        trial = await trials.one(session, command.trial, at=now)
        rows = await run_in_threadpool(_rows, command)
        sent = actions.Sent(command.source, command.followed_until, command.allow_unmatched_percent)
        batch, is_new = await actions.take_in(session, trial, sent, rows, by=by, at=now)
        return shown(
            queries.batch_view(batch),
            status=201 if is_new else 200,
            headers={"Location": f"{PATH}/{batch.id}"},
        )

    return await once(session, asked, deed, by=by, at=now)


def _rows(command: SendFollowUp) -> list[rules.Told]:
    """The rows as a file would have them, by the same rules."""
    read = (
        rules.told(
            number,
            _cells(row),
            form=DateForm.ISO,
            followed_until=command.followed_until,
            outcomes=known(),
        )
        for number, row in enumerate(command.rows, start=1)
    )
    return reports.check_rows(read, where=Where.ROW)


def _cells(row: SendFollowUpRow) -> dict[str, str]:
    plain = row.model_dump(mode="json", exclude={"proactively_detected"})
    cells = {name: str(value) for name, value in plain.items() if value is not None}
    return cells | ({"proactively_detected": "yes"} if row.proactively_detected else {})


@router.get("", response_model=FollowUpBatchPage, responses=problems(MalformedCursor))
async def list_follow_up_batches(
    by: Reading,
    session: Transaction,
    turn: Turning,
    now: Now,
    trial: Annotated[str | None, Query(max_length=40, description="Of one trial alone.")] = None,
) -> Response:
    """Batches of follow-up that were taken in, the last one first."""
    rows, following = await queries.page(session, turn, trial=trial)
    found = [row.id for row in rows]
    await _read(session, FollowUpEvent.LISTED, *found, by=by, now=now)
    page = FollowUpBatchPage(items=[queries.batch_view(row) for row in rows], next=following)
    return shown(page, headers=links(turn.request, following))


@router.get("/{batch_id}", response_model=FollowUpBatchView, responses=problems(FollowUpNotFound))
async def read_follow_up_batch(
    by: Reading, batch_id: BatchId, session: Transaction, now: Now
) -> Response:
    """One batch: how many rows became what, and how many people it does not tell of."""
    batch = await queries.one(session, batch_id)
    await _read(session, FollowUpEvent.READ, batch.id, batch.trial_id, by=by, now=now)
    return shown(queries.batch_view(batch))


@router.get(
    "/{batch_id}/rows",
    response_model=FollowUpRowPage,
    responses=problems(FollowUpNotFound, MalformedCursor),
)
async def list_follow_up_rows(
    by: Reading,
    batch_id: BatchId,
    session: Transaction,
    turn: Turning,
    now: Now,
    outcome: Annotated[RowOutcome | None, Query(description="Of one kind alone.")] = None,
) -> Response:
    """What became of each row of a batch, by its number; whom it named is not told."""
    batch = await queries.one(session, batch_id)
    rows, following = await queries.rows_page(session, turn, batch, outcome)
    await _read(session, FollowUpEvent.ROWS_READ, batch.id, batch.trial_id, by=by, now=now)
    page = FollowUpRowPage(items=[queries.row_view(row) for row in rows], next=following)
    return shown(page, headers=links(turn.request, following))


@router.get(
    "/{batch_id}/lacking",
    response_model=LackingPage,
    responses=problems(FollowUpNotFound, MalformedCursor),
)
async def list_lacking(
    by: Reading, batch_id: BatchId, session: Transaction, turn: Turning, now: Now
) -> Response:
    """Who was allocated by the batch's last day and is not told of, as far as is known today."""
    batch = await queries.one(session, batch_id)
    rows, following = await queries.lacking_page(session, turn, batch)
    subjects = [batch.id, batch.trial_id, *(row.id for row in rows)]
    await _read(session, FollowUpEvent.LACKING_READ, *subjects, by=by, now=now)
    page = LackingPage(items=[queries.lacking_view(row) for row in rows], next=following)
    return shown(page, headers=links(turn.request, following))


async def _read(
    session: AsyncSession, event: FollowUpEvent, *subjects: Any, by: Actor, now: datetime
) -> None:
    await ledger.record(
        session,
        Operation.CONSULTATION,
        event,
        *subjects,
        kind="follow_up_batch",
        by=by,
        at=now,
    )
