"""Read from a data cut how long people were observed, and when it happened first."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import CUT_ID, FIRST, GROUPS, Opened, seen
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.cuts.tables import CutParticipant

UNTIL = sa.bindparam("until", type_=sa.Date())
LAG = sa.bindparam("lag", type_=sa.Integer())


def _day(measure: Measure) -> Any:
    """When it happened first, else the last day on which it would have been seen."""
    complete = UNTIL - col(CutParticipant.allocated_on)
    last = sa.func.least(seen(measure, lag_months=LAG), complete)
    return sa.func.coalesce(FIRST[measure], sa.func.greatest(last, 0)).label("day")


def _by_day(measure: Measure) -> Any:
    happened = FIRST[measure].is_not(None).label("happened")
    columns = (*GROUPS, _day(measure), happened)
    return (
        sa.select(*columns, sa.func.count().label("people"))
        .where(col(CutParticipant.cut_id) == CUT_ID)
        .group_by(*columns)
    )


def _each(measure: Measure) -> Any:
    return (
        sa.select(
            *GROUPS,
            _day(measure),
            FIRST[measure].is_not(None).label("happened"),
            col(CutParticipant.stratum),
            col(CutParticipant.age),
            col(CutParticipant.sex),
            col(CutParticipant.ethnicity),
            col(CutParticipant.offence_group),
            col(CutParticipant.baseline),
        )
        .where(col(CutParticipant.cut_id) == CUT_ID)
        .order_by(col(CutParticipant.participant_id))
    )


BY_DAY = {measure: _by_day(measure) for measure in Measure}
EACH = {measure: _each(measure) for measure in Measure}


async def by_day(session: AsyncSession, opened: Opened, measure: Measure) -> Sequence[Any]:
    """How many were observed until which day, and to how many of these it happened on it."""
    return await rows_of(session, BY_DAY[measure], **_given(opened, measure))


async def each(session: AsyncSession, opened: Opened, measure: Measure) -> Sequence[Any]:
    """The same of each person, with what was known of them before; in an order of no meaning."""
    return await rows_of(session, EACH[measure], **_given(opened, measure))


def _given(opened: Opened, measure: Measure) -> dict[str, Any]:
    given = {"cut_id": opened.cut.id, "until": opened.until(measure)}
    if measure is Measure.PROVEN:
        given["lag"] = opened.cut.conviction_lag_months
    return given
