"""Entries by subject, by actor, by time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import AuditEntry
from checkpoint.foundation.paging import Listing, Turn


async def count_since(engine: AsyncEngine, actor_id: UUID, since: datetime) -> int:
    """How many requests of this actor were answered since then, refusals for haste apart."""
    rows = select(sa.func.count()).where(
        AuditEntry.actor_id == actor_id,
        col(AuditEntry.at) >= since,
        AuditEntry.outcome != "too-many-requests",
    )
    async with engine.connect() as connection:
        return int((await connection.execute(rows)).scalar_one())


ENTRIES = Listing(
    sa.select(*AuditEntry.__table__.c),
    at=AuditEntry.__table__.c.at,
    id=AuditEntry.__table__.c.id,
    filters={
        "subjects": AuditEntry.__table__.c.subject_ids.op("&&", is_comparison=True)(
            sa.bindparam("subjects", type_=ARRAY(sa.Uuid()))
        ),
        "actor": col(AuditEntry.actor_id) == sa.bindparam("actor", type_=sa.Uuid()),
        "operation": col(AuditEntry.operation) == sa.bindparam("operation"),
        "since": col(AuditEntry.at) >= sa.bindparam("since"),
        "until": col(AuditEntry.at) < sa.bindparam("until"),
    },
)


async def entries(
    session: AsyncSession,
    *,
    turn: Turn,
    subjects: Sequence[UUID] | None = None,
    actor: UUID | None = None,
    operation: Operation | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[list[Any], str | None]:
    """One page of the ledger, newest first, narrowed by whatever is given."""
    return await ENTRIES.page(
        session,
        turn,
        subjects=subjects,
        actor=actor,
        operation=operation,
        since=since,
        until=until,
    )
