"""The officer's view is recorded, and then the tool's band. Neither is ever changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.forecast import queries, references, rules
from checkpoint.forecast.rules import OwnViewFirst
from checkpoint.forecast.schemas import RecordForecast, RecordRiskView
from checkpoint.forecast.states import ForecastEvent, RiskBand
from checkpoint.forecast.tables import OfficerRiskView, RiskForecast
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import Record, insert

VIEW, FORECAST = "officer_risk_view", "risk_forecast"


async def record_view(
    session: AsyncSession, record_id: UUID, command: RecordRiskView, *, by: Actor, at: datetime
) -> OfficerRiskView:
    """An officer says what they think of the risk; whether a band was known by then is kept."""
    record = await custody.held(session, record_id, actor=by)
    before = await queries.views_of(session, record_id)
    view = OfficerRiskView(
        custody_record_id=record_id,
        number=len(before) + 1,
        **command.model_dump(),
        after_band=bool(await queries.forecasts_of(session, record_id)),
        viewed_at=at,
        viewed_by=by.id,
    )
    await insert(session, view)
    await _record(session, ForecastEvent.VIEWED, view, record, kind=VIEW, by=by, at=at)
    return view


async def record_forecast(
    session: AsyncSession, record_id: UUID, command: RecordForecast, *, by: Actor, at: datetime
) -> RiskForecast:
    """What the tool said is put beside what the officer had thought before."""
    votes = command.votes.by_band()
    tool = references.tool_used(
        references.known(), command.tool, command.tool_version, on=london_day(at)
    )
    rules.check_votes(votes, trees=tool.trees)
    record = await custody.held(session, record_id, actor=by)
    own = [view for view in await queries.views_of(session, record_id) if not view.after_band]
    if not own:
        raise OwnViewFirst("Post it to risk-view, then send this again: the band is shown after.")
    before = await queries.forecasts_of(session, record_id)
    forecast = RiskForecast(
        custody_record_id=record_id,
        number=len(before) + 1,
        officer_risk_view_id=own[-1].id,
        trees=tool.trees,
        votes_low=votes[RiskBand.LOW],
        votes_moderate=votes[RiskBand.MODERATE],
        votes_high=votes[RiskBand.HIGH],
        **command.model_dump(exclude={"votes"}),
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, forecast)
    await _record(session, ForecastEvent.RECORDED, forecast, record, kind=FORECAST, by=by, at=at)
    return forecast


async def _record(
    session: AsyncSession,
    event: ForecastEvent,
    subject: Record,
    record: Any,
    *,
    kind: str,
    by: Actor,
    at: datetime,
) -> None:
    await ledger.record(
        session,
        Operation.COLLECTION,
        event,
        subject,
        record.id,
        record.person_id,
        kind=kind,
        by=by,
        at=at,
    )
