"""Count what became of those who were allocated: what they were given, seen until, analysed in."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import (
    CUT_ID,
    Opened,
    days_of_allocation,
    windows_table,
)
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure
from checkpoint.outcomes.cuts.tables import CutParticipant

MASK = col(CutParticipant.mask)
GIVEN = sa.case(
    (col(CutParticipant.delivered_mask).is_(None), "not_known"),
    (col(CutParticipant.delivered_mask) != MASK, "another_arm"),
    (col(CutParticipant.per_protocol), "own_arm"),
    else_="own_arm_otherwise",
)
ENDED_EARLY = col(CutParticipant.ended_by) != EndOfObservation.DATA_CUT


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


async def analysed(session: AsyncSession, opened: Opened) -> Mapping[Measure, Sequence[Any]]:
    """By measure and mask, for each horizon: who is analysed in it, and why others are not.

    Returns:
        Rows with ``mask`` and, numbered by horizon, ``analysed``, ``not_passed`` and
        ``not_followed``; each counted by itself.
    """
    days = await days_of_allocation(session, opened)
    found = {}
    for measure in opened.measures:
        until = opened.until(measure)
        windows = windows_table("until", days, opened.horizons, until=until)
        counts = []
        for number in range(len(opened.horizons)):
            last = windows.c[f"w{number}"]
            seen = sa.or_(last <= col(CutParticipant.observed_days), ENDED_EARLY)
            conditions = {
                "analysed": sa.and_(last.is_not(None), seen),
                "not_passed": last.is_(None),
                "not_followed": sa.and_(last.is_not(None), sa.not_(seen)),
            }
            counts += [
                sa.func.count().filter(condition).label(f"{name}{number}")
                for name, condition in conditions.items()
            ]
        statement = (
            sa.select(MASK, *counts)
            .join(windows, windows.c.day == col(CutParticipant.allocated_on))
            .where(col(CutParticipant.cut_id) == CUT_ID)
            .group_by(MASK)
        )
        found[measure] = await rows_of(session, statement, cut_id=opened.cut.id)
    return found
