"""One PostgreSQL for the whole run, one database for each worker, connections as each role."""

import asyncio
import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from alembic.config import Config
from fastapi import FastAPI
from fastapi.dependencies import utils
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint import cli
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for, with_driver
from checkpoint.foundation.embedded import embedded
from checkpoint.foundation.settings import Environment, Settings
from serving import described_once, service

gc.disable()  # until all is imported: of that nothing goes away
pytest_plugins = ("publishing", "trial_fixtures", "staging", "following")
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
SERVER, TEMPLATE = "CHECKPOINT_TEST_SERVER", "CHECKPOINT_TEST_TEMPLATE"
PASSING = "CHECKPOINT_TEST_PASSING"  # set where the server goes with all that is in it
STACK = ExitStack()
ROOM_BYTES = 8 * 2**30

utils.get_dependant = described_once  # as it is, only not anew on every request

# Two busy cores make honest work slow; how long it may take is the benchmark's question.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or SERVER in os.environ or config.option.collectonly:
        return
    url = os.environ.pop("CHECKPOINT_DATABASE_URL", None) or started()
    os.environ[SERVER] = url
    os.environ[TEMPLATE] = template = f"checkpoint_test_{os.getpid()}"
    STACK.callback(os.environ.pop, SERVER)
    STACK.callback(asyncio.run, at_server(f'DROP DATABASE IF EXISTS "{template}" WITH (FORCE)'))
    asyncio.run(at_server(f'CREATE DATABASE "{template}"'))
    cli.prepare(on(template))


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it for garbage again and again costs a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        STACK.close()


def started() -> str:
    """An embedded server that lives as long as this run and never waits for a disk."""
    folder = Path(tempfile.mkdtemp(prefix="checkpoint-tests-", dir=roomy_memory()))
    STACK.callback(shutil.rmtree, folder, ignore_errors=True)
    url = STACK.enter_context(embedded(folder / "postgresql"))
    os.environ[PASSING] = "true"
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit"):
        asyncio.run(at_server(f"ALTER SYSTEM SET {setting} = off", url))
    asyncio.run(at_server("SELECT pg_reload_conf()", url))
    return url


def roomy_memory() -> str | None:
    """Where files are kept in memory, if there is room: each database is a thousand of them."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES
    return str(memory) if roomy and os.access(memory, os.W_OK) else None


def on(database: str) -> str:
    """The address of a database of this run's server."""
    url = make_url(os.environ[SERVER]).set(database=database)
    return url.render_as_string(hide_password=False)


async def at_server(statement: str, url: str | None = None) -> None:
    engine = create_async_engine(
        with_driver(url or os.environ[SERVER]),
        poolclass=sa.NullPool,
        isolation_level="AUTOCOMMIT",
    )
    async with engine.connect() as connection:
        await connection.execute(sa.text(statement))
    await engine.dispose()


def alembic_config(url: str) -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = url
    return config


NUMBERS = itertools.count(1)
NOBODYS = UUID(int=1)  # an organization that nobody is referred to


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def make_database() -> Iterator[Callable[..., str]]:
    """A new database, migrated and with the starter data unless it shall be ``empty``."""
    made = []

    def make(*, empty: bool = False) -> str:
        name = f"checkpoint_test_{os.getpid()}_{next(NUMBERS)}"
        copied = "" if empty else f' TEMPLATE "{os.environ[TEMPLATE]}" STRATEGY FILE_COPY'
        asyncio.run(at_server(f'CREATE DATABASE "{name}"{copied}'))
        made.append(name)
        return on(name)

    yield make
    for name in () if PASSING in os.environ else made:
        asyncio.run(at_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def database(make_database: Callable[..., str]) -> str:
    return make_database()


@pytest.fixture(scope="session")
async def owner(anyio_backend: object, database: str) -> AsyncIterator[AsyncEngine]:
    """Connections of the role that owns the tables."""
    engine = engine_for(database, role=OWNER_ROLE, pool_size=4)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
def muted(make_database: Callable[..., str]) -> str:
    """A database whose ledger the API's role may read and no longer write."""
    url = make_database()
    asyncio.run(at_server("REVOKE INSERT ON audit_entry FROM checkpoint_api", url))
    return url


@pytest.fixture
async def without_ledger(muted: str) -> AsyncIterator[AsyncEngine]:
    """Connections of the API's role, there."""
    engine = engine_for(muted, pool_size=4)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def whole_app(
    anyio_backend: object, database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FastAPI]:
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(database),
        local_issuer=True,
        data_folder=tmp_path_factory.mktemp("data"),
        revocation_seconds=60,
        pool_size=8,
        requests_per_minute=1_000_000,
    )
    app = service(settings)
    yield app
    await app.state.engine.dispose()
    await app.state.publishing.engine.dispose()


async def noon() -> datetime:
    return NOON


@pytest.fixture
def app(whole_app: FastAPI) -> Iterator[FastAPI]:
    """The service on 3 November 2026 at noon; a test may override a dependency until it ends.

    The dates in the tests stand still, so the programme's clock does too. Tokens keep real time.
    """
    whole_app.dependency_overrides[clock.now] = noon
    yield whole_app
    whole_app.dependency_overrides.clear()


@pytest.fixture
def api(whole_app: FastAPI) -> AsyncEngine:
    """Connections of the role that the API has."""
    return whole_app.state.engine


@asynccontextmanager
async def rolled_back(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with engine.connect() as connection, connection.begin() as outer:
        async with AsyncSession(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield session
        await outer.rollback()


@pytest.fixture
async def session(api: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session of the API's role, whose work is undone."""
    async with rolled_back(api) as session:
        yield session


@pytest.fixture
def officer() -> Actor:
    return Actor(id=uuid4(), role=Role.CUSTODY_OFFICER, suites=frozenset({"DURHAMGATE"}))


class Clients:
    """HTTP clients for whoever a test wants to be."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.opened: list[httpx.AsyncClient] = []

    def __call__(
        self, role: Role = Role.CUSTODY_OFFICER, *suites: str, name: str = "someone"
    ) -> httpx.AsyncClient:
        issuer = self.app.state.local_issuer
        token = issuer.token(
            role,
            list(suites or ["DURHAMGATE"]),
            name=name,
            at=datetime.now(UTC),
            organization_id=NOBODYS if role is Role.PROVIDER else None,
        )
        return self.bare(Authorization=f"Bearer {token}")

    def bare(self, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://house", headers=headers)
        self.opened.append(client)
        return client


@pytest.fixture
async def clients(app: FastAPI) -> AsyncIterator[Clients]:
    clients = Clients(app)
    yield clients
    for client in clients.opened:
        await client.aclose()


@pytest.fixture
def client(clients: Clients) -> httpx.AsyncClient:
    """A custody officer of the one suite that is open."""
    return clients()
