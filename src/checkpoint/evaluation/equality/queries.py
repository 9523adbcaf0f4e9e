"""Count those who were allocated by group, by what they were given and whether they completed."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import CUT_ID, Opened, age_band
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.facts import AGE_BANDS
from checkpoint.outcomes.cuts.tables import CutParticipant

COLUMNS: tuple[Any, ...] = (
    col(CutParticipant.ethnicity),
    col(CutParticipant.sex),
    age_band({band: band for band in AGE_BANDS}).label("age_band"),
    col(CutParticipant.stratum).label("suite"),
    # Null where it is not known what they were given, which is no "no".
    (col(CutParticipant.delivered_mask) == col(CutParticipant.mask)).label("given"),
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
