"""Cursors that somebody changed, borrowed or kept too long: refused every one."""

import base64
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from builders import booked
from checkpoint.foundation.actors import Role
from checkpoint.foundation.clock import now
from checkpoint.foundation.paging import LIFE
from conftest import NOON
from traces import entries

RECORDS = "/v1/custody-records"


@pytest.fixture
async def pages(client):
    for _ in range(3):
        await booked(client)


async def cursor_of(client, address=f"{RECORDS}?size=1"):
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()["next"]


async def refused(owner, answer):
    assert answer.status_code == 400, answer.text
    assert answer.json()["errorCode"] == "malformed-cursor"
    assert len(await entries(owner, answer)) == 1


async def asked_with(client, after, address=RECORDS, **params):
    return await client.get(address, params={"size": 1, "after": after} | params)


async def test_pages_follow_each_other_without_gap_or_double(client, pages):
    whole = [item["id"] for item in (await client.get(f"{RECORDS}?size=200")).json()["items"]]
    address, seen = f"{RECORDS}?size=2", []
    while address and len(seen) < 7:
        answer = await client.get(address)
        seen += [item["id"] for item in answer.json()["items"]]
        address = answer.links.get("next", {}).get("url")
    assert len(whole) >= 3
    assert seen == whole[: len(seen)]


async def test_the_link_leads_where_next_leads(client, pages):
    answer = await client.get(f"{RECORDS}?size=1&state=detained")
    query = parse_qs(urlsplit(answer.links["next"]["url"]).query)
    assert query == {"size": ["1"], "state": ["detained"], "after": [answer.json()["next"]]}


async def test_every_flipped_byte_of_a_cursor_is_refused(client, owner, pages):
    after = await cursor_of(client)
    sealed = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
    assert len(sealed) > 100
    for place in range(len(sealed)):
        flipped = bytearray(sealed)
        flipped[place] ^= 1 << (place % 8)
        changed = base64.urlsafe_b64encode(flipped).decode().rstrip("=")
        answer = await asked_with(client, changed)
        assert answer.status_code == 400, place
    await refused(owner, answer)
    assert (await asked_with(client, after)).status_code == 200


async def test_every_changed_letter_of_a_cursor_is_refused(client, pages):
    """The last letter carries bits that decoding drops, so bytes alone do not show this."""
    after = await cursor_of(client)
    for place, letter in enumerate(after):
        other = chr(ord(letter) ^ 1)
        answer = await asked_with(client, after[:place] + other + after[place + 1 :])
        assert answer.status_code in (400, 422), (place, other)


@pytest.mark.parametrize(
    "change",
    [
        lambda after: after[:-1],
        lambda after: after[:40],
        lambda after: after + "=",
        lambda after: after + "A",
        lambda after: after + "\u00e9",
        lambda after: after * 2,
        lambda after: after[22:],
        lambda after: "",
        lambda after: "A" * 22,
        lambda after: "null",
        lambda after: "' OR 1=1 --",
    ],
)
async def test_a_cursor_cut_or_made_up_is_refused(client, owner, pages, change):
    answer = await asked_with(client, change(await cursor_of(client)))
    await refused(owner, answer)


async def test_a_cursor_too_long_to_be_one_is_refused(client):
    answer = await asked_with(client, "A" * 401)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "query:after"


@pytest.mark.parametrize(
    ("role", "suites", "name"),
    [
        (Role.CUSTODY_OFFICER, ["DURHAMGATE"], "neighbour"),
        (Role.SUPERVISOR, ["DURHAMGATE"], "someone"),
        (Role.CUSTODY_OFFICER, ["PETERLEE"], "elsewhere"),
    ],
)
async def test_somebody_elses_cursor_is_refused(client, clients, owner, pages, role, suites, name):
    after = await cursor_of(client)
    await refused(owner, await asked_with(clients(role, *suites, name=name), after))


@pytest.mark.parametrize(
    "filter", [{"suite": "DURHAMGATE"}, {"state": "detained"}, {"state": "released"}]
)
async def test_a_cursor_of_another_filter_is_refused(client, owner, pages, filter):
    after = await cursor_of(client)
    await refused(owner, await asked_with(client, after, **filter))
    narrowed = await cursor_of(client, f"{RECORDS}?size=1&state=detained")
    await refused(owner, await asked_with(client, narrowed))


async def test_a_cursor_of_another_list_is_refused(client, clients, owner, pages):
    auditor = clients(Role.AUDITOR)
    after = await cursor_of(auditor, "/v1/ledger-entries?size=1")
    await refused(owner, await asked_with(client, after))
    records = await cursor_of(client)
    await refused(owner, await asked_with(auditor, records, "/v1/ledger-entries"))


async def test_a_cursor_of_another_process_key_is_refused(app, client, owner, pages, monkeypatch):
    after = await cursor_of(client)
    monkeypatch.setitem(app.state._state, "cursor_key", b"another key, of another process")
    await refused(owner, await asked_with(client, after))


async def test_a_cursor_ends_after_a_day(app, client, owner, pages):
    after = await cursor_of(client)

    async def later() -> datetime:
        return NOON + waited

    app.dependency_overrides[now] = later
    waited = LIFE - timedelta(minutes=1)
    assert (await asked_with(client, after)).status_code == 200
    waited = LIFE + timedelta(seconds=1)
    await refused(owner, await asked_with(client, after))


async def test_the_order_of_the_filters_does_not_matter(client, pages):
    after = await cursor_of(client, f"{RECORDS}?size=1&state=detained&suite=DURHAMGATE")
    answer = await client.get(f"{RECORDS}?suite=DURHAMGATE&after={after}&state=detained&size=5")
    assert answer.status_code == 200


@pytest.mark.parametrize("size", ["0", "-1", "201", "1e3", "", "many", "9" * 5_000, "1.5", "NaN"])
@pytest.mark.parametrize("address", [RECORDS, "/v1/reference/offences"])
async def test_an_odd_size_is_refused(client, address, size):
    answer = await client.get(address, params={"size": size})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "query:size"
