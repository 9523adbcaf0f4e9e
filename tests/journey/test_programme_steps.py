"""What comes after the verdict, with what stands in its way in plain English."""

from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import KNOWN, a_key, asked_for_consent, booked, decided, eligible, make_suite
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import insert, transaction
from checkpoint.trials import loading
from checkpoint.trials.tables import ProgrammePhase
from conftest import NOON
from delivering import STARTED, a_disposal, place, said
from trialling import SEED, a_protocol, open_trial

MANAGER = Actor(id=uuid4(), role=Role.OPERATOR)
RESEARCH_NO = {"answer": "declined", "reason_code": "decided_by_chance"}
WITHDRAWALS = {"withdraw_programme", "withdraw_research", "withdraw_information_sharing"}


@pytest.fixture
def make_place(trial_owner):
    """A suite that nobody works in but this test."""

    async def make(*, live=True):
        async with transaction(trial_owner) as session:
            code = (await make_suite(session)).code
            if live:
                phase = ProgrammePhase(suite=code, live_from=date(2026, 1, 1), source="Made up")
                await insert(session, phase)
        return code

    return make


@pytest.fixture
def make_trial(trial_owner, trial_app):
    """A trial at a suite, open unless it is said otherwise; gives its name."""

    async def make(suite, **protocol):
        code = f"TEST-{uuid4().hex[:8].upper()}"
        vault = trial_app.state.vault
        await open_trial(
            trial_owner, vault, SEED, places=20, trial=code, strata=[suite], **protocol
        )
        return code

    return make


async def steps_of(client, record):
    answer = await client.get(place(record, "next-steps"))
    assert answer.status_code == 200, answer.text
    return {step["step"]: step for step in answer.json()["next_steps"]}


async def case(at_trial, suite, **answers):
    officer = at_trial(Role.CUSTODY_OFFICER, suite)
    record = await eligible(officer, booking={"suite": suite})
    await asked_for_consent(officer, record, **answers)
    return officer, record


async def put(client, record, noun):
    listed = await client.get(place(record, "eligibility-decisions"))
    body = {"eligibility_decision_id": listed.json()["items"][0]["id"]}
    answer = await client.put(place(record, noun), json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_an_eligible_case_is_asked_first_and_said_to_be(at_trial, make_place):
    suite = await make_place()
    officer = at_trial(Role.CUSTODY_OFFICER, suite)
    steps = await steps_of(officer, await eligible(officer, booking={"suite": suite}))
    assert steps["ask_for_consent"]["allowed"] is True
    assert steps["enrol"]["allowed"] is False
    assert "Consent to the programme does not stand" in steps["enrol"]["why_not"]
    assert steps["enrol"]["missing"] == ["consents.programme"]
    assert not WITHDRAWALS & steps.keys()


async def test_who_is_needed_and_was_not_there_is_said_before_anybody_asks(at_trial, make_place):
    suite = await make_place()
    officer = at_trial(Role.CUSTODY_OFFICER, suite)
    record = await eligible(officer, booking={"suite": suite}, interpreter_needed=True)
    step = (await steps_of(officer, record))["ask_for_consent"]
    assert (step["allowed"], step["missing"]) == (False, ["safeguards.interpreter_came_at"])
    assert "an interpreter is needed" in step["why_not"]


async def test_a_case_that_is_not_eligible_has_none_of_these(at_trial, make_place):
    suite = await make_place()
    officer = at_trial(Role.CUSTODY_OFFICER, suite)
    record = await booked(officer, suite=suite, screening=KNOWN | {"hate_crime": True})
    later = {"ask_for_consent", "enrol", "allocate", "read_allocation", "record_disposal"}
    assert not later & (await steps_of(officer, record)).keys()
    await decided(officer, record)
    assert not later & (await steps_of(officer, record)).keys()


async def test_a_draft_is_gone_on_with_and_what_stands_is_taken_back(at_trial, make_place):
    suite = await make_place()
    officer, record = await case(at_trial, suite, research=RESEARCH_NO)
    steps = await steps_of(officer, record)
    assert WITHDRAWALS & steps.keys() == WITHDRAWALS - {"withdraw_research"}
    begun = await asked_for_consent(officer, record, draft=True, programme=..., information_sharing=...)  # fmt: skip
    steps = await steps_of(officer, record)
    assert steps["complete_consent_draft"]["href"] == f"/v1/consents/{begun['id']}/completion"


async def test_what_was_given_may_be_taken_back_even_where_the_case_is_refused_since(
    at_trial, make_place
):
    officer, record = await case(at_trial, await make_place())
    seen = (await officer.get(f"/v1/custody-records/{record['id']}")).json()
    saved = await officer.put(
        place(record, "screening"),
        json=KNOWN | {"hate_crime": True},
        headers={"If-Match": f'"{seen["version"]}"'},
    )
    changed = await steps_of(officer, record)
    assert changed["enrol"]["allowed"] is False
    assert "Decide again" in changed["enrol"]["why_not"] or "since" in changed["enrol"]["why_not"]
    await decided(officer, saved.json())
    steps = await steps_of(officer, record)
    assert steps.keys() >= WITHDRAWALS
    assert not {"enrol", "allocate", "ask_for_consent"} & steps.keys()


async def test_where_no_trial_is_open_the_way_in_is_to_be_enrolled(
    at_trial, make_place, make_trial
):
    announced = await make_place()
    await make_trial(announced, opens_on=date(2026, 12, 1))
    for suite in (await make_place(), announced):
        officer, record = await case(at_trial, suite)
        steps = await steps_of(officer, record)
        assert steps["enrol"]["allowed"] is True
        assert steps["enrol"]["href"].endswith("/enrolment")
        assert "allocate" not in steps
        await put(officer, record, "enrolment")
        after = await steps_of(officer, record)
        assert not {"enrol", "allocate"} & after.keys()
        assert after["start_programme"]["allowed"] is after["record_disposal"]["allowed"] is True


async def test_where_the_programme_does_not_run_nobody_comes_in(at_trial, make_place):
    officer, record = await case(at_trial, await make_place(live=False))
    step = (await steps_of(officer, record))["enrol"]
    assert step["allowed"] is False
    assert "does not run at the suite" in step["why_not"]


async def test_where_a_trial_is_open_the_way_in_is_to_be_allocated(
    at_trial, make_place, make_trial
):
    suite = await make_place()
    await make_trial(suite)
    officer, record = await case(at_trial, suite)
    steps = await steps_of(officer, record)
    assert "enrol" not in steps
    assert (steps["allocate"]["method"], steps["allocate"]["allowed"]) == ("PUT", True)
    told = await steps_of(at_trial(Role.SUPERVISOR, suite), record)
    assert told["allocate"]["why_not"] == "Your role does not allow this; ask a custody officer."
    await put(officer, record, "allocation")
    assert "allocate" not in await steps_of(officer, record)


async def test_a_second_trial_draws_where_the_first_is_closed(
    at_trial, make_place, make_trial, trial_owner
):
    suite = await make_place()
    first = await make_trial(suite)
    async with transaction(trial_owner) as session:
        await loading.close(session, first, words="Made up", by=MANAGER, at=NOON)
    officer, record = await case(at_trial, suite)
    assert (await steps_of(officer, record))["enrol"]["allowed"] is True
    second = await make_trial(suite)
    assert (await steps_of(officer, record))["allocate"]["allowed"] is True
    assert (await put(officer, record, "allocation"))["trial"] == second


async def test_a_trial_needs_consent_to_the_research_too(at_trial, make_place, make_trial):
    suite = await make_place()
    await make_trial(suite)
    officer, record = await case(at_trial, suite, research=RESEARCH_NO)
    step = (await steps_of(officer, record))["allocate"]
    assert (step["allowed"], step["missing"]) == (False, ["consents.research"])


async def test_a_trial_without_a_list_is_said_to_have_none(at_trial, make_place, trial_owner):
    suite, code = await make_place(), f"TEST-{uuid4().hex[:8].upper()}"
    async with transaction(trial_owner) as session:
        await loading.adopt(session, a_protocol(trial=code, strata=[suite]), by=MANAGER, at=NOON)
    officer, record = await case(at_trial, suite)
    step = (await steps_of(officer, record))["allocate"]
    assert step["allowed"] is False
    assert "no sealed list" in step["why_not"]


@pytest.mark.slow
async def test_the_blind_hear_the_same_of_every_arm(at_trial, make_place, make_trial):
    suite = await make_place()
    await make_trial(suite)
    blind, told = at_trial(Role.SUPERVISOR, suite, name="blind"), {}
    for _ in range(8):
        officer, record = await case(at_trial, suite)
        arm = (await put(officer, record, "allocation"))["arm"]
        steps = await steps_of(blind, record)
        told.setdefault(arm, set()).add(tuple((s["step"], s["allowed"]) for s in steps.values()))
        assert steps["read_allocation"]["allowed"] is True
        assert "start_programme" not in steps
        assert "start_programme" in await steps_of(officer, record)
    assert told["treatment"] == told["control"]
    assert len(told["control"]) == 1


async def test_a_case_that_was_started_and_disposed_of_has_no_step_left_there(at_trial, make_place):
    officer, record = await case(at_trial, await make_place())
    await put(officer, record, "enrolment")
    started = await said(officer, record, "programme-start", STARTED)
    disposed = await said(officer, record, "disposals", a_disposal(record))
    assert (started.status_code, disposed.status_code) == (201, 201)
    assert not {"start_programme", "record_disposal"} & (await steps_of(officer, record)).keys()


async def test_a_list_that_does_not_open_keeps_nobody_from_the_other_steps(
    at_trial, make_place, make_trial, trial_app, monkeypatch
):
    suite = await make_place()
    await make_trial(suite)
    officer, record = await case(at_trial, suite)
    await put(officer, record, "allocation")
    monkeypatch.setattr(trial_app.state.vault, "key", lambda: bytes(32))
    steps = await steps_of(officer, record)
    assert steps["save_screening"]["allowed"] is True
    assert steps["read_allocation"]["allowed"] is False
    assert "Tell the statistician" in steps["read_allocation"]["why_not"]


async def test_reading_the_steps_of_a_refused_case_costs_one_statement_more(at_trial, make_place):
    suite = await make_place()
    officer = at_trial(Role.CUSTODY_OFFICER, suite)
    record = await booked(officer, suite=suite, screening=KNOWN | {"hate_crime": True})
    before = await statements(officer, record)
    await decided(officer, record)
    assert await statements(officer, record) <= before + 1


async def statements(client, record):
    """How many statements one reading takes, at the least of three."""
    engine, counts = client._transport.app.state.engine.sync_engine, []

    def listen(*_):
        counts[-1] += 1

    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        for _ in range(3):
            counts.append(0)
            answer = await client.get(place(record, "next-steps"), headers=a_key())
            assert answer.status_code == 200, answer.text
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    return min(counts)
