"""Read data cuts as the evaluators' database role, which sees nothing else, in one snapshot."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from asyncpg import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from checkpoint.extracts.builds.populations import narrowed
from checkpoint.extracts.columns import COVARIATE, IDENTITY
from checkpoint.foundation.database import engine_for

EVALUATOR_ROLE = "checkpoint_evaluator"
# One snapshot, and no way to write. A million people are read for as long as it takes.
READING = {
    "default_transaction_isolation": "repeatable read",
    "default_transaction_read_only": "on",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "application_name": "checkpoint extract",
}
# To put people in the order of their rows, so that what follows finds its place.
SOMEBODY = "participant"
Put = Callable[[bytes], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Snapshot:
    """The database at one moment, as evaluators may see it."""

    at: datetime
    connection: AsyncConnection
    driver: Connection

    async def people(
        self, cut_id: UUID, population: Mapping[str, Any], sources: Sequence[str], put: Put
    ) -> None:
        """Copy people out as CSV with a header, on the driver's own connection.

        Args:
            cut_id: the data cut.
            population: what narrows it.
            sources: what is read of each, by the views' names.
            put: takes the bytes, chunk by chunk.
        """
        conditions, values = narrowed(population, place="${}", first=2)
        query = (
            f"SELECT {selected(sources)} FROM seen_participant "  # noqa: S608 - names are quoted
            f"WHERE cut_id = $1{conditions}"
        )
        await self._copied(query, cut_id, *values, put=put)

    async def events(
        self, cut_id: UUID, population: Mapping[str, Any], sources: Sequence[str], put: Put
    ) -> None:
        """The same for what happened to them."""
        conditions, values = narrowed(population, place="${}", first=2)
        query = f"SELECT {selected(sources)} FROM seen_event WHERE cut_id = $1"  # noqa: S608
        if values:
            query += (
                f" AND {SOMEBODY} IN (SELECT {SOMEBODY} FROM seen_participant "  # noqa: S608
                f"WHERE cut_id = $1{conditions})"
            )
        await self._copied(query, cut_id, *values, put=put)

    async def _copied(self, query: str, *values: Any, put: Put) -> None:
        await self.driver.copy_from_query(query, *values, output=put, format="csv", header=True)

    async def rows(self, query: str, **values: Any) -> Sequence[Any]:
        """What a query on the views finds."""
        return (await self.connection.execute(sa.text(query), values)).all()


def selected(sources: Sequence[str]) -> str:
    """What is selected, each under the name that it is asked for by."""
    return ", ".join(f"{expression(source)} AS {quoted(source)}" for source in sources)


def expression(source: str) -> str:
    """Where a column of an extract comes from in the views."""
    if source == IDENTITY:
        return SOMEBODY
    if source.startswith(COVARIATE):
        name = source.removeprefix(COVARIATE).replace("'", "''")
        return f"baseline ->> '{name}'"
    return quoted(source)


def quoted(name: str) -> str:
    """A name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


@asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[Snapshot]:
    """One snapshot, on a connection of its own whose login turned into the evaluators' role.

    Args:
        url: of a login that may turn into that role.
    """
    engine = engine_for(url, role=EVALUATOR_ROLE, pool_size=1, settings=READING)
    try:
        async with engine.connect() as connection, connection.begin():
            # The driver is in the transaction only once SQLAlchemy has put a statement.
            at = (await connection.execute(sa.text("SELECT transaction_timestamp()"))).scalar_one()
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            yield Snapshot(at, connection, driver)
    finally:
        await engine.dispose()
