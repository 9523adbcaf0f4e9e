"""Front door of trials: where the programme runs, and which trials there are. Open to every role."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.problems import problems
from checkpoint.trials import queries
from checkpoint.trials.queries import TrialNotFound
from checkpoint.trials.schemas import PhasesView, TrialsView, TrialView

router = APIRouter(prefix="/v1", tags=["trials"])
LOCK = holding(Permission.READ_REFERENCE)


@router.get("/trials", response_model=TrialsView, dependencies=[LOCK])
async def list_trials(session: Transaction, now: Now) -> Response:
    """Every trial by the protocol that counts today; nothing of what is allocated."""
    found = await queries.every(session, at=now)
    return shown(TrialsView(items=[queries.view(each) for each in found]))


@router.get(
    "/trials/{code}",
    response_model=TrialView,
    responses=problems(TrialNotFound),
    dependencies=[LOCK],
)
async def read_trial(
    code: Annotated[str, Path(max_length=40, description="The trial's name.")],
    session: Transaction,
    now: Now,
) -> Response:
    """One trial by the protocol that counts today."""
    return shown(queries.view(await queries.one(session, code, at=now)))


@router.get("/reference/programme-phases", response_model=PhasesView, dependencies=[LOCK])
async def list_programme_phases(session: Transaction) -> Response:
    """From which day the programme runs at which suite, with source."""
    found = await queries.phases(session)
    return shown(PhasesView(items=[queries.phase_view(each) for each in found]))
