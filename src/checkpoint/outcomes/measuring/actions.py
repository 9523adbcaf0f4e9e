"""Record what was measured of a case, or put it right."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.rules import check_space
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.foundation.errors import RuleBroken
from checkpoint.outcomes.measuring import queries, rules
from checkpoint.outcomes.measuring.schemas import RecordCaseMeasure
from checkpoint.outcomes.measuring.states import (
    CaseMeasureCorrected,
    CaseMeasureNotFound,
    MeasuringEvent,
)
from checkpoint.outcomes.measuring.tables import CaseMeasure
from checkpoint.victims import queries as victims

MOST = 300


async def record(
    session: AsyncSession, record_id: UUID, command: RecordCaseMeasure, *, by: Actor, at: datetime
) -> CaseMeasure:
    """Record a measure of a case within reach.

    Raises:
        CustodyRecordNotFound, RuleBroken, VictimNotFound, CaseMeasureNotFound,
        CaseMeasureCorrected, RecordFull: nothing was recorded.
    """
    case = await custody.one(session, record_id, actor=by, lock=True)
    rules.check_measure(
        command.kind,
        command.value,
        victim_id=command.victim_id,
        cost_kind=command.cost_kind,
        taken_on=command.taken_on,
        arrested_on=london_day(case.arrested_at),
        today=london_day(at),
    )
    if command.victim_id is not None:
        victim = await victims.one(session, command.victim_id, actor=by)
        if victim.custody_record_id != case.id:
            raise RuleBroken("#/victim_id", "victim-elsewhere", "Name a victim of this case.")
    there = await queries.of_record(session, case.id, actor=by)
    check_space(len(there), most=MOST, what="measures", remedy="Ask a supervisor which count.")
    _check_correction(command, there)
    measure = CaseMeasure(
        custody_record_id=case.id, recorded_at=at, recorded_by=by.id, **command.model_dump()
    )
    await insert(session, measure)
    await ledger.record(
        session,
        Operation.COLLECTION,
        MeasuringEvent.RECORDED,
        measure.id,
        case.id,
        case.person_id,
        kind="case_measure",
        by=by,
        at=at,
    )
    return measure


def _check_correction(command: RecordCaseMeasure, there: Any) -> None:
    if command.corrects_id is None:
        if command.withdrawn:
            raise RuleBroken(
                "#/corrects_id", "nothing-withdrawn", "Name the measure that is wrong."
            )
        return
    before = next((row for row in there if row.id == command.corrects_id), None)
    if before is None:
        raise CaseMeasureNotFound("See the case's measures for those there are.")
    if before.kind != command.kind:
        raise RuleBroken("#/kind", "another-kind", "A measure is put right by one of its kind.")
    if any(row.corrects_id == before.id for row in there):
        raise CaseMeasureCorrected("Put right the one that took its place.")
