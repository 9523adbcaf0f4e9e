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
from extracting import approved, asked, built, cut, refusal

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


async def test_an_extract_is_built_downloaded_and_the_same_again(at_trial, trial_owner, a_cut):
    made = await approved(at_trial, a_cut, events=True)
    evaluator = at_trial(EVALUATOR, name="evaluator")
    early = await evaluator.get(f"/v1/extracts/{made['id']}/package")
    assert refusal(early) == (409, "extract-not-released")
    told = await built(at_trial, made)
    assert (told["state"], told["stage"], told["fault"]) == ("released", "done", None), told
    assert (told["attempts"], told["done"], told["total"]) == (1, 600, 600)
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
    assert len(people) == 600 and {row["arm"] for row in people} == {"A", "B"}
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
