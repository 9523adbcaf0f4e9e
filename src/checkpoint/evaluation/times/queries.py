"""Read from a data cut how long people were observed, and when it happened first."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import CUT_ID, FIRST, GROUPS, Opened, seen
from checkpoint.evaluation.states import InCustody
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.cuts.tables import CutParticipant

UNTIL = sa.bindparam("until", type_=sa.Date())
LAG = sa.bindparam("lag", type_=sa.Integer())
CUSTODY = col(CutParticipant.custody_day)
# One person whose day is not known would change who is compared.
UNKNOWN = sa.and_(
    CUSTODY.is_(None), sa.func.coalesce(col(CutParticipant.custody_days), 1) > 0
).label("unknown")


def _day(measure: Measure) -> Any:
    """When it happened first, else the last day on which it would have been seen."""
    complete = UNTIL - col(CutParticipant.allocated_on)
    last = sa.func.least(seen(measure, lag_months=LAG), complete)
    return sa.func.coalesce(FIRST[measure], sa.func.greatest(last, 0))


def _until(measure: Measure, in_custody: InCustody) -> tuple[Any, ...]:
    """The day, whether it happened on it; where custody ends observation, also whether it did."""
    day, happened = _day(measure), FIRST[measure].is_not(None)
    if in_custody is InCustody.COUNTED:
        return day.label("day"), happened.label("happened")
    sooner = sa.func.coalesce(day > CUSTODY, sa.false())
    return (
        sa.func.least(day, CUSTODY).label("day"),
        sa.and_(happened, ~sooner).label("happened"),
        sooner.label("sooner"),
        sa.and_(happened, sooner).label("missed"),
        UNKNOWN,
    )


def _by_day(measure: Measure, in_custody: InCustody) -> Any:
    columns = (*GROUPS, *_until(measure, in_custody))
    return (
        sa.select(*columns, sa.func.count().label("people"))
        .where(col(CutParticipant.cut_id) == CUT_ID)
        .group_by(*columns)
    )


def _each(measure: Measure, in_custody: InCustody) -> Any:
    return (
        sa.select(
            *GROUPS,
            *_until(measure, in_custody),
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


ASKED = tuple((measure, in_custody) for measure in Measure for in_custody in InCustody)
BY_DAY = {asked: _by_day(*asked) for asked in ASKED}
EACH = {asked: _each(*asked) for asked in ASKED}


async def by_day(
    session: AsyncSession,
    opened: Opened,
    measure: Measure,
    in_custody: InCustody = InCustody.COUNTED,
) -> Sequence[Any]:
    """How many were observed until which day, and to how many of these it happened on it.

    Where custody ends observation also how many it ended ``sooner``, of how many of these it
    ``missed`` what happened later, and of how many the day is ``unknown``.
    """
    return await rows_of(session, BY_DAY[measure, in_custody], **_given(opened, measure))


async def each(
    session: AsyncSession,
    opened: Opened,
    measure: Measure,
    in_custody: InCustody = InCustody.COUNTED,
) -> Sequence[Any]:
    """The same of each person, with what was known of them before; in an order of no meaning."""
    return await rows_of(session, EACH[measure, in_custody], **_given(opened, measure))


def _given(opened: Opened, measure: Measure) -> dict[str, Any]:
    given = {"cut_id": opened.cut.id, "until": opened.until(measure)}
    if measure is Measure.PROVEN:
        given["lag"] = opened.cut.conviction_lag_months
    return given
