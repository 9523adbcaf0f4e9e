"""Read when suites are open."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.suites.tables import SuiteHours
from checkpoint.foundation.database import rows_of

ALL = select(SuiteHours).order_by(
    col(SuiteHours.suite),
    col(SuiteHours.available_from),
    col(SuiteHours.weekday),
    col(SuiteHours.opens),
)
OF_SUITE = ALL.where(col(SuiteHours.suite) == sa.bindparam("suite"))


async def hours(session: AsyncSession) -> Sequence[Any]:
    """The openings of every suite, of all times."""
    return await rows_of(session, ALL)


async def of_suite(session: AsyncSession, suite: str) -> Sequence[Any]:
    """The openings of one suite, of all times."""
    return await rows_of(session, OF_SUITE, suite=suite)
