from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import a_key, a_person, booked, make_suite
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction

RELEASE = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"}
COLUMNS = {
    "id",
    "also_detained",
    "reference",
    "state",
    "suite",
    "family_name",
    "given_names",
    "arrested_at",
    "arrived_at",
}


@pytest.fixture
async def suite(owner):
    """A suite that nobody works in but this test."""
    async with transaction(owner) as session:
        return (await make_suite(session)).code


async def arrests(client, suite, *minutes, **overrides):
    return [
        (await booked(client, suite=suite, arrested_at=f"2026-11-02T20:{m:02}:00Z", **overrides))["id"]
        for m in minutes
    ]  # fmt: skip


async def walk(client, address, between=None):
    """Every page by its ``next``, and by the Link header, which must agree."""
    ids = []
    while address:
        page = await client.get(address)
        assert page.status_code == 200, page.text
        body, links = page.json(), page.headers["link"].split(", ")
        ids.append([item["id"] for item in body["items"]])
        following = [link for link in links if 'rel="next"' in link]
        assert bool(following) == (body["next"] is not None)
        address = following[0].partition(">")[0][1:] if following else None
        assert address is None or body["next"] in address
        if between is not None:
            await between()
    return ids


async def test_a_line_of_the_list_names_the_person_and_says_where_they_stand(clients, suite):
    client = clients(Role.CUSTODY_OFFICER, suite)
    record = await booked(client, suite=suite, person=a_person(family_name="Listed"))
    (line,) = (await client.get("/v1/custody-records")).json()["items"]
    assert line.keys() == COLUMNS
    assert line["family_name"] == "Listed"
    assert {k: line[k] for k in COLUMNS & record.keys()} == {
        k: record[k] for k in COLUMNS & record.keys()
    }


async def test_the_latest_arrest_comes_first(clients, suite):
    client = clients(Role.CUSTODY_OFFICER, suite)
    ids = await arrests(client, suite, 5, 1, 9, 3)
    assert await walk(client, "/v1/custody-records") == [[ids[2], ids[0], ids[3], ids[1]]]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
async def test_pages_walk_the_whole_list_once(clients, suite, size):
    client = clients(Role.CUSTODY_OFFICER, suite)
    # Several of one minute: the place in the list is still one only.
    ids = await arrests(client, suite, 5, 1, 9, 5, 5, 1, 2)
    pages = await walk(client, f"/v1/custody-records?size={size}")
    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
    walked = [id for page in pages for id in page]
    assert len(walked) == len(ids)
    assert set(walked) == set(ids)


@pytest.mark.slow
async def test_pages_walk_the_list_once_while_people_arrive(clients, suite):
    client = clients(Role.CUSTODY_OFFICER, suite)
    there = await arrests(client, suite, 10, 20, 30, 40, 20, 20)

    async def arrive():
        # One newer than all, one among those of the same minute, one older than all.
        await arrests(client, suite, 50, 20, 5)

    pages = await walk(client, "/v1/custody-records?size=2", between=arrive)
    walked = [id for page in pages for id in page]
    assert len(walked) == len(set(walked))
    assert [id for id in walked if id in there] == await in_order(client, there)


async def in_order(client, wanted):
    (page,) = await walk(client, "/v1/custody-records?size=200")
    return [id for id in page if id in wanted]


async def test_a_list_is_narrowed_by_suite_and_state(clients, owner, suite):
    async with transaction(owner) as session:
        other = (await make_suite(session)).code
    client = clients(Role.CUSTODY_OFFICER, suite, other)
    (here,) = await arrests(client, suite, 1)
    there, gone = await arrests(client, other, 2, 3)
    released = await client.post(
        f"/v1/custody-records/{gone}/release", json=RELEASE, headers=a_key()
    )
    assert released.status_code == 200
    for query, expected in {
        "": [gone, there, here],
        f"suite={suite}": [here],
        f"suite={other.lower()}": [gone, there],
        "state=detained": [there, here],
        "state=released": [gone],
        f"state=detained&suite={other}": [there],
    }.items():
        assert await walk(client, f"/v1/custody-records?{query}") == [expected], query


async def test_another_suite_is_never_seen_even_when_asked_for(client, clients, suite):
    elsewhere = clients(Role.CUSTODY_OFFICER, suite)
    await arrests(elsewhere, suite, 1)
    ids = {id for page in await walk(client, "/v1/custody-records?size=200") for id in page}
    assert not ids & {id for (id,) in await walk(elsewhere, "/v1/custody-records")}
    assert await walk(client, f"/v1/custody-records?suite={suite}") == [[]]
    assert await walk(clients(Role.SUPERVISOR, "NOWHERE"), "/v1/custody-records") == [[]]


async def test_somebody_without_a_suite_sees_an_empty_list(app, clients, suite):
    token = app.state.local_issuer.token(Role.CUSTODY_OFFICER, [], name="new", at=datetime.now(UTC))
    client = clients.bare(Authorization=f"Bearer {token}")
    assert await walk(client, "/v1/custody-records") == [[]]


async def test_the_ledger_says_whose_lines_were_read(api, clients, suite):
    client = clients(Role.CUSTODY_OFFICER, suite)
    first, second = [await booked(client, suite=suite) for _ in range(2)]
    page = await client.get("/v1/custody-records")
    entry = sa.text("SELECT event, operation, subject_ids FROM audit_entry WHERE request_id = :id")
    async with transaction(api) as session:
        found = (await session.exec(entry, params={"id": page.headers["x-request-id"]})).one()
    assert (found.event, found.operation) == ("custody.listed", "consultation")
    records, people = [second["id"], first["id"]], [second["person"]["id"], first["person"]["id"]]
    assert [str(id) for id in found.subject_ids] == records + people


async def test_a_cursor_serves_only_its_own_list_and_reader(clients, suite):
    client = clients(Role.CUSTODY_OFFICER, suite)
    await arrests(client, suite, 1, 2, 3)
    cursor = (await client.get("/v1/custody-records?size=1")).json()["next"]
    assert (await client.get(f"/v1/custody-records?after={cursor}&size=2")).status_code == 200
    other = clients(Role.CUSTODY_OFFICER, suite, name="other")
    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for asker, query in (
        (other, f"after={cursor}"),
        (client, f"after={cursor}&state=detained"),
        (client, f"after={flipped}"),
        (client, f"after={uuid4()}"),
        (client, "after="),
    ):
        answer = await asker.get(f"/v1/custody-records?{query}")
        assert (answer.status_code, answer.json()["errorCode"]) == (400, "malformed-cursor"), query
