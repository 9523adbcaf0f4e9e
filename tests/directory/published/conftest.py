import pytest
from pydantic import SecretStr

from checkpoint.api import create_app
from checkpoint.foundation.settings import Environment, Settings
from conftest import NOON, Clients
from shelving import stock


@pytest.fixture(scope="session")
def shelves(make_database):
    return make_database()


@pytest.fixture(scope="session")
async def open_app(anyio_backend, shelves, tmp_path_factory):
    """The service with a made-up directory and nothing else, on 3 November 2026 at noon."""
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(shelves),
        data_folder=tmp_path_factory.mktemp("data"),
        requests_per_minute=1_000_000,
    )
    app = create_app(settings)
    app.state.publishing.clock = lambda: NOON
    await stock(app.state.engine)
    yield app
    await app.state.engine.dispose()
    await app.state.publishing.engine.dispose()


@pytest.fixture
async def stranger(open_app):
    """Somebody without a token."""
    clients = Clients(open_app)
    client = clients.bare()
    client.base_url = "http://house/open-referral/v3"
    yield client
    for each in clients.opened:
        await each.aclose()
