"""One trial whose people can be followed up, for all tests that only add to it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from following import Followed, followed
from staging import Stage


@pytest.fixture
async def trial(stage: Stage) -> Followed:
    """Four people were allocated; three of them have PNC IDs."""
    return await followed(stage)


@pytest.fixture(scope="session")
def followed_url(make_database: Callable[..., str]) -> str:
    """The database of that one trial."""
    return make_database()


@pytest.fixture(scope="session")
async def shared_trial(
    anyio_backend: object, followed_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Followed]:
    """The same, once for all; a test takes in follow-up from a source of its own."""
    folder: Path = tmp_path_factory.mktemp("followed")
    stage = Stage(followed_url, folder)
    yield await followed(stage)
    await stage.close()
