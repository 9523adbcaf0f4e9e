"""Front door of the evaluation: time to the first event."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from checkpoint.allocation.vault import Opening
from checkpoint.evaluation import queries
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
from checkpoint.evaluation.states import EvaluationEvent, InCustody, Population
from checkpoint.evaluation.times import queries as times
from checkpoint.evaluation.times import views
from checkpoint.evaluation.times.schemas import TimeToEventView
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction

router = APIRouter(prefix=PREFIX, tags=["evaluation"])
Adjusted = Annotated[
    bool,
    Query(description="Hazard ratios adjusted for what was known before allocation, too."),
]
Custody = Annotated[
    InCustody,
    Query(description="Whether days in custody count, or end observation: for sensitivity."),
]


@router.get("/time-to-event", response_model=TimeToEventView, responses=CHOOSING)
async def read_time_to_event(
    by: Evaluating,
    code: Code,
    session: Transaction,
    vault: Opening,
    now: Now,
    cut: Cut = None,
    measure: Counted = None,
    population: Of = None,
    adjusted: Adjusted = True,  # noqa: FBT002 - it stands in the address by its name
    in_custody: Custody = InCustody.COUNTED,
) -> Response:
    """Curves with numbers at risk, log-rank test and hazard ratios of one measure."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    counted = opened.measure(measure)
    allocated = await queries.allocated(session, opened)
    rows = await times.by_day(session, opened, counted, in_custody)
    people, why = None, None if adjusted else views.NOT_ASKED
    if adjusted and opened.cut.participants > views.MOST_ADJUSTED:
        why = views.TOO_MANY
    elif adjusted:
        people = await times.each(session, opened, counted, in_custody)
    await recorded(session, EvaluationEvent.TIME_TO_EVENT_READ, opened, by=by, at=now)
    who = population or Population.INTENTION_TO_TREAT
    view = await run_in_threadpool(
        views.time_to_event,
        opened,
        allocated,
        counted,
        rows,
        people,
        who,
        role=by.role,
        not_adjusted=why,
        in_custody=in_custody,
    )
    return shown(view)
