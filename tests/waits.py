"""Waiting for what a test waits for, instead of for a while."""

import asyncio

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

WAITING = sa.text("""
    SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE datname = current_database() AND NOT granted
""")
SECONDS = 30  # for what does not come at all


async def until_waiting(engine: AsyncEngine, *, many: int = 1) -> None:
    """Until so many connections of this database stand before a lock."""
    async with asyncio.timeout(SECONDS):
        while await _waiting(engine) < many:
            pass


async def all_there(barrier: asyncio.Barrier) -> None:
    """Until everyone stands at the barrier; one who failed on the way there keeps nobody waiting."""
    async with asyncio.timeout(SECONDS):
        await barrier.wait()


async def _waiting(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(WAITING)).scalar_one()
