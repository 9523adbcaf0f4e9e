"""What an extract is judged by, and says it is: the primary outcome, where one was fixed in advance."""

import csv
import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from checkpoint.foundation.actors import Role
from extracting import another_trial, approved, built, cut

PROVEN = ("proven", "12 months")


async def package_of(at_trial, made):
    told = await built(at_trial, made)
    assert told["state"] == "released", told
    given = await at_trial(Role.EVALUATOR, name="evaluator").get(
        f"/v1/extracts/{made['id']}/package"
    )
    package = zipfile.ZipFile(io.BytesIO(given.content))
    return {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}


async def test_rows_are_judged_by_the_primary_outcome_and_say_so(at_trial, trial_owner):
    trial = await another_trial(trial_owner)
    held = {"measures": ("arrest", "proven"), "horizons": (6, 12), "primary": PROVEN}
    await cut(trial_owner, trial, people=600, **held)
    fields = ["sex", "observed_days", "proven_day"]
    files = await package_of(at_trial, await approved(at_trial, 1, trial=trial, fields=fields))
    report = json.loads(files["disclosure-report.json"])
    result = report["full_cohort_primary_result"]
    assert (report["outcome"], result["fixed_in_advance"]) == ("proven", True)
    assert [(each["horizon"], each["primary"]) for each in result["at_horizons"]] == [
        ("6 months", False),
        ("12 months", True),
    ]
    proven = [*csv.DictReader(io.StringIO(files["participants.csv"]))]
    by_arm = {arm: [row for row in proven if row["arm"] == arm] for arm in result["arms"]}
    assert {arm: told["with_outcome"] for arm, told in result["arms"].items()} == {
        arm: sum(row["proven_day"] != "" for row in rows) for arm, rows in by_arm.items()
    }
    described = json.loads(files["datapackage.json"])
    assert described["primary_outcome"] == {"measure": "proven", "horizon": "12 months"}
    said = "Primary outcome: proven within 12 months, fixed in advance by definitions 2026-01."
    assert files["README.md"].count(said) == 2
    assert "## Primary result of everybody" in files["README.md"]


@pytest.mark.parametrize(
    ("primary", "told", "said"),
    [
        (PROVEN, {"measure": "proven", "horizon": "12 months"}, "proven within 12 months, fixed"),
        ((None, None), None, "none was fixed in advance"),
    ],
)
async def test_counts_say_which_of_them_is_primary(at_trial, trial_owner, primary, told, said):
    trial = await another_trial(trial_owner)
    await cut(trial_owner, trial, people=600, measures=("arrest", "proven"), primary=primary)
    asked = await approved(at_trial, 1, trial=trial, product="aggregates", fields=["sex"])
    files = await package_of(at_trial, asked)
    assert json.loads(files["tables.json"])["primary_outcome"] == told
    assert f"Primary outcome: {said}" in files["README.md"]


async def test_rows_of_a_cut_without_one_are_of_the_earliest_news_and_say_that_too(
    at_trial, trial_owner
):
    trial = await another_trial(trial_owner)
    await cut(trial_owner, trial, people=600, measures=("arrest", "proven"))
    files = await package_of(at_trial, await approved(at_trial, 1, trial=trial, fields=["sex"]))
    report = json.loads(files["disclosure-report.json"])
    result = report["full_cohort_primary_result"]
    assert (report["outcome"], result["fixed_in_advance"]) == ("arrest", False)
    assert "none was fixed in advance" in result["words"]
    assert "## Result of everybody" in files["README.md"]


@pytest.mark.parametrize(
    "primary", [("charge", "12 months"), ("arrest", None), (None, "12 months")]
)
async def test_no_cut_keeps_half_a_primary_outcome_or_one_that_it_does_not_hold(
    at_trial, trial_owner, primary
):
    trial = await another_trial(trial_owner)
    with pytest.raises(sa.exc.IntegrityError, match="ck_data_cut_primary"):
        await cut(trial_owner, trial, people=1, primary=primary)
