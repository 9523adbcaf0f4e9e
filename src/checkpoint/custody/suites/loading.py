"""Load the hours of suites. A deed like any other."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody.states import CustodyEvent
from checkpoint.custody.suites import queries
from checkpoint.custody.suites.rules import Hours
from checkpoint.custody.suites.tables import SuiteHours
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert


async def add_hours(
    session: AsyncSession, openings: Sequence[Hours], *, by: Actor, at: datetime
) -> int:
    """Openings that are not there yet, and how many; what is there is never edited."""
    there = {
        (row.suite, row.available_from, row.weekday, row.opens)
        for row in await queries.hours(session)
    }
    new = [
        SuiteHours(**asdict(each))
        for each in openings
        if (each.suite, each.available_from, each.weekday, each.opens) not in there
    ]
    if new:
        await insert(session, *new)
        event, ids = CustodyEvent.REFERENCE_ADDED, [row.id for row in new]
        await ledger.record(
            session, Operation.COLLECTION, event, *ids, kind="reference", by=by, at=at
        )
    return len(new)
