"""A record that stands with the wrong person is moved to the right one, and both are kept."""

import asyncio
from uuid import UUID

import pytest
from sqlmodel import col, select

from builders import (
    a_booking,
    a_key,
    a_person,
    an_offence,
    booked,
    make_person,
    make_record,
)
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.custody import identifying, queries
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.people.tables import PersonCorrection
from conftest import NOON
from traces import entries

RECORD = "/v1/custody-records/{}"
WHY = {"reason": "fingerprint_result"}
ABSENT = "0190b3a0-0000-7000-8000-000000000000"


async def move(client, record, tag='"1"', **body):
    headers = {"If-Match": tag} if tag else {}
    address = f"{RECORD.format(record['id'])}/identity"
    return await client.put(address, json=WHY | body, headers=headers)


async def test_a_record_is_moved_to_somebody_on_record(client, owner):
    wrong, right = await booked(client), await booked(client)
    answer = await move(client, wrong, person_id=right["person"]["id"], words="Livescan")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["person"] == right["person"]
    async with transaction(owner) as session:
        rows = select(PersonCorrection).where(
            col(PersonCorrection.custody_record_id) == UUID(wrong["id"])
        )
        (row,) = (await session.exec(rows)).all()
    assert (row.field, row.before, row.after) == (
        "person_id",
        wrong["person"]["id"],
        right["person"]["id"],
    )
    assert (str(row.person_id), row.reason, row.words) == (
        wrong["person"]["id"],
        "fingerprint_result",
        "Livescan",
    )
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.operation) == ("custody.reidentified", "alteration")
    assert [str(id) for id in entry.subject_ids] == [
        wrong["id"],
        right["person"]["id"],
        wrong["person"]["id"],
    ]
    assert (await client.get(f"/v1/people/{wrong['person']['id']}")).status_code == 200


async def test_a_record_is_moved_to_a_newcomer_who_may_be_probably_known(client):
    wrong, known = await booked(client), await booked(client)
    particulars = {
        name: known["person"][name] for name in ("family_name", "given_names", "date_of_birth")
    }
    asked = await move(client, wrong, person=particulars)
    assert (asked.status_code, asked.json()["errorCode"]) == (409, "person-probably-known")
    ids = [candidate["person_id"] for candidate in asked.json()["candidates"]]
    answer = await move(client, wrong, person=particulars, none_of=ids)
    assert answer.status_code == 200, answer.text
    assert answer.json()["person"]["id"] not in (wrong["person"]["id"], known["person"]["id"])


@pytest.mark.parametrize(
    ("tag", "status", "slug"), [(None, 428, "if-match-missing"), ('"2"', 412, "overtaken")]
)
async def test_a_move_says_which_version_it_changes(client, tag, status, slug):
    record, other = await booked(client), await booked(client)
    answer = await move(client, record, tag, person_id=other["person"]["id"])
    assert (answer.status_code, answer.json()["errorCode"]) == (status, slug)


async def test_a_move_to_the_same_person_or_to_nobody_is_refused(client):
    record = await booked(client)
    same = await move(client, record, person_id=record["person"]["id"])
    assert (same.status_code, same.json()["errors"][0]["code"]) == (422, "same-person")
    nobody = await move(client, record, person_id=ABSENT)
    assert (nobody.status_code, nobody.json()["errorCode"]) == (404, "person-not-found")


@pytest.mark.parametrize("newcomer", [True, False])
async def test_nobody_was_arrested_before_they_were_born(client, newcomer):
    record, child = await booked(client), a_person(date_of_birth="2026-11-02")
    body, field = {"person": child}, "#/person/date_of_birth"
    if not newcomer:
        young = await booked(
            client, person=child, offences=[an_offence(committed_from="2026-11-02")]
        )
        body, field = {"person_id": young["person"]["id"]}, "#/person_id"
    answer = await move(client, record, **body)
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (field, "offence-before-birth")


async def test_other_reasons_need_words(client):
    record, other = await booked(client), await booked(client)
    answer = await move(client, record, person_id=other["person"]["id"], reason="other")
    assert answer.status_code == 422
    told = await move(
        client, record, person_id=other["person"]["id"], reason="other", words="Told us"
    )
    assert told.status_code == 200


async def test_another_suites_record_is_not_moved(client, clients):
    record, other = await booked(client), await booked(client)
    stranger = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    answer = await move(stranger, record, person_id=other["person"]["id"])
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "custody-record-not-found")


async def test_no_move_is_made_that_cannot_be_recorded(without_ledger, officer):
    async with transaction(without_ledger) as session:
        record, right = await make_record(session), await make_person(session)
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            held = await identifying.begin_reidentifying(session, record.id, seen=1, by=officer)
            await identifying.reidentify(
                session, held, right, field="#/person_id", by=officer, at=NOON
            )
    async with transaction(without_ledger) as session:
        stored = await queries.one(session, record.id, actor=officer)
        assert (stored.person_id, stored.version) == (record.person_id, 1)


async def test_of_a_move_and_a_correction_at_once_one_is_overtaken(client):
    record, other = await booked(client), await booked(client)
    moved, corrected = await asyncio.gather(
        move(client, record, person_id=other["person"]["id"]),
        client.put(
            f"{RECORD.format(record['id'])}/person",
            json={"family_name": "Righted", "reason": "misheard"},
            headers={"If-Match": '"1"'},
        ),
    )
    assert sorted([moved.status_code, corrected.status_code]) == [200, 412]
    untouched = (await client.get(f"/v1/people/{other['person']['id']}")).json()
    assert untouched["family_name"] == "Testperson"


async def put_right(client, record, version, **particulars):
    return await client.put(
        f"{RECORD.format(record['id'])}/person",
        json={"family_name": "Testperson", "reason": "document_seen"} | particulars,
        headers={"If-Match": f'"{version}"'},
    )


async def test_whoever_is_put_right_is_found_by_the_old_name_and_the_new(client):
    record = await booked(client, person=a_person(family_name="Wronglyspelt"))
    await put_right(client, record, 1, family_name="Nevermisheard", date_of_birth="1955-10-30")
    for asked in (
        {"family_name": "Wronglyspelt"},
        {"family_name": "Nevermisheard", "date_of_birth": "1955-10-30"},
        {"family_name": "Wronglyspelt", "date_of_birth": "1955-10-30"},
    ):
        answer = await client.post("/v1/person-searches", json=asked)
        assert [item["person"]["id"] for item in answer.json()["items"]] == [record["person"]["id"]]
    person = (await client.get(f"/v1/people/{record['person']['id']}")).json()
    assert [(a["family_name"], a["kind"]) for a in person["aliases"]] == [
        ("Wronglyspelt", "put_right")
    ]


async def test_a_known_birth_takes_the_place_of_an_estimate_and_not_the_other_way_round(client):
    record = await booked(client, person=a_person(date_of_birth=None, estimated_age_years=30))
    again = await put_right(client, record, 1, estimated_age_years=33)
    assert again.json()["person"]["estimated_age_years"] == 33
    known = await put_right(client, record, 2, date_of_birth="1994-02-11")
    person = known.json()["person"]
    assert (person["date_of_birth"], person["estimated_age_years"], person["estimated_on"]) == (
        "1994-02-11",
        None,
        None,
    )
    refused = await put_right(client, record, 3, estimated_age_years=33)
    assert refused.json()["errors"][0]["code"] == "date-of-birth-known"


async def test_ethnicity_takes_its_reason_with_it(client):
    missing = {"self_defined_ethnicity": "NS", "ethnicity_missing_reason": "refused"}
    record = await booked(client, person=a_person(**missing))
    answer = await put_right(client, record, 1, self_defined_ethnicity="W1")
    person = answer.json()["person"]
    assert (person["self_defined_ethnicity"], person["ethnicity_missing_reason"]) == ("W1", None)


async def test_what_is_right_already_is_no_correction(client):
    record = await booked(client)
    assert (await put_right(client, record, 1)).status_code == 200
    told = await client.get(f"{RECORD.format(record['id'])}/corrections")
    assert told.json()["items"] == []


async def test_a_correction_wants_a_reason(client):
    record = await booked(client)
    answer = await client.put(
        f"{RECORD.format(record['id'])}/person",
        json={"family_name": "Testperson"},
        headers={"If-Match": '"1"'},
    )
    assert answer.json()["errors"][0]["pointer"] == "#/reason"


async def test_a_booking_of_a_newcomer_who_was_ruled_out_elsewhere_is_still_asked_about(client):
    person = a_person()
    known = await booked(client, person=person)
    body = a_booking(person=person, none_of=[ABSENT])
    answer = await client.post("/v1/custody-records", json=body, headers=a_key())
    assert [c["person_id"] for c in answer.json()["candidates"]] == [known["person"]["id"]]


async def test_no_record_is_moved_to_somebody_who_is_linked_as_co_accused(client):
    record, other = await booked(client), await booked(client)
    place = f"{RECORD.format(record['id'])}/co-accused"
    linked = await client.post(place, json={"custody_record_id": other["id"]}, headers=a_key())
    for one, whom in ((record, other), (other, record)):
        answer = await move(client, one, tag='"2"', person_id=whom["person"]["id"])
        assert answer.status_code == 422, answer.text
        (fault,) = answer.json()["errors"]
        assert (fault["pointer"], fault["code"]) == ("#/person_id", "same-person")
    (link,) = linked.json()["circumstances"]["co_accused"]
    await client.post(place, json={"withdraws": link["id"]}, headers=a_key())
    moved = await move(client, record, tag='"3"', person_id=other["person"]["id"])
    assert moved.status_code == 200, moved.text
