"""Entries by subject, by actor, by time."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import AuditEntry
from checkpoint.foundation.paging import Turn, newest_first


async def count_since(engine: AsyncEngine, actor_id: UUID, since: datetime) -> int:
    """How many requests of this actor were answered since then, refusals for haste apart."""
    rows = select(sa.func.count()).where(
        AuditEntry.actor_id == actor_id,
        col(AuditEntry.at) >= since,
        AuditEntry.outcome != "too-many-requests",
    )
    async with engine.connect() as connection:
        return int((await connection.execute(rows)).scalar_one())


async def entries(
    session: AsyncSession,
    *,
    turn: Turn,
    subject: UUID | None = None,
    actor: UUID | None = None,
    operation: Operation | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[list[AuditEntry], str | None]:
    """One page of the ledger, newest first, narrowed by whatever is given."""
    rows = select(*AuditEntry.__table__.c)
    if subject is not None:
        rows = rows.where(col(AuditEntry.subject_ids).contains([subject]))
    if actor is not None:
        rows = rows.where(AuditEntry.actor_id == actor)
    if operation is not None:
        rows = rows.where(AuditEntry.operation == operation)
    if since is not None:
        rows = rows.where(AuditEntry.at >= since)
    if until is not None:
        rows = rows.where(AuditEntry.at < until)
    return await newest_first(
        session, rows, at=col(AuditEntry.at), id=col(AuditEntry.id), turn=turn
    )
