"""Front door of what is measured of a case beside reoffending."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.rules import RecordFull
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.problems import problems
from checkpoint.outcomes.measuring import actions, queries
from checkpoint.outcomes.measuring.schemas import CaseMeasuresView, RecordCaseMeasure
from checkpoint.outcomes.measuring.states import (
    CaseMeasureCorrected,
    CaseMeasureNotFound,
    MeasuringEvent,
)
from checkpoint.victims.queries import VictimNotFound

router = APIRouter(prefix="/v1/custody-records/{record_id}/case-measures", tags=["outcomes"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]


@router.post(
    "",
    status_code=201,
    response_model=CaseMeasuresView,
    responses=problems(
        *CREATING,
        CustodyRecordNotFound,
        VictimNotFound,
        CaseMeasureNotFound,
        CaseMeasureCorrected,
        RecordFull,
        RuleBroken,
    ),
)
async def record_case_measure(
    by: Annotated[Actor, holding(Permission.RECORD_MEASURE)],
    record_id: RecordId,
    command: RecordCaseMeasure,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record a victim's satisfaction, the person's wellbeing or a cost; whatever the case was given."""

    async def deed() -> Response:
        await actions.record(session, record_id, command, by=by, at=now)
        rows = await queries.of_record(session, record_id, actor=by)
        return shown(queries.measures_view(record_id, rows), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get("", response_model=CaseMeasuresView, responses=problems(CustodyRecordNotFound))
async def list_case_measures(
    by: Annotated[Actor, holding(Permission.READ_MEASURES)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
) -> Response:
    """What was measured of a case; of victims only for whoever may read of them."""
    case = await custody.one(session, record_id, actor=by)
    rows = await queries.of_record(session, case.id, actor=by)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        MeasuringEvent.LISTED,
        case.id,
        case.person_id,
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(queries.measures_view(case.id, rows))
