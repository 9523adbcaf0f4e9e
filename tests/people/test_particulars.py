"""What else is known of a person: what is taken, what is refused, and what the lists say."""

import pytest
import sqlalchemy as sa

from builders import a_booking, a_key, a_person, booked, make_person
from checkpoint.people.states import (
    LOCAL_AUTHORITIES,
    CorrectionReason,
    EthnicityMissingReason,
    ObservedEthnicity,
    SelfDefinedEthnicity,
    Sex,
    label,
)
from conftest import SHARED

DATA = SHARED / "data" / "uk-justice"
LISTS = {
    "sexes": Sex,
    "self-defined-ethnicities": SelfDefinedEthnicity,
    "ethnicity-missing-reasons": EthnicityMissingReason,
    "observed-ethnicities": ObservedEthnicity,
    "correction-reasons": CorrectionReason,
}
FULL = {
    "sex": "female",
    "self_defined_ethnicity": "M2",
    "observed_ethnicity": "IC3",
    "local_authority": "e06000005",
    "cro_number": "65656/91H",
}


async def book_in(client, **particulars):
    return await client.post(
        "/v1/custody-records", json=a_booking(person=a_person(**particulars)), headers=a_key()
    )


async def test_what_is_known_is_kept_and_what_is_not_stays_open(client):
    person = (await book_in(client, **FULL)).json()["person"]
    kept = FULL | {"local_authority": "E06000005", "cro_number": "065656/91H"}
    assert {name: person[name] for name in kept} == kept
    plain = (await booked(client))["person"]
    assert {plain[name] for name in FULL} == {None}


async def test_an_age_is_an_estimate_of_the_day_it_was_made(client):
    answer = await book_in(client, date_of_birth=None, estimated_age_years=34)
    person = answer.json()["person"]
    assert (person["date_of_birth"], person["estimated_age_years"]) == (None, 34)
    assert person["estimated_on"] == "2026-11-03"


@pytest.mark.parametrize("reason", EthnicityMissingReason)
async def test_ethnicity_that_is_not_stated_says_why(client, reason):
    answer = await book_in(client, self_defined_ethnicity="NS", ethnicity_missing_reason=reason)
    assert answer.status_code == 201, answer.text
    assert answer.json()["person"]["ethnicity_missing_reason"] == reason


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"estimated_age_years": 34}, "#/person"),
        ({"date_of_birth": None, "estimated_age_years": 9}, "#/person/estimated_age_years"),
        ({"date_of_birth": None, "estimated_age_years": 121}, "#/person/estimated_age_years"),
        ({"date_of_birth": None, "estimated_age_years": "34"}, "#/person/estimated_age_years"),
        ({"self_defined_ethnicity": "NS"}, "#/person"),
        ({"self_defined_ethnicity": "W1", "ethnicity_missing_reason": "refused"}, "#/person"),
        ({"ethnicity_missing_reason": "refused"}, "#/person"),
        ({"self_defined_ethnicity": "O1"}, "#/person/self_defined_ethnicity"),
        ({"observed_ethnicity": "W1"}, "#/person/observed_ethnicity"),
        ({"sex": "M"}, "#/person/sex"),
        ({"local_authority": "E0600004"}, "#/person/local_authority"),
        ({"local_authority": "X06000047"}, "#/person/local_authority"),
        ({"cro_number": "85227/65G"}, "#/person/cro_number"),
        ({"cro_number": "2002/0073319Z"}, "#/person/cro_number"),
    ],
)
async def test_particulars_that_cannot_be_are_refused(client, wrong, pointer):
    answer = await book_in(client, **wrong)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == pointer


@pytest.mark.parametrize(
    "change",
    [
        "estimated_age_years = 34",
        "estimated_age_years = 9, estimated_on = now()",
        "estimated_age_years = 34, estimated_on = now(), date_of_birth = '1994-02-11'",
        "self_defined_ethnicity = 'NS'",
        "ethnicity_missing_reason = 'refused'",
        "self_defined_ethnicity = 'O1'",
        "observed_ethnicity = 'W1'",
        "sex = 'M'",
        "local_authority = 'Durham'",
        "cro_number = '65656/91H'",
    ],
)
async def test_the_database_refuses_them_too(session, change):
    person = await make_person(session, date_of_birth=None)
    with pytest.raises(sa.exc.IntegrityError):
        await session.exec(
            sa.text(f"UPDATE person SET {change} WHERE id = :id"), params={"id": person.id}
        )


@pytest.mark.parametrize("name", LISTS)
async def test_every_code_is_in_a_list_with_a_label_of_its_own(client, name):
    items = (await client.get(f"/v1/reference/{name}")).json()["items"]
    assert [item["code"] for item in items] == [code.value for code in LISTS[name]]
    assert [item["label"] for item in items] == [label(code) for code in LISTS[name]]
    assert len({item["label"] for item in items}) == len(items)


async def test_the_nearest_local_authorities_are_listed(client):
    items = (await client.get("/v1/reference/local-authorities")).json()["items"]
    assert {item["code"]: item["label"] for item in items} == LOCAL_AUTHORITIES


def codes_in(name, column=0):
    lines = (DATA / name).read_text("utf-8-sig").splitlines()[1:]
    return {line.split(",")[column] for line in lines}


@pytest.mark.skipif(not DATA.exists(), reason="the reference data are not on this machine")
def test_the_lists_are_those_of_the_reference_data():
    assert {code.value for code in SelfDefinedEthnicity} == codes_in("self_defined_ethnicity.csv")
    assert {code.value.removeprefix("IC") for code in ObservedEthnicity} == codes_in(
        "observed_ethnicity_pnc.csv"
    )
    assert codes_in("geography_durham.csv", 1) >= LOCAL_AUTHORITIES.keys()
    assert len(Sex) == len(codes_in("gender_codes.csv"))


@pytest.mark.parametrize("name", ["-", "'", "...", "\u0301\u0302", "- _ -", "\u02bc"])
async def test_a_family_name_has_something_to_be_found_by(client, name):
    record = await booked(client)
    place = f"/v1/custody-records/{record['id']}/person"
    right = {"family_name": name, "reason": "misheard"}
    corrected = await client.put(place, json=right, headers={"If-Match": '"1"'})
    for answer, pointer in (
        (await book_in(client, family_name=name), "#/person/family_name"),
        (corrected, "#/family_name"),
    ):
        assert answer.status_code == 422, answer.text
        (fault,) = answer.json()["errors"]
        assert (fault["pointer"], "letter or digit" in fault["detail"]) == (pointer, True)


@pytest.mark.parametrize("name", ["X", "O'", "Ng", "\u738b", "2nd", "de"])
async def test_a_short_family_name_is_taken(client, name):
    answer = await book_in(client, family_name=name)
    assert answer.status_code == 201, answer.text
