"""A view and a band at once: whichever was first, the record tells it truly."""

import asyncio

import pytest

from builders import FORECAST, make_record
from checkpoint.custody import queries as custody
from checkpoint.forecast import actions, queries
from checkpoint.forecast.schemas import RecordForecast, RecordRiskView
from checkpoint.foundation.database import transaction
from conftest import NOON
from waits import all_there

pytestmark = pytest.mark.slow


async def test_views_and_bands_at_once_are_kept_in_a_true_order(api, officer):
    async with transaction(api) as session:
        record = await make_record(session)
        view = RecordRiskView(band="low")
        await actions.record_view(session, record.id, view, by=officer, at=NOON)
    everyone_has_read = asyncio.Barrier(6)

    async def do(deed, command):
        async with transaction(api) as session:
            await custody.one(session, record.id, actor=officer)
            await all_there(everyone_has_read)
            return await deed(session, record.id, command, by=officer, at=NOON)

    band = RecordForecast.model_validate(FORECAST)
    views = [do(actions.record_view, view) for _ in range(3)]
    await asyncio.gather(*views, *[do(actions.record_forecast, band) for _ in range(3)])
    async with transaction(api) as session:
        views = await queries.views_of(session, record.id)
        bands = await queries.forecasts_of(session, record.id)
    assert [view.number for view in views] == [1, 2, 3, 4]
    assert [band.number for band in bands] == [1, 2, 3]
    known = [view.after_band for view in views]
    assert known == sorted(known)
    early = {view.id for view in views if not view.after_band}
    assert {band.officer_risk_view_id for band in bands} <= early
