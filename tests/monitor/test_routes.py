"""The front door of the monitor: counts and states, of everybody together and never of a case."""

import re

import pytest
import sqlalchemy as sa

from checkpoint.foundation.actors import Role
from checkpoint.monitor import counts, queries, views
from checkpoint.trials import queries as trials
from conftest import NOON, rolled_back

TRIAL = "/v1/trials/TEST-TRIAL"
DOORS = ("recruitment", "strata", "balance", "conduct")
MANAGER = Role.TRIAL_MANAGER


async def told(at_trial, door, role=MANAGER):
    answer = await at_trial(role).get(f"{TRIAL}/{door}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_recruitment_is_told_by_week_against_the_line(at_trial):
    found = await told(at_trial, "recruitment")
    assert (found["target"], found["allocated"]) == (800, 6)
    assert found["closes_on"] == "2027-11-01"
    assert found["needed_a_week"] == 15.4  # 794 people in 363 days
    weeks = found["weeks"]
    assert [week["week_of"] for week in weeks] == ["2026-10-26", "2026-11-02"]
    every = {"screened": 7, "eligible": 7, "consented": 6, "allocated": 6}
    assert weeks[-1]["in_week"] == weeks[-1]["so_far"] == every
    assert weeks[0]["so_far"] == dict.fromkeys(every, 0)
    assert [week["line"] for week in weeks] == [3, 18]  # 800 people in 365 days: 2.19 a day
    suites = {each["suite"]: each["weeks"][-1]["so_far"] for each in found["suites"]}
    assert suites == {"DURHAMGATE": every, "PETERLEE": dict.fromkeys(every, 0)}
    assert found["counted"].keys() == every.keys()


@pytest.mark.slow
async def test_strata_are_told_as_totals(at_trial):
    found = await told(at_trial, "strata")
    assert found["items"] == [
        {"suite": "DURHAMGATE", "allocated": 6, "runs_low": found["items"][0]["runs_low"]},
        {"suite": "PETERLEE", "allocated": 0, "runs_low": found["items"][1]["runs_low"]},
    ]


async def test_the_balance_withholds_arms_and_says_why(at_trial):
    found = await told(at_trial, "balance")
    assert (found["balance"], found["unblinded"]) == ("within_design", False)
    assert found["withheld"].startswith("Which arm is behind which mask")
    assert found["arms"] == [{"mask": mask, "arm": None, "allocated": None} for mask in "AB"]
    assert {each["state"] for each in found["strata"]} == {"within_design"}


async def test_conduct_tells_departures_refusals_and_what_is_missing(at_trial):
    found = await told(at_trial, "conduct")
    first, second = found["suites"]
    assert (first["suite"], first["decisions"], first["overrides"]) == ("DURHAMGATE", 7, 0)
    assert (first["override_rate_percent"], first["overrides_flagged"]) == (0.0, False)
    assert (first["allocated"], first["crossovers"], first["crossovers_flagged"]) == (6, 0, False)
    assert (second["decisions"], second["override_rate_percent"]) == (0, None)
    (refused,) = found["refusals"]
    assert (refused["kind"], refused["reason_code"], refused["declined"]) == (
        "research",
        "no_reason_given",
        1,
    )
    assert {each["kind"]: (each["answered"], each["declined"]) for each in found["answered"]} == {
        "programme": (7, 0),
        "research": (7, 1),
        "information_sharing": (7, 0),
    }
    assert [stage["cases"] for stage in found["completeness"]] == [7, 6]
    for stage in found["completeness"]:
        facts = {each["fact"]: each["percent"] for each in stage["facts"]}
        assert (facts["age"], facts["safeguards"]) == (100.0, 100.0)
        assert facts["consent_to_research"] == 100.0
        assert facts["risk_forecast"] == facts["self_defined_ethnicity"] == 0.0


async def test_crossovers_are_flagged_by_everybody_allocated_in_the_suite(at_trial):
    async with rolled_back(at_trial.app.state.engine) as session:
        trial = await trials.one(session, "TEST-TRIAL", at=NOON)
        found = views.conduct(
            trial,
            overrides=await counts.overrides(session, trial, at=NOON),
            allocated=await queries.allocated(session, trial),
            enrolled_before={},
            crossovers={"DURHAMGATE": 1},
            answers=[],
            complete=[],
            at=NOON,
        )
    first, second = found.suites
    assert (first.crossovers, first.crossover_rate_percent, first.crossovers_flagged) == (
        1,
        100 / 6,
        True,
    )
    assert (second.crossovers, second.crossover_rate_percent, second.crossovers_flagged) == (
        0,
        None,
        False,
    )
    assert {stage.cases for stage in found.completeness} == {0}


async def test_nothing_of_anybody_stands_in_any_answer(at_trial, trial_owner):
    query = sa.text("SELECT id::text, family_name, given_names FROM person")
    async with trial_owner.connect() as connection:
        people = (await connection.execute(query)).all()
    assert len(people) >= 7
    for door in DOORS:
        answer = await at_trial(MANAGER).get(f"{TRIAL}/{door}")
        for word in {word for person in people for word in person if word}:
            assert word not in answer.text
        assert re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-", answer.text) == []


@pytest.mark.parametrize("door", DOORS)
async def test_each_reading_is_one_entry_of_the_ledger(at_trial, trial_owner, door):
    query = sa.text(
        "SELECT event, subject_kind, actor_role, cardinality(subject_ids) FROM audit_entry "
        "ORDER BY recorded_at DESC LIMIT 1"
    )
    await told(at_trial, door)
    async with trial_owner.connect() as connection:
        (entry,) = (await connection.execute(query)).all()
    assert tuple(entry) == (f"monitor.{door}_read", "trial", "trial_manager", 1)


@pytest.mark.parametrize("door", DOORS)
async def test_the_trial_manager_and_the_statistician_read_it_and_nobody_else(at_trial, door):
    assert await told(at_trial, door, Role.STATISTICIAN) == await told(at_trial, door)
    for role in (Role.CUSTODY_OFFICER, Role.SUPERVISOR, Role.EVALUATOR, Role.AUDITOR):
        answer = await at_trial(role).get(f"{TRIAL}/{door}")
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-permitted")


@pytest.mark.parametrize("door", [*DOORS, "unblindings"])
async def test_a_trial_that_is_not_there_is_not_found(at_trial, door):
    answer = await at_trial(MANAGER).get(f"/v1/trials/NONE/{door}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/trial-not-found")
