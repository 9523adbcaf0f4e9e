"""Load the providers that ship with the package. A deed like any other."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert
from checkpoint.navigators.staff import queries
from checkpoint.navigators.staff.states import StaffEvent
from checkpoint.navigators.staff.tables import NavigatorProvider


async def add_providers(
    session: AsyncSession, given: Sequence[Mapping[str, str]], *, by: Actor, at: datetime
) -> int:
    """Providers that are not there yet, and how many; what is there is never edited."""
    there = {row.code for row in await queries.providers(session)}
    new = [
        NavigatorProvider(
            code=row["code"],
            name=row["name"],
            available_from=date.fromisoformat(row["available_from"]),
            source=row["source"],
            added_at=at,
            added_by=by.id,
        )
        for row in given
        if row["code"] not in there
    ]
    if new:
        await insert(session, *new)
        event, ids = StaffEvent.PROVIDERS_ADDED, [row.id for row in new]
        await ledger.record(
            session, Operation.COLLECTION, event, *ids, kind="reference", by=by, at=at
        )
    return len(new)
