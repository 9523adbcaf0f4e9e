"""Somebody is in one place: who is detained by one record is not detained by another, unremarked."""

import asyncio
from types import SimpleNamespace
from uuid import uuid4

import pytest

from builders import a_booking, a_key, booked, released
from checkpoint.custody.movements.rules import PersonDetainedAlready, check_one_place
from checkpoint.foundation.actors import Role
from traces import entries

RECORDS = "/v1/custody-records"
ELSEWHERE = "The person is still detained by a record of another suite"
HERE = "The person is detained by another record of your suites too"


async def book_again(client, record, **overrides):
    body = a_booking(person=..., person_id=record["person"]["id"], **overrides)
    return await client.post(RECORDS, json=body, headers=a_key())


async def move(client, record, person):
    return await client.put(
        f"{RECORDS}/{record['id']}/identity",
        json={"person_id": person, "reason": "wrong_person_selected"},
        headers={"If-Match": f'"{record["version"]}"'},
    )


async def read(client, record):
    return (await client.get(f"{RECORDS}/{record['id']}")).json()


def told(record):
    return record["detention"]["also_detained"]


@pytest.fixture
def peterlee(clients):
    return clients(Role.CUSTODY_OFFICER, "PETERLEE", name="elsewhere")


def test_only_a_record_of_a_suite_that_one_may_change_is_a_reason_to_refuse():
    there = SimpleNamespace(id=uuid4(), reference="CP-7K3M-2QXH-N", suite="PETERLEE")
    check_one_place([], suites={"DURHAMGATE"})
    check_one_place([there], suites={"DURHAMGATE"})
    with pytest.raises(PersonDetainedAlready) as refused:
        check_one_place([there], suites={"DURHAMGATE", "PETERLEE"})
    assert refused.value.facts == {
        "custody_record_id": str(there.id),
        "reference": "CP-7K3M-2QXH-N",
    }


async def test_nobody_is_booked_in_twice_and_the_remedy_is_named(client, owner):
    record = await booked(client)
    refused = await book_again(client, record)
    assert (refused.status_code, refused.json()["errorCode"]) == (409, "person-detained-already")
    assert refused.json()["custody_record_id"] == record["id"]
    assert refused.json()["reference"] == record["reference"]
    assert "record their release or transfer there first" in refused.json()["detail"]
    (entry,) = await entries(owner, refused)
    assert [str(id) for id in entry.subject_ids] == [record["id"], record["person"]["id"]]
    assert (await read(client, record)) == record
    await released(client, record)
    assert (await book_again(client, record)).status_code == 201


async def test_of_two_who_book_in_the_same_known_person_at_once_one_is_refused(client):
    record = await released(client, await booked(client))
    answers = await asyncio.gather(*(book_again(client, record) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_what_another_suite_forgot_stops_no_booking_and_both_are_told(client, peterlee):
    forgotten = await booked(client)
    answer = await book_again(peterlee, forgotten, suite="PETERLEE")
    assert answer.status_code == 201, answer.text
    (other,) = told(answer.json())
    assert (other["custody_record_id"], other["reference"]) == (None, None)
    assert other["remark"].startswith(ELSEWHERE)
    assert forgotten["id"] not in answer.text
    (back,) = told(await read(client, forgotten))
    assert back["remark"].startswith(ELSEWHERE)
    history = (await client.get(f"{RECORDS}/{forgotten['id']}/detention")).json()
    assert history["detention"]["also_detained"] == [back]
    listed = (await client.get(RECORDS, params={"reference": forgotten["reference"]})).json()
    assert [row["also_detained"] for row in listed["items"]] == [True]
    gone = await released(client, forgotten)
    assert told(gone) == told(await read(peterlee, answer.json())) == []
    listed = (await peterlee.get(RECORDS, params={"size": 200})).json()["items"]
    assert {row["also_detained"] for row in listed if row["id"] == answer.json()["id"]} == {False}


async def test_a_record_moved_to_somebody_detained_is_moved_and_both_are_named(client):
    one, other = await booked(client), await booked(client)
    first = await move(client, one, other["person"]["id"])
    assert first.status_code == 200, first.text
    (named,) = told(first.json())
    assert (named["custody_record_id"], named["reference"]) == (other["id"], other["reference"])
    assert named["remark"].startswith(HERE)
    second = await move(client, other, one["person"]["id"])
    assert told(second.json()) == told(await read(client, one)) == []


async def test_nobody_is_taken_back_who_is_detained_by_another_record_here(client):
    before = await released(client, await booked(client))
    now = (await book_again(client, before)).json()
    body = {
        "reference": before["reference"],
        "suite": "DURHAMGATE",
        "arrived_at": "2026-11-03T09:00:00Z",
        "reason": "answering_bail",
    }
    refused = await client.post("/v1/custody-returns", json=body, headers=a_key())
    assert (refused.status_code, refused.json()["errorCode"]) == (409, "person-detained-already")
    assert refused.json()["custody_record_id"] == now["id"]
    attends = body | {"reason": "voluntary_attendance"}
    answer = await client.post("/v1/custody-returns", json=attends, headers=a_key())
    assert (answer.status_code, answer.json()["state"]) == (200, "released")
