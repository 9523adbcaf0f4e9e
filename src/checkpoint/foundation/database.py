"""Engine, naming convention, Record, insert(), and the sessions."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from enum import StrEnum
from functools import cache
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar, cast
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Request
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.statements import Prepared

API_ROLE = "checkpoint_api"
OWNER_ROLE = "checkpoint_owner"

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

TIMEOUTS = {
    "lock_timeout": "2s",
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    "timezone": "UTC",
}


def text_enum(values: type[StrEnum], name: str) -> sa.Enum:
    """Text with a CHECK: adding a value later is one constraint swapped."""
    return sa.Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


class Record(SQLModel):
    """A row. It has no relationships, so reading a field never reaches for the database."""

    __table__: ClassVar[sa.Table]

    id: UUID = Field(
        default_factory=new_id,
        primary_key=True,
        sa_column_kwargs=described("Opaque identifier, a UUIDv7.", Disclosure.INDIRECT),
    )


def with_driver(url: str) -> str:
    """``url`` for the one driver there is, whatever driver it names."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def engine_for(
    url: str, *, role: str | None = API_ROLE, pool_size: int = 10, settings: Any = None
) -> AsyncEngine:
    """A pool of connections that act as ``role`` and never wait long for anything.

    Args:
        url: a PostgreSQL address of a login that is a member of ``role``.
        role: the database role to take on; None keeps the login's own.
        pool_size: connections at most; none beyond.
        settings: server settings over and above the house's timeouts.
    """
    server = TIMEOUTS | ({"role": role} if role else {}) | (settings or {})
    return create_async_engine(
        with_driver(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=2,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={"timeout": 2, "server_settings": server},
    )


async def insert(session: AsyncSession, *records: Record) -> None:
    """Write what waits in the session, then these new rows of one table.

    The records stay outside the session: to change one later, fetch it and lock it.
    """
    table = records[0].__table__
    given = [column.key for column in table.c if column.computed is None]
    rows = [{name: getattr(record, name) for name in given} for record in records]
    await session.run_sync(_executed, _insert_into(table), rows if len(rows) > 1 else rows[0])


async def insert_values(session: AsyncSession, kind: type[Record], values: dict[str, Any]) -> None:
    """The same for one row of plain values: where it is written on every request, a record that
    nobody reads costs as much as the write.
    """
    await session.run_sync(_put, _insert_of(kind.__table__, *values), values)


async def insert_row(session: AsyncSession, kind: type[Record], **values: Any) -> Any:
    """The same, with a new id; for the one row that a deed writes and then only shows.

    Returns:
        The row's values by name, as ``rows_of`` would find them.
    """
    row = {"id": new_id()} | values
    await insert_values(session, kind, row)
    return SimpleNamespace(**row)


@cache
def _insert_into(table: sa.Table) -> sa.Insert:
    return table.insert()


@cache
def _insert_of(table: sa.Table, *columns: str) -> Prepared:
    return Prepared(table.insert(), *columns)


async def rows_of(session: AsyncSession, rows: Any, **given: Any) -> Sequence[Any]:
    """What a select, or a ``Prepared`` one, finds: plain rows of its columns.

    A select that is built once, with ``bindparam`` for what is given, costs a third of one that
    is built each time.
    """
    return await session.run_sync(_put if isinstance(rows, Prepared) else _rows, rows, given)


async def executed(session: AsyncSession, statement: Any, given: Any) -> None:
    """Write what waits in the session, then put a statement to the same transaction."""
    await session.run_sync(_executed, statement, given)


# Greenlets are switched once for all of this, where the asynchronous session does it for each step.
def _executed(session: Session, statement: Any, given: Any) -> sa.CursorResult[Any]:
    session.flush()
    return session.connection().execute(statement, given)


def _rows(session: Session, rows: Any, given: dict[str, Any]) -> Sequence[Any]:
    return _executed(session, rows, given).all()


def _put(session: Session, statement: Prepared, given: dict[str, Any]) -> Sequence[Any]:
    session.flush()
    return statement.put(session.connection(), given)


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """One transaction: committed at the end, rolled back by any exception."""
    async with AsyncExitStack() as unless_committed:
        session = AsyncSession(engine, expire_on_commit=False)
        await unless_committed.enter_async_context(session)
        yield session
        await session.commit()
        unless_committed.pop_all()  # the connection is given back: there is nothing left to close


async def request_transaction(request: Request) -> AsyncIterator[AsyncSession]:
    engine = cast("AsyncEngine", request.app.state.engine)
    async with transaction(engine) as session:
        session.info["request"] = request.scope.get("state", {})
        yield session


# scope="function": commit before the answer leaves, so that nobody holds a success
# which the database then refused.
Transaction = Annotated[AsyncSession, Depends(request_transaction, scope="function")]


async def request_transactions(
    request: Request,
) -> Callable[[], AbstractAsyncContextManager[AsyncSession]]:
    engine = cast("AsyncEngine", request.app.state.engine)

    state = request.scope.get("state", {})

    @asynccontextmanager
    async def another() -> AsyncIterator[AsyncSession]:
        async with transaction(engine) as session:
            session.info["request"] = state
            yield session
        state["entered"] = state.get("recorded", 0)  # an entry stands, whatever comes after

    return another


# For the one kind of door that shows what only a committed deed gives out.
Transactions = Annotated[
    Callable[[], AbstractAsyncContextManager[AsyncSession]], Depends(request_transactions)
]
