import csv
from importlib.resources import files

import pytest

from builders import KNOWN, an_offence, booked
from checkpoint.custody.states import OffenceClass
from checkpoint.foundation.actors import TOKEN_ROLES, Role

# What a client builds its forms from, counted by hand.
LISTS = {
    "suites": 5,
    "offence-classes": 24,
    "modes-of-trial": 3,
    "offence-categories": 4,
    "offence-schedules": 8,
    "interview-stances": 5,
    "domestic-abuse-grades": 4,
    "custody-states": 2,
    "rule-sets": 4,
    "verdicts": 4,
}


async def items_of(client, name, **query):
    answer = await client.get(f"/v1/reference/{name}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def walked(client, **query):
    """Every offence there is, page by page."""
    rows, after = [], None
    while True:
        turn = query | ({"after": after} if after else {})
        page = (await client.get("/v1/reference/offences", params=turn)).json()
        rows += page["items"]
        after = page["next"]
        if after is None:
            return rows


def starter(name="offences"):
    text = (files("checkpoint.custody") / "reference" / f"{name}.csv").read_text("utf-8")
    return [*csv.DictReader(text.splitlines())]


@pytest.mark.parametrize("name", LISTS)
async def test_every_code_list_is_there_with_title_source_and_labels(client, name):
    answer = await client.get(f"/v1/reference/{name}")
    document = answer.json()
    assert (document["name"], bool(document["title"]), bool(document["source"])) == (
        name,
        True,
        True,
    )
    codes = [item["code"] for item in document["items"]]
    assert len(codes) == len(set(codes)) >= LISTS[name]
    assert all(item["label"] for item in document["items"])


@pytest.mark.parametrize("name", [*LISTS, "offences"])
async def test_a_list_that_is_held_already_is_not_sent_again(client, name):
    address = f"/v1/reference/{name}"
    first = await client.get(address)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, max-age=300"
    for held in (tag, f"W/{tag}", f'"another", {tag}'):
        again = await client.get(address, headers={"If-None-Match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = await client.get(address, headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.text) == (200, first.text)


@pytest.mark.parametrize("role", [each for each in TOKEN_ROLES if each is not Role.PROVIDER])
async def test_every_role_of_the_programme_may_read_the_lists(clients, role):
    assert len(await items_of(clients(role), "suites")) >= LISTS["suites"]


async def test_a_suite_says_from_when_to_when_it_takes_people(client):
    found = {item["code"]: item for item in await items_of(client, "suites")}
    assert found["DURHAMGATE"]["available_from"] == "2023-06-01"
    assert found["DURHAMGATE"]["available_until"] is None
    assert found["DARLINGTON"]["available_until"] == "2023-06-01"
    assert all(found[code]["source"] for code in found)


@pytest.mark.slow
async def test_the_pages_of_offences_hold_every_code_once_and_in_order(client):
    everything = await walked(client)
    codes = [row["code"] for row in everything]
    assert codes == sorted(set(codes))
    assert len(codes) == len(starter()) > 100
    for size in (1, 7, 200):
        assert [row["code"] for row in await walked(client, size=size)] == codes


async def test_an_offence_says_class_court_source_and_list(client):
    found = {row["code"]: row for row in await walked(client, size=200)}
    stands_in: dict[str, list[str]] = {}
    for row in starter("schedules"):
        stands_in.setdefault(row["code"], []).append(row["schedule"])
    for row in starter():
        told = {name: value or None for name, value in row.items()}
        standing = {"list_name": "starter list", "schedules": stands_in.get(row["code"], [])}
        assert found[row["code"]] == told | standing


@pytest.mark.parametrize(
    ("search", "codes"),
    [
        ("th68010", {"TH68010"}),
        ("THEFT FROM A SHOP", {"TH68010"}),
        ("cocaine", {"MD71130", "MD71210", "MD71214", "MD71230", "MD71234"}),
        ("%", set()),
        ("_", set()),
        ("\\", set()),
        ("no such words", set()),
    ],
)
async def test_offences_are_found_by_words_of_the_title_or_by_code(client, search, codes):
    assert {row["code"] for row in await items_of(client, "offences", search=search)} == codes


async def test_a_search_is_paged_too(client):
    everything = await walked(client, search="possession", size=200)
    assert len(everything) > 5
    assert await walked(client, search="possession", size=2) == everything
    assert all("possession" in row["title"].lower() for row in everything)


async def test_offences_are_narrowed_by_class_and_every_class_is_a_code(client):
    classes = [item["code"] for item in await items_of(client, "offence-classes")]
    assert classes == [*OffenceClass]
    counted = 0
    for offence_class in classes:
        rows = await walked(client, offence_class=offence_class, size=200)
        assert {row["offence_class"] for row in rows} <= {offence_class}
        counted += len(rows)
    assert counted == len(starter())


@pytest.mark.parametrize(
    "query", ["size=0", "size=201", "offence_class=nonsense", "search=", "after=a%20b"]
)
async def test_a_question_that_makes_no_sense_is_refused(client, query):
    answer = await client.get(f"/v1/reference/offences?{query}")
    assert (answer.status_code, answer.json()["errorCode"]) == (422, "request-not-understood")
    assert answer.json()["errors"][0]["pointer"].startswith("query:")


@pytest.mark.parametrize(
    ("name", "field"),
    [("interview-stances", "interview_stance"), ("domestic-abuse-grades", "domestic_abuse_grade")],
)
async def test_every_code_of_a_list_is_accepted_where_it_belongs(client, name, field):
    for item in await items_of(client, name):
        record = await booked(client, screening=KNOWN | {field: item["code"]})
        assert record["screening"][field] == item["code"]


async def test_every_suite_takes_bookings_on_a_day_when_it_is_open(clients):
    reader = clients()
    for suite in await items_of(reader, "suites"):
        day = suite["available_from"] or "2022-05-01"
        client = clients(Role.CUSTODY_OFFICER, suite["code"])
        record = await booked(
            client,
            suite=suite["code"],
            arrested_at=f"{day}T10:00:00Z",
            arrived_at=f"{day}T10:30:00Z",
            offences=[an_offence(committed_from=day)],
        )
        assert record["suite"] == suite["code"]


async def test_every_offence_of_the_list_can_be_alleged(client):
    codes = [row["code"] for row in await walked(client, size=200)]
    for first in range(0, len(codes), 50):
        some = codes[first : first + 50]
        record = await booked(client, offences=[an_offence(code=code) for code in some])
        assert [offence["code"] for offence in record["offences"]] == some


@pytest.mark.parametrize("state", ["detained", "released"])
async def test_every_state_narrows_the_list(client, state):
    states = {item["code"] for item in await items_of(client, "custody-states")}
    assert states == {"detained", "released"}
    answer = await client.get("/v1/custody-records", params={"state": state})
    assert {item["state"] for item in answer.json()["items"]} <= {state}
