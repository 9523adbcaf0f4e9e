"""Load the room's reference data: lists of offences, classes and suites. Deeds like any other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries
from checkpoint.custody.references import OffenceRow
from checkpoint.custody.states import CustodyEvent
from checkpoint.custody.tables import Offence, OffenceClassification, OffenceList, Suite
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert


async def load_offences(
    session: AsyncSession,
    rows: Sequence[OffenceRow],
    *,
    name: str,
    digest: str,
    by: Actor,
    at: datetime,
) -> OffenceList:
    """A whole list of offences is loaded, by COPY, and stands before the earlier ones."""
    listed = OffenceList(name=name, digest=digest, loaded_at=at, loaded_by=by.id)
    await insert(session, listed)
    driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    await driver.copy_records_to_table(
        Offence.__tablename__,
        columns=["offence_list_id", "code", "title", "mode_of_trial"],
        records=((listed.id, *row) for row in rows),
    )
    loaded = CustodyEvent.OFFENCES_LOADED
    await ledger.record(
        session, Operation.COLLECTION, loaded, listed, kind="offence_list", by=by, at=at
    )
    return listed


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
    classed = await queries.classified_codes(session)
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
