"""Front door of the forecast: the officer's view first, then the tool's band, and both together."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.forecast import actions, queries, references
from checkpoint.forecast.rules import OwnViewFirst
from checkpoint.forecast.schemas import RecordForecast, RecordRiskView, RiskView
from checkpoint.forecast.states import MEANING, ForecastEvent, RiskBand
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import public, shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.codelists import CodeListView, CodeView, list_doors
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1", tags=["forecast"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
RECORD = "/custody-records/{record_id}"


@router.post(
    f"{RECORD}/risk-view",
    status_code=201,
    response_model=RiskView,
    responses=problems(*CREATING, CustodyRecordNotFound),
)
async def record_risk_view(
    by: Annotated[Actor, holding(Permission.RECORD_RISK)],
    record_id: RecordId,
    command: RecordRiskView,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Say what you yourself think of the risk, before the tool's band is known, or again after."""

    async def deed() -> Response:
        await actions.record_view(session, record_id, command, by=by, at=now)
        return shown(await queries.view(session, record_id, by=by), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{RECORD}/risk-forecast",
    status_code=201,
    response_model=RiskView,
    responses=problems(*CREATING, CustodyRecordNotFound, OwnViewFirst, RuleBroken),
)
async def record_risk_forecast(
    by: Annotated[Actor, holding(Permission.RECORD_RISK)],
    record_id: RecordId,
    command: RecordForecast,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record what the tool said, with its votes; your own view must stand there already."""

    async def deed() -> Response:
        await actions.record_forecast(session, record_id, command, by=by, at=now)
        return shown(await queries.view(session, record_id, by=by), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    f"{RECORD}/risk-forecast", response_model=RiskView, responses=problems(CustodyRecordNotFound)
)
async def read_risk(
    by: Annotated[Actor, holding(Permission.READ_RISK)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
) -> Response:
    """What officers and tools said of the risk in one case, and whether they disagree."""
    record = await custody.one(session, record_id, actor=by)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ForecastEvent.READ,
        record.id,
        record.person_id,
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(await queries.view(session, record_id, by=by))


READER = holding(Permission.READ_REFERENCE)


@router.get(
    "/reference/forecast-tools",
    response_model=CodeListView,
    tags=["reference"],
    dependencies=[READER],
)
async def list_forecast_tools(request: Request) -> Response:
    """Forecasting tools, by version, with the number of their trees."""
    items = [
        CodeView(
            code=f"{tool.tool} {tool.tool_version}",
            label=f"{tool.title} ({tool.trees} votes)",
            available_from=tool.available_from,
            available_until=tool.available_until,
            source=tool.source,
        )
        for tool in references.known()
    ]
    view = CodeListView(
        name="forecast-tools", title="Forecasting tools", source="Each has its own.", items=items
    )
    return public(request, view)


reference = APIRouter(prefix="/v1/reference", tags=["reference"])
list_doors(
    reference,
    READER,
    {
        "risk-bands": (
            "Risk bands",
            "domain notes 1.8 (S41, S42).",
            [(band.value, MEANING[band]) for band in RiskBand],
        )
    },
)
