"""Front door of the evaluation: arms as they were before allocation."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from checkpoint.allocation.vault import Opening
from checkpoint.evaluation import queries
from checkpoint.evaluation.profiles import queries as profiles
from checkpoint.evaluation.profiles import views
from checkpoint.evaluation.profiles.schemas import BaselineView
from checkpoint.evaluation.routes import MISSING, PREFIX, Code, Cut, Evaluating, recorded
from checkpoint.evaluation.states import EvaluationEvent
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.disclosure import EXACT

router = APIRouter(prefix=PREFIX, tags=["evaluation"])
INSIDE = {"stratum"}  # suites are for the statistician; no extract has them either


@router.get("/baseline", response_model=BaselineView, responses=MISSING)
async def read_baseline(
    by: Evaluating, code: Code, session: Transaction, vault: Opening, now: Now, cut: Cut = None
) -> Response:
    """What was known of people before allocation, by arm, with standardised differences."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    allocated = await queries.allocated(session, opened)
    ages = await profiles.ages(session, opened)
    codes = {
        name: await profiles.codes(session, opened, name)
        for name in profiles.CODES
        if by.role in EXACT or name not in INSIDE
    }
    others = await profiles.others(session, opened)
    await recorded(session, EvaluationEvent.BASELINE_READ, opened, by=by, at=now)
    view = await run_in_threadpool(
        views.baseline, opened, allocated.people, ages, codes, others, role=by.role
    )
    return shown(view)
