"""What a navigator does with a case of theirs, and how long they reach it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from assessing import WHOLE_NEEDS
from builders import a_key, eligible
from checkpoint.custody.reach import actions as reaching
from checkpoint.custody.reach import queries as reach
from checkpoint.custody.reach.schemas import RestrictCase
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.navigators import actions, cases
from checkpoint.navigators.schemas import ReassignCaseload
from checkpoint.navigators.states import EndReason
from conftest import NOON
from delivering import problem
from navigating import here, in_caseload, make_assigned, make_navigator, registered

BOSS = Actor(id=uuid4(), role=Role.SUPERVISOR, suites=frozenset({"DURHAMGATE"}))


async def test_a_navigator_assesses_the_needs_of_their_case_until_it_is_theirs_no_longer(
    client, clients
):
    record = await eligible(client)
    own = await registered(clients, provider="NECA")
    other = await registered(clients, provider="LIFELINE")
    own.client = clients(Role.NAVIGATOR, "DURHAMGATE", name=own.name)  # a suite opens nothing
    address = f"/v1/custody-records/{record['id']}"
    problem(await own.client.get(address), 404, "custody-record-not-found")
    row = await in_caseload(clients, record, own)
    told = (await own.client.get(address)).json()
    assert told["person"]["id"] == record["person"]["id"]
    assert {step["allowed"] for step in told["next_steps"]} == {False}
    half = await own.client.post(
        here(record, "needs-assessments"), json=WHOLE_NEEDS | {"draft": True}, headers=a_key()
    )
    assert half.status_code == 201, half.text
    draft = f"/v1/needs-assessments/{half.json()['id']}"
    seen = {"If-Match": half.headers["etag"]}
    problem(await other.client.get(draft), 404, "needs-assessment-not-found")
    problem(await other.client.post(f"{draft}/completion", headers=a_key() | seen), 404, "needs-assessment-not-found")  # fmt: skip
    done = await own.client.post(f"{draft}/completion", headers=a_key() | seen)
    assert done.status_code == 201, done.text
    for noun in ("consents", "needs-assessments", "needs-assessments/prefilled", "next-steps"):
        assert (await own.client.get(here(record, noun))).status_code == 200
    for noun in ("detention", "victims", "eligibility-decisions", "disposals"):
        problem(await own.client.get(here(record, noun)), 403, "not-permitted")
    problem(await own.client.get("/v1/custody-records"), 403, "not-permitted")
    async with transaction(clients.app.state.engine) as session:
        await actions.ended(session, row.id, EndReason.CASE_ENDED, by=BOSS, at=NOON)
    problem(await own.client.get(address), 404, "custody-record-not-found")
    problem(await own.client.get(draft), 404, "needs-assessment-not-found")


async def test_a_caseload_ends_after_the_last_day_at_midnight_in_england(session):
    navigator = await make_navigator(session, last_day=NOON.date())
    case = await make_assigned(session, navigator.id)
    by = Actor(id=navigator.actor_id, role=Role.NAVIGATOR, suites=frozenset({"DURHAMGATE"}))
    for hours, reached in ((0, True), (11.99, True), (12, False)):
        then = replace(by, asks_at=NOON + timedelta(hours=hours))
        assert (case.id in await reach.reached(session, [case.id], actor=then)) is reached
    other = replace(by, id=uuid4(), asks_at=NOON)
    assert await reach.reached(session, [case.id], actor=other) == frozenset()


async def test_a_restricted_case_stays_where_it_is_when_a_caseload_goes_to_others(session):
    navigator, other = [await make_navigator(session) for _ in range(2)]
    plain, closed = [await make_assigned(session, navigator.id) for _ in range(2)]
    named = replace(BOSS, id=uuid4())
    command = RestrictCase(reason_code="known_person", words="Known to the team.")
    await reaching.restrict(session, closed.id, command, by=named, at=NOON)
    whole = await cases.plan(session, navigator, None, by=named, at=NOON)
    assert {row.custody_record_id for row in whole.rows} == {plain.id, closed.id}
    mapping = [{"custody_record_id": plain.id, "navigator_id": other.id}]
    moving = ReassignCaseload(reason_code="sick", mapping=mapping)
    plan = await cases.plan(session, navigator, moving.mapping, by=BOSS, at=NOON)
    assert [row.custody_record_id for row in plan.rows] == [plain.id]
    await actions.reassign(session, navigator.id, moving, seen=plan.tag, by=BOSS, at=NOON)
    left = await cases.plan(session, navigator, None, by=named, at=NOON)
    assert [row.custody_record_id for row in left.rows] == [closed.id]
    own = Actor(id=navigator.actor_id, role=Role.NAVIGATOR, asks_at=NOON)
    assert await reach.reached(session, [plain.id, closed.id], actor=own) == frozenset()
