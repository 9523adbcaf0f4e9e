"""What somebody came to, and complied at, counts for a condition by itself; and only once."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from checkpoint.foundation.actors import Role
from delivering import problem
from keeping import HOURS, SESSIONS, TAG, agreed, entered, moved, on, said, standing
from meeting import CANCEL, MOVE, became, planned
from navigating import registered
from working import due

WEEK = datetime(2026, 11, 10, 18, tzinfo=UTC)
CAME = {"outcome": "attended", "minutes": 90, "complied": True}


def code(answer):
    return problem(answer, 422, "rule-broken")["errors"][0]["code"]


def at(day, hour=10):
    return {"starts_at": f"2026-11-{day:02}T{hour:02}:00:00Z"}


async def come_to(navigator, contract, rule):
    """How far a condition has come, by how many appointments, and how it stands."""
    told = standing(await navigator.client.get(contract.door("conditions")), rule)
    return told["done"], len(told["held"]), told["state"]


@pytest.mark.slow
async def test_an_appointment_that_was_attended_and_complied_at_counts_until_it_is_put_right(
    clients,
):
    navigator = await registered(clients)
    contract = await agreed(clients, navigator, SESSIONS | {"due_on": "2026-11-08"}, HOURS)
    on(clients, WEEK)
    client, case = navigator.client, contract.record
    sessions = {"condition_key": contract.keys["sessions"]}
    first = (await planned(client, case, **at(5), **sessions)).json()
    assert first["condition_key"] == contract.keys["sessions"]
    assert await come_to(navigator, contract, "sessions") == (0, 0, "open")
    for seen, body, done in (
        (1, CAME | {"complied": None}, 0),  # nothing is said of whether they complied
        (2, CAME, 1),
        (3, CAME, 1),  # entered twice
        (4, CAME | {"complied": False}, 0),
        (5, CAME | {"outcome": "late", "minutes": 30}, 1),
        (6, {"outcome": "missed"}, 0),
        (7, CAME | {"condition_key": None}, 0),  # it was about something else
        (8, CAME, 0),  # and stays so
        (9, CAME | sessions, 1),
    ):
        answer = await became(client, first, "attendance", seen=seen, **body)
        assert answer.status_code == 200, answer.text
        assert (await come_to(navigator, contract, "sessions"))[:2] == (done, done)
    assert "condition_open" in await due(client, case)
    refused = await became(client, first, "cancellation", seen=10, **CANCEL)
    problem(refused, 409, "appointment-not-open")
    # What was planned is moved with what it counts for; what it counts for is said afterwards too.
    second = (await planned(client, case, **at(6), **sessions)).json()
    second = (await became(client, second, "move", **MOVE | at(7))).json()
    assert second["condition_key"] == contract.keys["sessions"]
    assert (await became(client, second, "attendance", **CAME)).status_code == 200
    assert await come_to(navigator, contract, "sessions") == (2, 2, "met")
    assert "condition_open" not in await due(client, case)
    wrong = CANCEL | {"reason": "entered_wrongly"}
    gone = await became(client, second, "cancellation", seen=2, **wrong)
    assert (gone.status_code, gone.json()["state"]) == (200, "cancelled"), gone.text
    assert await come_to(navigator, contract, "sessions") == (1, 1, "open")
    third = (await planned(client, case, **at(8))).json()
    hours = {"condition_key": contract.keys["hours"]}
    told = await became(client, third, "attendance", **CAME | hours)
    assert told.json()["attendance"]["condition_key"] == contract.keys["hours"]
    assert await come_to(navigator, contract, "hours") == (90, 1, "open")


async def test_nothing_counts_twice_and_only_for_what_is_counted(clients):
    navigator = await registered(clients)
    contract = await agreed(
        clients, navigator, SESSIONS, TAG | {"tag_from": "2026-11-04", "tag_until": "2026-11-10"}
    )
    on(clients, WEEK)
    client, case = navigator.client, contract.record
    sessions = {"condition_key": contract.keys["sessions"]}
    by_hand = {"happened_on": "2026-11-05"}
    assert (await entered(client, contract, "sessions", "session", **by_hand)).status_code == 201
    held = (await planned(client, case, **at(5), **sessions)).json()
    assert (await became(client, held, "attendance", **CAME)).status_code == 200
    assert await come_to(navigator, contract, "sessions") == (1, 1, "open")
    again = await entered(client, contract, "sessions", "session", **by_hand)
    assert code(again) == "counted-by-appointment"
    for key, day, expected in (
        (contract.keys["tag_dates"], 6, "condition-not-counted"),
        (str(uuid4()), 6, "condition-not-counted"),
        (contract.keys["sessions"], 3, None),
    ):
        answer = await planned(client, case, **at(day), condition_key=key)
        assert answer.status_code == 201 if expected is None else code(answer) == expected
    stale = await became(client, held, "attendance", **CAME | sessions)
    assert problem(stale, 412, "overtaken")["fields"] == []


@pytest.mark.slow
async def test_what_is_entered_after_the_end_changes_nothing_of_how_it_ended(clients):
    navigator = await registered(clients)
    contract = await agreed(clients, navigator, SESSIONS)
    on(clients, WEEK)
    boss, second = (clients(Role.SUPERVISOR, name=name) for name in ("boss", "second"))
    case, sessions = contract.record, {"condition_key": contract.keys["sessions"]}
    one, two = [(await planned(boss, case, **at(day), **sessions)).json() for day in (5, 6)]
    assert (await became(boss, one, "attendance", **CAME)).status_code == 200
    reason = {"reason_code": "named_reason", "words": "Moved to work abroad, and did well."}
    body = reason | {"happened_at": "2026-11-10T17:00:00Z"}
    assert (await said(second, contract, "completion", **body)).status_code == 428
    await moved(second, contract.door("completion"), None, **body)
    on(clients, WEEK.replace(hour=19))
    assert (await became(boss, two, "attendance", **CAME)).status_code == 200
    undone = await became(boss, one, "attendance", seen=2, outcome="missed")
    assert undone.status_code == 200
    read = await boss.get(contract.door("conditions"))
    assert standing(read, "sessions")["done"] == 1
    told = await became(boss, two, "attendance", seen=2, **CAME | sessions)
    assert code(told) == "condition-not-counted"
