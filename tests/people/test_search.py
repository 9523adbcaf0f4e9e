"""Finding people through the front door, and what the ledger says of it."""

import pytest

from builders import a_cro_number, a_key, a_person, a_pnc_id, booked, make_person
from checkpoint.foundation.actors import Role
from checkpoint.people import queries
from checkpoint.people.actions import MOST_ALIASES, AliasesFull, add_alias
from checkpoint.people.schemas import AddAlias
from conftest import NOON
from traces import entries

SEARCHES, PEOPLE = "/v1/person-searches", "/v1/people/{}"
ABSENT = "0190b3a0-0000-7000-8000-000000000000"


async def search(client, **asked):
    return await client.post(SEARCHES, json=asked)


async def found(client, **asked):
    answer = await search(client, **asked)
    assert answer.status_code == 200, answer.text
    return [item["person"]["id"] for item in answer.json()["items"]]


async def on_record(client, **particulars):
    return (await booked(client, person=a_person(**particulars)))["person"]


async def test_a_pnc_id_finds_its_holder_however_it_is_written(client):
    whole = a_pnc_id(700_011, 2004)
    person = await on_record(client, pnc_id=whole)
    for written in (whole, f"04/700011{whole[-1]}", f"04700011{whole[-1]}", f" 04/{whole[5:]} "):
        assert await found(client, identifier=written.lower()) == [person["id"]]


async def test_a_cro_number_finds_its_holder_and_nobody_else(client):
    number = a_cro_number(7_012, 1988)
    person = await on_record(client, cro_number=number.lstrip("0").lower())
    assert person["cro_number"] == number
    assert await found(client, identifier=number) == [person["id"]]
    assert await found(client, identifier=a_cro_number(7_013, 1988)) == []


SLIPS = {
    "as it is": {},
    "another case": {"family_name": "QUENTINSAMPLE"},
    "accents": {"family_name": "Qu\u00e9ntins\u00e4mple"},
    "punctuation": {"family_name": "Quentin-Sample", "given_names": "Marmaduke."},
    "swapped": {"family_name": "Marmaduke", "given_names": "Quentinsample"},
    "no given names": {"given_names": None},
    "no family name": {"family_name": None},
    "one letter": {"family_name": "Quextinsample"},
    "a letter less": {"given_names": "Mrmaduke"},
    "sounds alike": {"family_name": "Kwentinsampel"},
    "day and month": {"date_of_birth": "1971-09-04"},
    "a figure": {"date_of_birth": "1977-04-09"},
    "the day after": {"date_of_birth": "1971-04-10"},
    "no date of birth": {"date_of_birth": None},
}


QUENTIN = {
    "family_name": "Quentinsample",
    "given_names": "Marmaduke",
    "date_of_birth": "1971-04-09",
}


async def test_a_person_is_found_in_spite_of_any_one_slip(client):
    person = (await booked(client, person=QUENTIN))["person"]
    for slip, change in SLIPS.items():
        asked = {field: value for field, value in (QUENTIN | change).items() if value is not None}
        assert await found(client, **asked) == [person["id"]], slip


async def test_the_likeliest_comes_first_and_each_says_why(client):
    twins = {"family_name": "Rankworth", "date_of_birth": "1969-12-30"}
    one = await on_record(client, **twins, given_names="Peregrine")
    other = await on_record(client, **twins, given_names="Isambard")
    answer = await search(client, **twins, given_names="Isambard")
    first, second = answer.json()["items"][:2]
    assert (first["person"]["id"], first["score"]) == (other["id"], 100)
    assert first["reasons"] == [
        "Same date of birth",
        "Family name: the same",
        "Given names: the same",
    ]
    assert (second["person"]["id"], second["score"]) == (one["id"], 75)
    assert answer.json()["more"] is False


async def test_a_name_that_many_bear_is_cut_short_and_says_so(client, monkeypatch):
    born = [f"19{year}-06-{day}" for year in (31, 52, 73) for day in (14, 27)]
    for day in born:
        await on_record(client, family_name="Muchborne", given_names="Everard", date_of_birth=day)
    whole = await search(client, family_name="Muchborne")
    assert (len(whole.json()["items"]), whole.json()["more"]) == (6, False)
    monkeypatch.setattr(queries, "EACH", 4)
    cut = await search(client, family_name="Muchborne")
    assert (len(cut.json()["items"]), cut.json()["more"]) == (4, True)
    monkeypatch.setattr(queries, "EACH", 50)
    monkeypatch.setattr(queries, "COMPARED", 5)
    assert (await search(client, family_name="Muchborne")).json()["more"] is True
    monkeypatch.setattr(queries, "COMPARED", 60)
    monkeypatch.setattr(queries, "TOLD", 5)
    told = await search(client, family_name="Muchborne")
    assert (len(told.json()["items"]), told.json()["more"]) == (5, True)
    exact = await search(client, family_name="Muchborne", date_of_birth=born[3])
    assert exact.json()["items"][0]["person"]["date_of_birth"] == born[3]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"date_of_birth": "1994-02-11"},
        {"identifier": "04/700011A", "family_name": "Testperson"},
        {"identifier": a_pnc_id(1), "date_of_birth": "1994-02-11"},
        {"identifier": "Testperson"},
        {"identifier": "2004/0700011A"},
        {"family_name": ""},
    ],
)
async def test_a_search_that_asks_for_nobody_is_refused(client, owner, asked):
    answer = await search(client, **asked)
    assert (answer.status_code, answer.json()["errorCode"]) == (422, "request-not-understood")
    assert "Testperson" not in answer.text
    assert len(await entries(owner, answer)) == 1


async def test_every_search_is_one_row_that_names_whom_it_found(client, clients, owner):
    person = await on_record(client, family_name="Ledgerley")
    hit = await search(client, family_name="Ledgerley")
    miss = await search(client, family_name="Nobodyatallx")
    by_number = await search(client, identifier=a_pnc_id(7_654_321))
    rows = {row.request_id: row for row in await entries(owner, hit, miss, by_number)}
    assert len(rows) == 3
    assert {(row.event, row.operation) for row in rows.values()} == {
        ("people.searched", "consultation")
    }
    assert sorted([str(id) for id in row.subject_ids] for row in rows.values()) == [
        [],
        [],
        [person["id"]],
    ]
    told = await clients(Role.AUDITOR).get("/v1/ledger-entries", params={"subject": person["id"]})
    assert "people.searched" in {entry["event"] for entry in told.json()["items"]}


async def test_people_are_known_in_every_suite_and_to_supervisors(client, clients):
    person = await on_record(client, family_name="Everywhereson")
    for reader in (clients(Role.SUPERVISOR, "PETERLEE"), clients(Role.CUSTODY_OFFICER, "PETERLEE")):
        assert await found(reader, family_name="Everywhereson") == [person["id"]]
        answer = await reader.get(PEOPLE.format(person["id"]))
        alone = {"aliases": [], "merged_into": None, "merged_here": [], "read_through": []}
        assert answer.json() == person | alone


async def test_a_person_is_read_and_the_reading_is_recorded(client, owner):
    person = await on_record(client)
    answer = await client.get(PEOPLE.format(person["id"]))
    (row,) = await entries(owner, answer)
    assert (row.event, [str(id) for id in row.subject_ids]) == ("people.read", [person["id"]])


async def test_nobody_is_a_404(client):
    for answer in (
        await client.get(PEOPLE.format(ABSENT)),
        await client.post(
            f"{PEOPLE.format(ABSENT)}/aliases", json={"family_name": "Testperson"}, headers=a_key()
        ),
    ):
        assert (answer.status_code, answer.json()["errorCode"]) == (404, "person-not-found")


async def test_a_person_takes_so_many_names_and_no_more(session, officer):
    person = await make_person(session)
    for number in range(MOST_ALIASES):
        name = AddAlias(family_name=f"Testperson-{number}")
        await add_alias(session, person.id, name, by=officer, at=NOON)
    with pytest.raises(AliasesFull):
        await add_alias(session, person.id, name, by=officer, at=NOON)


async def test_an_alias_is_added_and_finds_the_person(client, owner):
    person = await on_record(client, family_name="Formerley")
    before = {"family_name": "Aliasworthy", "date_of_birth": person["date_of_birth"]}
    assert await found(client, **before) == []
    address, key = f"{PEOPLE.format(person['id'])}/aliases", a_key()
    body = {"family_name": "Aliasworthy", "given_names": "Tarquin"}
    answer = await client.post(address, json=body, headers=key)
    assert (answer.status_code, answer.headers["location"]) == (201, PEOPLE.format(person["id"]))
    (alias,) = answer.json()["aliases"]
    assert (alias["family_name"], alias["given_names"], alias["kind"]) == (
        *body.values(),
        "known_as",
    )
    again = await client.post(address, json=body, headers=key)
    assert again.content == answer.content
    (row,) = await entries(owner, answer)
    assert row.event == "people.alias_added"
    assert await found(client, **before) == [person["id"]]
    (item,) = (await search(client, **before)).json()["items"]
    assert "By another name they are known by" in item["reasons"]
