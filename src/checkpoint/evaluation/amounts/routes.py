"""Front door of the evaluation: how much there was a head."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from checkpoint.allocation.vault import Opening
from checkpoint.evaluation import queries
from checkpoint.evaluation.amounts import queries as sums
from checkpoint.evaluation.amounts import views
from checkpoint.evaluation.amounts.schemas import AmountsView
from checkpoint.evaluation.routes import (
    CHOOSING,
    PREFIX,
    Code,
    Counted,
    Cut,
    Evaluating,
    Of,
    recorded,
)
from checkpoint.evaluation.states import EvaluationEvent, Population
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction

router = APIRouter(prefix=PREFIX, tags=["evaluation"])


@router.get("/amounts", response_model=AmountsView, responses=CHOOSING)
async def read_amounts(
    by: Evaluating,
    code: Code,
    session: Transaction,
    vault: Opening,
    now: Now,
    cut: Cut = None,
    measure: Counted = None,
    population: Of = None,
) -> Response:
    """Frequency and harm of one measure within each horizon; cost, wellbeing and more of cases."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    counted = opened.measure(measure)
    allocated = await queries.allocated(session, opened)
    seen = await sums.observed(session, opened, allocated, counted, opened.horizons)
    had = await sums.happened(session, opened, allocated, counted, opened.horizons)
    cases = await sums.of_cases(session, opened)
    await recorded(session, EvaluationEvent.AMOUNTS_READ, opened, by=by, at=now)
    who = population or Population.INTENTION_TO_TREAT
    view = await run_in_threadpool(
        views.amounts, opened, allocated.people, counted, seen, had, cases, who, role=by.role
    )
    return shown(view)
