"""An extract that was asked for before the cuts had a column of the same name as a covariate."""

import csv
import io
import json
import zipfile
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from checkpoint.extracts.builds import orders
from checkpoint.extracts.choosing import as_asked, unclear
from checkpoint.extracts.columns import Covariate, CovariateKind, offered
from checkpoint.foundation.actors import Role
from checkpoint.monitor import queries as monitor
from checkpoint.outcomes.cuts.states import Measure
from extracting import another_trial, approved, asked, built, cut

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


async def changed(engine, made, columns, sources):
    """A request as if it had been made when its fields meant something else."""
    await done(
        engine,
        "ALTER TABLE extract_request DISABLE TRIGGER USER",
        f"UPDATE extract_request SET columns = '{columns}', sources = {sources} "
        f"WHERE id = '{made['id']}'",
        "ALTER TABLE extract_request ENABLE TRIGGER USER",
    )


@pytest.fixture(params=[False, True], ids=["masked", "unblinded"])
def unblinded(request, monkeypatch):
    """Whether two people told the arms of every trial."""

    async def answer(*_):
        return request.param

    monkeypatch.setattr(monitor, "is_unblinded", answer)
    return request.param


@pytest.mark.slow
async def test_a_name_that_became_a_column_is_read_and_is_not_built_whoever_knows_the_arms(
    at_trial, trial_owner, unblinded
):
    trial = await another_trial(trial_owner)
    came_with = {"victim_satisfaction": 3}
    number = await cut(trial_owner, trial, baseline=came_with, victim_satisfaction=4.5)
    made = await approved(at_trial, number, trial=trial, fields=["sex", "age_band"])
    await changed(trial_owner, made, "{sex,victim_satisfaction}", "NULL")
    evaluator = at_trial(EVALUATOR, name="evaluator")
    read = await evaluator.get(f"/v1/extracts/{made['id']}")
    assert (read.status_code, read.json()["state"]) == (200, "approved"), read.text
    assert read.json()["fields"] == ["sex", "victim_satisfaction"]
    told = await built(at_trial, made)
    assert (told["state"], told["fault"]) == ("failed", "field_unclear"), told
    assert told["fault_meaning"] == (
        "A field's name means another column now; ask for another extract"
    )


@pytest.mark.slow
async def test_a_request_that_says_what_its_fields_meant_keeps_meaning_it(
    at_trial, trial_owner, unblinded
):
    trial = await another_trial(trial_owner)
    came_with = {"victim_satisfaction": 3}
    number = await cut(trial_owner, trial, people=400, baseline=came_with, victim_satisfaction=4.5)
    fields = ["sex", "baseline_victim_satisfaction"]
    made = await approved(at_trial, number, trial=trial, fields=fields)
    # As if it had been asked for before there was a column of the name.
    sources = "'{sex,baseline.victim_satisfaction}'"
    await changed(trial_owner, made, "{sex,victim_satisfaction}", sources)
    told = await built(at_trial, made)
    assert told["state"] == "released", told
    evaluator = at_trial(EVALUATOR, name="evaluator")
    given = await evaluator.get(f"/v1/extracts/{made['id']}/package")
    package = zipfile.ZipFile(io.BytesIO(given.content))
    rows = [*csv.DictReader(io.StringIO(package.read("participants.csv").decode()))]
    assert {row["victim_satisfaction"] for row in rows} == {"3"}
    assert "baseline_victim_satisfaction" not in rows[0]


async def test_a_request_keeps_what_each_of_its_fields_was_made_of(at_trial, trial_owner):
    trial = await another_trial(trial_owner)
    number = await cut(trial_owner, trial, baseline={"victim_satisfaction": 3})
    fields = ["baseline_victim_satisfaction", "age_band", "sex"]
    made = await asked(at_trial, number, trial=trial, fields=fields)
    query = sa.text("SELECT columns, sources FROM extract_request WHERE id = :id")
    async with trial_owner.connect() as connection:
        row = (await connection.execute(query, {"id": made["id"]})).one()
    assert tuple(row) == (fields, ["baseline.victim_satisfaction", "age", "sex"])


CAME_WITH = [
    Covariate(name, CovariateKind.NUMBER, name) for name in ("victim_satisfaction", "owed")
]
OFFERED = offered(Measure, CAME_WITH, unblinded=True)


def test_only_a_later_column_of_a_covariates_name_is_unclear():
    assert unclear(["sex", "victim_satisfaction", "wellbeing_after"], OFFERED) == [
        "victim_satisfaction"
    ]
    assert unclear(["victim_satisfaction"], offered(Measure, unblinded=True)) == []


def test_columns_go_by_the_names_of_the_request_and_by_their_own_where_it_does_not_say():
    names, sources = ["sex", "victim_satisfaction"], ["sex", "baseline.victim_satisfaction"]
    found = {each.name: each.source for each in as_asked(OFFERED, names, sources)}
    assert found["victim_satisfaction"] == "baseline.victim_satisfaction"
    assert "baseline_victim_satisfaction" not in found
    assert (found["age_band"], len(found)) == ("age", len(OFFERED) - 1)
    assert as_asked(OFFERED, names, None) == OFFERED
    assert as_asked(OFFERED, ["sex", "age_band"], ["sex", "age"]) == OFFERED


def test_what_an_earlier_release_told_counts_as_known_by_whichever_name_it_went():
    def released(day, **levels):
        return SimpleNamespace(
            released_at=day, request_id=day, product="person_level", levels=levels
        )

    releases = [
        released(1, victim_satisfaction=2, owed=1, sex=0, gone=0),
        released(2, baseline_victim_satisfaction=1, wellbeing_after=0),
    ]
    found = orders.earlier(releases, OFFERED, "another", None)
    assert [(column.source, level) for column, level in found] == [
        ("baseline.victim_satisfaction", 1),
        ("baseline.owed", 1),
        ("sex", 0),
    ]
    older = as_asked(OFFERED, ["victim_satisfaction"], ["baseline.victim_satisfaction"])
    found = orders.earlier(releases, older, "another", None)
    assert [(column.name, level) for column, level in found] == [
        ("owed", 1),
        ("sex", 0),
        ("victim_satisfaction", 1),
    ]
