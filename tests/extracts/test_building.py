"""An approved extract is built as evaluators may read, and given to its recipient alone."""

import csv
import hashlib
import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from builders import a_key
from checkpoint.foundation.actors import Role
from extracting import approved, built, cut, refusal

EVALUATOR, STATISTICIAN = Role.EVALUATOR, Role.STATISTICIAN
LAST = sa.text(
    "SELECT operation, event, recipient FROM audit_entry WHERE event LIKE 'extract.%' "
    "ORDER BY recorded_at DESC LIMIT 1"
)


@pytest.fixture(scope="module")
async def a_cut(trial_owner):
    return await cut(trial_owner, people=600)


async def last_entry(engine):
    async with engine.connect() as connection:
        return tuple((await connection.execute(LAST)).one())


def rows_of(package, name):
    return [*csv.DictReader(io.StringIO(package.read(name).decode()))]


@pytest.mark.slow
async def test_an_extract_is_built_downloaded_and_the_same_again(at_trial, trial_owner, a_cut):
    made = await approved(at_trial, a_cut, events=True)
    evaluator = at_trial(EVALUATOR, name="evaluator")
    early = await evaluator.get(f"/v1/extracts/{made['id']}/package")
    assert refusal(early) == (409, "extract-not-released")
    told = await built(at_trial, made)
    assert (told["state"], told["stage"], told["fault"]) == ("released", "done", None), told
    assert (told["attempts"], told["percent"]) == (1, 100)
    assert await last_entry(trial_owner) == ("consultation", "extract.build_read", None)
    given = await evaluator.get(f"/v1/extracts/{made['id']}/package")
    assert given.status_code == 200, given.text
    assert await last_entry(trial_owner) == (
        "disclosure",
        "extract.downloaded",
        "SYNTHETIC-UNIVERSITY",
    )
    view = (await evaluator.get(f"/v1/extracts/{made['id']}")).json()
    release = view["release"]
    assert hashlib.sha256(given.content).hexdigest() == release["digest"]
    assert (release["label"], view["state"]) == ("pseudonymised", "released")
    package = zipfile.ZipFile(io.BytesIO(given.content))
    for name, digest in release["files"].items():
        assert hashlib.sha256(package.read(name)).hexdigest() == digest
    people = rows_of(package, "participants.csv")
    assert len(people) == 600
    assert {row["arm"] for row in people} == {"A", "B"}
    assert rows_of(package, "events.csv")
    whole = given.content
    assert b"DURHAMGATE" not in b"".join(package.read(name) for name in package.namelist())
    assert (await built(at_trial, made))["state"] == "released"
    again = await evaluator.get(f"/v1/extracts/{made['id']}/package")
    assert again.content == whole
    for role in (STATISTICIAN, Role.AUDITOR):
        refused = await at_trial(role).get(f"/v1/extracts/{made['id']}/package")
        assert refusal(refused) == (403, "not-permitted")
    other = await at_trial(EVALUATOR, name="other").get(f"/v1/extracts/{made['id']}/package")
    assert refusal(other) == (404, "extract-not-found")


async def counted(at_trial, a_cut, **changes):
    made = await approved(
        at_trial, a_cut, product="aggregates", fields=["sex", "age_band"], **changes
    )
    return made, await built(at_trial, made)


async def test_aggregates_hold_no_small_cell_and_are_given_as_tables(at_trial, trial_owner, a_cut):
    made, told = await counted(at_trial, a_cut)
    assert told["state"] == "released", told
    evaluator = at_trial(EVALUATOR, name="evaluator")
    given = await evaluator.get(f"/v1/extracts/{made['id']}/tables")
    assert await last_entry(trial_owner) == (
        "disclosure",
        "extract.tables_shown",
        "SYNTHETIC-UNIVERSITY",
    )
    tables = given.json()["tables"]["tables"]
    assert {each["by"] for each in tables} == {"everybody", "sex", "age_band"}
    assert {(each["horizon"], each["last_day"]) for each in tables} == {("12 months", 364)}
    counts = [
        count[name]
        for each in tables
        for group in each["groups"]
        for count in group["counts"]
        for name in ("with_outcome", "without_outcome")
    ]
    assert any(count is None for count in counts)
    assert all(count is None or (count >= 10 and count % 5 == 0) for count in counts)
    shown = await at_trial(Role.AUDITOR).get(f"/v1/extracts/{made['id']}/disclosure-report")
    assert shown.json()["report"]["suppressed"] > 0
    assert await last_entry(trial_owner) == ("consultation", "extract.report_shown", None)
    package = await evaluator.get(f"/v1/extracts/{made['id']}/package")
    content = zipfile.ZipFile(io.BytesIO(package.content))
    assert json.loads(content.read("tables.json")) == given.json()["tables"]
    view = (await at_trial(STATISTICIAN).get(f"/v1/extracts/{made['id']}")).json()
    (build,) = [each for each in view["next_steps"] if each["step"] == "build_extract"]
    assert (build["allowed"], view["key_destroyed_at"]) == (True, None)
    assert len(rows_of(content, "tables.csv")) == len(counts) / 2
    refused = await at_trial(STATISTICIAN).post(
        f"/v1/extracts/{made['id']}/assessments", json=ASSESSED, headers=a_key()
    )
    assert refusal(refused) == (422, "rule-broken")


ASSESSED = {"verdict": "nobody_found", "method": "Tried for a day.", "assessed_on": "2026-11-03"}


@pytest.mark.slow
async def test_nothing_is_anonymous_until_somebody_tried_to_find_people(at_trial, a_cut):
    made = await approved(at_trial, a_cut, fields=["sex", "observed_days", "arrest_day"])
    place = f"/v1/extracts/{made['id']}"
    statistician = at_trial(STATISTICIAN, name="approving statistician")
    early = await statistician.post(f"{place}/assessments", json=ASSESSED, headers=a_key())
    assert refusal(early) == (409, "extract-not-released")
    await built(at_trial, made)
    first = (await statistician.get(place)).json()["release"]
    assert first["label"] == "pseudonymised"
    tables = await statistician.get(f"{place}/tables")
    assert refusal(tables) == (409, "extract-has-no-tables")
    long_ago = ASSESSED | {"assessed_on": "2026-10-01"}
    out = await statistician.post(f"{place}/assessments", json=long_ago, headers=a_key())
    assert refusal(out) == (422, "rule-broken")
    done = await statistician.post(f"{place}/assessments", json=ASSESSED, headers=a_key())
    assert done.json()["assessments"][0]["digest"] == first["digest"]
    await built(at_trial, made)
    second = (await statistician.get(place)).json()["release"]
    assert (second["label"], second["digest"] == first["digest"]) == ("anonymous", False)
    found = ASSESSED | {"verdict": "somebody_found"}
    await statistician.post(f"{place}/assessments", json=found, headers=a_key())
    await built(at_trial, made)
    assert (await statistician.get(place)).json()["release"]["label"] == "pseudonymised"


async def test_whoever_asked_does_not_assess_and_the_register_tells_every_release(
    at_trial, trial_owner, a_cut
):
    made = await approved(at_trial, a_cut)
    await built(at_trial, made)
    statement = (
        "INSERT INTO intruder_assessment (id, request_id, requested_by, number, release_id, verdict,"
        " method, assessed_on, recorded_at, assessed_by) SELECT gen_random_uuid(), request.id,"
        " requested_by, 1, release.id, 'nobody_found', '', now(), now(), requested_by"
        " FROM extract_request AS request JOIN extract_release AS release"
        " ON release.request_id = request.id WHERE request.id = :id"
    )
    async with trial_owner.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError, match="two_people"):
            await connection.execute(sa.text(statement), {"id": made["id"]})
    listed = (await at_trial(Role.AUDITOR).get("/v1/extract-releases")).json()["items"]
    mine = next(each for each in listed if each["extract_id"] == made["id"])
    assert (mine["trial"], mine["recipient"], mine["build"]) == (
        "TEST-TRIAL",
        "SYNTHETIC-UNIVERSITY",
        1,
    )
    assert (await at_trial(EVALUATOR).get("/v1/extract-releases")).status_code == 403
