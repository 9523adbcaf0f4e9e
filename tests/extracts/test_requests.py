"""An extract is asked for by one person and approved by two others; or refused, or ended."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import a_key
from checkpoint.foundation.actors import Role
from conftest import NOON
from extracting import approved, asked, asking, cut, refusal

EVALUATOR, STATISTICIAN, MANAGER = Role.EVALUATOR, Role.STATISTICIAN, Role.TRIAL_MANAGER
LAST = sa.text(
    "SELECT operation, event, recipient FROM audit_entry WHERE event LIKE 'extract.%' "
    "ORDER BY recorded_at DESC LIMIT 1"
)


@pytest.fixture(scope="module")
async def a_cut(trial_owner):
    return await cut(trial_owner)


async def last_entry(engine):
    async with engine.connect() as connection:
        return tuple((await connection.execute(LAST)).one())


def steps(view):
    return {step["step"]: step["allowed"] for step in view["next_steps"]}


async def post(client, extract, noun, body=None):
    return await client.post(f"/v1/extracts/{extract['id']}/{noun}", json=body, headers=a_key())


async def test_two_people_approve_who_did_not_ask(at_trial, trial_owner, a_cut):
    made = await asked(at_trial, a_cut)
    assert await last_entry(trial_owner) == ("collection", "extract.requested", None)
    assert (made["state"], made["cut"], made["fields"][0]) == ("requested", a_cut, "sex")
    assert steps(made) == {"approve_extract": False, "refuse_extract": False, "end_extract": True}
    statistician, manager = at_trial(STATISTICIAN, name="one"), at_trial(MANAGER, name="two")
    seen = (await statistician.get(f"/v1/extracts/{made['id']}")).json()
    assert steps(seen)["approve_extract"]
    early = await post(statistician, made, "builds")
    assert refusal(early) == (409, "extract-not-approved")
    first = await post(statistician, made, "approval", {"words": "Fine."})
    assert (first.status_code, first.json()["state"]) == (200, "requested")
    assert not steps(first.json())["approve_extract"]
    assert refusal(await post(statistician, made, "approval")) == (409, "extract-answered-already")
    second = await post(manager, made, "approval")
    assert second.json()["state"] == "approved"
    assert [answer["words"] for answer in second.json()["answers"]] == ["Fine.", None]
    third = at_trial(STATISTICIAN, name="three")
    assert refusal(await post(third, made, "approval")) == (409, "extract-answered-already")
    assert refusal(await post(third, made, "refusal", {"words": "No."}))[0] == 409


async def test_whoever_approves_finds_what_waits_for_them(at_trial, a_cut):
    first, second = await asked(at_trial, a_cut), await asked(at_trial, a_cut)

    async def waiting(role, name):
        answer = await at_trial(role, name=name).get("/v1/extracts?to_answer=true&size=100")
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"] if each["id"] in ids]

    ids = [first["id"], second["id"]]
    assert await waiting(STATISTICIAN, "one") == ids[::-1]
    assert (await post(at_trial(STATISTICIAN, name="one"), first, "approval")).status_code == 200
    assert await waiting(STATISTICIAN, "one") == ids[1:]
    assert await waiting(MANAGER, "two") == ids[::-1]
    refused = await post(at_trial(MANAGER, name="two"), second, "refusal", {"words": "Too much."})
    assert refused.status_code == 200
    assert (await waiting(MANAGER, "two"), await waiting(STATISTICIAN, "one")) == (ids[:1], [])
    ended = await post(at_trial(MANAGER, name="two"), first, "ending", {"words": "Not needed."})
    assert ended.status_code == 200, ended.text
    assert await waiting(MANAGER, "two") == []
    for role in (EVALUATOR, Role.AUDITOR):
        none = await at_trial(role).get("/v1/extracts?to_answer=true")
        assert (none.status_code, refusal(none)[1]) == (422, "rule-broken")


async def test_one_refusal_decides(at_trial, a_cut):
    made = await asked(at_trial, a_cut)
    refused = await post(at_trial(MANAGER), made, "refusal", {"words": "The purpose is vague."})
    assert refused.json()["state"] == "refused"
    late = await post(at_trial(STATISTICIAN), made, "approval")
    assert refusal(late) == (409, "extract-answered-already")
    listed = (await at_trial(Role.AUDITOR).get("/v1/extracts")).json()["items"]
    assert next(item for item in listed if item["id"] == made["id"])["state"] == "refused"


async def test_evaluators_see_their_own_and_whoever_approves_sees_all(at_trial, a_cut):
    made = await asked(at_trial, a_cut, name="first")
    other = at_trial(EVALUATOR, name="second")
    for client in (at_trial(EVALUATOR, name="first"), at_trial(Role.AUDITOR)):
        assert (await client.get(f"/v1/extracts/{made['id']}")).status_code == 200
        listed = (await client.get("/v1/extracts")).json()["items"]
        assert made["id"] in {item["id"] for item in listed}
    hidden = await other.get(f"/v1/extracts/{made['id']}")
    assert refusal(hidden) == (404, "extract-not-found")
    listed = (await other.get("/v1/extracts")).json()["items"]
    assert made["id"] not in {item["id"] for item in listed}
    for noun in ("builds", "ending"):
        gone = await post(other, made, noun, {"words": "Mine."} if noun == "ending" else None)
        assert refusal(gone) == (404, "extract-not-found")


async def test_an_ended_extract_gives_nothing_more_and_has_no_key(at_trial, trial_owner, a_cut):
    own = await asked(at_trial, a_cut)
    ended = (
        await post(at_trial(EVALUATOR, name="evaluator"), own, "ending", {"words": "No need."})
    ).json()
    assert (ended["state"], ended["ending"]["kind"]) == ("ended", "withdrawn")
    assert ended["key_destroyed_at"] is not None
    assert ended["next_steps"] == []
    assert await last_entry(trial_owner) == ("erasure", "extract.ended", None)
    for noun, body in (("builds", None), ("ending", {"words": "Again."})):
        again = await post(at_trial(EVALUATOR, name="evaluator"), own, noun, body)
        assert refusal(again) == (410, "extract-ended")
    recalled = await approved(at_trial, a_cut)
    manager = at_trial(MANAGER)
    assert (await post(manager, recalled, "key-destruction")).json()["key_destroyed_at"]
    assert refusal(await post(manager, recalled, "key-destruction")) == (422, "rule-broken")
    building = await post(at_trial(STATISTICIAN), recalled, "builds")
    assert refusal(building) == (409, "extract-key-destroyed")
    ended = (await post(manager, recalled, "ending", {"words": "Agreement lapsed."})).json()
    assert ended["ending"]["kind"] == "recalled"


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"cut": 999}, 404, "data-cut-for-extract-not-found"),
        ({"trial": "NO-TRIAL"}, 404, "data-cut-for-extract-not-found"),
        ({"fields": ["stratum"]}, 422, "extract-field-not-offered"),
        ({"fields": ["participant_id"]}, 422, "extract-field-not-offered"),
        ({"fields": ["completed"]}, 409, "extract-fields-withheld"),
        ({"fields": ["cost_pounds", "sex"]}, 409, "extract-fields-withheld"),
        ({"exempt": [{"field": "sex", "why": "Known to all."}]}, 422, "extract-field-not-offered"),
        (
            {"exempt": [{"field": "priors", "why": "No one knows."}]},
            422,
            "extract-field-not-offered",
        ),
        ({"product": "aggregates", "fields": ["arrest_day"]}, 422, "extract-field-not-offered"),
        ({"product": "aggregates", "fields": ["sex"], "events": True}, 422, "rule-broken"),
        ({"expires_on": "2026-11-01"}, 422, "rule-broken"),
        ({"expires_on": str(NOON.date() + timedelta(days=800))}, 422, "rule-broken"),
        ({"population": {"age_from": 40, "age_to": 30}}, 422, "rule-broken"),
        ({"population": {"age_from": 119}}, 422, "rule-broken"),
        ({"population": {"sex": ["women"]}}, 422, "request-not-understood"),
        ({"population": {"suite": ["DURHAMGATE"]}}, 422, "request-not-understood"),
        ({"purpose": ""}, 422, "request-not-understood"),
    ],
)
async def test_what_cannot_be_asked_for_changes_nothing(at_trial, a_cut, changes, status, slug):
    client = at_trial(EVALUATOR, name=f"asks {uuid4()}")
    refused = await client.post("/v1/extracts", json=asking(a_cut, **changes), headers=a_key())
    assert refusal(refused) == (status, slug)
    assert (await client.get("/v1/extracts")).json()["items"] == []


async def test_a_refused_field_is_pointed_at_and_the_codes_of_a_population_are_named(
    at_trial, a_cut
):
    client = at_trial(EVALUATOR)

    async def errors(**changes):
        answer = await client.post("/v1/extracts", json=asking(a_cut, **changes), headers=a_key())
        return answer.json()["errors"]

    (wrong,) = await errors(fields=["sex", "nobody"])
    assert wrong["pointer"] == "#/fields/1"
    (wrong,) = await errors(product="aggregates", fields=["sex", "arrest_day"])
    assert wrong["pointer"] == "#/fields/1"
    (wrong,) = await errors(fields=["sex", "completed", "age_band"])
    assert (wrong["pointer"], wrong["code"]) == ("#/fields/1", "field-withheld")
    (wrong,) = await errors(population={"sex": ["women"]})
    assert wrong["pointer"] == "#/population/sex/0"
    assert "'female'" in wrong["detail"]


@pytest.mark.slow
async def test_the_example_of_the_api_document_is_one_that_works(at_trial, a_cut):
    document = (await at_trial(EVALUATOR).get("/openapi.json")).json()
    (example,) = document["components"]["schemas"]["AskForExtract"]["examples"]
    example |= {"trial": "TEST-TRIAL", "cut": a_cut}
    made = await at_trial(EVALUATOR).post("/v1/extracts", json=example, headers=a_key())
    assert made.status_code == 201, made.text


async def test_fields_tell_what_is_withheld_and_never_name_what_leaves_in_no_extract(
    at_trial, a_cut
):
    client = at_trial(EVALUATOR)
    place = "/v1/extract-fields"
    told = (await client.get(place, params={"trial": "TEST-TRIAL", "cut": a_cut})).json()
    withheld = {each["name"] for each in told["fields"] if each["withheld"]}
    assert {"completed", "arm_delivered", "cost_pounds"} <= withheld
    names = {each["name"] for each in told["fields"]}
    assert {"priors", "employed", "age_band"} <= names - withheld
    assert not names & {"stratum", "participant_id", "allocated_on", "id"}
    gone = await client.get(place, params={"trial": "TEST-TRIAL", "cut": 998})
    assert refusal(gone) == (404, "data-cut-for-extract-not-found")


async def test_the_database_itself_wants_two_people(at_trial, trial_owner, a_cut):
    made = await asked(at_trial, a_cut)
    said = (
        "INSERT INTO extract_answer (id, request_id, requested_by, outcome, answered_at, "
        "answered_by) SELECT gen_random_uuid(), id, requested_by, 'approved', now(), {} "
        "FROM extract_request WHERE id = :id"
    )
    async with trial_owner.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError, match="two_people"):
            statement = sa.text(said.format("requested_by"))
            await connection.execute(statement, {"id": made["id"]})
    async with trial_owner.connect() as connection:
        third = sa.text(said.format("gen_random_uuid()"))
        await connection.execute(third, {"id": made["id"]})
        await connection.execute(third, {"id": made["id"]})
        with pytest.raises(sa.exc.IntegrityError, match="decided"):
            await connection.execute(third, {"id": made["id"]})
    async with trial_owner.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError, match="destroyed, or stays"):
            other = sa.text("UPDATE extract_key SET sealed = 'other' WHERE request_id = :id")
            await connection.execute(other, {"id": made["id"]})
