"""Count on which days people were allocated."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import CUT_ID, Opened
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.tables import CutParticipant

DAY = col(CutParticipant.allocated_on)
DAYS: Any = (
    sa.select(DAY.label("day"), sa.func.count().label("people"))
    .where(col(CutParticipant.cut_id) == CUT_ID)
    .group_by(DAY)
    .order_by(DAY)
)


async def days(session: AsyncSession, opened: Opened) -> Sequence[Any]:
    """How many were allocated on each day, all arms together."""
    return await rows_of(session, DAYS, cut_id=opened.cut.id)
