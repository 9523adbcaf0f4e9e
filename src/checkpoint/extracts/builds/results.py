"""The trial's own result, which stands beside every file of rows; counted as the evaluation does."""

from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation import queries as evaluation
from checkpoint.evaluation.risks.queries import counted
from checkpoint.evaluation.risks.views import NOTHING, counts_of
from checkpoint.evaluation.states import Population
from checkpoint.evaluation.windows import denominator
from checkpoint.extracts.describing import AtHorizon
from checkpoint.extracts.states import Product
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.trials import queries as trials


async def beside(
    session: AsyncSession, cut: Any, request: Any, measure: Measure, arms: Mapping[str, str]
) -> list[AtHorizon]:
    """One measure within each horizon, by intention to treat, of everybody in a cut.

    Args:
        session: the caller's; what it asks may take two minutes from now on.
        cut: the data cut.
        request: for the extract.
        measure: what is counted.
        arms: the names by mask.

    Returns:
        In the order of the trial's horizons; none for an extract of counts, whose tables say it.
    """
    if request.product != Product.PERSON_LEVEL:
        return []
    trial = await trials.one(session, request.trial, at=request.requested_at)
    opened = evaluation.Opened(trial, cut, [], unblinded=False)
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
                everybody=not request.population and passed == allocated.people,
            )
        )
    return found
