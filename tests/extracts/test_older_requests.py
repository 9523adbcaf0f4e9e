"""An extract that was asked for before the cuts had a column of the same name as a covariate."""

import csv
import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from checkpoint.foundation.actors import Role
from extracting import another_trial, approved, built, cut

EVALUATOR = Role.EVALUATOR


async def done(engine, *statements):
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(sa.text(statement))


@pytest.mark.slow
async def test_what_somebody_came_with_is_never_taken_for_what_was_measured_afterwards(
    at_trial, trial_owner
):
    trial = await another_trial(trial_owner)
    came_with = {"wellbeing": 44}
    number = await cut(trial_owner, trial, people=400, baseline=came_with, wellbeing=60)
    made = await approved(at_trial, number, trial=trial, fields=["sex", "wellbeing"])
    told = await built(at_trial, made)
    assert told["state"] == "released", told
    evaluator = at_trial(EVALUATOR, name="evaluator")
    given = await evaluator.get(f"/v1/extracts/{made['id']}/package")
    package = zipfile.ZipFile(io.BytesIO(given.content))
    rows = [*csv.DictReader(io.StringIO(package.read("participants.csv").decode()))]
    assert {row["wellbeing"] for row in rows} == {"44"}
    assert "wellbeing_after" not in rows[0]
    described = json.loads(package.read("datapackage.json"))
    fields = {each["name"]: each for each in described["resources"][0]["schema"]["fields"]}
    assert fields["wellbeing"]["description"].startswith("As known at allocation.")


@pytest.mark.slow
async def test_a_name_that_became_a_column_that_tells_the_arm_is_read_and_is_not_built(
    at_trial, trial_owner
):
    trial = await another_trial(trial_owner)
    came_with = {"victim_satisfaction": 3}
    number = await cut(trial_owner, trial, baseline=came_with, victim_satisfaction=4.5)
    made = await approved(at_trial, number, trial=trial, fields=["sex", "age_band"])
    await done(
        trial_owner,
        "ALTER TABLE extract_request DISABLE TRIGGER USER",
        "UPDATE extract_request SET columns = '{sex,victim_satisfaction}' "
        f"WHERE id = '{made['id']}'",
        "ALTER TABLE extract_request ENABLE TRIGGER USER",
    )
    evaluator = at_trial(EVALUATOR, name="evaluator")
    read = await evaluator.get(f"/v1/extracts/{made['id']}")
    assert (read.status_code, read.json()["state"]) == (200, "approved"), read.text
    assert read.json()["fields"] == ["sex", "victim_satisfaction"]
    told = await built(at_trial, made)
    assert (told["state"], told["fault"]) == ("failed", "fields_withheld"), told
