from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from builders import FORECAST, KNOWN, make_offence, make_record, make_screening
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.audit.tables import AuditEntry
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.eligibility import actions as eligibility
from checkpoint.forecast import actions, queries
from checkpoint.forecast.rules import OwnViewFirst
from checkpoint.forecast.schemas import RecordForecast, RecordRiskView
from checkpoint.forecast.tables import OfficerRiskView, RiskForecast
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import insert, transaction
from checkpoint.foundation.errors import RuleBroken
from conftest import NOON

STRANGER = Actor(id=uuid4(), role=Role.CUSTODY_OFFICER, suites=frozenset({"PETERLEE"}))
MODERATE, HIGH = RecordRiskView(band="moderate"), RecordRiskView(band="high", words="After all.")
BAND = RecordForecast.model_validate(FORECAST)


def viewing(session, record, command=MODERATE, *, by):
    return actions.record_view(session, record.id, command, by=by, at=NOON)


def forecasting(session, record, command=BAND, *, by):
    return actions.record_forecast(session, record.id, command, by=by, at=NOON)


async def test_the_band_is_put_beside_the_officers_own_view(session, officer):
    record = await make_record(session)
    view = await viewing(session, record, by=officer)
    made = await forecasting(session, record, by=officer)
    assert (view.number, view.after_band) == (1, False)
    assert (made.officer_risk_view_id, made.trees) == (view.id, 509)
    risk = await queries.view(session, record.id, by=officer)
    (shown,) = risk.forecasts
    assert (shown.band, shown.officer_band, shown.disagrees) == ("high", "moderate", True)
    assert shown.votes.model_dump() == FORECAST["votes"]
    assert (risk.band, risk.disagrees, shown.band_has_most_votes) == ("high", True, True)
    entries = select(AuditEntry).where(col(AuditEntry.subject_ids).contains([record.id]))
    told = (await session.exec(entries.order_by(col(AuditEntry.sequence)))).all()
    assert [entry.event for entry in told] == ["forecast.viewed", "forecast.recorded"]
    assert told[1].subject_ids == [made.id, record.id, record.person_id]


async def test_no_band_before_an_own_view(session, officer):
    record = await make_record(session)
    with pytest.raises(OwnViewFirst):
        await forecasting(session, record, by=officer)
    risk = await queries.view(session, record.id, by=officer)
    assert (risk.band, risk.disagrees, risk.forecasts) == (None, None, [])


async def test_a_change_of_mind_stands_beside_and_changes_nothing(session, officer):
    record = await make_record(session)
    first = await viewing(session, record, by=officer)
    await forecasting(session, record, by=officer)
    later = await viewing(session, record, HIGH, by=officer)
    assert (later.number, later.after_band) == (2, True)
    again = await forecasting(session, record, by=officer)
    assert (again.number, again.officer_risk_view_id) == (2, first.id)
    risk = await queries.view(session, record.id, by=officer)
    assert [view.band for view in risk.views] == ["moderate", "high"]
    assert risk.disagrees is True


async def test_the_last_view_before_the_band_counts(session, officer):
    record = await make_record(session)
    await viewing(session, record, by=officer)
    await viewing(session, record, HIGH, by=officer)
    await forecasting(session, record, by=officer)
    assert (await queries.view(session, record.id, by=officer)).disagrees is False


async def test_a_band_without_most_votes_is_kept_as_it_was_given(session, officer):
    record = await make_record(session)
    await viewing(session, record, by=officer)
    odd = RecordForecast.model_validate(FORECAST | {"band": "low"})
    await forecasting(session, record, odd, by=officer)
    (shown,) = (await queries.view(session, record.id, by=officer)).forecasts
    assert (shown.band, shown.band_has_most_votes) == ("low", False)


@pytest.mark.parametrize(
    "wrong",
    [{"tool_version": "510-trees"}, {"votes": {"low": 8, "moderate": 87, "high": 415}}],
    ids=["version", "votes"],
)
async def test_what_the_tool_cannot_have_said_is_refused(session, officer, wrong):
    record = await make_record(session)
    await viewing(session, record, by=officer)
    command = RecordForecast.model_validate(FORECAST | wrong)
    with pytest.raises(RuleBroken):
        await forecasting(session, record, command, by=officer)


async def test_a_decision_is_told_the_last_band(session, officer):
    record = await make_record(session)
    await make_offence(session, record)
    await make_screening(session, record, **KNOWN)
    before, _ = await eligibility.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    await viewing(session, record, by=officer)
    await forecasting(session, record, by=officer)
    lower = RecordForecast.model_validate(
        FORECAST | {"band": "low", "votes": {"low": 509, "moderate": 0, "high": 0}}
    )
    await forecasting(session, record, lower, by=officer)
    after, _ = await eligibility.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    assert (before.facts["risk_band"], after.facts["risk_band"]) == (None, "low")


async def test_another_suites_case_cannot_be_told_from_none(session, officer):
    record = await make_record(session)
    for deed in (viewing, forecasting):
        with pytest.raises(CustodyRecordNotFound):
            await deed(session, record, by=STRANGER)


async def test_nothing_is_kept_that_cannot_be_recorded(without_ledger, officer):
    async with transaction(without_ledger) as session:
        record = await make_record(session)
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await viewing(session, record, by=officer)
    async with transaction(without_ledger) as session:
        assert await queries.views_of(session, record.id) == []


async def test_the_database_refuses_a_view_that_tells_the_wrong_time(session, officer):
    record, other = await make_record(session), await make_record(session)
    early = await viewing(session, record, by=officer)
    view = {"custody_record_id": record.id, "number": 9, "band": "low", "viewed_by": officer.id}
    view |= {"viewed_at": NOON + timedelta(hours=1)}
    made = await forecasting(session, record, by=officer)
    late = await viewing(session, record, HIGH, by=officer)
    fields = made.model_dump(exclude={"id"}) | {"number": 9}
    wrong = [
        OfficerRiskView(**view, after_band=False),
        OfficerRiskView(**view | {"custody_record_id": other.id}, after_band=True),
        RiskForecast(**fields | {"officer_risk_view_id": late.id}),
        RiskForecast(**fields | {"custody_record_id": other.id}),
        RiskForecast(**fields | {"votes_low": 9}),
        RiskForecast(**fields | {"votes_low": -8, "votes_moderate": 103}),
    ]
    for row in wrong:
        with pytest.raises(sa.exc.IntegrityError):
            async with session.begin_nested():
                await insert(session, row)
    assert early.after_band is False
