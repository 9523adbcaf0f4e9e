"""Rows by the hundred thousand: copied in, and read as a stream, by the driver's own means."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation.database import Record, executed

BEGUN = sa.text("SELECT 1")


async def driver_of(session: AsyncSession) -> Any:
    """The driver's connection of a session's transaction, which has begun by then."""
    await executed(session, BEGUN, {})
    raw = await (await session.connection()).get_raw_connection()
    return raw.driver_connection


async def copied(
    session: AsyncSession, kind: type[Record], columns: Sequence[str], rows: Iterable[Any]
) -> None:
    """Put rows into a table by COPY, in the caller's transaction.

    Args:
        session: the caller's.
        kind: whose table.
        columns: that the rows tell, in their order.
        rows: tuples of values; JSON as text.
    """
    driver = await driver_of(session)
    await driver.copy_records_to_table(kind.__tablename__, columns=[*columns], records=rows)


async def streamed(
    session: AsyncSession, select: str, *given: Any, size: int = 5000
) -> AsyncIterator[Sequence[Any]]:
    """What a select finds, so many rows at a time, in memory that does not grow with it.

    Args:
        session: the caller's; other statements may be put to it in between.
        select: with ``$1``, ``$2`` for what is given.
        given: in that order.
        size: rows at a time.
    """
    driver = await driver_of(session)
    cursor = await driver.cursor(select, *given)
    while rows := await cursor.fetch(size):
        yield rows
