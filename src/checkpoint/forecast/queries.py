"""Read what is on record about the risk, for whoever has reached the case."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.forecast.rules import has_most_votes
from checkpoint.forecast.schemas import ForecastView, RiskView, RiskViewView, VotesView
from checkpoint.forecast.states import RiskBand
from checkpoint.forecast.tables import OfficerRiskView, RiskForecast
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import NextStep

RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
VIEWS = (
    select(OfficerRiskView)
    .where(col(OfficerRiskView.custody_record_id) == RECORD_ID)
    .order_by(col(OfficerRiskView.number))
)
FORECASTS = (
    sa.select(*RiskForecast.__table__.c, col(OfficerRiskView.band).label("officer_band"))
    .join(OfficerRiskView, col(OfficerRiskView.id) == col(RiskForecast.officer_risk_view_id))
    .where(col(RiskForecast.custody_record_id) == RECORD_ID)
    .order_by(col(RiskForecast.number))
)
# The band that a decision is told, for a later room to read beside its other facts.
LAST = (
    sa.select(col(RiskForecast.band))
    .where(col(RiskForecast.custody_record_id) == RECORD_ID)
    .order_by(col(RiskForecast.number).desc())
    .limit(1)
)


async def views_of(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """What officers thought, the first first."""
    return await rows_of(session, VIEWS, record_id=record_id)


async def forecasts_of(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """What tools said, the first first, each beside the officer's view from before it."""
    return await rows_of(session, FORECASTS, record_id=record_id)


async def view(session: AsyncSession, record_id: UUID, *, by: Actor) -> RiskView:
    """Everything on record about the risk, as this reader may see it."""
    views = await views_of(session, record_id)
    forecasts = [shown(row) for row in await forecasts_of(session, record_id)]
    return RiskView(
        views=[RiskViewView.model_validate(row) for row in views],
        forecasts=forecasts,
        band=forecasts[-1].band if forecasts else None,
        disagrees=forecasts[-1].disagrees if forecasts else None,
        next_steps=next_steps(record_id, viewed=bool(views), by=by),
    )


def shown(row: Any) -> ForecastView:
    """A forecast with its officer's view."""
    votes = {band: getattr(row, f"votes_{band.value}") for band in RiskBand}
    derived = {"votes", "band_has_most_votes", "disagrees"}
    return ForecastView(
        **{name: getattr(row, name) for name in ForecastView.model_fields.keys() - derived},
        votes=VotesView(**votes),
        band_has_most_votes=has_most_votes(row.band, votes),
        disagrees=row.band is not row.officer_band,
    )


def next_steps(record_id: UUID, *, viewed: bool, by: Actor) -> list[NextStep]:
    """One's own view first, and only then the tool's band."""
    allowed = holds(by.role, Permission.RECORD_RISK)
    why_not = None if allowed else "Your role does not allow this; ask a custody officer."
    place = f"/v1/custody-records/{record_id}"
    step = partial(NextStep, method="POST")
    return [
        step(step="record_risk_view", href=f"{place}/risk-view", allowed=allowed, why_not=why_not),
        step(
            step="record_risk_forecast",
            href=f"{place}/risk-forecast",
            allowed=allowed and viewed,
            why_not=why_not or (None if viewed else "Record your own view of the risk first."),
        ),
    ]
