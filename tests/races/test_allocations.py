"""Draws of one person at the same moment: one place is taken, and everybody is told its arm."""

import asyncio

import pytest
import sqlalchemy as sa

from builders import a_key, released
from checkpoint.foundation.actors import Role
from trialling import consenting
from waits import until_waiting

pytestmark = pytest.mark.slow

BECAUSE = {"reason": "other", "words": "Synthetic words."}
OF_PEOPLE = "SELECT * FROM allocation WHERE person_id = ANY(CAST(:people AS uuid[]))"
ROUNDS = 4


@pytest.fixture
async def clients(stage):
    await stage.trial()
    return stage.at()


def draw(client, record, decision):
    address = f"/v1/custody-records/{record['id']}/allocation"
    return client.put(address, json={"eligibility_decision_id": decision["id"]})


async def merging(supervisor, kept, other):
    seen = (await supervisor.get(f"/v1/people/{kept}")).headers["etag"]
    return supervisor.post(
        f"/v1/people/{kept}/merges",
        json=BECAUSE | {"other_id": other},
        headers=a_key() | {"If-Match": seen},
    )


def one_draw(answers):
    """One 201, the others 200, and the same allocation and arm to all."""
    assert sorted(a.status_code for a in answers) == [200] * (len(answers) - 1) + [201], [
        a.text for a in answers
    ]
    assert len({(a.json()["id"], a.json()["arm"]) for a in answers}) == 1


async def test_of_several_draws_of_one_case_at_once_one_takes_a_place(clients, stage):
    officers = [clients(name=name) for name in ("ours", "theirs", "third", "fourth")]
    for number in range(1, ROUNDS + 1):
        record, decision = await consenting(officers[0])
        one_draw(await asyncio.gather(*(draw(who, record, decision) for who in officers)))
        rows = await stage.found("SELECT place FROM allocation ORDER BY place")
        assert [row.place for row in rows] == [*range(1, number + 1)]


async def two_cases_of_one_person(officer):
    first, decision = await consenting(officer)
    await released(officer, first)
    booking = {"person": ..., "person_id": first["person"]["id"]}
    return (first, decision), await consenting(officer, booking=booking)


async def test_of_draws_of_two_cases_of_one_person_at_once_one_takes_a_place(clients, stage):
    ours, theirs = clients(name="ours"), clients(name="theirs")
    for number in range(1, ROUNDS + 1):
        cases = await two_cases_of_one_person(ours)
        pairs = zip((ours, theirs), cases, strict=True)
        one_draw(await asyncio.gather(*(draw(who, *case) for who, case in pairs)))
        assert len(await stage.found("SELECT id FROM allocation")) == number


async def test_of_draws_of_two_merged_people_at_once_one_takes_a_place(clients, stage):
    ours, theirs = clients(name="ours"), clients(name="theirs")
    kept, decision = await consenting(ours)
    other, elsewhere = await consenting(theirs)
    merge = await merging(clients(Role.SUPERVISOR), kept["person"]["id"], other["person"]["id"])
    assert (await merge).status_code == 201
    answers = await asyncio.gather(draw(ours, kept, decision), draw(theirs, other, elsewhere))
    assert [a.status_code for a in answers] == [201, 409], [a.text for a in answers]
    assert answers[1].json()["errorCode"] == "person-merged-away"
    assert len(await stage.found("SELECT id FROM allocation")) == 1


async def test_a_draw_that_waits_for_a_merge_has_the_arm_of_whoever_they_turned_out_to_be(
    clients, stage
):
    officer, supervisor = clients(), clients(Role.SUPERVISOR)
    before, decided = await consenting(officer)
    told = (await draw(officer, before, decided)).json()
    record, decision = await consenting(officer)
    people = [each["person"]["id"] for each in (record, before)]
    merge = await merging(supervisor, *people)
    async with stage.owner.connect() as connection:
        await connection.execute(sa.text("LOCK TABLE person_merge IN SHARE MODE"))
        merged = asyncio.create_task(merge)
        await until_waiting(stage.owner)
        drawn = asyncio.create_task(draw(officer, record, decision))
        await until_waiting(stage.owner, many=2)
        await connection.rollback()
    merged, drawn = await asyncio.gather(merged, drawn)
    assert merged.status_code == 201, merged.text
    assert (drawn.status_code, drawn.json()["id"]) == (200, told["id"]), drawn.text
    assert drawn.json()["arm"] == told["arm"]
    assert len(await stage.found(OF_PEOPLE, people=people)) == 1


async def test_a_merge_that_waits_for_a_draw_finds_both_as_they_were_drawn(clients, stage):
    officer, supervisor = clients(), clients(Role.SUPERVISOR)
    (kept, decision), (other, elsewhere) = [await consenting(officer) for _ in range(2)]
    people = [each["person"]["id"] for each in (kept, other)]
    merge = await merging(supervisor, *people)
    async with stage.owner.connect() as connection:
        await connection.execute(sa.text("LOCK TABLE arm_reading IN SHARE MODE"))
        drawn = asyncio.create_task(draw(officer, other, elsewhere))
        await until_waiting(stage.owner)
        merged = asyncio.create_task(merge)
        await until_waiting(stage.owner, many=2)
        await connection.rollback()
    merged, drawn = await asyncio.gather(merged, drawn)
    assert (merged.status_code, drawn.status_code) == (201, 201), (merged.text, drawn.text)
    again = await draw(officer, kept, decision)
    assert (again.status_code, again.json()["id"]) == (200, drawn.json()["id"]), again.text
