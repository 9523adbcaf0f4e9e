"""A day's queue, sent in one go: each item as if it had been sent alone."""

import asyncio
import json
from uuid import uuid4

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from builders import KNOWN, a_booking, an_offence, booked, eligible
from checkpoint.access.guards import Holding
from checkpoint.access.permissions import Permission, holds
from checkpoint.batches.rules import LIMIT_BYTES, MOST_ITEMS
from checkpoint.batches.schemas import BATCH
from checkpoint.foundation.actors import TOKEN_ROLES, Role
from checkpoint.foundation.addresses import routes_of
from checkpoint.foundation.clock import now
from checkpoint.foundation.settings import Environment, Settings
from conftest import Clients, noon
from navigating import particulars
from serving import service
from traces import counts, entries

RECORDS = "/v1/custody-records"
ABSENT = "0190b3a0-0000-7000-8000-000000000000"


def item(id, method, path, body=None, **more):
    if method == "POST":
        more.setdefault("idempotency_key", str(uuid4()))
    return {"id": id, "method": method, "path": path, "body": body} | more


def a_day(**changes):
    """Somebody is booked in, screened, one more offence, decided: each rests on the one before."""
    here = f"{RECORDS}/{{booking#/id}}"
    return [
        item("booking", "POST", RECORDS, a_booking(**changes)),
        item("screening", "PUT", f"{here}/screening", KNOWN, if_match="{booking#etag}"),
        item("offence", "POST", f"{here}/offences", an_offence(code="TH68036")),
        item("deciding", "POST", f"{here}/eligibility-decisions", if_match="{offence#etag}"),
    ]


async def sent(client, items):
    answer = await client.post("/v1/batch", json={"items": items})
    assert answer.status_code == 200, answer.text
    found = answer.json()["items"]
    assert len(found) == len(items)
    return found


def statuses(found):
    return [each["status"] for each in found]


def codes(each):
    return each["body"]["errorCode"], [fault["pointer"] for fault in each["body"]["errors"]]


async def test_a_days_queue_is_done_in_order_and_each_item_is_answered(client, owner):
    before = (await counts(owner, "audit_entry"))["audit_entry"]
    found = await sent(client, a_day())
    assert [each["id"] for each in found] == ["booking", "screening", "offence", "deciding"]
    assert statuses(found) == [201, 200, 201, 201], found
    assert [each["etag"] for each in found] == ['"1"', '"2"', '"3"', '"1"']
    booking, decision = found[0], found[3]["body"]
    assert booking["location"] == f"{RECORDS}/{booking['body']['id']}"
    assert decision["record_version"] == 3
    # One entry for each item, by its own door, and none for the batch.
    assert (await counts(owner, "audit_entry"))["audit_entry"] == before + 4


async def test_a_batch_that_is_sent_again_does_nothing_twice(client, owner):
    items = a_day()
    first = await sent(client, items[:2])  # the connection broke, or the service was killed
    before = await counts(owner, "custody_record", "person", "screening", "alleged_offence")
    again = await sent(client, items)
    assert (again[0]["replayed"], again[0]["body"]) == (True, first[0]["body"])
    assert again[1]["status"] == 412
    assert again[1]["body"]["fields"] == []  # all of it stands there already
    assert (again[2]["status"], again[3]["status"]) == (201, 201)
    after = await counts(owner, "custody_record", "person", "screening", "alleged_offence")
    assert after == before | {"alleged_offence": before["alleged_offence"] + 1}
    last = await sent(client, items)
    assert statuses(last) == [201, 412, 201, 201]
    assert [each["replayed"] for each in last] == [True, False, True, True]
    assert last[3]["body"] == again[3]["body"]


async def test_what_was_tried_alone_before_is_known_again_in_a_batch(client):
    booking = item("booking", "POST", RECORDS, a_booking())
    alone = await client.post(
        RECORDS,
        content=json.dumps(booking["body"], separators=(",", ":")),
        headers={
            "Idempotency-Key": booking["idempotency_key"],
            "Content-Type": "application/json",
        },
    )
    (found,) = await sent(client, [booking])
    assert (found["status"], found["replayed"], found["body"]) == (201, True, alone.json())


async def test_a_refused_item_takes_no_other_with_it_but_what_rests_on_it(client):
    day = a_day(offences=[an_offence(code="TH99999")])
    found = await sent(client, [*day, item("other", "POST", RECORDS, a_booking())])
    assert statuses(found) == [422, 424, 424, 424, 201]
    assert found[0]["body"]["errorCode"] == "rule-broken"
    assert {each["body"]["errorCode"] for each in found[1:4]} == {"batch-item-rests-on-failed"}


async def test_items_that_cannot_be_read_are_each_answered_by_what_is_wrong(client, owner):
    before = await counts(owner)
    wrong = [
        5,
        {},
        {"id": "an id", "method": "POST", "path": RECORDS},
        item("get", "GET", RECORDS),
        item("out", "POST", "/local-issuer/token"),
        item("up", "POST", "/v1/../health"),
        item("nest", "POST", "/v1/batch", {"items": []}),
        item("tag", "PUT", f"{RECORDS}/{ABSENT}/screening", KNOWN, if_match="a\r\nb: c"),
        item("more", "POST", RECORDS, {}, extra="Canary"),
        item("more", "POST", RECORDS, {"a": {"$ref": "later#/id"}}),
        item("later", "POST", RECORDS, {}, idempotency_key=None),
        item("later", "POST", RECORDS, {}),
        item("none", "POST", "/v1/nowhere", {}),
        item("method", "DELETE", RECORDS),
    ]
    found = await sent(client, wrong)
    assert statuses(found) == [422] * 10 + [400, 422, 404, 405]
    assert [each["id"] for each in found[:4]] == [None, None, None, "get"]
    assert codes(found[1])[1] == ["#/id", "#/method", "#/path"]
    assert codes(found[2]) == ("request-not-understood", ["#/id"])
    assert codes(found[3]) == ("request-not-understood", ["#/method"])
    for each in found[4:7]:
        assert codes(each) == ("request-not-understood", ["#/path"])
    assert codes(found[7]) == ("request-not-understood", ["#/if_match"])
    assert codes(found[9]) == ("rule-broken", ["#/body/a"])
    assert codes(found[11]) == ("rule-broken", ["#/id"])
    assert "Canary" not in str(found)
    assert await counts(owner) == before


async def test_no_batch_comes_into_a_batch_by_a_name_that_somebody_was_given(clients):
    boss = clients(Role.SUPERVISOR, name="boss")
    body = particulars(name="batch") | {"actor_id": str(uuid4())}
    nested = {"items": [item("deep", "POST", "/v1/nowhere", {})]}
    items = [item("a", "POST", "/v1/navigators", body), item("b", "POST", "/v1/{a#/name}", nested)]
    found = await sent(boss, items)
    assert statuses(found) == [201, 422]
    assert found[1]["body"]["errors"][0]["code"] == "batch-in-a-batch"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"items": []}, 422),
        ({"items": [{}] * (MOST_ITEMS + 1)}, 422),
        ({"items": {}}, 422),
        ({}, 422),
        ({"items": [{}], "more": 1}, 422),
        ({"items": ["x" * LIMIT_BYTES]}, 413),
    ],
)
async def test_a_batch_that_is_none_is_refused_whole_and_put_on_record(client, owner, body, status):
    answer = await client.post("/v1/batch", json=body)
    assert answer.status_code == status, answer.text
    (row,) = await entries(owner, answer)
    assert row.event == "request.refused"


async def test_each_item_is_guarded_by_its_own_door(client, clients, owner):
    record = await booked(client)
    here = f"{RECORDS}/{record['id']}"
    items = [
        item("theirs", "PUT", f"{here}/screening", KNOWN, if_match='"1"'),
        item("absent", "PUT", f"{RECORDS}/{ABSENT}/screening", KNOWN, if_match='"1"'),
        item("merging", "POST", f"/v1/people/{record['person']['id']}/merges", {}, if_match='"1"'),
        item("large", "POST", RECORDS, {"x": "x" * 100_000}),
        item("blind", "PUT", f"{here}/screening", KNOWN),
    ]
    found = await sent(clients(Role.CUSTODY_OFFICER, "PETERLEE"), items)
    assert statuses(found) == [404, 404, 403, 413, 428]
    bodies = [each["body"] | {"instance": None} for each in found[:2]]
    assert bodies[0] == bodies[1]
    (found,) = await sent(client, items[:1])
    assert found["status"] == 200
    bare = await clients.bare().post("/v1/batch", json={"items": items})
    assert bare.status_code == 401
    for role in (Role.AUDITOR, Role.EVALUATOR):
        assert (await clients(role).post("/v1/batch", json={"items": items})).status_code == 403


async def test_a_draft_that_somebody_else_went_on_with_is_shown_in_the_batch(client, clients):
    record = await eligible(client)
    begun = item("draft", "POST", f"{RECORDS}/{record['id']}/needs-assessments", {"draft": True})
    (draft,) = await sent(client, [begun])
    address = f"/v1/needs-assessments/{draft['body']['id']}"

    def words(text):
        return {"pathways": {"health": {"own_view": text}}}

    colleague = clients(Role.SUPERVISOR, name="colleague")
    first = item("edit", "PATCH", address, words("Theirs."), if_match='"1"')
    assert statuses(await sent(colleague, [first])) == [200]
    mine = item("edit", "PATCH", address, words("Mine."), if_match='"1"')
    rests = item("done", "POST", f"{address}/completion", {}, if_match="{edit#etag}")
    edit, done = await sent(client, [mine, rests])
    assert (edit["status"], done["status"]) == (412, 424)
    (field,) = edit["body"]["fields"]
    assert field == {
        "pointer": "#/pathways/health/own_view",
        "yours": "Mine.",
        "present": "Theirs.",
    }


async def test_two_copies_of_a_batch_at_once_do_each_thing_once(client, clients, owner):
    items, before = a_day(), await counts(owner, "custody_record", "eligibility_decision")
    await asyncio.gather(*(sent(clients(), items) for _ in range(3)))
    found = await sent(client, items)
    assert [found[place]["replayed"] for place in (0, 2)] == [True, True]
    after = await counts(owner, "custody_record", "eligibility_decision")
    assert after["custody_record"] == before["custody_record"] + 1
    assert after["eligibility_decision"] <= before["eligibility_decision"] + 1


@pytest.fixture
async def hurried(database, tmp_path):
    """The service, where a batch has no time and nobody may ask more than four things a minute."""
    apps = []

    def make(**settings):
        app = service(
            Settings(
                environment=Environment.DEVELOPMENT,
                database_url=SecretStr(database),
                local_issuer=True,
                data_folder=tmp_path,
                **settings,
            )
        )
        app.dependency_overrides[now] = noon
        apps.append(app)
        return Clients(app)(name=str(uuid4()))

    yield make
    for app in apps:
        await app.state.engine.dispose()


async def test_what_does_not_fit_into_the_time_is_not_tried_and_can_be_sent_again(hurried, client):
    in_haste, items = hurried(batch_seconds=1e-9), a_day()
    found = await sent(in_haste, items)
    assert statuses(found) == [201, 503, 503, 503]  # the first is always tried
    assert {each["body"]["errorCode"] for each in found[1:]} == {"batch-item-not-tried"}
    again = await sent(in_haste, items)
    assert [again[0]["replayed"], *statuses(again)] == [True, 201, 503, 503, 503]


async def test_each_item_counts_and_whoever_asks_too_much_is_not_tried_on(hurried):
    patient = hurried(requests_per_minute=4)
    items = [item(f"i{place}", "POST", "/v1/nowhere-at-all", {}) for place in range(2)]
    items += [item(f"b{place}", "POST", RECORDS, a_booking()) for place in range(5)]
    found = await sent(patient, items)
    assert statuses(found) == [404, 404, 201, 201, 201, 429, 503]
    assert found[5]["body"]["errorCode"] == "too-many-requests"


async def test_the_example_works_when_it_is_pasted(client):
    for _ in range(2):
        found = await sent(client, BATCH["items"])
        assert found[0]["status"] == 201, found
    assert found[0]["replayed"] is True
    assert (found[1]["status"], found[1]["body"]["fields"]) == (412, [])


def test_every_role_that_writes_of_cases_may_send_a_batch(app):
    elsewhere = {Role.DIRECTORY_EDITOR, Role.EVALUATOR, Role.PROVIDER}
    writing = {
        each.call.permission
        for route in routes_of(app)
        if route.methods & {"POST", "PUT", "PATCH", "DELETE"}
        for each in route.dependant.dependencies
        if isinstance(each.call, Holding)
    }
    assert len(writing) > 20
    for role in TOKEN_ROLES:
        writes = any(holds(role, each) for each in writing)
        assert holds(role, Permission.SEND_BATCH) == (writes and role not in elsewhere), role


async def test_each_item_has_its_own_line_in_the_log_and_its_own_number(client):
    with capture_logs() as lines:
        found = await sent(client, [*a_day()[:1], item("no", "POST", RECORDS, {}), {}])
    assert len({each["body"]["instance"] for each in found[1:]}) == 2
    told = [(line["door"], line["status"]) for line in lines if line["event"] == "request"]
    assert told == [(RECORDS, 201), (RECORDS, 422), ("/v1/batch", 200)]
    assert found[0]["body"]["person"]["given_names"] not in str(lines)
