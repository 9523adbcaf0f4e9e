"""What was entered wrongly is put right, and what stood there before stays on record."""

from datetime import date
from uuid import uuid4

import pytest
from sqlmodel import col, select

from builders import (
    KNOWN,
    a_key,
    a_person,
    a_pnc_id,
    an_offence,
    booked,
    decided,
    make_offence,
    make_person,
    make_record,
)
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import AuditEntry, ChangedValue
from checkpoint.custody import actions, identifying, queries
from checkpoint.custody.schemas import AddOffence
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.people import actions as people
from checkpoint.people import queries as people_queries
from checkpoint.people.schemas import CorrectPerson
from conftest import NOON

RECORD = "/v1/custody-records/{}"
RIGHT = {
    "family_name": "Righted",
    "given_names": "Now",
    "date_of_birth": "1994-02-12",
    "reason": "document_seen",
}

BURGLARY = {"code": "TH68036", "committed_from": "2026-11-01", "reason": "wrong_code"}


def broken(refused):
    (fault,) = refused.value.facts["errors"]
    return fault["pointer"], fault["code"]


async def correct(session, record, particulars, *, by, seen=1):
    """Both deeds in the one transaction, as the door does them."""
    command = CorrectPerson.model_validate(particulars)
    held = await identifying.begin_correction(session, record.id, command, seen=seen, by=by)
    change = await people.correct(
        session, held[0].person_id, command, record_id=record.id, by=by, at=NOON
    )
    await identifying.note_correction(session, held, change, by=by, at=NOON)
    return held[0]


async def put_right(client, record, particulars, tag='"1"'):
    headers = {"If-Match": tag} if tag else {}
    return await client.put(f"{RECORD.format(record['id'])}/person", json=particulars, headers=headers)  # fmt: skip


async def replace(client, record, **overrides):
    body = an_offence(**overrides)
    return await client.post(f"{RECORD.format(record['id'])}/offences", json=body, headers=a_key())


async def test_a_person_is_put_right_and_the_ledger_keeps_what_stood_there(session, officer):
    person = await make_person(session, pnc_id=a_pnc_id(7_300_001))
    record = await make_record(session, person_id=person.id)
    right = RIGHT | {"pnc_id": a_pnc_id(7_300_002).removeprefix("20")}
    changed = await correct(session, record, right, by=officer)
    assert changed.version == 2
    stored = await people_queries.one(session, person.id)
    assert (stored.family_name, stored.date_of_birth) == ("Righted", date(1994, 2, 12))
    assert stored.pnc_id == a_pnc_id(7_300_002)
    assert (stored.registered_at, stored.registered_by) == (
        person.registered_at,
        person.registered_by,
    )
    told = select(AuditEntry).where(col(AuditEntry.subject_ids).contains([person.id]))
    entry = (await session.exec(told)).one()
    assert (entry.event, entry.operation) == ("custody.person_corrected", Operation.ALTERATION)
    assert entry.changed_fields == ["date_of_birth", "family_name", "given_names", "pnc_id"]
    values = select(ChangedValue).where(col(ChangedValue.entry_id) == entry.id)
    before = {value.field: value.before for value in (await session.exec(values)).all()}
    assert before == {
        "family_name": "Testperson",
        "given_names": "Synthetic",
        "date_of_birth": "1994-02-11",
        "pnc_id": a_pnc_id(7_300_001),
    }


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"date_of_birth": "2026-11-04"}, "#/date_of_birth", "born-after-arrest"),
        ({"date_of_birth": "2026-11-03"}, "#/date_of_birth", "born-after-arrest"),
        ({"date_of_birth": "2026-11-02"}, "#/date_of_birth", "offence-before-birth"),
        ({"pnc_id": a_pnc_id(1, 2027)}, "#/pnc_id", "pnc-id-in-the-future"),
    ],
)
async def test_a_correction_that_cannot_be_is_refused(session, officer, wrong, pointer, code):
    record = await make_record(session)
    await make_offence(session, record)
    with pytest.raises(RuleBroken) as refused:
        await correct(session, record, RIGHT | wrong, by=officer)
    assert broken(refused) == (pointer, code)


async def test_nobody_is_corrected_into_somebody_else(session, officer):
    other = await make_person(session, pnc_id=a_pnc_id(7_300_003))
    record = await make_record(session)
    with pytest.raises(people.PersonAlreadyKnown) as refused:
        await correct(session, record, RIGHT | {"pnc_id": other.pnc_id}, by=officer)
    assert refused.value.facts == {"person_id": str(other.id)}


async def test_no_correction_is_made_that_cannot_be_recorded(without_ledger, officer):
    async with transaction(without_ledger) as session:
        record = await make_record(session)
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await correct(session, record, RIGHT, by=officer)
    async with transaction(without_ledger) as session:
        person = await people_queries.one(session, record.person_id)
        assert person.family_name == "Testperson"
        assert (await queries.one(session, record.id, actor=officer)).version == 1


async def test_an_offence_put_right_takes_the_place_of_the_wrong_one(session, officer):
    record = await make_record(session)
    wrong = await make_offence(session, record)
    right = AddOffence(**BURGLARY, replaces=wrong.id)
    await actions.add_offence(session, record.id, right, by=officer, at=NOON)
    (standing,) = await queries.offences_of(session, record.id)
    assert standing.code == "TH68036"
    with pytest.raises(RuleBroken) as refused:
        await actions.add_offence(session, record.id, right, by=officer, at=NOON)
    assert broken(refused) == ("#/replaces", "offence-not-here")


async def test_an_offence_of_another_record_is_not_replaced(session, officer):
    record, other = await make_record(session), await make_record(session)
    theirs = await make_offence(session, other)
    for id in (theirs.id, uuid4()):
        command = AddOffence(**BURGLARY, replaces=id)
        with pytest.raises(RuleBroken) as refused:
            await actions.add_offence(session, record.id, command, by=officer, at=NOON)
        assert broken(refused) == ("#/replaces", "offence-not-here")


async def test_a_corrected_person_is_shown_and_the_old_decision_stays(client):
    record = await booked(client, screening=KNOWN)
    before = await decided(client, record)
    child = await put_right(
        client, record, a_person(date_of_birth="2010-01-01", reason="document_seen")
    )
    assert (child.status_code, child.headers["etag"]) == (200, '"2"')
    assert child.json()["person"]["date_of_birth"] == "2010-01-01"
    after = await decided(client, child.json())
    assert (before["verdict"], after["verdict"]) == ("eligible", "ineligible")
    assert (await client.get(f"/v1/eligibility-decisions/{before['id']}")).json()["facts"] == before["facts"]  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "status", "slug"), [(None, 428, "if-match-missing"), ('"2"', 412, "overtaken")]
)
async def test_a_correction_says_which_version_it_changes(client, tag, status, slug):
    record = await booked(client)
    answer = await put_right(client, record, RIGHT, tag)
    assert (answer.status_code, answer.json()["errorCode"]) == (status, slug)
    read = (await client.get(RECORD.format(record["id"]))).json()
    assert read["person"] == record["person"]


async def test_another_suites_person_is_not_corrected(client, clients):
    record = await booked(client)
    elsewhere = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    answer = await put_right(elsewhere, record, RIGHT)
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "custody-record-not-found")


async def test_a_replaced_offence_no_longer_counts_for_the_decision(client):
    record = await booked(client, screening=KNOWN, offences=[an_offence(code="CD71015")])
    assert (await decided(client, record))["verdict"] == "ineligible"
    wrong = record["offences"][0]["id"]
    answer = await replace(client, record, replaces=wrong, reason="witness_said_so")
    assert answer.status_code == 201, answer.text
    assert [offence["code"] for offence in answer.json()["offences"]] == ["TH68010"]
    assert (await decided(client, answer.json()))["verdict"] == "eligible"


async def test_one_particular_is_enough_and_none_is_too_few(client):
    record = await booked(client)
    name = record["person"]["family_name"]
    only = {"date_of_birth": "1994-02-12", "reason": "document_seen"}
    righted = await put_right(client, record, only)
    assert righted.status_code == 200, righted.text
    person = righted.json()["person"]
    assert (person["family_name"], person["date_of_birth"]) == (name, "1994-02-12")
    nothing = await put_right(client, record, {"reason": "document_seen"}, tag='"2"')
    assert nothing.status_code == 422
    assert "at least one" in nothing.text


async def test_an_offence_put_right_says_why_and_one_that_is_new_does_not(client):
    record = await booked(client)
    wrong = record["offences"][0]["id"]
    for said in (
        {"replaces": wrong},
        {"reason": "mistyped"},
        {"words": "Why."},
        {"replaces": wrong, "reason": "other"},
        {"replaces": wrong, "words": "Why."},
    ):
        refused = await replace(client, record, **said)
        assert refused.status_code == 422, said
        assert [fault["code"] for fault in refused.json()["errors"]] == ["value-error"]
    said = {"replaces": wrong, "reason": "other", "words": "The prosecutor asked."}
    assert (await replace(client, record, **said)).status_code == 201
