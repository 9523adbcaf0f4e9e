"""Whose tokens no longer count, as last read."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from checkpoint.access.tables import TokenRevocation


async def revocations(engine: AsyncEngine) -> dict[UUID, datetime]:
    """Each revoked actor, and the moment before which their tokens are refused."""
    rows = select(TokenRevocation.actor_id, sa.func.max(col(TokenRevocation.issued_before)))
    async with engine.connect() as connection:
        found = await connection.execute(rows.group_by(col(TokenRevocation.actor_id)))
        return {row[0]: row[1] for row in found}
