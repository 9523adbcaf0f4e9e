"""What a manifest says of its covariates goes with its cuts, and stands in what is made of these."""

import io
import json
import zipfile
from uuid import uuid4

import pytest

from builders import a_key
from checkpoint.extracts import fields
from checkpoint.extracts.columns import CovariateKind, offered
from checkpoint.extracts.describing import schema
from checkpoint.extracts.references import policies
from checkpoint.extracts.wording import dictionary, paragraphs, plain
from checkpoint.foundation.actors import Role
from checkpoint.outcomes.cuts.states import Measure
from extracting import another_trial, approved, built, cut

POLICY = policies()["2026-11-23"]
PEOPLE = 240
LIVED = "Where they lived <b>at</b> [allocation](https://example.org)"
COVARIATES = {
    "housing": {
        "type": "code",
        "label": LIVED,
        "codes": {"own": "=HYPERLINK(1)", "hostel": "Hostel | shared", "none": "No fixed abode"},
    },
    "employed": {"type": "yes_no", "label": "In work at allocation"},
    "owed": {"type": "number", "label": "Owed, in pounds"},
}
NASTY = {"type": "code", "label": "+1", "codes": {"own": "-2", "other": "Elsewhere"}}


async def sent(client, place, body):
    answer = await client.post(place, json=body, headers=a_key())
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


async def brought_in(clients):
    """The name of a made-up trial from elsewhere of which a data cut was taken."""
    manager, code = clients(Role.TRIAL_MANAGER), f"MADE-UP-{uuid4().hex[:8].upper()}"
    manifest = {
        "code": code,
        "title": "A made-up trial from elsewhere",
        "source": "Made up",
        "unit": "day",
        "arms": {"control": 1, "aid": 1},
        "allocated_on": "2016-08-01",
        "followed_until": "2017-07-31",
        "measures": ["arrest"],
        "horizons": [{"name": "26 weeks", "days": 182}],
        "covariates": COVARIATES,
        "participants": PEOPLE,
        "events": PEOPLE // 4,
    }
    homes = [*COVARIATES["housing"]["codes"]]
    people = [
        {"participant": f"P{n}", "arm": ("aid", "control")[n % 2], "sex": "male",
         "covariates": {"housing": homes[n // 2 % 2], "employed": n % 3 == 0, "owed": n % 3}}
        for n in range(PEOPLE)
    ]  # fmt: skip
    events = [{"participant": f"P{n}", "measure": "arrest", "at": 30} for n in range(PEOPLE // 4)]
    place = f"/v1/trials-elsewhere/{code}"
    await sent(manager, "/v1/trials-elsewhere", manifest)
    await sent(manager, f"{place}/participants", {"part": 1, "rows": people})
    await sent(manager, f"{place}/follow-up", {"part": 1, "rows": events})
    await sent(manager, f"{place}/completion", {})
    await sent(clients(Role.STATISTICIAN), f"/v1/trials/{code}/data-cuts", {})
    return code


async def package_of(clients, trial, **asked):
    made = await approved(clients, 1, trial=trial, **asked)
    told = await built(clients, made)
    assert told["state"] == "released", told
    given = await clients(Role.EVALUATOR, name="evaluator").get(
        f"/v1/extracts/{made['id']}/package"
    )
    package = zipfile.ZipFile(io.BytesIO(given.content))
    return json.loads(package.read("datapackage.json")), package.read("README.md").decode()


def fields_of(described):
    return {each["name"]: each for each in described["resources"][0]["schema"]["fields"]}


@pytest.mark.slow
async def test_what_a_manifest_says_of_covariates_stands_in_the_package_and_in_the_list_of_fields(
    at_trial,
):
    trial = await brought_in(at_trial)
    evaluator = at_trial(Role.EVALUATOR, name="evaluator")
    listed = (await evaluator.get(f"/v1/extract-fields?trial={trial}&cut=1")).json()["fields"]
    told = {each["name"]: (each["title"], each["codes"]) for each in listed}
    words = {"own": "'=HYPERLINK(1)", "hostel": "Hostel | shared", "none": "No fixed abode"}
    assert told["housing"] == (LIVED, words)
    assert told["employed"] == ("In work at allocation", {})
    assert told["sex"] == ("Sex", {})
    described, page = await package_of(
        at_trial, trial, fields=["sex", "housing", "employed"], exempt=[
            {"field": name, "why": "Made up."} for name in ("housing", "employed")
        ],
    )  # fmt: skip
    found = fields_of(described)
    assert (found["housing"]["title"], found["housing"]["description"]) == (
        LIVED,
        "As known at allocation.",
    )
    assert found["housing"]["categories"] == [
        {"value": "hostel", "label": "Hostel | shared"},
        {"value": "own", "label": "'=HYPERLINK(1)"},
    ]
    assert found["sex"]["categories"] == ["male"]
    assert found["employed"]["title"] == "In work at allocation"
    assert "categories" not in found["employed"]
    lines = page.splitlines()
    lived = r"\<b\>at\</b\> \[allocation\](https\://example\.org)"
    assert f"- `housing`: Where they lived {lived}" in lines
    assert r"  - `hostel`: Hostel \| shared" in lines
    assert "  - `none`: No fixed abode" in lines
    assert "- `employed`: In work at allocation" in lines
    assert "`owed`" not in page


@pytest.mark.slow
async def test_counts_say_what_the_groups_of_a_covariate_mean(at_trial):
    trial = await brought_in(at_trial)
    asked = {"product": "aggregates", "fields": ["sex", "housing"]}
    described, page = await package_of(at_trial, trial, **asked)
    (counted,) = described["resources"][0]["counted_by"]
    assert (counted["name"], counted["title"]) == ("housing", LIVED)
    assert {each["value"]: each["label"] for each in counted["categories"]}["none"] == (
        "No fixed abode"
    )
    assert "  - `none`: No fixed abode" in page.splitlines()
    described, page = await package_of(at_trial, trial, **asked | {"fields": ["sex"]})
    assert "counted_by" not in described["resources"][0]
    assert "## Covariates" not in page


@pytest.mark.slow
async def test_a_cut_that_was_taken_without_words_tells_names_and_codes(at_trial, trial_owner):
    trial = await another_trial(trial_owner)
    await cut(trial_owner, trial, people=400, baseline={"home_now": "own"})
    described, page = await package_of(at_trial, trial, fields=["sex", "home_now"])
    found = fields_of(described)["home_now"]
    assert (found["title"], found["categories"]) == ("Home now", ["own"])
    assert "## Covariates" not in page
    evaluator = at_trial(Role.EVALUATOR, name="evaluator")
    listed = (await evaluator.get(f"/v1/extract-fields?trial={trial}&cut=1")).json()["fields"]
    assert {each["name"]: each["codes"] for each in listed}["home_now"] == {}


def column(name, kind, told):
    made = fields.covariate(name, kind, told)
    return next(each for each in offered(Measure, [made]) if each.source == f"baseline.{made.name}")


def test_a_code_has_a_label_where_the_programme_tells_one_and_no_label_is_a_formula():
    told = column("home", CovariateKind.CODE, NASTY)
    found = schema([(told, 0, ["other", "own", "tent"])], POLICY, unique=True)["fields"][1]
    assert found["title"] == "'+1"
    assert found["categories"] == [
        {"value": "other", "label": "Elsewhere"},
        {"value": "own", "label": "'-2"},
        {"value": "tent", "label": "tent"},
    ]
    bare = column("home", CovariateKind.CODE, None)
    found = schema([(bare, 0, ["own"])], POLICY, unique=True)["fields"][1]
    assert (found["title"], found["categories"]) == ("Home", ["own"])


def test_a_first_page_shows_words_as_they_stand():
    assert plain("a\n# b  *c* `d` | www.e.org http://f <g> [h](i) e.g. 1.5") == (
        r"a \# b \*c\* \`d\` \| www\.e\.org http\://f \<g\> \[h\](i) e\.g. 1\.5"
    )
    assert (paragraphs([]), dictionary([])) == ((), {})
    number = column("owed", CovariateKind.NUMBER, COVARIATES["owed"] | {"codes": {}})
    assert paragraphs([number])[-1] == "- `owed`: Owed, in pounds"
    assert dictionary([number])["counted_by"] == [
        {"name": "owed", "title": "Owed, in pounds", "description": "As known at allocation."}
    ]
