"""Entries by subject, by actor, by time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array, distinct_on
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


ENTRY = AuditEntry.__table__


def _listing(entry: Any, **more: Any) -> Listing:
    filters = {
        "actor": entry.c.actor_id == sa.bindparam("actor", type_=sa.Uuid()),
        "operation": entry.c.operation == sa.bindparam("operation"),
        "since": entry.c.at >= sa.bindparam("since"),
        "until": entry.c.at < sa.bindparam("until"),
    }
    return Listing(sa.select(*entry.c), at=entry.c.at, id=entry.c.id, filters=filters | more)


def _about() -> Any:
    """The entries about any of ``subjects``, each once.

    Looked up id by id, before anything else. Asked in one go with the order and the page,
    PostgreSQL takes half a per cent of the ledger to be meant, and reads it backwards to find
    some: of 300,000 entries 0.2 s for one id and 1.9 s for 500, where this takes 1 and 5 ms.
    """
    asked = sa.func.unnest(sa.bindparam("subjects", type_=ARRAY(sa.Uuid())))
    thing = asked.table_valued(sa.column("id", sa.Uuid())).render_derived(name="thing")
    one_of_its = ENTRY.c.subject_ids.contains(array([thing.c.id]))
    found = sa.select(*ENTRY.c).join_from(thing, ENTRY, one_of_its)
    once = found.ext(distinct_on(ENTRY.c.at, ENTRY.c.id))
    return once.cte("about").prefix_with("MATERIALIZED")


ENTRIES = _listing(ENTRY)
ENTRIES_ABOUT = _listing(_about(), subjects=sa.true())


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
    listing = ENTRIES if subjects is None else ENTRIES_ABOUT
    return await listing.page(
        session,
        turn,
        subjects=subjects,
        actor=actor,
        operation=operation,
        since=since,
        until=until,
    )
