"""A service with two trials to evaluate: Rossi's, unblinded, and a small one whose arms are masked."""

from collections.abc import AsyncIterator, Callable

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.foundation import clock
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from checkpoint.foundation.settings import Environment, Settings
from conftest import Clients, noon
from evaluating import rossis, small
from flowing import flowing
from serving import service


@pytest.fixture(scope="session")
def evaluated_settings(
    make_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    return Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(make_database()),
        local_issuer=True,
        data_folder=tmp_path_factory.mktemp("evaluation"),
        revocation_seconds=60,
        pool_size=4,
        requests_per_minute=1_000_000,
    )


@pytest.fixture(scope="session")
async def cuts_owner(
    anyio_backend: object, evaluated_settings: Settings
) -> AsyncIterator[AsyncEngine]:
    """Connections of the owner, where the cuts are."""
    url = str(evaluated_settings.database_url.get_secret_value())
    engine = engine_for(url, role=OWNER_ROLE, pool_size=2)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def evaluated(cuts_owner: AsyncEngine, evaluated_settings: Settings):
    """The service; and what lies in the small trial's cut."""
    lying = await small(cuts_owner)
    app = service(evaluated_settings)
    app.dependency_overrides = {clock.now: noon}
    clients = Clients(app)
    await rossis(clients)
    yield app, lying
    for client in clients.opened:
        await client.aclose()
    await app.state.engine.dispose()


@pytest.fixture
async def at_cuts(evaluated: tuple[FastAPI, object]) -> AsyncIterator[Clients]:
    """Clients of that service."""
    app, _ = evaluated
    app.dependency_overrides = {clock.now: noon}
    clients = Clients(app)
    yield clients
    for client in clients.opened:
        await client.aclose()


@pytest.fixture(scope="session")
async def flowed(evaluated: object, cuts_owner: AsyncEngine):
    """A masked trial with all that came before allocation; what lies in its cuts."""
    return await flowing(cuts_owner)
