"""Bookings that cannot be: each refusal names field and rule, echoes nothing, changes nothing."""

from datetime import UTC, datetime

import pytest

from builders import a_booking, a_key, a_person, a_pnc_id, an_offence, booked
from checkpoint.custody.schemas import (
    AllegedOffenceView,
    AllegeOffence,
    CustodyRecordView,
    OpenCustodyRecord,
    SaveScreening,
    ScreeningView,
)
from checkpoint.foundation.actors import Role
from checkpoint.people.schemas import PersonView, RegisterPerson
from traces import counts, entries

RECORDS = "/v1/custody-records"
LATER = "2099-01-01T12:00:00+00:00"
NEXT_YEAR = "2099-01-01"
CANARY = "Canary-8rw"


def person(**fields):
    return a_booking(person=a_person(family_name=CANARY, **fields))


def offence(**fields):
    return a_booking(person=a_person(family_name=CANARY), offences=[an_offence(**fields)])


def times(**fields):
    return a_booking(person=a_person(family_name=CANARY), **fields)


# The body, then where the fault is, its code, and what must not be said back.
BROKEN = {
    "offence after the arrest": (
        offence(committed_from="2026-11-04"),
        "#/offences/0/committed_from",
        "offence-after-arrest",
    ),
    "last possible day after the arrest": (
        offence(committed_until="2026-11-03"),
        "#/offences/0/committed_until",
        "offence-after-arrest",
    ),
    "last possible day before the first": (
        offence(committed_until="2026-10-31"),
        "#/offences/0/committed_until",
        "dates-in-order",
    ),
    "the second offence before birth": (
        a_booking(offences=[an_offence(), an_offence(committed_from="1990-01-01")]),
        "#/offences/1/committed_from",
        "offence-before-birth",
    ),
    "born after the arrest": (
        person(date_of_birth="2026-11-03"),
        "#/person/date_of_birth",
        "born-after-arrest",
    ),
    "born in the future": (
        person(date_of_birth=NEXT_YEAR),
        "#/person/date_of_birth",
        "born-in-the-future",
    ),
    "arrived before the arrest": (
        times(arrived_at="2026-11-02T21:39:59Z"),
        "#/arrived_at",
        "arrived-before-arrest",
    ),
    "arrest in the future": (
        times(arrested_at=LATER, arrived_at=LATER),
        "#/arrested_at",
        "in-the-future",
    ),
    "arrival in the future": (times(arrived_at=LATER), "#/arrived_at", "in-the-future"),
    "unknown offence code": (offence(code="ZZ99999"), "#/offences/0/code", "offence-unknown"),
    "PNC ID of a year to come": (
        person(pnc_id=a_pnc_id(1, year=2095)),
        "#/person/pnc_id",
        "pnc-id-in-the-future",
    ),
    "PNC ID with a wrong letter": (
        person(pnc_id="2003/0005170A"),
        "#/person/pnc_id",
        "value-error",
    ),
    "PNC ID with a letter there is none": (
        person(pnc_id="2003/0005170O"),
        "#/person/pnc_id",
        "value-error",
    ),
    "a crime reference with blanks": (
        offence(crime_reference="NOT A NUMBER"),
        "#/offences/0/crime_reference",
        "string-pattern-mismatch",
    ),
    "reported before it happened": (
        offence(formally_reported_on="2026-10-31"),
        "#/offences/0/formally_reported_on",
        "reported-before-offence",
    ),
    "reported tomorrow": (
        offence(formally_reported_on=NEXT_YEAR),
        "#/offences/0/formally_reported_on",
        "in-the-future",
    ),
    "the end of an order that there is not": (
        times(screening={"subject_to_order": False, "order_ends_on": "2027-01-01"}),
        "#/screening/order_ends_on",
        "nothing-to-end",
    ),
    "the end of bail that nobody knows of": (
        times(screening={"bail_ends_on": "2027-01-01"}),
        "#/screening/bail_ends_on",
        "nothing-to-end",
    ),
    "a suite whose code no list has": (times(suite="NOWHERE"), "#/suite", "suite-unknown"),
    "a suite that was closed": (times(suite="DARLINGTON"), "#/suite", "suite-closed"),
    "a suite not yet open": (
        times(
            suite="DURHAMGATE",
            arrested_at="2023-05-30T10:00:00+01:00",
            arrived_at="2023-05-31T23:59:59+01:00",
            offences=[an_offence(committed_from="2023-05-30")],
        ),
        "#/suite",
        "suite-closed",
    ),
    "the hour that happened twice": (
        times(arrested_at="2026-10-25T01:30:00"),
        "#/arrested_at",
        "value-error",
    ),
    "the hour that did not happen": (
        times(arrested_at="2026-03-29T01:30:00"),
        "#/arrested_at",
        "value-error",
    ),
    "no offset": (times(arrived_at="2026-11-02T22:05:00"), "#/arrived_at", "value-error"),
    "a day that does not exist": (
        person(date_of_birth="2025-02-29"),
        "#/person/date_of_birth",
        "date-from-datetime-parsing",
    ),
    "a day as a number in quotes": (
        person(date_of_birth="760924800"),
        "#/person/date_of_birth",
        "value-error",
    ),
    "a year nobody lived in": (
        person(date_of_birth="0001-01-01"),
        "#/person/date_of_birth",
        "value-error",
    ),
    "yes for true": (
        offence(committed_in_area="yes"),
        "#/offences/0/committed_in_area",
        "bool-type",
    ),
    "1 for true": (offence(committed_in_area=1), "#/offences/0/committed_in_area", "bool-type"),
    "an answer not on the list": (
        times(screening={"interview_stance": CANARY}),
        "#/screening/interview_stance",
        "enum",
    ),
    "no offence": (times(offences=[]), "#/offences", "too-short"),
    "51 offences": (times(offences=[an_offence()] * 51), "#/offences", "too-long"),
    "no family name": (a_booking(person={}), "#/person/family_name", "missing"),
    "a family name of spaces": (
        a_booking(person=a_person(family_name="  ")),
        "#/person/family_name",
        "string-too-short",
    ),
    "101 letters": (
        a_booking(person=a_person(family_name=CANARY.ljust(101, "x"))),
        "#/person/family_name",
        "too-long",
    ),
    "person and person_id": (
        times(person_id="0190b3a0-0000-7000-8000-000000000000"),
        "#/",
        "value-error",
    ),
    "neither person nor person_id": (a_booking(person=...), "#/", "value-error"),
}


@pytest.mark.parametrize(("body", "where", "rule"), BROKEN.values(), ids=BROKEN)
async def test_what_cannot_be_is_refused(clients, owner, body, where, rule):
    officer = clients(Role.CUSTODY_OFFICER, "DURHAMGATE", "DARLINGTON", "NOWHERE")
    before = await counts(owner)
    answer = await officer.post(RECORDS, json=body, headers=a_key())
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (where, rule)
    assert len(fault["detail"]) > 10
    assert await counts(owner) == before
    assert len(await entries(owner, answer)) == 1
    said = [CANARY, LATER, NEXT_YEAR, "2026-10-25T01:30", "2095/", "0005170", "760924800"]
    assert [value for value in said if value in answer.text] == []


async def test_a_suite_of_somebody_else_is_forbidden_whether_open_or_closed(client, owner):
    before, told = await counts(owner), []
    for suite in ("DARLINGTON", "PETERLEE"):
        answer = await client.post(RECORDS, json=a_booking(suite=suite), headers=a_key())
        assert answer.status_code == 403
        assert len(await entries(owner, answer)) == 1
        told.append({k: v for k, v in answer.json().items() if k != "instance"})
    assert told[0] == told[1]
    assert told[0]["errorCode"] == "not-your-suite"
    assert await counts(owner) == before


@pytest.mark.parametrize("offset", ["+01:00", "+00:00", "Z"])
async def test_the_hour_that_happened_twice_is_accepted_with_its_offset(client, offset):
    arrested = f"2026-10-25T01:30:00{offset}"
    days = [an_offence(committed_from="2026-10-24")]
    record = await booked(client, arrested_at=arrested, offences=days)
    expected = datetime.fromisoformat(arrested).astimezone(UTC)
    assert datetime.fromisoformat(record["arrested_at"]) == expected


@pytest.mark.parametrize(
    ("released", "rule"),
    [("2026-11-02T22:04:59Z", "released-before-arrival"), (LATER, "in-the-future")],
)
async def test_a_release_that_cannot_be_is_refused(client, owner, released, rule):
    record = await booked(client)
    before = await counts(owner)
    answer = await client.post(
        f"{RECORDS}/{record['id']}/release",
        json={"released_at": released, "release_kind": "charged"},
        headers=a_key(),
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == rule
    assert released not in answer.text
    assert await counts(owner) == before


SHOWN = {
    "#": (CustodyRecordView, OpenCustodyRecord, lambda field: a_booking(**field)),
    "#/person": (PersonView, RegisterPerson, lambda field: person(**field)),
    "#/offences/0": (AllegedOffenceView, AllegeOffence, lambda field: offence(**field)),
    "#/screening": (ScreeningView, SaveScreening, lambda field: times(screening=field)),
}


async def test_no_field_that_is_only_shown_can_be_sent(client, owner):
    record = await booked(client, screening={"hate_crime": False})
    places = dict(
        zip(
            SHOWN,
            [record, record["person"], record["offences"][0], record["screening"]],
            strict=True,
        )
    )
    before, tried = await counts(owner), 0
    for place, (view, command, body) in SHOWN.items():
        for field in view.model_fields.keys() - command.model_fields.keys():
            answer = await client.post(
                RECORDS, json=body({field: places[place][field]}), headers=a_key()
            )
            assert answer.status_code == 422, (place, field, answer.text)
            (fault,) = answer.json()["errors"]
            assert (fault["pointer"], fault["code"]) == (f"{place}/{field}", "extra-forbidden")
            tried += 1
    assert tried == 9 + 3 + 7 + 3
    assert await counts(owner) == before


async def test_a_name_that_no_field_could_have_is_not_echoed_and_how_names_look_is_told(client):
    body = a_booking() | {"Testperson": 1}
    answer = await client.post(RECORDS, json=body, headers=a_key())
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/", "extra-forbidden")
    assert "small letters" in fault["detail"]
    assert '"Testperson": 1' not in answer.text
