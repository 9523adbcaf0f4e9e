"""One person with two records: what is put right from one is known to the other."""

import asyncio

from sqlmodel import select

from builders import a_booking, a_key, a_person, a_pnc_id, an_offence, booked, released
from checkpoint.custody import cli
from checkpoint.custody.lists import Suite
from checkpoint.foundation.actors import Role
from conftest import rolled_back


async def correct(client, record, **particulars):
    return await client.put(
        f"/v1/custody-records/{record['id']}/person",
        json=a_person(reason="misheard", **particulars),
        headers={"If-Match": f'"{record["version"]}"'},
    )


async def test_a_correction_moves_every_record_of_the_person(client):
    first = await released(client, await booked(client))
    second = await booked(client, person=..., person_id=first["person"]["id"])
    assert (await correct(client, second, date_of_birth="1990-01-01")).status_code == 200
    again = (await client.get(f"/v1/custody-records/{first['id']}")).json()
    assert (again["version"], again["person"]["date_of_birth"]) == (3, "1990-01-01")


async def test_a_correction_from_another_suite_reaches_every_record_and_names_them(client, clients):
    record = await booked(client)
    person = record["person"]["id"]
    peterlee = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="elsewhere")
    theirs = await booked(peterlee, person=..., person_id=person, suite="PETERLEE")
    assert (await correct(peterlee, theirs, date_of_birth="1991-01-01")).status_code == 200
    ours = (await client.get(f"/v1/custody-records/{record['id']}")).json()
    assert (ours["version"], ours["person"]["date_of_birth"]) == (2, "1991-01-01")
    entries = await clients(Role.AUDITOR).get("/v1/ledger-entries", params={"subject": person})
    told = next(e for e in entries.json()["items"] if e["event"] == "custody.person_corrected")
    assert told["subject_ids"] == [person, theirs["id"], record["id"]]


async def test_two_corrections_through_two_records_do_not_wait_for_each_other_for_ever(client):
    first = await released(client, await booked(client))
    second = await booked(client, person=..., person_id=first["person"]["id"])
    answers = await asyncio.gather(
        correct(client, first, given_names="One"), correct(client, second, given_names="Two")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_who_was_found_by_a_pnc_id_stands_in_the_entry_of_the_refusal(client, clients):
    known = a_pnc_id(7_310_001)
    record = await booked(client, person=a_person(pnc_id=known))
    body = a_booking(person=a_person(pnc_id=known))
    refused = await client.post("/v1/custody-records", json=body, headers=a_key())
    assert refused.status_code == 409
    entries = await clients(Role.AUDITOR).get(
        "/v1/ledger-entries", params={"subject": record["person"]["id"]}
    )
    assert "person-already-known" in {entry["outcome"] for entry in entries.json()["items"]}


async def test_nobody_is_looked_up_for_a_booking_that_could_never_be(client):
    known = a_pnc_id(7_310_002)
    await booked(client, person=a_person(pnc_id=known))
    for suite in ("PETERLEE", "NOWHERE"):
        body = a_booking(person=a_person(pnc_id=known), suite=suite)
        refused = await client.post("/v1/custody-records", json=body, headers=a_key())
        assert refused.json()["errorCode"] in ("not-your-suite", "rule-broken")


async def test_what_is_left_out_of_a_correction_stays(client):
    record = await booked(client)
    answer = await client.put(
        f"/v1/custody-records/{record['id']}/person",
        json={"family_name": "Testperson-Other", "reason": "misheard"},
        headers={"If-Match": '"1"'},
    )
    assert answer.json()["person"]["date_of_birth"] == "1994-02-11"


async def test_suites_that_are_new_are_loaded_though_the_offences_are_known(owner):
    async with rolled_back(owner) as session:
        suite = (await session.exec(select(Suite).where(Suite.code == "DURHAM-CITY"))).one()
        await session.delete(suite)
        await session.flush()
        await cli.load_starter(session)
        rows = select(Suite).where(Suite.code == "DURHAM-CITY")
        assert (await session.exec(rows)).first() is not None


async def test_whoever_has_changed_suite_does_not_get_their_old_answer_again(clients):
    key, body = a_key(), a_booking()
    before = clients(Role.CUSTODY_OFFICER, "DURHAMGATE", name="mover")
    assert (await before.post("/v1/custody-records", json=body, headers=key)).status_code == 201
    after = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="mover")
    refused = await after.post("/v1/custody-records", json=body, headers=key)
    assert refused.json()["errorCode"] == "not-your-suite"


async def test_what_contradicts_a_record_elsewhere_does_not_tell_of_it(client, clients):
    record = await booked(client, offences=[an_offence(committed_from="2026-11-02")])
    peterlee = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="elsewhere")
    known = record["person"]["id"]
    theirs = await booked(peterlee, person=..., person_id=known, suite="PETERLEE")
    answer = await correct(client, record, date_of_birth="2026-11-02")
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/date_of_birth", "contradicts-another-record")
    own = await correct(peterlee, theirs, date_of_birth="2026-11-02")
    assert [fault["code"] for fault in own.json()["errors"]] == ["offence-before-birth"]
