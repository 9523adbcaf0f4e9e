"""Front door of the evaluation: its summary, and subgroups."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from checkpoint.allocation.vault import Opening
from checkpoint.evaluation import queries
from checkpoint.evaluation.risks import queries as counts
from checkpoint.evaluation.risks import subgroups, views
from checkpoint.evaluation.risks.schemas import SubgroupResultsView, SummaryView
from checkpoint.evaluation.routes import (
    CHOOSING,
    MISSING,
    PREFIX,
    Code,
    Counted,
    Cut,
    Evaluating,
    Of,
    Until,
    recorded,
)
from checkpoint.evaluation.states import EvaluationEvent, Population
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction

router = APIRouter(prefix=PREFIX, tags=["evaluation"])


@router.get("", response_model=SummaryView, responses=MISSING)
async def read_evaluation(
    by: Evaluating,
    code: Code,
    session: Transaction,
    vault: Opening,
    now: Now,
    cut: Cut = None,
    population: Of = None,
) -> Response:
    """Every measure within every horizon: counts, risks, differences; intention to treat first."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    allocated = await queries.allocated(session, opened)
    found = await counts.counted(session, opened, allocated, opened.measures, opened.horizons)
    asked = [*Population] if population is None else [population]
    await recorded(session, EvaluationEvent.SUMMARY_READ, opened, by=by, at=now)
    # The sums hold no lock of the loop's: others are answered meanwhile.
    view = await run_in_threadpool(
        views.summary, opened, allocated.people, found, asked, role=by.role
    )
    return shown(view)


@router.get("/subgroups", response_model=SubgroupResultsView, responses=CHOOSING)
async def read_subgroups(
    by: Evaluating,
    code: Code,
    session: Transaction,
    vault: Opening,
    now: Now,
    cut: Cut = None,
    measure: Counted = None,
    horizon: Until = None,
) -> Response:
    """One measure within one horizon by sex, age, ethnicity and offence; with tests of interaction."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    what, until = opened.measure(measure), opened.horizon(horizon)
    allocated = await queries.allocated(session, opened)
    found = await counts.by_subgroup(session, opened, allocated, what, until)
    await recorded(session, EvaluationEvent.SUBGROUPS_READ, opened, by=by, at=now)
    view = await run_in_threadpool(
        subgroups.subgroups, opened, allocated.people, what, until, found, role=by.role
    )
    return shown(view)
