"""What packages say of themselves: denominators, horizons, purposes, and why they are so coarse."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import sqlalchemy as sa

from checkpoint.evaluation.windows import window
from checkpoint.extracts.builds import tallies
from checkpoint.extracts.references import policies
from checkpoint.foundation.actors import Role
from checkpoint.outcomes.cuts.facts import Horizon, seen_until
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure
from extracting import FOLLOWED, TAKEN, another_trial, approved, built, cut

POLICY = policies()["2026-11-23"]


async def package_of(at_trial, made):
    assert (await built(at_trial, made))["state"] == "released"
    evaluator = at_trial(Role.EVALUATOR, name="evaluator")
    given = await evaluator.get(f"/v1/extracts/{made['id']}/package")
    package = zipfile.ZipFile(io.BytesIO(given.content))
    return {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}


def test_a_total_with_a_suppressed_count_in_it_is_suppressed():
    cells = {
        "female": {"A": (25, 12), "B": (40, 3)},
        "male": {"A": (100, 40), "B": (90, 30)},
        "not_known": {"A": (20, 30), "B": (40, 50)},
    }
    told = tallies.shown(cells, ["A", "B"], POLICY)
    totals = {each["group"]: each["total"] for each in told["groups"]}
    assert totals["female"] is totals["male"] is told["total"] is None or totals["male"] == 260
    for each in told["groups"]:
        counts = [n for c in each["counts"] for n in (c["without_outcome"], c["with_outcome"])]
        assert each["total"] == (None if None in counts else sum(counts))
    assert told["total"] is None
    whole = tallies.shown({"male": cells["male"]}, ["A", "B"], POLICY)
    assert whole["total"] == whole["groups"][0]["total"] == 260
    assert "6 months before" in tallies.denominator(6)
    assert "1 month before" in tallies.denominator(1)


async def test_counts_say_of_whom_they_are_and_which_horizon_nobody_was_observed_until(
    at_trial, trial_owner
):
    trial = await another_trial(trial_owner)
    await cut(trial_owner, trial, people=600, horizons=(12, 48))
    made = await approved(at_trial, 1, trial=trial, product="aggregates", fields=["sex"])
    files = await package_of(at_trial, made)
    tables = json.loads(files["tables.json"])
    assert "whose horizon had passed" in tables["denominator"]
    far = [each for each in tables["tables"] if each["horizon"] == "48 months"]
    assert [(each["nobody_observed_so_long"], each["groups"]) for each in far] == [(True, [])] * 2
    assert not any(each["nobody_observed_so_long"] for each in tables["tables"] if each not in far)
    rows = [*csv.DictReader(io.StringIO(files["tables.csv"]))]
    assert {row["with_outcome"] for row in rows if row["horizon"] == "48 months"} == {""}
    assert "To see whether the programme works." in files["README.md"]
    for line in files["SHA256SUMS"].splitlines():
        digest, name = line.split()
        assert hashlib.sha256(files[name].encode()).hexdigest() == digest
    described = json.loads(files["datapackage.json"])
    assert (described["agreement"], described["horizons"][1]["last_day"]) == ("Agreement 1", 1460)
    (resource,) = described["resources"]
    assert resource["title"]
    assert all(each["title"] and each["description"] for each in resource["schema"]["fields"])


async def test_both_products_say_alike_by_what_they_were_made(at_trial, trial_owner):
    trial = await another_trial(trial_owner)
    await cut(trial_owner, trial, people=600, horizons=(1,), lag=1)
    rows = await package_of(at_trial, await approved(at_trial, 1, trial=trial))
    asked = await approved(at_trial, 1, trial=trial, product="aggregates", fields=["sex"])
    counts = await package_of(at_trial, asked)
    one, other = [json.loads(files["datapackage.json"]) for files in (rows, counts)]
    assert [*one] == [*other]
    assert {*one["resources"][0]} == {*other["resources"][0]}
    own = {"name", "title", "description", "label", "resources"}
    assert {key: one[key] for key in one.keys() - own} == {
        key: other[key] for key in other.keys() - own
    }
    versions = {
        "definitions": {"version": "2026-01", "sha256": "a" * 64},
        "rule_sets": ["2018-01-01"],
        "harm_index": "made-up-1",
        "known_until": TAKEN.isoformat(),
        "followed_until": FOLLOWED.isoformat(),
    }
    assert {key: other[key] for key in versions} == versions
    assert (other["label"], other["sources"][0]["title"][-64:]) == (
        "Aggregates with disclosure control",
        "b" * 64,
    )
    tables = json.loads(counts["tables.json"])
    assert {key: tables[key] for key in versions} == versions
    assert (tables["label"], tables["cut_digest"]) == (other["label"], "b" * 64)
    for page in (rows["README.md"], counts["README.md"]):
        assert "Definitions 2026-01; rules 2018-01-01; harm index made-up-1." in page
        assert f"Data cut 1 of trial {trial}, SHA-256 {'b' * 64}." in page
        assert other["licenses"][0]["title"] in page
        assert "1 month " in page
        assert "1 months" not in page
    assert "1 months" not in counts["tables.json"]
    place = f"/v1/extracts/{asked['id']}"
    first = (await at_trial(Role.STATISTICIAN).get(place)).json()["release"]
    assert await package_of(at_trial, asked) == counts
    again = (await at_trial(Role.STATISTICIAN).get(place)).json()["release"]
    assert (again["digest"], again["build"]) == (first["digest"], 2)


async def test_rows_say_what_for_until_when_and_which_earlier_release_they_are_judged_with(
    at_trial, trial_owner
):
    trial = await another_trial(trial_owner)
    await cut(trial_owner, trial, people=600)
    first = await approved(at_trial, 1, trial=trial, fields=["sex", "ethnicity", "arrest_day"])
    files = await package_of(at_trial, first)
    described, page = json.loads(files["datapackage.json"]), files["README.md"]
    assert described["horizons"] == [{"name": "12 months", "last_day": 364}]
    assert (described["purpose"], described["expires_on"]) == (
        first["purpose"],
        first["expires_on"],
    )
    assert "To see whether the programme works." in page
    assert "Arrested again in the whole time that each person was observed" in page
    report = json.loads(files["disclosure-report.json"])
    assert (report["judged_as_if_joined_to_releases"], report["why_coarser"]) == ([], None)
    later = await approved(
        at_trial, 1, trial=trial, fields=["age_band", "offence_group", "quarter"]
    )
    files = await package_of(at_trial, later)
    report = json.loads(files["disclosure-report.json"])
    assert report["judged_as_if_joined_to_releases"] == [1]
    assert report["why_coarser"].startswith("Judged as if joined to release 1 of this trial")
    assert report["why_coarser"] in files["README.md"]


async def test_whoever_died_before_a_horizon_had_passed_stays_in_its_counts(at_trial, trial_owner):
    trial = await another_trial(trial_owner)
    died = {"observed_days": 100, "ended_by": EndOfObservation.DEATH, "arrest_day": 50}
    await cut(trial_owner, trial, people=600, **died)
    made = await approved(at_trial, 1, trial=trial, product="aggregates", fields=["sex"])
    files = await package_of(at_trial, made)
    everybody = next(
        each
        for each in json.loads(files["tables.json"])["tables"]
        if (each["by"], each["measure"]) == ("everybody", "arrest")
    )
    (group,) = everybody["groups"]
    assert {each["arm"]: each["with_outcome"] for each in group["counts"]} == {"A": 300, "B": 300}


async def test_a_horizon_had_passed_for_evaluators_as_it_had_for_the_evaluation(trial_owner):
    trial, months = await another_trial(trial_owner), (*range(34, 46), 120)
    await cut(trial_owner, trial, people=300, horizons=months)
    of_trial = sa.text(
        "SELECT data_cut.id FROM data_cut JOIN trial ON trial.id = trial_id WHERE code = :code"
    )
    # By the cut, as extracts read it: joined to a trial, the view may be worked out for everybody.
    query = sa.text(
        "SELECT allocated_on, passed, proven_passed, seen.arrest_day, arrest_within "
        "FROM seen_participant AS seen JOIN cut_participant ON cut_participant.id = participant WHERE seen.cut_id = :cut_id"
    )
    async with trial_owner.connect() as connection:
        cut_id = (await connection.execute(of_trial, {"code": trial})).scalar_one()
        rows = (await connection.execute(query, {"cut_id": cut_id})).all()
    assert len(rows) == 300
    for row in rows:
        ends = [
            row.allocated_on + timedelta(days=window(Horizon("", months=each), row.allocated_on))
            for each in months
        ]
        assert row.passed == [end <= FOLLOWED for end in ends]
        arrest = row.arrest_day and row.allocated_on + timedelta(days=row.arrest_day)
        assert row.arrest_within == [arrest and arrest <= end for end in ends]
        before = seen_until(Measure.PROVEN, FOLLOWED, lag_months=6)
        assert row.proven_passed == [end <= before for end in ends]
