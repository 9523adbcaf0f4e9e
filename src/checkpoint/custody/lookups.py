"""Look up offences in the dated lists: their classes, schedules and dates. Names nobody."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.lists import (
    Offence,
    OffenceClassification,
    OffenceList,
    ScheduledOffence,
    ScheduleList,
)
from checkpoint.custody.states import OffenceClass
from checkpoint.foundation.database import rows_of

AS_LISTED = ("code", "title", "mode_of_trial", "category", "valid_from", "valid_until")
STARTER_LIST = "starter list"
# A list of schedules is whole, so the one loaded last stands alone; the package's own behind it.
SCHEDULES = (
    sa.select(col(ScheduleList.id))
    .order_by(col(ScheduleList.name) == STARTER_LIST, col(ScheduleList.loaded_at).desc())
    .limit(1)
    .scalar_subquery()
)


def stands_in(code: Any) -> Any:
    """The schedules that the offence with this code stands in, as an array beside it.

    For the outermost select: underneath one it would be looked up for rows that nobody wants.
    """
    found = (
        sa.select(col(ScheduledOffence.schedule))
        .where(col(ScheduledOffence.code) == code)
        .where(col(ScheduledOffence.schedule_list_id) == SCHEDULES)
        .order_by(col(ScheduledOffence.schedule))
        .correlate(code.table)
    )
    return sa.func.array(found.scalar_subquery(), type_=ARRAY(sa.String())).label("schedules")


async def classified_codes(session: AsyncSession) -> set[str]:
    """The offence codes that have one of the programme's classes."""
    return {row.code for row in await rows_of(session, select(OffenceClassification))}


async def offence_list(session: AsyncSession, digest: str) -> UUID | None:
    """The loading of this very file, if it was loaded."""
    rows = select(OffenceList.id).where(OffenceList.digest == digest)
    return (await session.exec(rows)).first()


async def schedule_list(session: AsyncSession, digest: str) -> UUID | None:
    """The loading of this very file of schedules, if it was loaded."""
    rows = select(ScheduleList.id).where(ScheduleList.digest == digest)
    return (await session.exec(rows)).first()


async def dated(session: AsyncSession) -> dict[str, tuple[date | None, date | None]]:
    """The days from and until which offences are in force, where any list says so."""
    rows = (
        sa.select(*(col(getattr(Offence, name)) for name in ("code", "valid_from", "valid_until")))
        .join(OffenceList, col(OffenceList.id) == col(Offence.offence_list_id))
        .where(sa.func.num_nonnulls(col(Offence.valid_from), col(Offence.valid_until)) > 0)
        .order_by(col(OffenceList.loaded_at))
    )
    return {row.code: (row.valid_from, row.valid_until) for row in await rows_of(session, rows)}


def _newest() -> Any:
    """Each offence code once: as the list loaded last has it, the package's own behind them all."""
    return (
        sa.select(
            col(Offence.id),
            *(col(getattr(Offence, name)) for name in AS_LISTED),
            col(OffenceClassification.offence_class),
            col(OffenceClassification.source),
            col(OffenceList.name).label("list_name"),
        )
        .join(OffenceList, col(OffenceList.id) == col(Offence.offence_list_id))
        .outerjoin(OffenceClassification, col(OffenceClassification.code) == col(Offence.code))
        .ext(distinct_on(col(Offence.code)))
        .order_by(
            col(Offence.code),
            col(OffenceList.name) == STARTER_LIST,
            col(OffenceList.loaded_at).desc(),
        )
    )


async def offences_by_code(session: AsyncSession, codes: Sequence[str]) -> dict[str, Any]:
    """The offences with these codes that are on any list."""
    wanted = col(Offence.code).in_(sorted(set(codes)))
    newest = _newest().where(wanted).subquery("newest")
    rows = sa.select(newest, stands_in(newest.c.code))
    return {row.code: row for row in await rows_of(session, rows)}


async def offences(
    session: AsyncSession,
    *,
    after: str | None,
    size: int,
    search: str | None = None,
    offence_class: OffenceClass | None = None,
) -> Sequence[Any]:
    """Offences in the order of their codes, one more than ``size`` if there are more."""
    newest = _newest().subquery("newest")
    rows = sa.select(newest, stands_in(newest.c.code)).order_by(newest.c.code)
    if after is not None:
        rows = rows.where(newest.c.code > after)
    for word in (search or "").split():
        found = (part.icontains(word, autoescape=True) for part in (newest.c.title, newest.c.code))
        rows = rows.where(sa.or_(*found))
    if offence_class is not None:
        rows = rows.where(newest.c.offence_class == offence_class)
    return await rows_of(session, rows.limit(size + 1))
