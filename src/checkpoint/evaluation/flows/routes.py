"""Front door of the evaluation: the participant flow."""

from fastapi import APIRouter
from fastapi.responses import Response

from checkpoint.allocation.vault import Opening
from checkpoint.evaluation import queries
from checkpoint.evaluation.flows.reading import flow
from checkpoint.evaluation.flows.schemas import FlowView
from checkpoint.evaluation.flows.states import FlowDoesNotReconcile
from checkpoint.evaluation.routes import MISSING, PREFIX, Code, Cut, Evaluating, recorded
from checkpoint.evaluation.states import EvaluationEvent
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.problems import problems

router = APIRouter(prefix=PREFIX, tags=["evaluation"])
DRAWN = {**MISSING, **problems(FlowDoesNotReconcile)}


@router.get("/flow", response_model=FlowView, responses=DRAWN)
async def read_flow(
    by: Evaluating, code: Code, session: Transaction, vault: Opening, now: Now, cut: Cut = None
) -> Response:
    """How many came how far, from arrest to analysis; refused where the numbers do not add up."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    view = await flow(session, opened, role=by.role)
    await recorded(session, EvaluationEvent.FLOW_READ, opened, by=by, at=now)
    return shown(view)
