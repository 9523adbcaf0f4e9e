"""Count what became of those who were allocated: what they were given, seen until, analysed in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import CUT_ID, ENDED_EARLY, OBSERVED, Allocated, Opened
from checkpoint.evaluation.windows import calendar, days_between
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.cuts.tables import CutParticipant

MASK = col(CutParticipant.mask)
GIVEN = sa.case(
    (col(CutParticipant.delivered_mask).is_(None), "not_known"),
    (col(CutParticipant.delivered_mask) != MASK, "another_arm"),
    (col(CutParticipant.per_protocol), "own_arm"),
    else_="own_arm_otherwise",
)


def _by(column: Any) -> Any:
    return (
        sa.select(MASK, column.label("code"), sa.func.count().label("people"))
        .where(col(CutParticipant.cut_id) == CUT_ID)
        .group_by(MASK, column)
        .order_by(MASK, column)
    )


GIVEN_BY_ARM = _by(GIVEN)
ENDED_BY_ARM = _by(col(CutParticipant.ended_by))


async def given(session: AsyncSession, opened: Opened) -> Sequence[Any]:
    """By mask: what people were given, as a code."""
    return await rows_of(session, GIVEN_BY_ARM, cut_id=opened.cut.id)


async def ended(session: AsyncSession, opened: Opened) -> Sequence[Any]:
    """By mask: why they were seen no longer."""
    return await rows_of(session, ENDED_BY_ARM, cut_id=opened.cut.id)


async def analysed(
    session: AsyncSession, opened: Opened, allocated: Allocated
) -> Mapping[Measure, Sequence[Any]]:
    """By measure and mask, for each horizon: who is analysed in it, and why others are not.

    Returns:
        Rows with ``mask`` and, numbered by horizon, ``analysed``, ``not_passed`` and
        ``not_followed``; each counted by itself. The table is read once for each last day that
        measures have.
    """
    untils = {measure: opened.until(measure) for measure in opened.measures}
    rows = {
        until: await rows_of(session, _statement(opened, allocated, until), cut_id=opened.cut.id)
        for until in sorted({*untils.values()})
    }
    return {measure: rows[until] for measure, until in untils.items()}


def _statement(opened: Opened, allocated: Allocated, until: date) -> Any:
    first, last_day = allocated.first, allocated.last
    names = [f"w{number}" for number in range(len(opened.horizons))]
    arrays = [
        sa.cast(calendar(first, last_day, horizon, until=until), ARRAY(sa.Integer()))
        for horizon in opened.horizons
    ]
    windows = sa.func.unnest(
        sa.cast(days_between(first, last_day), ARRAY(sa.Date())), *arrays
    ).table_valued(sa.column("day", sa.Date()), *(sa.column(name, sa.Integer()) for name in names))
    windows = windows.render_derived(name="windows")
    counts = []
    for number, name in enumerate(names):
        last = windows.c[name]
        seen = sa.or_(last <= OBSERVED, ENDED_EARLY)
        conditions = {
            "analysed": sa.and_(last.is_not(None), seen),
            "not_passed": last.is_(None),
            "not_followed": sa.and_(last.is_not(None), sa.not_(seen)),
        }
        counts += [
            sa.func.count().filter(condition).label(f"{code}{number}")
            for code, condition in conditions.items()
        ]
    return (
        sa.select(MASK, *counts)
        .join(windows, windows.c.day == col(CutParticipant.allocated_on))
        .where(col(CutParticipant.cut_id) == CUT_ID)
        .group_by(MASK)
    )
