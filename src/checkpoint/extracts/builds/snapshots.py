"""Read data cuts as the evaluators' database role, which sees nothing else, in one snapshot."""

from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import adbc_driver_postgresql
import pyarrow as pa
import sqlalchemy as sa
from adbc_driver_manager import AdbcConnection, AdbcStatement, Error, OperationalError
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from checkpoint.extracts.builds.populations import narrowed
from checkpoint.extracts.columns import COVARIATE, IDENTITY
from checkpoint.foundation.database import TIMEOUTS, engine_for
from checkpoint.foundation.problems import may_come_back

EVALUATOR_ROLE = "checkpoint_evaluator"
# One snapshot, and no way to write. A million people are read for as long as it takes.
READING = {
    "default_transaction_isolation": "repeatable read",
    "default_transaction_read_only": "on",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    # Events are joined to people: without room for a million of them, these go by way of the disk.
    "work_mem": "128MB",
    "application_name": "checkpoint extract",
}
BLANK = "\\ "  # within one setting of many
SOMEBODY = "participant"
# Bytes of a batch, as the driver guesses them: more take more room, fewer more time.
BATCH = {"adbc.postgresql.batch_size_hint_bytes": "1000000"}
DIALECT: Any = asyncpg.dialect()  # type: ignore[no-untyped-call]
# What is said of an address, as the house's own driver and as libpq call it.
NAMED = {
    "host": "host",
    "port": "port",
    "user": "user",
    "password": "password",
    "passfile": "passfile",
    "database": "dbname",
    "ssl": "sslmode",
    "target_session_attrs": "target_session_attrs",
    "krbsrvname": "krbsrvname",
}
# SQLSTATE of a snapshot that is over: 42704 from PostgreSQL 17 on, 22023 before.
NO_SUCH_SNAPSHOT = frozenset({"42704", "22023"})
TYPES: dict[type, Any] = {UUID: sa.Uuid(), list: sa.ARRAY(sa.Text()), int: sa.Integer()}


@dataclass(frozen=True)
class Snapshot:
    """The database at one moment, as evaluators may see it.

    Args:
        at: the moment.
        connection: in whose transaction it is held.
        address: of the same login, for those who read rows by the million.
        name: by which these see the same moment.
    """

    at: datetime
    connection: AsyncConnection
    address: str = field(repr=False)  # with the password in it
    name: str

    def people(
        self, cut_id: UUID, population: Mapping[str, Any], sources: Sequence[str]
    ) -> Generator[Any]:
        """Read people, in a thread that may wait.

        Args:
            cut_id: the data cut.
            population: what narrows it.
            sources: what is read of each, by the views' names.

        Yields:
            Arrow record batches.

        Raises:
            ConnectionError: the database went away.
        """
        return self._read("seen_participant", cut_id, population, sources)

    def events(
        self, cut_id: UUID, population: Mapping[str, Any], sources: Sequence[str]
    ) -> Generator[Any]:
        """The same for what happened to them."""
        return self._read("seen_event", cut_id, population, sources)

    def _read(
        self, view: str, cut_id: UUID, population: Mapping[str, Any], sources: Sequence[str]
    ) -> Generator[Any]:
        conditions, values = narrowed(population, place=":v{}")
        query = f"SELECT {selected(sources)} FROM {view} WHERE cut_id = :cut_id"  # noqa: S608
        if values and view == "seen_event":
            conditions = (
                f" AND {SOMEBODY} IN (SELECT {SOMEBODY} FROM seen_participant "  # noqa: S608
                f"WHERE cut_id = :cut_id{conditions})"
            )
        given = {"cut_id": cut_id} | {f"v{number}": value for number, value in enumerate(values)}
        return ahead(self._batches(written_out(query + conditions, given)))

    def _batches(self, query: str) -> Generator[Any]:
        try:
            with (
                adbc_driver_postgresql.connect(self.address) as database,
                AdbcConnection(database) as connection,
                AdbcStatement(connection) as statement,
            ):
                connection.set_autocommit(False)
                self._take(statement)
                statement.set_options(**BATCH)
                statement.set_sql_query(query)
                with pa.RecordBatchReader.from_stream(statement.execute_query()[0]) as rows:
                    yield from rows
        except Error as fault:
            ours = fault.sqlstate is None and not isinstance(fault, OperationalError)
            if ours or not may_come_back(fault.sqlstate):
                raise
            raise ConnectionError("the database went away") from None

    def _take(self, statement: AdbcStatement) -> None:
        """See the same moment; it is there for as long as the connection that holds it."""
        statement.set_sql_query(f"SET TRANSACTION SNAPSHOT '{self.name}'")
        try:
            statement.execute_update()
        except Error as fault:
            if fault.sqlstate not in NO_SUCH_SNAPSHOT:
                raise
            raise ConnectionError("the database went away, and the snapshot with it") from None

    async def rows(self, query: str, **values: Any) -> Sequence[Any]:
        """What a query on the views finds."""
        return (await self.connection.execute(sa.text(query), values)).all()


def ahead(batches: Generator[Any]) -> Generator[Any]:
    """Read one batch in a thread of its own while the one before it is worked on.

    Args:
        batches: Arrow record batches; closed at the end, however it ends.

    Yields:
        The same, in the same order.

    Raises:
        OSError: the connection broke while rows were read, as Arrow tells it.
    """
    with closing(batches), ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch


def written_out(query: str, values: Mapping[str, Any]) -> str:
    """A query with its values in it, quoted: rows are copied out, and ``COPY`` takes no parameters.

    Args:
        query: with ``:name`` where a value belongs.
        values: a UUID, a whole number, or a list of texts each.

    Returns:
        SQL without parameters.

    Raises:
        KeyError: a value is something else.
    """
    parameters = [
        sa.bindparam(
            name, value, type_=TYPES[next((k for k in TYPES if isinstance(value, k)), type(value))]
        )
        for name, value in values.items()
    ]
    statement = sa.text(query).bindparams(*parameters)
    return str(statement.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))


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


def address_of(url: str) -> str:
    """The same address in libpq's words, whose logins turn into the evaluators' role.

    Args:
        url: as the house's own driver takes it; what is for that driver alone is left out.

    Returns:
        A connection string, with the password in it.
    """
    given = DIALECT.create_connect_args(make_url(url))[1]
    settings = TIMEOUTS | READING | {"role": EVALUATOR_ROLE}
    told = [f"-c {name}={value.replace(' ', BLANK)}" for name, value in settings.items()]
    words = {NAMED[name]: value for name, value in given.items() if name in NAMED}
    words |= {"connect_timeout": 2, "options": " ".join(told)}
    return " ".join(f"{name}={_word(value)}" for name, value in words.items() if value)


def _word(value: object) -> str:
    """A value in a connection string (PostgreSQL's manual, section 32.1.1.1)."""
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[Snapshot]:
    """One snapshot, on a connection of its own whose login turned into the evaluators' role.

    Args:
        url: of a login that may turn into that role.
    """
    engine = engine_for(url, role=EVALUATOR_ROLE, pool_size=1, settings=READING)
    try:
        async with engine.connect() as connection, connection.begin():
            found = await connection.execute(
                sa.text("SELECT transaction_timestamp(), pg_export_snapshot()")
            )
            at, name = found.one()
            yield Snapshot(at, connection, address_of(url), name)
    finally:
        await engine.dispose()
