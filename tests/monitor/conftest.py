"""A service on which a test trial is open at DurhamGate and Peterlee, and some were allocated."""

from collections.abc import AsyncIterator, Callable
from datetime import date

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
from trialling import SEED, consenting, open_trial

CASES = 6
DECLINED = {"answer": "declined", "reason_code": "no_reason_given"}
CLOSES = date(2027, 11, 1)


@pytest.fixture(scope="session")
def monitored_settings(
    make_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    return Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(make_database()),
        local_issuer=True,
        data_folder=tmp_path_factory.mktemp("monitor"),
        revocation_seconds=60,
        pool_size=4,
        requests_per_minute=1_000_000,
    )


@pytest.fixture(scope="session")
async def trial_owner(
    anyio_backend: object, monitored_settings: Settings
) -> AsyncIterator[AsyncEngine]:
    """Connections of the owner, where the trial is."""
    engine = engine_for(str(monitored_settings.database_url.get_secret_value()), role=OWNER_ROLE)
    await open_trial(engine, Vault(monitored_settings), SEED, places=40, closes_on=CLOSES)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def monitored_app(
    trial_owner: AsyncEngine, monitored_settings: Settings
) -> AsyncIterator[FastAPI]:
    """The service, always at noon on 3 November 2026, with six allocated and a seventh declining."""
    app = service(monitored_settings)
    app.dependency_overrides[clock.now] = noon
    clients = Clients(app)
    app.state.test_records = []
    for _ in range(CASES):
        officer = clients()
        record, decision = await consenting(officer)
        answer = await officer.put(
            f"/v1/custody-records/{record['id']}/allocation",
            json={"eligibility_decision_id": decision["id"]},
        )
        assert answer.status_code == 201, answer.text
        app.state.test_records.append(record["id"])
    await consenting(clients(), research=DECLINED)
    yield app
    for client in clients.opened:
        await client.aclose()
    await app.state.engine.dispose()


@pytest.fixture
async def at_trial(monitored_app: FastAPI) -> AsyncIterator[Clients]:
    """Clients of that service."""
    monitored_app.dependency_overrides = {clock.now: noon}
    clients = Clients(monitored_app)
    yield clients
    for client in clients.opened:
        await client.aclose()
