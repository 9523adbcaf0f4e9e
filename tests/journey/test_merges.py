"""Which decisions were taken while it was believed otherwise who is one person."""

import pytest

from builders import KNOWN, a_key, booked, decided
from checkpoint.foundation.actors import Role
from traces import entries

PEOPLE = "/v1/people/{}"
BECAUSE = {"reason": "other", "words": "Synthetic words."}
ABSENT = "0190b3a0-0000-7000-8000-000000000000"


@pytest.fixture
def supervisor(clients):
    return clients(Role.SUPERVISOR, name="merges")


async def say(supervisor, person, where, **body):
    tag = (await supervisor.get(PEOPLE.format(person))).headers["etag"]
    headers = a_key() | {"If-Match": tag}
    address = f"{PEOPLE.format(person)}/merges{where}"
    answer = await supervisor.post(address, json=BECAUSE | body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def rested(client, person, merge):
    return client.get(f"{PEOPLE.format(person)}/merges/{merge}/decisions")


async def told(client, person, merge):
    found = (await rested(client, person, merge)).json()
    return found["as_if_one"], [each["id"] for each in found["items"]]


async def test_what_was_decided_before_a_merge_and_while_it_stood_is_told(client, supervisor):
    records = [await booked(client, screening=KNOWN) for _ in range(2)]
    kept, other = [record["person"]["id"] for record in records]
    before = [(await decided(client, record))["id"] for record in records]
    merge = (await say(supervisor, kept, "", other_id=other))["id"]
    meanwhile = [(await decided(client, record))["id"] for record in records]
    for person in (kept, other):
        assert await told(client, person, merge) == (False, before)
    await say(supervisor, kept, f"/{merge}/parting")
    for record in records:
        await decided(client, record)
    for person in (kept, other):
        assert await told(client, person, merge) == (True, meanwhile)


async def test_a_decision_about_somebody_else_is_left_out_though_its_record_came_here(
    client, supervisor
):
    record, third = await booked(client, screening=KNOWN), await booked(client)
    one, other = [await booked(client) for _ in range(2)]
    taken = (await decided(client, record))["id"]
    body = {"person_id": one["person"]["id"], "reason": "wrong_person_selected"}
    await client.put(
        f"/v1/custody-records/{record['id']}/identity", json=body, headers={"If-Match": '"1"'}
    )
    kept = one["person"]["id"]
    merge = (await say(supervisor, kept, "", other_id=other["person"]["id"]))["id"]
    assert await told(client, kept, merge) == (False, [])
    was = record["person"]["id"]
    merge = (await say(supervisor, was, "", other_id=third["person"]["id"]))["id"]
    assert await told(client, was, merge) == (False, [taken])


async def test_only_decisions_of_the_readers_suites_are_told_and_the_reading_is_recorded(
    client, clients, supervisor, owner
):
    records = [await booked(client, screening=KNOWN) for _ in range(2)]
    kept, other = [record["person"]["id"] for record in records]
    taken = (await decided(client, records[1]))["id"]
    merge = (await say(supervisor, kept, "", other_id=other))["id"]
    answer = await rested(client, kept, merge)
    (row,) = await entries(owner, answer)
    assert (row.event, row.operation) == ("journey.merge_decisions_read", "consultation")
    assert [str(id) for id in row.subject_ids] == [kept, other, merge, taken]
    assert await told(clients(Role.SUPERVISOR, "PETERLEE"), kept, merge) == (False, [])


async def test_the_decisions_of_no_merge_are_not_found(client):
    person = (await booked(client))["person"]["id"]
    answer = await rested(client, person, ABSENT)
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "merge-not-found")
