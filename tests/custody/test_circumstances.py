"""Safeguards, co-accused, and why nobody screened: through the front door."""

import asyncio

import pytest

from builders import KNOWN, a_key, a_person, booked, released
from checkpoint.custody.circumstances import queries
from checkpoint.foundation.actors import Role
from traces import entries

ADULT = {
    "appropriate_adult_needed": True,
    "appropriate_adult_reason": "mental_health",
    "appropriate_adult_kind": "scheme_volunteer",
    "appropriate_adult_came_at": "2026-11-03T01:10:00Z",
    "appropriate_adult_left_at": "2026-11-03T02:10:00Z",
}
INTERPRETER = {"interpreter_needed": True, "interpreter_language": "PL"}
LINK = "#/custody_record_id"


def there(record):
    return f"/v1/custody-records/{record['id']}"


async def save(client, record, noun, body, version=1):
    headers = {"If-Match": f'"{version}"'}
    return await client.put(f"{there(record)}/{noun}", json=body, headers=headers)


async def link(client, record, **body):
    return await client.post(f"{there(record)}/co-accused", json=body, headers=a_key())


async def around(client, record):
    return (await client.get(there(record))).json()["circumstances"]


def fault(answer):
    assert answer.status_code == 422, answer.text
    (found,) = answer.json()["errors"]
    return found["pointer"], found["code"]


async def test_safeguards_are_saved_whole_and_the_last_saving_counts(client, owner):
    record = await booked(client)
    assert (await around(client, record))["safeguards"] is None
    await save(client, record, "safeguards", ADULT)
    answer = await save(client, record, "safeguards", INTERPRETER, version=2)
    saved = answer.json()["circumstances"]["safeguards"]
    assert (saved["number"], saved["appropriate_adult_needed"]) == (2, None)
    assert (saved["interpreter_needed"], saved["interpreter_language"]) == (True, "pl")
    (entry,) = await entries(owner, answer)
    assert entry.event == "custody.safeguards_saved"
    assert entry.changed_fields == sorted([*ADULT, *INTERPRETER])


async def test_who_is_needed_and_has_not_come_is_remarked_upon(client):
    record = await booked(client)
    waiting = {"appropriate_adult_needed": True, "interpreter_needed": True}
    answer = await save(client, record, "safeguards", waiting)
    assert answer.json()["circumstances"]["remarks"] == [
        "An appropriate adult is needed and has not come.",
        "An interpreter is needed and has not come.",
    ]
    came = ADULT | INTERPRETER | {"interpreter_came_at": "2026-11-03T01:10:00Z"}
    answer = await save(client, record, "safeguards", came, version=2)
    assert answer.json()["circumstances"]["remarks"] == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (ADULT | {"appropriate_adult_needed": False}, ("#/appropriate_adult_reason", "not-needed")),
        (INTERPRETER | {"interpreter_needed": False}, ("#/interpreter_language", "not-needed")),
        ({"interpreter_came_at": "2099-01-01T00:00:00Z"}, ("#/interpreter_came_at", "in-the-future")),
        ({"interpreter_left_at": "2099-01-01T00:00:00Z"}, ("#/interpreter_left_at", "in-the-future")),
        ({"interpreter_came_at": "2026-11-02T22:04:00Z"}, ("#/interpreter_came_at", "came-before-arrival")),
        ({"interpreter_left_at": "2026-11-03T02:00:00Z"}, ("#/interpreter_left_at", "left-before-coming")),
        (ADULT | {"appropriate_adult_left_at": "2026-11-03T01:00:00Z"}, ("#/appropriate_adult_left_at", "left-before-coming")),
        ({"interpreter_language": "Polish"}, ("#/interpreter_language", "string-pattern-mismatch")),
    ],
)  # fmt: skip
async def test_safeguards_that_cannot_be_are_refused(client, body, expected):
    record = await booked(client)
    assert fault(await save(client, record, "safeguards", body)) == expected


async def test_later_rooms_may_ask_for_the_safeguards(client, session):
    record = await booked(client)
    assert await queries.safeguards(session, record["id"]) is None


async def test_whoever_was_not_screened_stays_in_the_count_with_a_reason(client, owner):
    record = await booked(client)
    for version, reason in ((1, "system_down"), (2, "released_before")):
        answer = await save(client, record, "not-screened", {"reason": reason}, version)
        assert answer.json()["circumstances"]["not_screened"]["reason"] == reason
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.changed_fields) == ("custody.not_screened", ["not_screened"])


async def test_a_later_screening_clears_it_and_whoever_is_screened_was_not_left_out(client):
    record = await booked(client)
    await save(client, record, "not-screened", {"reason": "overlooked"})
    screened = await save(client, record, "screening", KNOWN, version=2)
    assert screened.json()["circumstances"]["not_screened"] is None
    refused = await save(client, record, "not-screened", {"reason": "overlooked"}, version=3)
    assert fault(refused) == ("#/reason", "screened-already")


async def test_two_who_are_accused_together_are_linked_from_both_sides(client, owner):
    one = await booked(client, screening=KNOWN)
    other = await booked(client, person=a_person(given_names="Other"))
    answer = await link(client, one, reference=other["reference"])
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    said = answer.json()["circumstances"]
    assert said["remarks"] == [
        "Somebody else is accused, and the screening does not say so: save it again."
    ]
    assert answer.json()["screening"]["co_accused"] is False
    (seen,) = (await around(client, other))["co_accused"]
    assert (seen["custody_record_id"], seen["reference"]) == (one["id"], one["reference"])
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.operation) == ("custody.co_accused_changed", "combination")
    people = [one["person"]["id"], other["person"]["id"]]
    assert [str(id) for id in entry.subject_ids] == [one["id"], people[0], other["id"], people[1]]
    agreed = await save(client, one, "screening", KNOWN | {"co_accused": True}, version=2)
    assert agreed.json()["circumstances"]["remarks"] == []


async def test_somebody_who_is_not_arrested_yet_is_linked_without_a_name_and_withdrawn(client):
    record = await booked(client)
    answer = await link(client, record, not_arrested=True)
    (seen,) = answer.json()["circumstances"]["co_accused"]
    assert (seen["arrested"], seen["custody_record_id"]) == (False, None)
    gone = await link(client, record, withdraws=seen["id"])
    assert gone.json()["circumstances"]["co_accused"] == []
    again = await link(client, record, withdraws=seen["id"])
    assert fault(again) == ("#/withdraws", "link-not-here")


async def test_a_link_is_withdrawn_from_either_side(client):
    one, other = await booked(client), await booked(client)
    answer = await link(client, one, custody_record_id=other["id"])
    (seen,) = answer.json()["circumstances"]["co_accused"]
    await link(client, other, withdraws=seen["id"])
    assert (await around(client, one))["co_accused"] == []


async def test_of_a_case_that_went_elsewhere_only_the_link_is_seen(client):
    one, other = await booked(client), await booked(client)
    await link(client, one, custody_record_id=other["id"])
    driven = {
        "suite": "PETERLEE",
        "left_at": "2026-11-03T00:10:00Z",
        "arrived_at": "2026-11-03T00:50:00Z",
    }
    await client.post(f"{there(other)}/transfer", json=driven, headers=a_key())
    (seen,) = (await around(client, one))["co_accused"]
    assert (seen["arrested"], seen["custody_record_id"], seen["reference"]) == (True, None, None)


async def test_a_link_that_cannot_be_is_refused(client):
    one = await released(client, await booked(client))
    same = await booked(client, person=..., person_id=one["person"]["id"])
    other = await booked(client)
    assert fault(await link(client, one, custody_record_id=one["id"])) == (LINK, "same-person")
    told = await link(client, one, reference=same["reference"])
    assert fault(told) == ("#/reference", "same-person")
    await link(client, one, custody_record_id=other["id"])
    twice = await link(client, other, custody_record_id=one["id"])
    assert fault(twice) == (LINK, "linked-already")
    for body in ({}, {"not_arrested": False}, {"not_arrested": True, "withdraws": one["id"]}):
        assert fault(await link(client, one, **body)) == ("#/", "value-error")


async def test_a_case_elsewhere_and_none_cannot_be_told_apart_when_linked(client, clients):
    record = await booked(client)
    peterlee = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    theirs = await booked(peterlee, suite="PETERLEE")
    tries = [
        {"custody_record_id": theirs["id"]},
        {"custody_record_id": "0190b3a0-0000-7000-8000-000000000000"},
        {"reference": theirs["reference"]},
        {"reference": "CP-0000-0000-0"},
    ]
    told = [await link(client, record, **body) for body in tries]
    assert {answer.status_code for answer in told} == {404}
    assert len({answer.json()["detail"] for answer in told}) == 1


async def test_two_who_link_the_same_two_at_once_link_them_once(client, clients):
    one, other = await booked(client), await booked(client)
    colleague = clients(name="colleague")
    answers = await asyncio.gather(
        link(client, one, custody_record_id=other["id"]),
        link(colleague, other, custody_record_id=one["id"]),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert len((await around(client, one))["co_accused"]) == 1


@pytest.mark.parametrize("gone", [False, True])
async def test_who_withdraws_a_link_changes_both_records_and_names_both(
    client, owner, gone, clients
):
    one, other = await booked(client), await booked(client)
    answer = await link(client, one, custody_record_id=other["id"])
    (seen,) = answer.json()["circumstances"]["co_accused"]
    keeper, version = client, 3
    if gone:
        driven = {
            "suite": "PETERLEE",
            "left_at": "2026-11-03T00:10:00Z",
            "arrived_at": "2026-11-03T00:50:00Z",
        }
        await client.post(f"{there(other)}/transfer", json=driven, headers=a_key())
        keeper, version = clients(Role.CUSTODY_OFFICER, "PETERLEE"), 4
    answer = await link(client, one, withdraws=seen["id"])
    assert (answer.status_code, answer.json()["version"]) == (201, 3)
    left = (await keeper.get(there(other))).json()
    assert (left["version"], left["circumstances"]["co_accused"]) == (version, [])
    (entry,) = await entries(owner, answer)
    named = [str(id) for id in entry.subject_ids]
    assert {one["id"], other["id"], other["person"]["id"]} <= {*named}
