"""A database in which a test trial is open and sealed at DurhamGate, and a service on it."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.allocation.vault import Vault
from checkpoint.foundation import clock
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from checkpoint.foundation.settings import Environment, Settings
from conftest import Clients, noon
from serving import service
from trialling import SEED, open_trial


@pytest.fixture(scope="session")
def trial_settings(
    make_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    return Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(make_database()),
        local_issuer=True,
        data_folder=tmp_path_factory.mktemp("trial"),
        revocation_seconds=60,
        pool_size=8,
        requests_per_minute=1_000_000,
    )


@pytest.fixture(scope="session")
async def trial_owner(
    anyio_backend: object, trial_settings: Settings
) -> AsyncIterator[AsyncEngine]:
    """Connections of the owner, where the trial is."""
    engine = engine_for(str(trial_settings.database_url.get_secret_value()), role=OWNER_ROLE)
    await open_trial(engine, Vault(trial_settings), SEED, strata=["DURHAMGATE"])
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def whole_trial_app(
    trial_owner: AsyncEngine, trial_settings: Settings
) -> AsyncIterator[FastAPI]:
    app = service(trial_settings)
    yield app
    await app.state.engine.dispose()


@pytest.fixture
def trial_app(whole_trial_app: FastAPI) -> Iterator[FastAPI]:
    """The service at noon on 3 November 2026, where a trial is open."""
    whole_trial_app.dependency_overrides[clock.now] = noon
    yield whole_trial_app
    whole_trial_app.dependency_overrides.clear()


@pytest.fixture
async def at_trial(trial_app: FastAPI) -> AsyncIterator[Clients]:
    """Clients of that service."""
    clients = Clients(trial_app)
    yield clients
    for client in clients.opened:
        await client.aclose()
