"""Whoever builds: takes up what waits, one build at a time, and what others were killed over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.extracts.builds import queries
from checkpoint.extracts.builds.building import Going, Workshop, build
from checkpoint.extracts.states import BuildFault
from checkpoint.foundation.database import transaction

# A lock of the session: it goes when its process does, however that ends.
TAKE = sa.text(
    "SELECT pg_try_advisory_lock(hashtext('extract build'), hashtext(CAST(:id AS text)))"
).bindparams(sa.bindparam("id", type_=sa.Uuid()))
GIVE_BACK = sa.text(
    "SELECT pg_advisory_unlock(hashtext('extract build'), hashtext(CAST(:id AS text)))"
).bindparams(sa.bindparam("id", type_=sa.Uuid()))


@asynccontextmanager
async def leased(engine: AsyncEngine, build_id: UUID) -> AsyncIterator[bool]:
    """A build that nobody else works on meanwhile.

    Yields:
        False where somebody does.
    """
    async with engine.connect() as connection:
        mine = bool((await connection.execute(TAKE, {"id": build_id})).scalar_one())
        await connection.commit()
        try:
            yield mine
        finally:
            if mine:
                await connection.execute(GIVE_BACK, {"id": build_id})
                await connection.commit()


async def work(shop: Workshop) -> dict[UUID, BuildFault | None]:
    """Take up every build that waits and that nobody works on, until there is none.

    Returns:
        Why each gave nothing, by its id; None of those that were released or cancelled.
    """
    ended: dict[UUID, BuildFault | None] = {}
    while True:
        async with transaction(shop.engine) as session:
            left = [each for each in await queries.waiting(session) if each not in ended]
        if not left:
            return ended
        for build_id in left:
            ended[build_id] = await one(shop, build_id)


async def one(shop: Workshop, build_id: UUID, *, going: Going | None = None) -> BuildFault | None:
    """Take one build up, unless somebody else works on it."""
    async with leased(shop.engine, build_id) as mine:
        return await build(shop, build_id, going=going) if mine else None
