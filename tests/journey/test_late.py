"""What was entered long after it happened says so, in the list and in the next steps."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from builders import a_key, booked, make_suite
from checkpoint.custody.detention.states import EntryKind
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.journey.rules import late_entries

# Booked in at noon of 3 November, when the clock of the tests stands still.
ARRIVED = "2026-11-02T22:05:00Z"


@pytest.fixture
async def suite(owner):
    """A suite that nobody works in but this test."""
    async with transaction(owner) as session:
        return (await make_suite(session)).code


@pytest.fixture
def client(clients, suite):
    return clients(Role.CUSTODY_OFFICER, suite)


async def told(client, record):
    steps = (await client.get(f"/v1/custody-records/{record['id']}/next-steps")).json()
    (line,) = (await client.get("/v1/cases")).json()["items"]
    late = [(one["what"], one["late_reason"]) for one in steps["entered_late"]]
    return line["entered_late"], late


async def test_who_is_booked_in_at_once_is_not_late(client, suite):
    arrived = {"arrested_at": "2026-11-03T08:40:00Z", "arrived_at": "2026-11-03T09:00:00Z"}
    assert await told(client, await booked(client, suite=suite, **arrived)) == (False, [])


@pytest.mark.parametrize("reason", [None, "system_down"])
async def test_who_is_booked_in_hours_later_is_with_the_reason_if_there_is_one(
    client, suite, reason
):
    record = await booked(client, suite=suite, arrived_at=ARRIVED, late_reason=reason)
    assert await told(client, record) == (True, [("booked_in", reason)])


async def test_what_came_late_is_told_in_the_order_in_which_it_happened(client, suite):
    record = await booked(client, suite=suite, arrived_at=ARRIVED, late_reason="system_down")
    away = {
        "released_at": "2026-11-03T04:30:00Z",
        "release_kind": "under_investigation",
        "late_reason": "paper_first",
    }
    place = f"/v1/custody-records/{record['id']}/release"
    assert (await client.post(place, json=away, headers=a_key())).status_code == 200
    late = [("booked_in", "system_down"), ("released", "paper_first")]
    assert await told(client, record) == (True, late)


def an_hour(hour):
    return datetime(2026, 11, 3, hour, tzinfo=UTC)


def test_an_entry_counts_by_when_it_happened_and_one_in_time_not_at_all():
    late = {"entered_late": True, "recorded_at": an_hour(12), "late_reason": None}
    withdrawn = SimpleNamespace(kind="released", left_at=an_hour(4), withdrawn=late, **late)
    entry = SimpleNamespace(kind=EntryKind.REVIEWED, happened_at=an_hour(6), **late)
    arrived = SimpleNamespace(kind=EntryKind.ARRIVED, happened_at=an_hour(1), **late)
    in_time = SimpleNamespace(kind=EntryKind.PAUSED, entered_late=False)
    moved = SimpleNamespace(
        kind="transferred", left_at=an_hour(2), arrived_at=an_hour(3), withdrawn=None, **late
    )
    history = SimpleNamespace(
        detention=SimpleNamespace(entered_late=False, late_reason=None),
        movements=[moved, withdrawn],
        entries=[arrived, in_time, entry],
    )
    found = late_entries(SimpleNamespace(), history)
    assert [(one["what"], one["happened_at"]) for one in found] == [
        ("transferred", an_hour(3)),
        ("reviewed", an_hour(6)),
    ]
