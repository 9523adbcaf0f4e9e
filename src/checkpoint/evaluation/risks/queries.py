"""Count to how many of a data cut it happened within each horizon."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import (
    CUT_ID,
    FIRST,
    GROUPS,
    Opened,
    days_of_allocation,
    windows_table,
)
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure
from checkpoint.outcomes.cuts.tables import CutParticipant

ENDED_EARLY = col(CutParticipant.ended_by) != EndOfObservation.DATA_CUT
OBSERVED = col(CutParticipant.observed_days)


def people(number: int) -> str:
    """The name of a count: whose horizon had passed."""
    return f"people{number}"


def happened(measure: Measure, number: int) -> str:
    """The name of a count: to whom of these it happened within it."""
    return f"{measure}_happened{number}"


def gone(measure: Measure, number: int) -> str:
    """The name of a count: who of these was gone before its end, without it."""
    return f"{measure}_gone{number}"


async def counted(
    session: AsyncSession,
    opened: Opened,
    measures: Sequence[Measure],
    horizons: Sequence[Horizon],
    *,
    by: Sequence[Any] = (),
) -> dict[Measure, Sequence[Any]]:
    """People by what they were allocated to and given: whose horizons passed, and what happened.

    Args:
        session: the caller's.
        opened: the cut.
        measures: what is counted.
        horizons: how long after allocation is looked at, in order.
        by: further columns that people are told apart by.

    Returns:
        By measure, rows of ``GROUPS``, of ``by`` and of the three counts for each horizon. The
        table is read once for each last day that measures have.
    """
    days = await days_of_allocation(session, opened)
    found: dict[Measure, Sequence[Any]] = dict.fromkeys(measures, ())
    for until in sorted({opened.until(measure) for measure in measures}):
        windows = windows_table("until", days, horizons, until=until)
        together = [measure for measure in measures if opened.until(measure) == until]
        rows = await rows_of(
            session, _statement(windows, together, len(horizons), by), cut_id=opened.cut.id
        )
        for measure in together:
            found[measure] = rows
    return found


def _statement(windows: Any, measures: Sequence[Measure], horizons: int, by: Sequence[Any]) -> Any:
    counts: list[Any] = []
    for number in range(horizons):
        last = windows.c[f"w{number}"]
        # Whose own follow-up ended sooner, not by anything that happened to them, is not counted.
        passed = sa.and_(last.is_not(None), sa.or_(last <= OBSERVED, ENDED_EARLY))
        counts.append(_count(passed).label(people(number)))
        for measure in measures:
            first = FIRST[measure]
            counts.append(_count(sa.and_(passed, first <= last)).label(happened(measure, number)))
            counts.append(
                _count(sa.and_(last > OBSERVED, ENDED_EARLY, first.is_(None))).label(
                    gone(measure, number)
                )
            )
    return (
        sa.select(*GROUPS, *by, *counts)
        .join(windows, windows.c.day == col(CutParticipant.allocated_on))
        .where(col(CutParticipant.cut_id) == CUT_ID)
        .group_by(*GROUPS, *by)
    )


def _count(condition: Any) -> Any:
    return sa.func.count().filter(condition)


AGE_BAND = sa.case(
    *[
        (col(CutParticipant.age) <= last, name)
        for last, name in (
            (17, "under 18"),
            (24, "18-24"),
            (34, "25-34"),
            (44, "35-44"),
            (54, "45-54"),
        )
    ],
    (col(CutParticipant.age) >= 55, "55 and over"),
    else_=None,
)
SUBGROUPS = {
    "sex": col(CutParticipant.sex),
    "age_band": AGE_BAND,
    "ethnicity": col(CutParticipant.ethnicity),
    "offence_group": col(CutParticipant.offence_group),
}


async def by_subgroup(
    session: AsyncSession, opened: Opened, measure: Measure, horizon: Horizon
) -> dict[str, Sequence[Any]]:
    """Counts of one measure within one horizon, by each thing that is known of people."""
    found = {}
    for name, column in SUBGROUPS.items():
        rows = await counted(session, opened, [measure], [horizon], by=[column.label("level")])
        found[name] = rows[measure]
    return found
