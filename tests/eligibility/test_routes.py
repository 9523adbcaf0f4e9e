import hashlib
from datetime import UTC, datetime
from importlib.resources import files
from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import KNOWN, a_booking, a_key, an_offence, booked, decided
from checkpoint.eligibility.states import MEANING, Verdict
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction

DECISIONS = "/v1/custody-records/{}/eligibility-decisions"
DECISION = "/v1/eligibility-decisions/{}"
FILE = files("checkpoint.eligibility") / "rulesets" / "2026-11-01.toml"
ROLE = "Your role does not allow this; ask a custody officer."


def a_question(**overrides):
    question = {"date_of_birth": "1994-02-11", "arrested_at": "2026-11-02T21:40:00Z"}
    question |= {"offences": a_booking()["offences"], "screening": KNOWN}
    return {k: v for k, v in (question | overrides).items() if v is not ...}


async def decide(client, record_id, tag='"1"', **sent):
    headers = a_key() | ({"If-Match": tag} if tag else {})
    return await client.post(DECISIONS.format(record_id), headers=headers, **sent)


async def preview(client, **overrides):
    return await client.post("/v1/eligibility/preview", json=a_question(**overrides))


async def how_many(api, table):
    async with transaction(api) as session:
        return (await session.exec(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one()


def refused(answer, status, slug):
    assert (answer.status_code, answer.json()["errorCode"]) == (status, slug), answer.text
    return answer.json()


async def long_ago():
    return datetime(2014, 6, 1, 12, tzinfo=UTC)


async def test_a_decision_answers_with_its_place_its_tag_and_every_reason(client):
    record = await booked(client, screening=KNOWN)
    answer = await decide(client, record["id"])
    decision = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == DECISION.format(decision["id"])
    assert answer.headers["etag"] == '"1"'
    assert (decision["number"], decision["record_version"]) == (1, 1)
    assert (decision["supersedes_id"], decision["superseded_by_id"]) == (None, None)
    assert decision["meaning"] == MEANING[Verdict.ELIGIBLE]
    assert all(f["question"] and f["reason"] and f["source"] for f in decision["findings"])
    assert decision["missing"] == []
    read = await client.get(answer.headers["location"])
    assert read.headers["etag"] == '"1"'
    assert read.json() == decision | {"next_steps": read.json()["next_steps"]}


@pytest.mark.parametrize("sent", [{}, {"json": {}}])
async def test_a_decision_needs_no_body(client, sent):
    record = await booked(client, screening=KNOWN)
    assert (await decide(client, record["id"], **sent)).status_code == 201


async def test_a_decision_that_is_superseded_gets_another_tag(client):
    record = await booked(client, screening=KNOWN)
    first = await decided(client, record)
    second = await decided(client, record)
    read = await client.get(DECISION.format(first["id"]))
    assert read.headers["etag"] == '"1-superseded"'
    assert read.json() == first | {"superseded_by_id": second["id"]}


async def test_what_is_missing_says_where_it_is_given(client):
    record = await booked(client, screening=KNOWN | {"hate_crime": None})
    decision = await decided(client, record)
    assert decision["missing"] == [
        {
            "fact": "hate_crime",
            "question": "Is it flagged as a hate crime?",
            "given_as": "screening.hate_crime",
        }
    ]
    (step,) = decision["next_steps"]
    assert step == {
        "step": "decide_eligibility",
        "method": "POST",
        "href": DECISIONS.format(record["id"]),
        "allowed": True,
        "why_not": None,
        "missing": ["screening.hate_crime"],
    }


async def test_a_supervisor_reads_decisions_and_is_told_why_they_take_none(client, clients):
    record = await booked(client, screening=KNOWN)
    decision = await decided(client, record)
    supervisor = clients(Role.SUPERVISOR)
    one = (await supervisor.get(DECISION.format(decision["id"]))).json()
    several = (await supervisor.get(DECISIONS.format(record["id"]))).json()
    for view in (one, several):
        step = view["next_steps"][0]
        assert (step["allowed"], step["why_not"]) == (False, ROLE)
    assert {k: v for k, v in one.items() if k != "next_steps"} == {
        k: v for k, v in decision.items() if k != "next_steps"
    }


async def test_a_cases_decisions_are_listed_the_present_one_first(client):
    record = await booked(client, screening=KNOWN)
    address = DECISIONS.format(record["id"])
    assert (await client.get(address)).json()["items"] == []
    made = [await decided(client, record) for _ in range(3)]
    listed = (await client.get(address)).json()["items"]
    assert [line["id"] for line in listed] == [d["id"] for d in reversed(made)]
    assert {line["rule_set_version"] for line in listed} == {"2026-11-01"}
    shared = ("number", "verdict", "record_version", "decided_at", "decided_by")
    assert [{k: line[k] for k in shared} for line in listed] == [
        {k: decision[k] for k in shared} for decision in reversed(made)
    ]


async def test_a_decision_says_which_version_it_decides_on(client):
    record = await booked(client)
    refused(await decide(client, record["id"], tag=None), 428, "if-match-missing")
    refused(await decide(client, record["id"], tag="*"), 428, "if-match-missing")


async def test_a_decision_on_an_old_version_learns_the_present_one(client):
    record = await booked(client)
    problem = refused(await decide(client, record["id"], tag='"2"'), 412, "overtaken")
    again = await decide(client, record["id"], tag=problem["present_etag"])
    assert again.status_code == 201


async def test_another_suites_case_and_none_get_the_same_answer(client, clients):
    record = await booked(client, screening=KNOWN)
    decision = await decided(client, record)
    elsewhere = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    for id in (record["id"], str(uuid4())):
        for answer in (
            await decide(elsewhere, id),
            await elsewhere.get(DECISIONS.format(id)),
        ):
            refused(answer, 404, "custody-record-not-found")
    for id in (decision["id"], str(uuid4())):
        refused(await elsewhere.get(DECISION.format(id)), 404, "decision-not-found")


async def test_before_the_first_rules_there_is_no_decision_and_no_preview(app, client):
    record = await booked(client)
    app.dependency_overrides[clock.now] = long_ago
    refused(await decide(client, record["id"]), 409, "no-rules-in-force")
    early = {"arrested_at": "2014-06-01T10:00:00Z"}
    question = early | {"offences": [an_offence(committed_from="2014-05-01")]}
    refused(await preview(client, **question), 409, "no-rules-in-force")
    app.dependency_overrides.clear()
    assert (await decide(client, record["id"])).status_code == 201


async def test_a_preview_says_what_a_decision_would_and_leaves_only_its_own_entry(client, api):
    record = await booked(client, screening=KNOWN | {"co_accused": True})
    decision = await decided(client, record)
    tables = ("eligibility_decision", "custody_record", "person", "screening", "alleged_offence")
    before = [await how_many(api, table) for table in tables]
    entries = await how_many(api, "audit_entry")
    answer = await preview(client, screening=KNOWN | {"co_accused": True})
    assert answer.status_code == 200
    shared = ("verdict", "meaning", "ineligible_until", "rule_set", "findings", "missing", "facts")
    told = answer.json()
    clock = told.pop("prosecution_clock")
    assert told == {name: decision[name] for name in shared}
    for offence in decision["prosecution_clock"]["offences"]:
        offence["offence_id"] = None  # what is asked about stands on no record
    assert clock == decision["prosecution_clock"]
    assert [await how_many(api, table) for table in tables] == before
    assert await how_many(api, "audit_entry") == entries + 1


async def test_a_preview_of_next_to_nothing_says_what_is_missing(client):
    answer = await preview(client, date_of_birth=..., arrested_at=..., screening=...)
    assert (answer.status_code, answer.json()["verdict"]) == (200, "pending")
    wanted = {missing["given_as"] for missing in answer.json()["missing"]}
    assert {"person.date_of_birth", "screening.lives_in_area"} <= wanted


@pytest.mark.parametrize(
    ("overrides", "pointer", "code"),
    [
        ({"offences": [an_offence(code="ZZ99999")]}, "#/offences/0/code", "offence-unknown"),
        (
            {"offences": [an_offence(committed_from="2026-11-03")]},
            "#/offences/0/committed_from",
            "offence-after-arrest",
        ),
        (
            {"date_of_birth": "2026-11-02"},
            "#/offences/0/committed_from",
            "offence-before-birth",
        ),
    ],
)
async def test_a_preview_that_breaks_a_rule_says_where_and_which(client, overrides, pointer, code):
    problem = refused(await preview(client, **overrides), 422, "rule-broken")
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [(pointer, code)]


async def test_a_preview_of_an_arrest_that_has_not_happened_yet_breaks_the_rule_of_booking(client):
    answer = await preview(client, arrested_at="2099-11-02T21:40:00Z")
    problem = refused(answer, 422, "rule-broken")
    assert problem["errors"][0]["pointer"] == "#/arrested_at"


async def test_a_rule_set_is_given_word_for_word(client):
    answer = await client.get("/v1/reference/rule-sets/2026-11-01")
    document = answer.json()
    assert document["content"].encode() == FILE.read_bytes()
    assert document["digest"] == hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert (document["version"], document["in_force_from"]) == ("2026-11-01", "2026-11-01")
    tag = {"If-None-Match": answer.headers["etag"]}
    again = await client.get("/v1/reference/rule-sets/2026-11-01", headers=tag)
    assert (again.status_code, again.content) == (304, b"")


async def test_an_unknown_rule_set_is_not_found(client):
    answer = await client.get("/v1/reference/rule-sets/2001-01-01")
    refused(answer, 404, "rule-set-not-found")


async def test_the_verdicts_say_what_each_means(client):
    items = (await client.get("/v1/reference/verdicts")).json()["items"]
    assert {item["code"]: item["label"] for item in items} == {**MEANING}
