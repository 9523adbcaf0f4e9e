"""A navigator's appointments at a secret address: no token, no name, and gone when taken back."""

import hashlib

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from builders import a_key
from checkpoint.contracts.feeds.routes import PER_MINUTE
from checkpoint.foundation.actors import Role
from delivering import problem
from meeting import CANCEL, PAST, TOMORROW, became, planned
from navigating import actor_id, answered, here, offered, particulars
from traces import entries

DOOR = "/v1/me/appointment-feed"
ADDRESS = "http://127.0.0.1:8000"  # where the service would listen


async def made(someone):
    answer = await someone.client.put(DOOR)
    assert answer.status_code == 200, answer.text
    return answer.json()["href"]


def events(answer):
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/calendar; charset=utf-8",
    ), answer.text
    return Calendar.from_ical(answer.content).walk("VEVENT")


@pytest.mark.slow
async def test_a_calendar_shows_what_is_to_be_attended_and_names_nobody(
    at_trial, worked, trial_owner
):
    (record, navigator), (other, _) = await worked(), await worked()
    client, phone = navigator.client, at_trial.bare()
    assert (await client.get(DOOR)).json() == {"stands": False, "made_at": None}
    href = await made(navigator)
    assert events(await phone.get(href)) == []
    one = (await planned(client, record)).json()
    gone = (await planned(client, record, starts_at="2026-11-05T10:00:00Z")).json()
    assert (await became(client, gone, "cancellation", **CANCEL)).status_code == 200
    await planned(at_trial(), other)  # somebody else's
    answer = await phone.get(href)
    (event,) = events(answer)
    assert event["uid"] == f"{one['id']}@checkpoint"
    assert event["summary"] == f"Session, {record['reference']}"
    assert event["dtstart"].dt.isoformat() == TOMORROW.replace("Z", "+00:00")
    assert event["duration"].dt.total_seconds() == 50 * 60
    assert event["location"] == "At the navigator's office"
    for name in (record["person"]["family_name"], record["person"]["given_names"], navigator.name):
        assert name not in answer.text
    (entry,) = await entries(trial_owner, answer)
    assert (entry.event, entry.client) == ("appointment_feed.read", "calendar")
    assert entry.door == "GET /calendars/{secret}.ics"
    assert {record["id"], navigator.id} <= {str(each) for each in entry.subject_ids}
    assert href.split("/")[-1].removesuffix(".ics") not in str(entry)
    tag = {"If-None-Match": f'W/"x", {answer.headers["etag"]}'}
    same = await phone.get(href, headers=tag)
    assert (same.status_code, same.content) == (304, b"")
    assert len(await entries(trial_owner, same)) == 1
    assert (await planned(client, record, **PAST)).status_code == 201
    assert len(events(await phone.get(href, headers=tag))) == 2
    assert (await client.get(DOOR)).json() == {"stands": True, "made_at": "2026-11-03T12:00:00Z"}


async def test_a_calendar_loses_a_case_in_the_moment_its_navigator_does(worked, a_navigator):
    (record, navigator), other = await worked(), await a_navigator()
    hrefs = await made(navigator), await made(other)
    await planned(navigator.client, record)

    async def seen():
        return [len(events(await navigator.client.get(href))) for href in hrefs]

    assert await seen() == [1, 0]
    offer = (await offered(navigator.client, record, other)).json()
    assert (await answered(other.client, offer)).status_code == 200
    assert await seen() == [0, 1]


async def test_a_calendar_shows_a_restricted_case_only_to_who_is_named(at_trial, worked):
    record, navigator = await worked()
    href, boss = await made(navigator), at_trial(Role.SUPERVISOR, name="boss")
    await planned(navigator.client, record)
    body = {"reason_code": "other", "words": "Somebody of the provider knows them."}
    restricted = await boss.post(here(record, "restrictions"), json=body, headers=a_key())
    assert restricted.status_code == 201, restricted.text
    assert events(await navigator.client.get(href)) == []
    named = {"actor_id": actor_id(at_trial, navigator.name)}
    answer = await boss.post(here(record, "restrictions/names"), json=named, headers=a_key())
    assert answer.status_code == 201, answer.text
    assert len(events(await navigator.client.get(href))) == 1


async def test_an_address_is_dead_once_it_was_renewed_or_taken_back(
    at_trial, a_navigator, trial_owner
):
    navigator, phone = await a_navigator(), at_trial.bare()
    first, second = await made(navigator), await made(navigator)
    assert first != second
    problem(await phone.get(first), 404, "calendar-not-found")
    assert events(await phone.get(second)) == []
    secret = second.removeprefix(f"{ADDRESS}/calendars/").removesuffix(".ics")
    async with trial_owner.connect() as connection:
        kept = sa.text("SELECT digest FROM appointment_feed WHERE navigator_id = :id")
        digests = (await connection.execute(kept, {"id": navigator.id})).scalars().all()
        held = sa.text("SELECT count(*) FROM kept_answer WHERE position(:secret IN body) > 0")
        found = await connection.execute(held, {"secret": secret.encode()})
    assert hashlib.sha256(secret.encode()).digest() in digests
    assert found.scalar_one() == 0
    key = a_key()
    gone = await navigator.client.post(f"{DOOR}/revocation", headers=key)
    assert (gone.status_code, gone.json()["stands"]) == (200, False)
    assert (await navigator.client.post(f"{DOOR}/revocation", headers=key)).json() == gone.json()
    problem(await phone.get(second), 404, "calendar-not-found")
    again = await navigator.client.post(f"{DOOR}/revocation", headers=a_key())
    problem(again, 409, "no-calendar")
    assert (await navigator.client.get(DOOR)).json()["stands"] is False
    assert events(await phone.get(await made(navigator))) == []


async def test_the_address_is_whole_whatever_host_a_request_names(a_navigator):
    navigator = await a_navigator()
    for more in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {}):
        answer = await navigator.client.put(DOOR, headers=more)
        assert answer.json()["href"].startswith(f"{ADDRESS}/calendars/"), more
        assert "evil" not in answer.text


async def test_who_works_here_no_longer_has_no_calendar(at_trial, a_navigator):
    navigator, boss = await a_navigator(), at_trial(Role.SUPERVISOR, name="boss")
    href = await made(navigator)
    address = f"/v1/navigators/{navigator.id}"
    version = (await boss.get(address)).headers["etag"]
    body = particulars(name=navigator.name) | {"last_day": "2026-11-02"}
    left = await boss.put(address, json=body, headers={"If-Match": version})
    assert left.status_code == 200, left.text
    problem(await at_trial.bare().get(href), 404, "calendar-not-found")
    for who in (navigator.client, at_trial(Role.NAVIGATOR, name="unregistered")):
        problem(await who.put(DOOR), 409, "calendar-for-navigators")
        assert (await who.get(DOOR)).json()["stands"] is False
        taken = await who.post(f"{DOOR}/revocation", headers=a_key())
        problem(taken, 409, "calendar-for-navigators")


@pytest.mark.parametrize("secret", ["x", "x" * 43, "..", "%00", "x" * 101])
async def test_an_address_that_is_none_says_nothing(at_trial, secret):
    answer = await at_trial.bare().get(f"/calendars/{secret}.ics")
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert secret == "x" or secret not in answer.json()["detail"]


async def test_an_address_is_not_asked_without_end(at_trial, a_navigator):
    href, phone = await made(await a_navigator()), at_trial.bare()
    told = [(await phone.get(href)).status_code for _ in range(PER_MINUTE + 1)]
    assert told == [200] * PER_MINUTE + [429]
