"""Front door of the evaluation: results as pictures, and recruitment."""

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path
from fastapi.responses import Response

from checkpoint.allocation.vault import Opening
from checkpoint.evaluation import queries
from checkpoint.evaluation.flows.states import FlowDoesNotReconcile
from checkpoint.evaluation.pictures import reading
from checkpoint.evaluation.pictures.drawing import Picture, rendered
from checkpoint.evaluation.pictures.schemas import RecruitmentView
from checkpoint.evaluation.pictures.states import MEDIA, Form
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
from checkpoint.foundation.problems import problems

router = APIRouter(prefix=PREFIX, tags=["evaluation"])
As = Annotated[Form, Path(description="A drawing, an image, or its words alone.")]
# No script, nothing from anywhere; a drawing's own style alone.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
DRAWN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The picture; the same bytes for the same cut.",
        "content": {media.partition(";")[0]: {} for media in MEDIA.values()},
    }
}
CHOSEN: dict[int | str, dict[str, Any]] = {**DRAWN, **CHOOSING}


async def _answered(picture: Picture, form: Form) -> Response:
    """Drawn beside the event loop, so that others are answered meanwhile."""
    headers = {"Content-Security-Policy": POLICY, "Content-Language": "en-GB"}
    drawn = await to_thread.run_sync(rendered, picture, form)
    return Response(drawn, media_type=MEDIA[form], headers=headers)


@router.get("/recruitment", response_model=RecruitmentView, responses=MISSING)
async def read_recruitment_curve(
    by: Evaluating, code: Code, session: Transaction, vault: Opening, now: Now, cut: Cut = None
) -> Response:
    """How many had been allocated by the end of each month, against the target."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    view = await reading.recruitment(session, opened, role=by.role)
    await recorded(session, EvaluationEvent.RECRUITMENT_READ, opened, by=by, at=now)
    return shown(view)


@router.get("/recruitment.{form}", response_class=Response, responses={**DRAWN, **MISSING})
async def draw_recruitment_curve(
    by: Evaluating,
    code: Code,
    form: As,
    session: Transaction,
    vault: Opening,
    now: Now,
    cut: Cut = None,
) -> Response:
    """The same as a picture, with the line that would reach the target."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    found = await reading.recruited(session, opened, role=by.role)
    await recorded(session, EvaluationEvent.RECRUITMENT_READ, opened, by=by, at=now)
    return await _answered(found.picture, form)


@router.get(
    "/flow.{form}",
    response_class=Response,
    responses={**CHOSEN, **problems(FlowDoesNotReconcile)},
)
async def draw_flow(
    by: Evaluating,
    code: Code,
    form: As,
    session: Transaction,
    vault: Opening,
    now: Now,
    cut: Cut = None,
    measure: Counted = None,
) -> Response:
    """The participant flow as a diagram; refused where the cut's numbers do not add up."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    found = await reading.flow(session, opened, opened.measure(measure), role=by.role)
    await recorded(session, EvaluationEvent.FLOW_READ, opened, by=by, at=now)
    return await _answered(found.picture, form)


@router.get("/survival.{form}", response_class=Response, responses=CHOSEN)
async def draw_survival(
    by: Evaluating,
    code: Code,
    form: As,
    session: Transaction,
    vault: Opening,
    now: Now,
    cut: Cut = None,
    measure: Counted = None,
    population: Of = None,
) -> Response:
    """Survival curves of one measure with their bands, and how many are at risk below."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    who = population or Population.INTENTION_TO_TREAT
    counted = opened.measure(measure)
    found = await reading.survival(session, opened, counted, who, role=by.role)
    await recorded(session, EvaluationEvent.TIME_TO_EVENT_READ, opened, by=by, at=now)
    return await _answered(found.picture, form)


@router.get("/forest.{form}", response_class=Response, responses=CHOSEN)
async def draw_forest(
    by: Evaluating,
    code: Code,
    form: As,
    session: Transaction,
    vault: Opening,
    now: Now,
    cut: Cut = None,
    measure: Counted = None,
    horizon: Until = None,
) -> Response:
    """Risk ratios of every measure within every horizon, and of one of them by subgroups."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    what, until = opened.measure(measure), opened.horizon(horizon)
    found = await reading.forest(session, opened, what, until, role=by.role)
    await recorded(session, EvaluationEvent.FOREST_READ, opened, by=by, at=now)
    return await _answered(found.picture, form)
