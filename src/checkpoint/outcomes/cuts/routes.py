"""Front door of data cuts: taken, listed, and how each differs from the one before."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.allocation.states import ListNotSealed, SealedListChanged
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
from checkpoint.outcomes.cuts import actions, queries, views
from checkpoint.outcomes.cuts.schemas import (
    ChangesView,
    CutsView,
    CutView,
    TakeCut,
    TakenCutView,
)
from checkpoint.outcomes.cuts.states import CutNotFound, CutTooLarge, DataCutEvent, NothingToCut
from checkpoint.outcomes.lookups import DefinitionsChanged, DefinitionsNotFound
from checkpoint.trials import queries as trials
from checkpoint.trials.queries import TrialNotFound

router = APIRouter(prefix="/v1/trials/{code}/data-cuts", tags=["data cuts"])
Code = Annotated[str, Path(max_length=40, description="The trial's name.")]
Number = Annotated[int, Path(ge=1, le=1_000_000, description="Counts the trial's cuts.")]
Taking = Annotated[Actor, holding(Permission.TAKE_CUT)]
Reading = Annotated[Actor, holding(Permission.READ_CUTS)]
FOUND = problems(TrialNotFound, CutNotFound)


@router.post(
    "",
    status_code=201,
    response_model=TakenCutView,
    responses=problems(
        *CREATING,
        TrialNotFound,
        NothingToCut,
        CutTooLarge,
        RuleBroken,
        SealedListChanged,
        DefinitionsNotFound,
        DefinitionsChanged,
        ListNotSealed,
    ),
)
async def take_data_cut(
    by: Taking,
    code: Code,
    command: TakeCut,
    session: Transaction,
    vault: Opening,
    asked: Once,
    now: Now,
) -> Response:
    """Keep a trial as it is known now, or was known earlier; every figure is made from a cut."""

    async def deed() -> Response:
        cut = await actions.take(
            session,
            code,
            vault=vault,
            known_until=command.known_until,
            followed_until=command.followed_until,
            most=actions.MOST_AT_ONCE,
            by=by,
            at=now,
        )
        headers = {"Location": f"/v1/trials/{code}/data-cuts/{cut.number}"}
        changed = await queries.changes(session, cut.id)
        return shown(views.taken(code, cut, changed, by.role), status=201, headers=headers)

    return await once(session, asked, deed, by=by, at=now)


@router.get("", response_model=CutsView, responses=problems(TrialNotFound))
async def list_data_cuts(by: Reading, code: Code, session: Transaction, now: Now) -> Response:
    """A trial's data cuts, the last one first."""
    trial = await trials.one(session, code, at=now)
    cuts = await queries.of_trial(session, trial.id)
    await _read(session, DataCutEvent.READ, *(each.id for each in cuts), by=by, at=now)
    return shown(CutsView(items=[views.cut(code, each, by.role) for each in cuts]))


@router.get("/{number}", response_model=CutView, responses=FOUND)
async def read_data_cut(
    by: Reading, code: Code, number: Number, session: Transaction, now: Now
) -> Response:
    """One of them."""
    trial = await trials.one(session, code, at=now)
    cut = await queries.one(session, trial.id, number)
    await _read(session, DataCutEvent.READ, cut.id, by=by, at=now)
    return shown(views.cut(code, cut, by.role))


@router.get("/{number}/changes", response_model=ChangesView, responses=FOUND)
async def read_changes_of_data_cut(
    by: Reading, code: Code, number: Number, session: Transaction, now: Now
) -> Response:
    """What a correction changed since the cut before: how many rows by field, never whose."""
    trial = await trials.one(session, code, at=now)
    cut = await queries.one(session, trial.id, number)
    rows = await queries.changes(session, cut.id)
    await _read(session, DataCutEvent.CHANGES_READ, cut.id, by=by, at=now)
    return shown(views.changes(code, number, rows, by.role))


async def _read(
    session: AsyncSession, event: DataCutEvent, *cuts: UUID, by: Actor, at: datetime
) -> None:
    await ledger.record(
        session, Operation.CONSULTATION, event, *cuts, kind="data_cut", by=by, at=at
    )
