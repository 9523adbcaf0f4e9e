from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from builders import KNOWN, a_person, a_pnc_id, booked, decided
from checkpoint.foundation import clock
from checkpoint.foundation.actors import TOKEN_ROLES, Role
from checkpoint.foundation.database import transaction

LEDGER = "/v1/ledger-entries"
SHOWN = {
    "id",
    "stream",
    "sequence",
    "at",
    "recorded_at",
    "request_id",
    "operation",
    "event",
    "outcome",
    "door",
    "subject_kind",
    "subject_ids",
    "changed_fields",
    "actor_id",
    "actor_role",
    "client",
    "purpose",
    "recipient",
}


@pytest.fixture
def auditor(clients):
    return clients(Role.AUDITOR)


async def read(auditor, **query):
    answer = await auditor.get(LEDGER, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def walk(auditor, **query):
    """Every page there is."""
    items, after = [], {}
    while True:
        page = (await auditor.get(LEDGER, params=query | after)).json()
        items.append(page["items"])
        if page["next"] is None:
            return items
        after = {"after": page["next"]}


def events(items):
    return [item["event"] for item in items]


async def a_story(client):
    """A person is booked in, read, screened and decided."""
    record = await booked(client)
    address = f"/v1/custody-records/{record['id']}"
    await client.get(address)
    await client.put(f"{address}/screening", json=KNOWN, headers={"If-Match": '"1"'})
    decision = await decided(client, record | {"version": 2})
    return record, decision


STORY = ["eligibility.decided", "custody.screened", "custody.read", "custody.opened"]


async def test_the_auditor_reads_a_records_whole_story_latest_first(client, auditor):
    record, decision = await a_story(client)
    items = await read(auditor, subject=record["id"])
    assert events(items) == STORY
    assert {item["outcome"] for item in items} == {"done"}
    assert all(item.keys() == SHOWN for item in items)
    decided, screened, consulted, opened = items
    assert decided["subject_ids"][:2] == [decision["id"], record["id"]]
    assert screened["changed_fields"] == sorted(KNOWN)
    assert consulted["door"] == "GET /v1/custody-records/{record_id}"
    assert opened["subject_ids"] == [record["id"], record["person"]["id"]]
    assert opened["purpose"] == "custody_officer:DURHAMGATE"


async def test_a_person_is_a_subject_too_and_a_decision(client, auditor):
    record, decision = await a_story(client)
    assert events(await read(auditor, subject=record["person"]["id"])) == STORY
    assert events(await read(auditor, subject=decision["id"])) == ["eligibility.decided"]


async def test_a_refusal_is_in_the_story_with_its_reason(client, clients, auditor):
    record = await booked(client)
    elsewhere = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="curious")
    await elsewhere.get(f"/v1/custody-records/{record['id']}")
    knock, _ = await read(auditor, subject=record["id"])
    assert (knock["event"], knock["outcome"]) == ("request.refused", "custody-record-not-found")
    assert knock["actor_role"] == "custody_officer"


async def test_what_one_person_did_is_found_by_their_id(clients, auditor):
    mine, others = (clients(name=f"officer-{uuid4()}") for _ in range(2))
    record, _ = await a_story(mine)
    await booked(others)
    (opened,) = await read(auditor, subject=record["id"], operation="collection", size=1)
    found = await read(auditor, actor=opened["actor_id"])
    assert events(found) == STORY
    assert {item["actor_id"] for item in found} == {opened["actor_id"]}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("collection", ["eligibility.decided", "custody.opened"]),
        ("alteration", ["custody.screened"]),
        ("consultation", ["custody.read"]),
        ("erasure", []),
    ],
)
async def test_a_story_is_narrowed_by_operation(client, auditor, operation, expected):
    record, _ = await a_story(client)
    assert events(await read(auditor, subject=record["id"], operation=operation)) == expected


async def test_a_story_is_narrowed_by_time_from_the_first_instant_to_before_the_last(
    app, client, auditor
):
    instants = [datetime(2026, 11, 5, 12, minute, tzinfo=UTC) for minute in range(4)]
    record = None
    for instant in instants:

        async def then(instant=instant):
            return instant

        app.dependency_overrides[clock.now] = then
        if record is None:
            record = await booked(client)
        else:
            await client.get(f"/v1/custody-records/{record['id']}")
    app.dependency_overrides.clear()

    async def between(**limits):
        sent = {name: limit.isoformat() for name, limit in limits.items()}
        found = await read(auditor, subject=record["id"], **sent)
        story = [item for item in found if item["event"] != "ledger.read"]
        return [datetime.fromisoformat(item["at"]) for item in story]

    tick = timedelta(microseconds=1)
    assert await between() == instants[::-1]
    assert await between(since=instants[1]) == instants[:0:-1]
    assert await between(since=instants[1] + tick) == instants[:1:-1]
    assert await between(until=instants[1]) == instants[:1]
    assert await between(since=instants[1], until=instants[3]) == [instants[2], instants[1]]
    assert await between(since=instants[1], until=instants[1]) == []


async def test_pages_walk_a_story_once_though_reading_adds_to_it(client, auditor):
    record, _ = await a_story(client)
    pages = await walk(auditor, subject=record["id"], size=1)
    assert [len(page) for page in pages] == [1, 1, 1, 1]
    assert [event for page in pages for event in events(page)] == STORY


async def test_reading_the_ledger_stands_in_the_ledger(api, client, auditor):
    record = await booked(client)
    answer = await auditor.get(LEDGER, params={"subject": record["id"]})
    latest, *_ = await read(auditor, subject=record["id"])
    assert latest["request_id"] == answer.headers["x-request-id"]
    assert (latest["event"], latest["operation"]) == ("ledger.read", "consultation")
    assert latest["subject_ids"] == [record["id"]]
    assert latest["purpose"] == "auditor:DURHAMGATE"
    everything = await auditor.get(LEDGER, params={"size": 1})
    told = sa.text("SELECT event, subject_ids FROM audit_entry WHERE request_id = :id")
    async with transaction(api) as session:
        request = UUID(everything.headers["x-request-id"])
        found = (await session.exec(told, params={"id": request})).one()
    assert (found.event, found.subject_ids) == ("ledger.read", [])


async def test_the_ledger_knows_no_names(client, auditor):
    person = a_person(family_name="Canaryname", given_names="Unheard", pnc_id=a_pnc_id(7_200_001))
    record = await booked(client, person=person, screening=KNOWN)
    await client.get("/v1/custody-records")
    answer = await auditor.get(LEDGER, params={"size": 200, "subject": record["id"]})
    assert record["id"] in answer.text
    secrets = [*person.values(), record["reference"], "admitted", "Theft"]
    assert [secret for secret in secrets if secret in answer.text] == []


@pytest.mark.parametrize("role", [role for role in TOKEN_ROLES if role is not Role.AUDITOR])
async def test_nobody_but_the_auditor_reads_the_ledger(clients, role):
    answer = await clients(role).get(LEDGER)
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "not-permitted")


async def test_an_old_login_does_not_open_the_ledger(app, auditor):
    async def later():
        return clock.utc_now() + timedelta(minutes=61)

    app.dependency_overrides[clock.token_time] = later
    answer = await auditor.get(LEDGER)
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "login-too-weak")
    assert "insufficient_user_authentication" in answer.headers["www-authenticate"]


async def test_a_cursor_of_another_question_is_refused(client, auditor):
    record, _ = await a_story(client)
    first = await auditor.get(LEDGER, params={"subject": record["id"], "size": 1})
    turned = {"after": first.json()["next"], "size": 1}
    answer = await auditor.get(LEDGER, params=turned)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "malformed-cursor")


@pytest.mark.parametrize("query", ["operation=gossip", "since=2026-11-05", "subject=somebody"])
async def test_a_question_that_makes_no_sense_is_refused(auditor, query):
    answer = await auditor.get(f"{LEDGER}?{query}")
    assert (answer.status_code, answer.json()["errorCode"]) == (422, "request-not-understood")


async def test_a_record_is_named_by_subject_or_by_reference_and_not_by_both(client, auditor):
    record, other = await booked(client), await booked(client)
    query = {"subject": other["id"], "reference": record["reference"]}
    answer = await auditor.get(LEDGER, params=query)
    assert (answer.status_code, answer.json()["errorCode"]) == (422, "rule-broken")
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("query:subject", "subject-or-reference")
    assert record["reference"] not in answer.text


async def test_an_entry_about_several_things_that_were_asked_about_is_shown_once(client, auditor):
    record, _ = await a_story(client)
    found = await read(auditor, subject=record["person"]["id"])
    assert len({item["id"] for item in found}) == len(found) == len(STORY)


async def test_a_thing_nobody_has_heard_of_has_no_story(client, auditor):
    assert await read(auditor, subject=str(uuid4())) == []
