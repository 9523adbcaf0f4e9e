"""Whoever knows the person or a victim is not given the case."""

import pytest

from builders import a_key, a_person
from checkpoint.foundation.actors import Role
from delivering import problem
from navigating import assigned, here


async def declared(client, record, relation, navigator=None, **more):
    body = {"relation": relation} | ({"navigator_id": navigator.id} if navigator else {}) | more
    return await client.post(here(record, "navigator-conflicts"), json=body, headers=a_key())


@pytest.fixture
def boss(at_trial):
    return at_trial(Role.SUPERVISOR, name="boss")


@pytest.mark.slow
@pytest.mark.parametrize("relation", ["knows_person", "knows_victim", "other"])
async def test_a_declared_conflict_stands_against_the_case(
    at_trial, a_case, a_navigator, boss, relation
):
    record, navigator = await a_case("treatment"), await a_navigator()
    told = await declared(boss, record, relation, navigator)
    assert told.status_code == 201, told.text
    problem(await assigned(at_trial(), record, navigator), 409, "navigator-conflicted")
    other = await a_case("treatment")
    assert (await assigned(at_trial(), other, navigator)).status_code == 201


@pytest.mark.slow
async def test_whoever_is_known_is_known_in_a_case_of_which_they_are_the_victim(
    at_trial, a_case, a_navigator, boss
):
    record, navigator, officer = await a_case("treatment"), await a_navigator(), at_trial()
    assert (await declared(boss, record, "knows_person", navigator)).status_code == 201
    other = await a_case("treatment")
    body = {"person_id": record["person"]["id"]}
    added = await officer.post(here(other, "victims"), json=body, headers=a_key())
    assert added.status_code == 201, added.text
    problem(await assigned(officer, other, navigator), 409, "navigator-conflicted")
    gone = await officer.post(
        f"/v1/victims/{added.json()['id']}/withdrawal",
        json={"reason": "entered_twice"},
        headers=a_key(),
    )
    assert gone.status_code in (200, 201), gone.text
    assert (await assigned(officer, other, navigator)).status_code == 201


async def test_a_victim_who_is_known_is_named_and_counts_wherever_they_turn_up(
    at_trial, a_case, a_navigator, boss
):
    record, navigator, officer = await a_case("treatment"), await a_navigator(), at_trial()
    body = {"person": a_person(given_names="Harmed")}
    victim = (await officer.post(here(record, "victims"), json=body, headers=a_key())).json()
    told = await declared(boss, record, "knows_victim", navigator, victim_id=victim["id"])
    assert told.status_code == 201, told.text
    problem(await assigned(officer, record, navigator), 409, "navigator-conflicted")
    for relation, id in (("knows_person", victim["id"]), ("knows_victim", record["id"])):
        answer = await declared(boss, record, relation, navigator, victim_id=id)
        assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "victim-not-here"


async def test_a_navigator_declares_their_own_of_a_case_of_theirs_and_no_other(
    at_trial, a_case, a_navigator
):
    record, navigator, other = await a_case("treatment"), await a_navigator(), await a_navigator()
    problem(await declared(navigator.client, record, "other"), 404, "custody-record-not-found")
    await assigned(at_trial(), record, navigator)
    answer = await declared(navigator.client, record, "other", other)
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "navigator-unknown"
    answer = await declared(navigator.client, record, "knows_victim", victim_id=record["id"])
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "victim-not-here"
    assert (await declared(navigator.client, record, "knows_person")).status_code == 201
    assert list(await navigator.cases()) == [record["id"]]


async def test_a_supervisor_names_a_navigator_who_is_one(a_case, boss):
    record = await a_case("treatment")
    for more in ({}, {"navigator_id": record["id"]}):
        answer = await declared(boss, record, "other", **more)
        assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "navigator-unknown"


async def test_a_conflict_that_is_none_is_withdrawn_once(at_trial, a_case, a_navigator, boss):
    record, navigator = await a_case("treatment"), await a_navigator()
    found = (await declared(boss, record, "knows_person", navigator)).json()
    door = f"/v1/navigator-conflicts/{found['id']}/withdrawal"
    body = {"words": "Somebody of the same name."}
    elsewhere = at_trial(Role.SUPERVISOR, "PETERLEE", name="elsewhere")
    problem(await elsewhere.post(door, json=body, headers=a_key()), 404, "conflict-not-found")
    assert (await boss.post(door, json={}, headers=a_key())).status_code == 422
    told = await boss.post(door, json=body, headers=a_key())
    assert (told.status_code, told.json()["withdrawn_at"]) == (200, "2026-11-03T12:00:00Z")
    again = await boss.post(door, json=body, headers=a_key())
    problem(again, 409, "conflict-withdrawn-already")
    assert (await assigned(at_trial(), record, navigator)).status_code == 201
