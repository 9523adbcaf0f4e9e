"""Count those who were allocated by group, by what they were given and whether they completed."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import CUT_ID, Opened
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.tables import CutParticipant

AGE = col(CutParticipant.age)
# The same bands as in the flow of a cut.
AGE_BAND = sa.case(
    (AGE < 18, "under_18"),
    (AGE < 25, "18_24"),
    (AGE < 35, "25_34"),
    (AGE < 45, "35_44"),
    (AGE < 55, "45_54"),
    (AGE >= 55, "55_over"),
    else_=None,
)
COLUMNS: tuple[Any, ...] = (
    col(CutParticipant.ethnicity),
    col(CutParticipant.sex),
    AGE_BAND.label("age_band"),
    col(CutParticipant.stratum).label("suite"),
    sa.func.coalesce(
        col(CutParticipant.delivered_mask) == col(CutParticipant.mask), sa.false()
    ).label("given"),
    col(CutParticipant.completed),
)
PEOPLE = (
    sa.select(*COLUMNS, sa.func.count().label("people"))
    .where(col(CutParticipant.cut_id) == CUT_ID)
    .group_by(*COLUMNS)
)


async def people(session: AsyncSession, opened: Opened) -> Sequence[Any]:
    """How many of each group were allocated, all arms together; None is not stated."""
    return await rows_of(session, PEOPLE, cut_id=opened.cut.id)
