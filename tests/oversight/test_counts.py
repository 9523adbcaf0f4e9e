from datetime import date, timedelta
from uuid import uuid4

from sqlmodel import select

from builders import KNOWN, a_key, booked, decided, make_offence, make_record, make_suite
from checkpoint.eligibility.tables import EligibilityDecision, RuleSetVersion
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import insert
from checkpoint.oversight import counts
from checkpoint.oversight.tables import EligibilityOverride, OverrideAnswer
from conftest import NOON, rolled_back

TODAY = date(2026, 11, 3)
AUDITOR = Actor(id=uuid4(), role=Role.AUDITOR)


async def make_decision(session, suite, verdict="eligible", *, at=NOON, outcome=...):
    record = await make_record(session, suite=suite)
    await make_offence(session, record)
    decision = EligibilityDecision(
        custody_record_id=record.id,
        number=1,
        record_version=1,
        rule_set_version_id=(await session.exec(select(RuleSetVersion.id))).first(),
        verdict=verdict,
        facts={},
        findings=[],
        decided_at=at,
        decided_by=uuid4(),
    )
    await insert(session, decision)
    if outcome is not ...:
        other = "ineligible" if verdict == "eligible" else "eligible"
        await make_override(session, decision, other, outcome=outcome)
    return decision


async def make_override(session, decision, verdict, *, number=1, outcome=None):
    override = EligibilityOverride(
        eligibility_decision_id=decision.id,
        number=number,
        verdict=verdict,
        reason_code="risk",
        words="x",
        proposed_rank="inspector",
        proposed_at=NOON,
        proposed_by=uuid4(),
    )
    await insert(session, override)
    if outcome:
        answer = OverrideAnswer(
            eligibility_override_id=override.id,
            proposed_by=override.proposed_by,
            outcome=outcome,
            words="x",
            answered_at=NOON,
            answered_by=uuid4(),
        )
        await insert(session, answer)


async def rates(session, actor, first=None, until=None):
    view = await counts.rates(
        session, actor=actor, decided_from=first, decided_until=until, on=TODAY
    )
    return {item.suite: (item.decisions, item.overrides, item.flagged) for item in view.items}


async def test_overrides_are_counted_by_suite_against_decisions_that_came_to_an_answer(owner):
    async with rolled_back(owner) as session:
        busy, calm = [(await make_suite(session)).code for _ in range(2)]
        await make_decision(session, busy, "ineligible", outcome="confirmed")
        await make_decision(session, busy, outcome="declined")
        await make_decision(session, busy, outcome=None)
        await make_decision(session, busy, "refer")
        await make_decision(session, busy, "pending")
        twice = await make_decision(session, busy, outcome="declined")
        await make_override(session, twice, "ineligible", number=2, outcome="confirmed")
        found = await rates(session, AUDITOR)
        assert (found[busy], found[calm]) == ((5, 2, True), (0, 0, False))
        assert "DURHAMGATE" in found
        own = Actor(id=uuid4(), role=Role.SUPERVISOR, suites=frozenset({calm}))
        assert (await rates(session, own)).keys() == {calm}


async def test_the_rate_has_the_unit_of_its_threshold(owner):
    async with rolled_back(owner) as session:
        suite = (await make_suite(session)).code
        await make_decision(session, suite, outcome="confirmed")
        for _ in range(15):
            await make_decision(session, suite)
        view = await counts.rates(
            session, actor=AUDITOR, decided_from=None, decided_until=None, on=TODAY
        )
        (found,) = [item for item in view.items if item.suite == suite]
        assert (found.rate_percent, view.flag_above_percent, found.flagged) == (6.25, 5, True)


async def test_the_days_are_those_of_england(owner):
    async with rolled_back(owner) as session:
        suite = (await make_suite(session)).code
        summer_night = NOON.replace(month=7, day=1, hour=23, minute=30)  # 2 July in England
        await make_decision(session, suite, at=summer_night)
        first, second = date(2026, 7, 1), date(2026, 7, 2)
        assert (await rates(session, AUDITOR, first, second))[suite] == (0, 0, False)
        assert (await rates(session, AUDITOR, second))[suite] == (1, 0, False)
        assert (await rates(session, AUDITOR, None, second + timedelta(days=1)))[suite][0] == 1


async def taken(auditor):
    view = (await auditor.get("/v1/overrides/rates")).json()
    return {item["suite"]: item["decisions"] for item in view["items"]}


async def test_a_decision_counts_where_it_was_taken_and_not_where_the_record_went(client, clients):
    auditor = clients(Role.AUDITOR)
    before = await taken(auditor)
    record = await booked(client, screening=KNOWN)
    await decided(client, record)
    moved = await client.post(
        f"/v1/custody-records/{record['id']}/transfer",
        json={
            "suite": "PETERLEE",
            "left_at": "2026-11-03T00:10:00Z",
            "arrived_at": "2026-11-03T00:50:00Z",
        },
        headers=a_key(),
    )
    assert moved.status_code == 200, moved.text
    after = await taken(auditor)
    assert after["DURHAMGATE"] == before["DURHAMGATE"] + 1
    assert after["PETERLEE"] == before["PETERLEE"]
    there = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="there")
    await decided(there, moved.json())
    assert await taken(auditor) == after | {"PETERLEE": after["PETERLEE"] + 1}


async def test_the_rates_say_what_they_count_and_name_nobody(clients):
    answer = await clients(Role.AUDITOR).get(
        "/v1/overrides/rates", params={"decided_from": "2026-01-01", "decided_until": "2027-01-01"}
    )
    view = answer.json()
    assert answer.status_code == 200, answer.text
    assert (view["flag_above_percent"], view["decided_from"]) == (5, "2026-01-01")
    assert "pending" in view["decisions_counted"]
    assert {*view["items"][0]} == {"suite", "decisions", "overrides", "rate_percent", "flagged"}


async def test_days_out_of_order_break_a_rule(clients):
    answer = await clients(Role.SUPERVISOR).get(
        "/v1/overrides/rates", params={"decided_from": "2026-01-02", "decided_until": "2026-01-02"}
    )
    assert answer.json()["errors"][0]["code"] == "days-out-of-order"
