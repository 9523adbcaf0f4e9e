"""Load the room's reference data: lists of offences, classes and suites. Deeds like any other."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import lookups, queries
from checkpoint.custody.lists import (
    Offence,
    OffenceClassification,
    OffenceList,
    ScheduledOffence,
    ScheduleList,
    Suite,
)
from checkpoint.custody.references import OffenceRow, ScheduleRow
from checkpoint.custody.states import CustodyEvent
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import Record, insert


async def load_offences(
    session: AsyncSession,
    rows: Sequence[OffenceRow],
    *,
    name: str,
    digest: str,
    by: Actor,
    at: datetime,
) -> OffenceList:
    """A whole list of offences is loaded, by COPY, and stands before the earlier ones.

    Where it has no dates for an offence, those of an earlier list are taken over.
    """
    listed = OffenceList(name=name, digest=digest, loaded_at=at, loaded_by=by.id)
    dated = await lookups.dated(session)
    await insert(session, listed)
    whole = (
        row._replace(valid_from=dated[row.code][0], valid_until=dated[row.code][1])
        if row.code in dated and row.valid_from is None and row.valid_until is None
        else row
        for row in rows
    )
    await _copy(session, Offence, ("offence_list_id", *OffenceRow._fields), listed.id, whole)
    loaded = CustodyEvent.OFFENCES_LOADED
    await ledger.record(
        session, Operation.COLLECTION, loaded, listed, kind="offence_list", by=by, at=at
    )
    return listed


async def load_schedules(
    session: AsyncSession,
    rows: Sequence[ScheduleRow],
    *,
    name: str,
    digest: str,
    by: Actor,
    at: datetime,
) -> ScheduleList:
    """A whole list of schedules is loaded, by COPY, and stands alone from then on."""
    listed = ScheduleList(name=name, digest=digest, loaded_at=at, loaded_by=by.id)
    await insert(session, listed)
    columns = ("schedule_list_id", *ScheduleRow._fields)
    await _copy(session, ScheduledOffence, columns, listed.id, rows)
    loaded = CustodyEvent.SCHEDULES_LOADED
    await ledger.record(
        session, Operation.COLLECTION, loaded, listed, kind="schedule_list", by=by, at=at
    )
    return listed


async def _copy(
    session: AsyncSession,
    table: type[Record],
    columns: Sequence[str],
    list_id: UUID,
    rows: Iterable[OffenceRow] | Iterable[ScheduleRow],
) -> None:
    driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    await driver.copy_records_to_table(
        table.__tablename__, columns=columns, records=((list_id, *row) for row in rows)
    )


async def add_reference_data(
    session: AsyncSession,
    suites: Sequence[Suite],
    classes: Sequence[OffenceClassification],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Suites and classifications that are not there yet; what is there is never edited."""
    there = {suite.code for suite in await queries.suites(session)}
    classed = await lookups.classified_codes(session)
    new_suites = [suite for suite in suites if suite.code not in there]
    new_classes = [row for row in classes if row.code not in classed]
    for rows in (new_suites, new_classes):
        if rows:
            await insert(session, *rows)
    if new := [*new_suites, *new_classes]:
        event, ids = CustodyEvent.REFERENCE_ADDED, [row.id for row in new]
        await ledger.record(
            session, Operation.COLLECTION, event, *ids, kind="reference", by=by, at=at
        )
