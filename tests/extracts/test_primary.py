"""What an extract is judged by, and says it is: the primary outcome, where one was fixed in advance."""

import csv
import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from checkpoint.foundation.actors import Role
from extracting import another_trial, approved, built, cut

PROVEN, IN_TWO_YEARS = ("proven", "12 months"), ("proven", "24 months")


async def package_of(at_trial, made):
    told = await built(at_trial, made)
    assert told["state"] == "released", told
    given = await at_trial(Role.EVALUATOR, name="evaluator").get(
        f"/v1/extracts/{made['id']}/package"
    )
    package = zipfile.ZipFile(io.BytesIO(given.content))
    return {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}


async def test_rows_are_checked_on_the_earliest_news_and_stand_beside_the_primary_result(
    at_trial, trial_owner
):
    trial = await another_trial(trial_owner)
    held = {"measures": ("arrest", "proven"), "horizons": (6, 24), "primary": IN_TWO_YEARS}
    await cut(trial_owner, trial, people=600, **held)
    fields = ["sex", "observed_days", "arrest_day", "proven_day"]
    files = await package_of(at_trial, await approved(at_trial, 1, trial=trial, fields=fields))
    report = json.loads(files["disclosure-report.json"])
    result = report["full_cohort_primary_result"]
    assert (report["outcome"], report["outcome_in_words"]) == ("arrest", "Arrested again")
    assert result["fixed_in_advance"] is True
    assert [(each["horizon"], each["primary"]) for each in result["at_horizons"]] == [
        ("6 months", False),
        ("24 months", True),
    ]
    rows = [*csv.DictReader(io.StringIO(files["participants.csv"]))]
    by_arm = {arm: [row for row in rows if row["arm"] == arm] for arm in result["arms"]}

    def had(column):
        return {arm: sum(row[column] != "" for row in mine) for arm, mine in by_arm.items()}

    def told(result):
        return {arm: told["with_outcome"] for arm, told in result["arms"].items()}

    assert result["counted"].startswith("Arrested again in the whole time")
    assert told(result) == had("arrest_day")
    whole = result["at_horizons"][1]
    assert result["counted_at_horizons"] == "Proven reoffence within each horizon"
    assert told(whole) == had("proven_day") != told(result)
    described = json.loads(files["datapackage.json"])
    assert described["primary_outcome"] == {"measure": "proven", "horizon": "24 months"}
    said = "Primary outcome: proven reoffence within 24 months, fixed in advance by definitions 2026-01."
    assert files["README.md"].count(said) == 2
    assert "## Primary result of everybody" in files["README.md"]


async def test_rows_are_given_before_anybody_can_have_been_proven_to_reoffend(
    at_trial, trial_owner
):
    trial = await another_trial(trial_owner)
    held = {"measures": ("arrest", "proven"), "primary": PROVEN, "convicted": False}
    await cut(trial_owner, trial, people=600, **held)
    files = await package_of(at_trial, await approved(at_trial, 1, trial=trial, fields=["sex"]))
    report = json.loads(files["disclosure-report.json"])
    assert report["measured"]["l"] >= report["required"]["l"]
    (within,) = report["full_cohort_primary_result"]["at_horizons"]
    assert within["primary"] is True


@pytest.mark.parametrize(
    ("primary", "told", "said"),
    [
        (
            PROVEN,
            {"measure": "proven", "horizon": "12 months"},
            "Primary outcome: proven reoffence within 12 months, fixed",
        ),
        ((None, None), None, "No primary outcome was fixed in advance."),
    ],
)
async def test_counts_say_which_of_them_is_primary(at_trial, trial_owner, primary, told, said):
    trial = await another_trial(trial_owner)
    await cut(trial_owner, trial, people=600, measures=("arrest", "proven"), primary=primary)
    asked = await approved(at_trial, 1, trial=trial, product="aggregates", fields=["sex"])
    files = await package_of(at_trial, asked)
    assert json.loads(files["tables.json"])["primary_outcome"] == told
    assert said in files["README.md"]


async def test_rows_of_a_cut_without_one_are_of_the_earliest_news_and_say_that_too(
    at_trial, trial_owner
):
    trial = await another_trial(trial_owner)
    await cut(trial_owner, trial, people=600, measures=("arrest", "proven"))
    files = await package_of(at_trial, await approved(at_trial, 1, trial=trial, fields=["sex"]))
    report = json.loads(files["disclosure-report.json"])
    result = report["full_cohort_primary_result"]
    assert (report["outcome"], result["fixed_in_advance"]) == ("arrest", False)
    assert "No primary outcome was fixed in advance." in result["words"]
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
