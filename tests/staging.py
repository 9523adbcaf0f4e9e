"""A service on a database of its own, with whatever trial a test wants there."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from checkpoint.allocation.vault import Vault
from checkpoint.foundation import clock
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from checkpoint.foundation.settings import Environment, Settings
from conftest import NOON, Clients
from serving import service
from trialling import SEED, open_trial


class Stage:
    """One database, and services on it that may be set up differently."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.owner = engine_for(url, role=OWNER_ROLE, pool_size=4)
        self.login = engine_for(url, role=None, pool_size=2)
        self.clients: list[Clients] = []

    def settings(self, **changes: Any) -> Settings:
        return Settings(
            **{
                "environment": Environment.DEVELOPMENT,
                "database_url": SecretStr(self.url),
                "local_issuer": True,
                "data_folder": self.folder,
                "revocation_seconds": 60,
                "requests_per_minute": 1_000_000,
            }
            | changes
        )

    async def trial(self, **trial: Any) -> Any:
        """A trial, adopted and sealed; at DurhamGate alone if nothing else is said."""
        vault = Vault(self.settings())
        given = {"strata": ["DURHAMGATE"]} | trial
        return await open_trial(self.owner, vault, given.pop("seed", SEED), **given)

    def at(self, moment: datetime = NOON, **changes: Any) -> Clients:
        """Clients of a service whose clock stands still at a moment."""

        async def now() -> datetime:
            return moment

        app = service(self.settings(**changes))
        app.dependency_overrides[clock.now] = now
        self.clients.append(Clients(app))
        return self.clients[-1]

    async def found(self, query: str, **values: Any) -> Any:
        """What a query finds or does, asked by the login that may do anything."""
        async with self.login.begin() as connection:
            answer = await connection.execute(sa.text(query), values)
            return answer.all() if answer.returns_rows else []

    async def close(self) -> None:
        for clients in self.clients:
            for client in clients.opened:
                await client.aclose()
            await clients.app.state.engine.dispose()
        await self.owner.dispose()
        await self.login.dispose()


@pytest.fixture
def apart(make_database: Callable[..., str]) -> str:
    """A database in which nobody else writes."""
    return make_database()


@pytest.fixture
async def stage(apart: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A database of its own, and services on it."""
    stage = Stage(apart, tmp_path)
    yield stage
    await stage.close()
