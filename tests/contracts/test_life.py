"""Who reaches a contract, who decides its end, and what the database itself keeps."""

import asyncio
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from builders import a_key
from checkpoint.contracts import actions
from checkpoint.contracts.schemas import TakeStep
from checkpoint.contracts.states import (
    ContractState,
    DecidedByTheNavigator,
    StepNotAllowed,
)
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.errors import RuleBroken
from conftest import NOON
from contracting import CONTRACT, Bench
from delivering import STARTED, a_case, place, problem, said
from navigating import actor_id, assigned, registered
from traces import counts, entries

__all__ = ["a_case"]
NOUNS = ("terms", "offer", "signatures", "suspension", "resumption", "decline", "lapse")
NOUNS += ("withdrawal", "closure", "completion")
OTHER = {"reason_code": "other", "words": "Synthetic.", "happened_at": "2026-11-03T12:00:00Z"}
BODIES = {
    "terms": {"reason_code": "needs_changed", "conditions": CONTRACT["conditions"]},
    "offer": {},
    "signatures": {"role": "person", "how": "paper", "signed_at": "2026-11-03T12:00:00Z"},
    "resumption": {"happened_at": "2026-11-03T12:00:00Z"},
}


@pytest.mark.slow
async def test_a_contract_elsewhere_is_as_absent_as_one_that_is_not(a_bench, clients, owner):
    bench = await a_bench()
    await bench.draft()
    stranger = clients(Role.SUPERVISOR, "PETERLEE", name="stranger")
    another = (await registered(clients)).client
    before = await counts(owner)
    for who in (stranger, another):
        for id in (bench.contract["id"], bench.record["id"]):
            for noun in ("", "/paper"):
                answer = await who.get(f"/v1/contracts/{id}{noun}")
                problem(answer, 404, "contract-not-found")
            for noun in NOUNS:
                answer = await who.post(
                    f"/v1/contracts/{id}/{noun}",
                    json=BODIES.get(noun, OTHER),
                    headers=a_key() | {"If-Match": '"1"'},
                )
                assert answer.status_code in (403, 404), answer.text
    assert await counts(owner) == before


async def test_a_navigator_who_is_off_the_case_is_off_its_contract(a_bench):
    bench = await a_bench()
    await bench.active()
    ended = await bench.boss.post(
        place(bench.record, "navigator/end"), json={"reason": "case_ended"}, headers=a_key()
    )
    assert ended.status_code == 200, ended.text
    problem(await bench.take("suspension", "hospital"), 404, "contract-not-found")
    answer = await bench.take("suspension", "hospital", by=bench.boss)
    assert answer.status_code == 200, answer.text
    paper = await bench.boss.get(f"/v1/contracts/{bench.contract['id']}/paper")
    assert "To be named" in paper.text


async def test_a_contract_tells_its_arm_to_nobody_who_was_not_shown_it(a_case, at_trial):
    record = await a_case("treatment")
    officer = at_trial()
    assert (await said(officer, record, "programme-start", STARTED)).status_code == 201
    navigator = await registered(at_trial)
    boss = at_trial(Role.SUPERVISOR, name="boss")
    await boss.get(place(record, "allocation"))
    assert (await assigned(boss, record, navigator)).status_code == 201
    bench = Bench(at_trial, record, navigator)
    assert (await bench.draft()).status_code == 201
    unread = at_trial(name="another")
    for address in (place(record, "contracts"), f"/v1/contracts/{bench.contract['id']}"):
        problem(await unread.get(address), 409, "arm-not-read")
        assert (await boss.get(address)).status_code == 200


async def test_a_deed_is_done_once_and_two_who_saw_the_same_do_not_both_change_it(a_bench, owner):
    bench = await a_bench()
    await bench.draft()
    address, key = f"/v1/contracts/{bench.contract['id']}/offer", a_key() | {"If-Match": '"1"'}
    first, again = [
        await bench.navigator.client.post(address, json={}, headers=key) for _ in range(2)
    ]
    assert (first.status_code, again.json()) == (200, first.json())
    person = {"role": "person", "how": "paper", "signed_at": "2026-11-03T12:00:00Z"}
    headers = {"If-Match": first.headers["etag"]}
    answers = await asyncio.gather(
        *(
            bench.navigator.client.post(
                f"/v1/contracts/{bench.contract['id']}/signatures",
                json=person | {"role": role},
                headers=a_key() | headers,
            )
            for role in ("person", "navigator")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    assert len(await entries(owner, *answers)) == 2
    assert (await bench.read())["version"] == 3


def a_step(reason="breach", **more):
    return TakeStep(reason_code=reason, happened_at=NOON, **more)


async def test_only_a_reviews_decision_fails_a_contract_and_nobody_who_works_the_case(
    a_bench, session
):
    bench = await a_bench()
    await bench.active()
    boss = Actor(id=uuid4(), role=Role.SUPERVISOR, suites=SUITE)
    worker = Actor(
        id=UUID(actor_id(bench.clients, bench.navigator.name)), role=Role.SUPERVISOR, suites=SUITE
    )
    id = bench.contract["id"]
    with pytest.raises(DecidedByTheNavigator):
        await actions.fail(session, id, a_step(), by=worker, at=NOON)
    with pytest.raises(DecidedByTheNavigator):
        await actions.complete(session, id, a_step(), seen=5, by=worker, at=NOON)
    with pytest.raises(RuleBroken):
        await actions.fail(session, id, a_step("death"), by=boss, at=NOON)
    found = await actions.fail(session, id, a_step(), about=[worker.id], by=boss, at=NOON)
    assert found.stand.state is ContractState.ACTIVE  # as it was before the deed
    with pytest.raises(StepNotAllowed):
        await actions.fail(session, id, a_step(), by=boss, at=NOON)


SUITE = frozenset({"DURHAMGATE"})


KEPT = [
    ("UPDATE contract SET state = 'failed', version = version + 1", "no step of it led"),
    ("UPDATE contract SET version = version + 2", "by its next step"),
    ("UPDATE contract SET fallback = 'caution', version = version + 1", "by its next step"),
    ("DELETE FROM contract", "append-only"),
    ("UPDATE contract_step SET state = 'failed'", "append-only"),
    ("UPDATE contract_terms SET words = 'x'", "append-only"),
    ("DELETE FROM contract_condition", "append-only"),
    ("DELETE FROM contract_signature", "append-only"),
]


async def test_the_database_itself_keeps_a_contract_to_its_story(a_bench, owner):
    bench = await a_bench()
    await bench.active()
    async with owner.connect() as connection:
        for statement, told in KEPT:
            with pytest.raises(sa.exc.DBAPIError, match=told):
                await connection.execute(sa.text(statement))
                await connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
            await connection.rollback()
