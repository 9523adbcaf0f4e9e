"""What the doors of the evaluation share: who reads which cut, and the entry that says so."""

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.evaluation.queries import Opened
from checkpoint.evaluation.states import ArmsToldBySize, EvaluationEvent, Population
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.problems import problems
from checkpoint.outcomes.cuts.states import CutNotFound, Measure
from checkpoint.trials.queries import TrialNotFound

PREFIX = "/v1/trials/{code}/evaluation"
Code = Annotated[str, Path(max_length=40, description="The trial's name.")]
Cut = Annotated[
    int | None,
    Query(ge=1, le=1_000_000, description="The number of a data cut; left out: the last one."),
]
Of = Annotated[
    Population | None, Query(description="Who is compared with whom; left out: each in turn.")
]
Counted = Annotated[
    Measure | None, Query(description="What is counted; left out: the cut's first measure.")
]
Until = Annotated[
    str | None,
    Query(max_length=40, description="The name of a horizon; left out: the cut's last one."),
]
Evaluating = Annotated[Actor, holding(Permission.READ_EVALUATION)]
MISSING = problems(TrialNotFound, CutNotFound, ArmsToldBySize)
CHOOSING = problems(TrialNotFound, CutNotFound, ArmsToldBySize, RuleBroken)


async def recorded(
    session: AsyncSession, event: EvaluationEvent, opened: Opened, *, by: Actor, at: datetime
) -> None:
    """Put on record that somebody read figures of a cut."""
    await ledger.record(
        session,
        Operation.CONSULTATION,
        event,
        opened.trial.id,
        opened.cut.id,
        kind="trial",
        by=by,
        at=at,
    )
