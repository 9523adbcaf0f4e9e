"""Crossovers and deviations by suite: numbers only, for whoever watches over a trial."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.tables import Allocation
from checkpoint.delivery.tables import Crossover, CrossoverAnswer, Deviation
from checkpoint.foundation.database import rows_of
from checkpoint.oversight.rules import is_flagged, policy_on
from checkpoint.oversight.states import Outcome
from checkpoint.trials.tables import TrialStratum

CONFIRMED: Any = (
    sa.select(col(Crossover.allocation_id))
    .join(CrossoverAnswer, col(CrossoverAnswer.crossover_id) == col(Crossover.id))
    .where(col(CrossoverAnswer.outcome) == Outcome.CONFIRMED)
    .subquery("confirmed")
)
CROSSINGS = (
    sa.select(
        col(TrialStratum.suite),
        sa.func.count(col(Allocation.id)).label("allocations"),
        sa.func.count(CONFIRMED.c.allocation_id).label("to_treatment"),
        sa.func.count(col(Deviation.id)).label("to_control"),
    )
    .outerjoin(Allocation, col(Allocation.trial_stratum_id) == col(TrialStratum.id))
    .outerjoin(CONFIRMED, CONFIRMED.c.allocation_id == col(Allocation.id))
    .outerjoin(Deviation, col(Deviation.allocation_id) == col(Allocation.id))
    .where(col(TrialStratum.trial_id) == sa.bindparam("trial_id", type_=sa.Uuid()))
    .group_by(col(TrialStratum.suite))
    .order_by(col(TrialStratum.suite))
)


@dataclass(frozen=True)
class Crossings:
    """How many allocations of one suite left what they were assigned."""

    suite: str
    allocations: int
    to_treatment: int  # crossovers that were confirmed
    to_control: int  # deviations
    flagged: bool


async def crossings(session: AsyncSession, trial_id: UUID, *, on: date) -> Sequence[Crossings]:
    """Every suite of a trial with its allocations, and how many left what they were assigned.

    Args:
        session: the caller's.
        trial_id: the trial.
        on: the day whose policy says from what share of its allocations on a suite's crossovers
            are flagged.

    Source: domain notes 7.1 e for the share.
    """
    above = policy_on(on).flag_above_percent
    return [
        Crossings(
            suite=row.suite,
            allocations=row.allocations,
            to_treatment=row.to_treatment,
            to_control=row.to_control,
            flagged=is_flagged(row.to_treatment, row.allocations, above_percent=above),
        )
        for row in await rows_of(session, CROSSINGS, trial_id=trial_id)
    ]
