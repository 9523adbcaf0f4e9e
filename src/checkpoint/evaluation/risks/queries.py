"""Count to how many of a data cut it happened within each horizon."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.facts import AGES
from checkpoint.evaluation.queries import (
    FIRST,
    NAMES,
    Allocated,
    Opened,
    age_band,
    limit,
    limited,
    seen,
)
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.cuts.tables import CutParticipant


def people(measure: Measure, number: int) -> str:
    """The name of a count: whose horizon had passed."""
    return f"{measure}_people{number}"


def happened(measure: Measure, number: int) -> str:
    """The name of a count: to whom of these it happened within it."""
    return f"{measure}_happened{number}"


def gone(measure: Measure, number: int) -> str:
    """The name of a count: who of these was gone before its end, without it."""
    return f"{measure}_gone{number}"


async def counted(
    session: AsyncSession,
    opened: Opened,
    allocated: Allocated,
    measures: Sequence[Measure],
    horizons: Sequence[Horizon],
    *,
    by: Sequence[Any] = (),
) -> Sequence[Any]:
    """People by what they were allocated to and given: whose horizons passed, and what happened.

    Args:
        session: the caller's.
        opened: the cut.
        allocated: when its people were.
        measures: what is counted.
        horizons: how long after allocation is looked at, in order.
        by: further columns that people are told apart by.

    Returns:
        Rows of ``GROUPS``, of ``by`` and of three counts for each measure and horizon, from one
        reading of the table.
    """
    untils = {measure: opened.until(measure) for measure in measures}
    lag = opened.cut.conviction_lag_months
    columns = [FIRST[measure] for measure in measures]
    columns += [seen(measure, lag_months=lag).label(f"{measure}_seen") for measure in measures]
    person = limited(allocated, horizons, dict.fromkeys(untils.values()), [*columns, *by])
    counts: list[Any] = []
    for measure, until in untils.items():
        first = person.c[f"{measure}_day"]
        for number in range(len(horizons)):
            last = person.c[limit(until, number)]
            early = sa.and_(person.c[f"{measure}_seen"] < last, first.is_(None))
            counts += [
                sa.func.count(last).label(people(measure, number)),
                sa.func.count().filter(first <= last).label(happened(measure, number)),
                sa.func.count().filter(early).label(gone(measure, number)),
            ]
    groups = [person.c[name] for name in (*NAMES, *(column.name for column in by))]
    asked = sa.select(*groups, *counts).group_by(*groups)
    return await rows_of(session, asked, cut_id=opened.cut.id)


SUBGROUPS = {
    "sex": col(CutParticipant.sex),
    "age_band": age_band(AGES),
    "ethnicity": col(CutParticipant.ethnicity),
    "offence_group": col(CutParticipant.offence_group),
}


async def by_subgroup(
    session: AsyncSession,
    opened: Opened,
    allocated: Allocated,
    measure: Measure,
    horizon: Horizon,
) -> dict[str, Sequence[Any]]:
    """Counts of one measure within one horizon, by each thing that is known of people."""
    return {
        name: await counted(
            session, opened, allocated, [measure], [horizon], by=[column.label("level")]
        )
        for name, column in SUBGROUPS.items()
    }
