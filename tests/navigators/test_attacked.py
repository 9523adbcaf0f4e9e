"""What was possible at the doors of navigators, hand-overs and absences, and is no longer."""

import asyncio
from datetime import UTC, datetime

import pytest

from builders import a_key
from checkpoint.foundation.actors import Role
from delivering import problem
from keeping import on, started
from navigating import (
    INDUCTION,
    VETTING,
    answered,
    assigned,
    here,
    offered,
    particulars,
    registered,
)

LAST = {"cover_last_day": "2026-11-15"}


async def entered(client, navigator, noun, body):
    address = f"/v1/navigators/{navigator.id}/{noun}"
    return await client.post(address, json=body, headers=a_key())


@pytest.mark.slow
async def test_nobody_covers_a_case_on_days_on_which_they_are_known_not_to_be_there(clients):
    boss, own = clients(Role.SUPERVISOR, name="boss"), await registered(clients)
    record = await started(clients)
    assert (await assigned(boss, record, own)).status_code == 201
    away, sick, back = [await registered(clients) for _ in range(3)]
    leaving = await registered(clients, last_day="2026-11-14")
    expiring = await registered(clients, INDUCTION, VETTING | {"last_day": "2026-11-14"})
    for navigator, days in (
        (away, {"absent_from": "2026-11-15", "last_day": "2026-11-20"}),
        (back, {"absent_from": "2026-11-16"}),
    ):
        assert (await entered(boss, navigator, "absences", days)).status_code == 201
    for navigator, slug in (
        (away, "navigator-absent"),
        (leaving, "navigator-left"),
        (expiring, "navigator-not-cleared"),
    ):
        told = problem(await offered(own.client, record, navigator, "cover", **LAST), 409, slug)
        assert "sooner last day" in told["detail"]
        sooner = {"cover_last_day": "2026-11-14"}
        assert (await offered(own.client, record, navigator, "cover", **sooner)).status_code == 201
    assert (await offered(own.client, record, back, "cover", **LAST)).status_code == 201
    assert (await offered(own.client, record, sick, "cover", **LAST)).status_code == 201
    (offer,) = (await sick.client.get("/v1/me/handovers")).json()["items"]
    days = {"absent_from": "2026-11-10"}
    assert (await entered(boss, sick, "absences", days)).status_code == 201
    problem(await answered(sick.client, offer), 409, "navigator-absent")
    assert await sick.cases() == {}


async def test_nobody_makes_a_navigator_of_themself(clients):
    boss, other = [clients(Role.SUPERVISOR, name=name) for name in ("boss of own", "other boss")]
    me = (await boss.get("/v1/me")).json()["id"]
    body = particulars() | {"actor_id": me}
    refused = await boss.post("/v1/navigators", json=body, headers=a_key())
    problem(refused, 403, "not-of-yourself")
    made = await other.post("/v1/navigators", json=body, headers=a_key())
    assert made.status_code == 201, made.text
    address = f"/v1/navigators/{made.json()['id']}/clearances"
    for clearance in (INDUCTION, VETTING):
        mine = await boss.post(address, json=clearance, headers=a_key())
        problem(mine, 403, "not-of-yourself")
    assert (await other.post(address, json=VETTING, headers=a_key())).status_code == 201


async def test_a_conflict_that_stands_is_not_declared_twice_so_one_withdrawal_ends_it(clients):
    boss, navigator = clients(Role.SUPERVISOR, name="boss"), await registered(clients)
    record = await started(clients)
    body = {"navigator_id": navigator.id, "relation": "knows_person"}

    def declare():
        return boss.post(here(record, "navigator-conflicts"), json=body, headers=a_key())

    told = await asyncio.gather(*(declare() for _ in range(3)))
    assert sorted(each.status_code for each in told) == [201, 409, 409]
    (made,) = [each.json() for each in told if each.status_code == 201]
    problem(await declare(), 409, "conflict-declared-already")
    problem(await assigned(boss, record, navigator), 409, "navigator-conflicted")
    body |= {"relation": "other"}
    (another,) = [(await declare()).json()]
    for each in (made, another):
        address = f"/v1/navigator-conflicts/{each['id']}/withdrawal"
        gone = await boss.post(address, json={"words": "Mistaken."}, headers=a_key())
        assert gone.status_code == 200, gone.text
    assert (await assigned(boss, record, navigator)).status_code == 201
    assert (await declare()).status_code == 201


async def test_the_same_absence_is_entered_once_so_that_taking_it_away_ends_it(clients):
    boss, navigator = clients(Role.SUPERVISOR, name="boss"), await registered(clients)
    days = {"absent_from": "2026-11-03", "last_day": "2026-11-05"}
    told = await asyncio.gather(*(entered(boss, navigator, "absences", days) for _ in range(3)))
    assert sorted(each.status_code for each in told) == [201, 422, 422]
    refused = problem(await entered(boss, navigator, "absences", days), 422, "rule-broken")
    assert refused["errors"][0]["code"] == "absence-there"
    (made,) = [each.json() for each in told if each.status_code == 201]
    gone = days | {"replaces_id": made["absences"][0]["id"], "taken_away": True}
    answer = await entered(boss, navigator, "absences", gone)
    assert (answer.status_code, answer.json()["absent"]) == (201, False)


async def test_cases_of_a_navigator_who_has_left_are_due_from_their_supervisor(clients):
    boss, navigator = clients(Role.SUPERVISOR, name="boss"), await registered(clients)
    record = await started(clients)
    assert (await assigned(boss, record, navigator)).status_code == 201
    body = particulars(name=navigator.name, last_day="2026-11-03")
    left = await boss.put(f"/v1/navigators/{navigator.id}", json=body, headers={"If-Match": '"1"'})
    assert left.status_code == 200, left.text

    async def due():
        page = (await boss.get("/v1/worklist", params={"size": 200})).json()
        href = f"/v1/navigators/{navigator.id}/reassignment-plan"
        return [one["kind"] for one in page["items"] if one["next_step"]["href"] == href]

    assert await due() == []
    on(clients, datetime(2026, 11, 4, 9, tzinfo=UTC))
    assert await navigator.cases() == {}
    assert await due() == ["navigator_absent"]
