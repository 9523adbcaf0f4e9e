"""The trial's own result, which stands beside every file of rows; counted as the evaluation does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation import queries as evaluation
from checkpoint.evaluation.risks.queries import counted
from checkpoint.evaluation.risks.views import NOTHING, counts_of
from checkpoint.evaluation.states import Population
from checkpoint.evaluation.windows import denominator
from checkpoint.extracts.beside import outcome_of
from checkpoint.extracts.builds.orders import Order
from checkpoint.extracts.describing import AtHorizon
from checkpoint.foundation.database import rows_of, transaction
from checkpoint.trials import queries as trials


@asynccontextmanager
async def meanwhile(
    engine: AsyncEngine, order: Order, *, at: datetime
) -> AsyncIterator[asyncio.Task[list[AtHorizon]]]:
    """The result while something else goes on; given up where nobody waits for it any more.

    Args:
        engine: connections that may read cuts.
        order: what is built.
        at: now.

    Yields:
        What ``beside`` gives, to be awaited.
    """

    async def counted() -> list[AtHorizon]:
        async with transaction(engine) as session:
            return await beside(session, order, at=at)

    counting = asyncio.create_task(counted())
    try:
        yield counting
    finally:
        counting.cancel()
        await asyncio.wait([counting])


async def beside(session: AsyncSession, order: Order, *, at: datetime) -> list[AtHorizon]:
    """One measure within each horizon, by intention to treat, of everybody in a cut.

    Args:
        session: the caller's; what it asks may take two minutes from now on.
        order: for rows of people.
        at: now.

    Returns:
        In the order of the trial's horizons.
    """
    cut, arms = order.cut, order.asked.arms
    measure = outcome_of(cut.measures, order.about.primary)
    standing = await trials.one(session, order.about.trial, at=at)
    opened = evaluation.Opened(standing, cut, [], unblinded=False)
    await rows_of(session, evaluation.PATIENT)
    allocated = await evaluation.allocated(session, opened)
    rows = await counted(session, opened, allocated, [measure], opened.horizons)
    found = []
    for number, horizon in enumerate(opened.horizons):
        by_mask = counts_of(rows, Population.INTENTION_TO_TREAT, measure, number)
        told = {mask: by_mask.get(mask, NOTHING) for mask in cut.masks}
        passed = {mask: each["people"] for mask, each in told.items() if each["people"]}
        found.append(
            AtHorizon(
                horizon.name,
                denominator(horizon, measure, opened.until(measure)),
                {
                    arms[mask]: (each["people"] - each["happened"], each["happened"])
                    for mask, each in told.items()
                },
                everybody=not order.population and passed == allocated.people,
            )
        )
    return found
