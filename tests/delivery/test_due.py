"""Missing disposals are chased; the list tells nobody an arm."""

from datetime import timedelta

import pytest

from builders import a_key
from checkpoint.delivery import counts
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.trials import queries as trials
from conftest import NOON, noon
from delivering import PROPOSED, STARTED, a_disposal, place, said

LATER = NOON + timedelta(days=28)


@pytest.fixture
def much_later(trial_app):
    """Four weeks on, once it is called."""

    async def then():
        return LATER

    def go():
        trial_app.dependency_overrides[clock.now] = then

    yield go
    trial_app.dependency_overrides[clock.now] = noon


async def due(client, **params):
    found, after = [], None
    while True:
        asked = params | ({"after": after} if after else {})
        page = (await client.get("/v1/disposals-due", params=asked)).json()
        found += page["items"]
        if (after := page["next"]) is None:
            return found


async def named(client, **params):
    return [item["record_id"] for item in await due(client, **params)]


async def test_a_missing_disposal_is_chased_after_four_weeks_and_no_more_once_recorded(
    at_trial, a_case, much_later
):
    record, officer = await a_case("control"), at_trial()
    assert record["id"] not in await named(officer)
    much_later()
    (line,) = [each for each in await due(officer) if each["record_id"] == record["id"]]
    assert (line["missing"], line["due_on"]) == (1, "2026-12-01")
    assert line["reference"] == record["reference"]
    assert "control" not in str(line)
    undecided = a_disposal(record, outcome_code="0")
    told = (await said(officer, record, "disposals", undecided)).json()
    assert record["id"] in await named(officer)
    stands = told["items"][0]["disposals"][0]["id"]
    decided = a_disposal(record, replaces_id=stands, reason_code="decided_anew")
    assert (await said(officer, record, "disposals", decided)).status_code == 201
    assert record["id"] not in await named(officer)


async def test_a_started_case_drops_out_only_for_who_has_seen_its_arm(at_trial, a_case, much_later):
    record, officer = await a_case("treatment"), at_trial()
    await said(officer, record, "programme-start", STARTED)
    much_later()
    blind = at_trial(Role.SUPERVISOR, name="blind to the list")
    assert record["id"] not in await named(officer)
    assert record["id"] in await named(blind)


async def test_the_list_is_the_same_to_the_blind_whatever_was_assigned_and_given(
    at_trial, a_case, much_later
):
    records = [await a_case("treatment"), await a_case("treatment"), await a_case("control")]
    await said(at_trial(), records[0], "programme-start", STARTED)
    much_later()
    blind = at_trial(Role.SUPERVISOR, name="blind again")
    found = [each for each in await due(blind) if each["record_id"] in {r["id"] for r in records}]
    own = ("record_id", "reference", "family_name", "given_names")
    lines = [{k: v for k, v in each.items() if k not in own} for each in found]
    assert len(lines) == 3
    assert lines[0] == lines[1] == lines[2]


@pytest.mark.slow
async def test_pages_are_in_order_and_lose_nobody(at_trial, a_case, much_later):
    records = [await a_case("control") for _ in range(3)]
    much_later()
    officer = at_trial()
    whole = await named(officer)
    assert await named(officer, size=1) == whole
    assert {record["id"] for record in records} <= {*whole}
    assert not {record["id"] for record in records} & {*await named(officer, suite="PETERLEE")}
    theirs = await named(at_trial(Role.CUSTODY_OFFICER, "PETERLEE"))
    assert not {record["id"] for record in records} & {*theirs}


async def test_each_suite_hears_how_many_it_misses(at_trial, a_case, much_later):
    await a_case("control")
    much_later()
    officer = at_trial(Role.CUSTODY_OFFICER, "DURHAMGATE", "PETERLEE")
    told = (await officer.get("/v1/disposals-due/counts")).json()
    assert told["chased_after_days"] == 28
    assert told["items"] == [
        {"suite": suite, "cases": len(await named(officer, suite=suite))}
        for suite in ("DURHAMGATE", "PETERLEE")
    ]


async def test_crossovers_are_counted_by_suite(at_trial, a_case, supervisor, trial_owner):
    async def counted():
        async with transaction(trial_owner) as session:
            found = await trials.of_suite(session, "DURHAMGATE", at=NOON)
            return await counts.crossings(session, found[0].id, on=NOON.date())

    (before,) = await counted()
    record = await a_case("control")
    first, second = await supervisor(record, "first"), await supervisor(record, "second")
    crossover = (await said(first, record, "crossovers", PROPOSED)).json()["crossovers"][0]
    (proposed,) = await counted()
    assert proposed.to_treatment == before.to_treatment
    await second.post(f"/v1/crossovers/{crossover['id']}/confirmation", headers=a_key())
    (after,) = await counted()
    assert (after.suite, after.to_treatment) == ("DURHAMGATE", before.to_treatment + 1)
    assert after.flagged == (after.to_treatment * 20 > after.allocations)


async def test_next_steps_are_the_same_to_the_blind(at_trial, a_case):
    officer = at_trial()
    control, treatment = await a_case("control"), await a_case("treatment")
    steps = [
        [
            step["step"]
            for step in (await officer.get(place(record, "delivery"))).json()["next_steps"]
        ]
        for record in (control, treatment)
    ]
    assert steps == [
        ["start_programme", "propose_crossover", "record_disposal"],
        ["start_programme", "record_deviation", "record_disposal"],
    ]
