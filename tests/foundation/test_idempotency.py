"""One key, one effect, one answer: whatever is sent twice, at once, or by somebody else."""

import asyncio
import json
from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import a_booking, a_key, a_person, a_pnc_id, an_offence, booked
from checkpoint.foundation.actors import Role
from traces import counts, entries
from waits import until_waiting

RECORDS = "/v1/custody-records"


async def book(client, key, **overrides):
    return await client.post(RECORDS, json=a_booking(**overrides), headers=key)


def doors_of(record):
    """Every door that takes a key, with a body for it; the first needs no record."""
    here = f"{RECORDS}/{record['id']}"
    return {
        "book in": (RECORDS, a_booking(), {}),
        "add an offence": (f"{here}/offences", an_offence(code="TH68036"), {}),
        "release": (
            f"{here}/release",
            {"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"},
            {},
        ),
        "decide": (f"{here}/eligibility-decisions", {}, {"If-Match": '"1"'}),
    }


DOORS = ("book in", "add an offence", "release", "decide")


@pytest.mark.parametrize("door", DOORS)
async def test_the_same_request_again_gets_the_same_bytes_and_has_one_effect(client, owner, door):
    address, body, headers = doors_of(await booked(client))[door]
    key = a_key() | headers
    first = await client.post(address, json=body, headers=key)
    assert first.is_success, first.text
    before = await counts(owner)
    again = [await client.post(address, json=body, headers=key) for _ in range(3)]
    assert await counts(owner) == before
    for answer in again:
        assert (answer.status_code, answer.content) == (first.status_code, first.content)
        assert answer.headers["idempotency-replayed"] == "true"
        for name in ("etag", "location", "content-type", "cache-control"):
            assert answer.headers.get(name) == first.headers.get(name)
    assert "idempotency-replayed" not in first.headers


@pytest.mark.parametrize("door", DOORS)
async def test_a_replay_has_a_ledger_row_of_its_own(client, owner, door):
    address, body, headers = doors_of(await booked(client))[door]
    key = a_key() | headers
    first, again = [await client.post(address, json=body, headers=key) for _ in range(2)]
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    rows = {row.request_id: row for row in await entries(owner, first, again)}
    assert len(rows) == 2
    events = sorted(row.event for row in rows.values())
    assert "request.replayed" in events
    assert len({row.actor_id for row in rows.values()}) == len({r.door for r in rows.values()}) == 1


@pytest.mark.parametrize("door", DOORS)
async def test_another_body_under_the_same_key_is_refused_and_changes_nothing(client, owner, door):
    address, body, headers = doors_of(await booked(client))[door]
    key = a_key() | headers
    first = await client.post(address, json=body, headers=key)
    assert first.is_success, first.text
    before = await counts(owner)
    spaced = json.dumps(body, indent=3).encode() + b" "
    answer = await client.post(
        address, content=spaced, headers=key | {"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errorCode"] == "idempotency-key-reused"
    assert await counts(owner) == before
    assert [row.outcome for row in await entries(owner, answer)] == ["idempotency-key-reused"]


@pytest.mark.parametrize(
    "key", [None, "", "short", "x" * 15, "x" * 65, "x" * 5_000, "sixteen letters!", "\u00e9" * 20]
)
@pytest.mark.parametrize("door", DOORS)
async def test_a_missing_or_odd_key_is_refused(client, owner, door, key):
    address, body, headers = doors_of({"id": str(uuid4())})[door]
    given = {} if key is None else {"Idempotency-Key": key.encode("latin-1")}
    answer = await client.post(address, json=body, headers=headers | given)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errorCode"] == "idempotency-key-missing"
    assert not key or key not in answer.text
    assert len(await entries(owner, answer)) == 1


async def test_a_key_in_quotes_is_the_same_key(client, owner):
    key = str(uuid4())
    person = a_person()
    first = await book(client, {"Idempotency-Key": key}, person=person)
    again = await book(client, {"Idempotency-Key": f'"{key}"'}, person=person)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("at_once", [2, 6])
async def test_two_at_once_with_one_key_have_one_effect(clients, owner, at_once):
    for _ in range(5):
        key, person, before = a_key(), a_person(), await counts(owner)
        doing = [book(clients(name="racer"), key, person=person) for _ in range(at_once)]
        answers = await asyncio.gather(*doing)
        done = [answer for answer in answers if answer.status_code == 201]
        others = [answer for answer in answers if answer.status_code != 201]
        assert {answer.content for answer in done} == {done[0].content}
        assert {answer.json()["errorCode"] for answer in others} <= {"still-in-flight"}
        assert {answer.status_code for answer in others} <= {409}
        after = await counts(owner)
        assert {name: after[name] - before[name] for name in ("person", "custody_record")} == {
            "person": 1,
            "custody_record": 1,
        }
        assert len(await entries(owner, *answers)) == at_once
        later = await book(clients(name="racer"), key, person=person)
        assert (later.status_code, later.content) == (201, done[0].content)


async def test_while_the_first_is_under_way_the_second_is_told_to_wait(client, owner):
    """The first waits for a lock that this test holds, so there is no luck in it."""
    record, key = await booked(client), a_key()
    address = f"{RECORDS}/{record['id']}/release"
    asked = {
        "json": {"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"},
        "headers": key,
    }
    async with owner.connect() as connection, connection.begin():
        hold = sa.text("SELECT FROM custody_record WHERE id = :id FOR UPDATE")
        await connection.execute(hold, {"id": record["id"]})
        first = asyncio.create_task(client.post(address, **asked))
        await until_waiting(owner)
        second = await client.post(address, **asked)
    assert (await first).status_code == 200
    assert second.json()["errorCode"] == "still-in-flight"
    assert (await client.post(address, **asked)).content == (await first).content


async def test_the_same_key_of_another_officer_is_another_request(clients, owner):
    key, before = a_key(), await counts(owner, "custody_record")
    first, second = [await book(clients(name=name), key) for name in ("ann", "bob")]
    assert first.status_code == second.status_code == 201
    assert first.json()["id"] != second.json()["id"]
    assert (await counts(owner, "custody_record"))["custody_record"] == before["custody_record"] + 2


async def test_the_same_key_at_another_address_is_another_request(client):
    one, other = await booked(client), await booked(client)
    key, body = a_key(), {"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"}
    answers = [
        await client.post(f"{RECORDS}/{record['id']}/release", json=body, headers=key)
        for record in (one, other)
    ]
    assert [answer.json()["id"] for answer in answers] == [one["id"], other["id"]]


@pytest.mark.parametrize("door", DOORS[1:])
@pytest.mark.parametrize(
    "written", [str.upper, lambda text: text.replace("-", ""), "{{{}}}".format]
)
async def test_an_id_written_another_way_is_the_same_address(client, owner, door, written):
    record = await booked(client)
    address, body, headers = doors_of(record)[door]
    key = a_key() | headers
    first = await client.post(address, json=body, headers=key)
    before = await counts(owner)
    otherwise = address.replace(record["id"], written(record["id"]))
    again = await client.post(otherwise, json=body, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert await counts(owner) == before


async def test_a_refusal_is_not_kept_and_the_key_is_free_for_the_right_request(client, owner):
    key, before = a_key(), await counts(owner)
    wrong = await book(client, key, offences=[an_offence(code="ZZ99999")])
    assert wrong.status_code == 422
    assert await counts(owner) == before
    right = await book(client, key)
    assert right.status_code == 201
    assert "idempotency-replayed" not in right.headers


async def test_a_conflict_is_not_kept_either(client):
    pnc_id, key = a_pnc_id(7_000_001), a_key()
    await booked(client, person=a_person(pnc_id=pnc_id))
    for _ in range(2):
        answer = await book(client, key, person=a_person(pnc_id=pnc_id))
        assert answer.status_code == 409
        assert "idempotency-replayed" not in answer.headers


async def test_a_role_that_was_taken_away_gets_no_replay(app, clients):
    issuer, key = app.state.local_issuer, a_key()
    officer = clients(name="mover")
    assert (await book(officer, key)).status_code == 201
    supervisor = clients(Role.SUPERVISOR, name="mover")
    assert (await book(supervisor, key)).status_code == 403
    assert issuer.audience == "checkpoint-api"


async def test_a_case_that_is_out_of_reach_is_not_shown_again_until_it_is_back(clients, owner):
    officer, boss = clients(name="ann"), clients(Role.SUPERVISOR, name="eve")
    record, key = await booked(officer), a_key()
    here, victim = f"{RECORDS}/{record['id']}", {"person": a_person()}
    first = await officer.post(f"{here}/victims", json=victim, headers=key)
    closing = {"reason_code": "staff", "words": "Works here."}
    assert (await boss.post(f"{here}/restrictions", json=closing, headers=a_key())).is_success
    before = await counts(owner)
    refused = await officer.post(f"{here}/victims", json=victim, headers=key)
    assert (refused.status_code, refused.json()["errorCode"]) == (404, "answer-out-of-reach")
    assert first.json()["id"] not in refused.text
    assert await counts(owner) == before
    assert [row.outcome for row in await entries(owner, refused)] == ["answer-out-of-reach"]
    opening = {"words": "Left."}
    assert (
        await boss.post(f"{here}/restrictions/lifting", json=opening, headers=a_key())
    ).is_success
    again = await officer.post(f"{here}/victims", json=victim, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)


async def test_what_the_deed_itself_took_out_of_reach_is_shown_to_who_lost_the_answer(client):
    record, key = await booked(client), a_key()
    body = {"suite": "PETERLEE", "left_at": "2026-11-03T00:10:00Z"}
    body |= {"arrived_at": "2026-11-03T00:50:00Z"}
    address = f"{RECORDS}/{record['id']}"
    first, again = [
        await client.post(f"{address}/transfer", json=body, headers=key) for _ in range(2)
    ]
    assert (await client.get(address)).status_code == 404
    assert (again.status_code, again.content) == (200, first.content)
