"""What is on record of conditions, through the front door."""

from datetime import UTC, datetime
from uuid import uuid4

from builders import a_key
from checkpoint.contracts.states import ContractState
from checkpoint.foundation.actors import Role
from delivering import problem
from keeping import (
    EVIDENCE,
    HOURS,
    SESSIONS,
    TAG,
    entered,
    on,
    running,
    said,
    standing,
)
from navigating import assigned, registered
from traces import entries


def code(answer):
    return problem(answer, 422, "rule-broken")["errors"][0]["code"]


async def test_entries_add_up_to_what_a_condition_asks(clients, owner):
    contract = await running(clients, SESSIONS, EVIDENCE)
    boss = clients(Role.SUPERVISOR, name="boss")
    first = await entered(boss, contract, "sessions", "session", minutes=60)
    assert first.status_code == 201, first.text
    assert [(e.event, e.operation) for e in await entries(owner, first)] == [
        ("contract.evidence_recorded", "collection")
    ]
    told = standing(first, "sessions")
    assert (told["state"], told["done"], told["wanted"]) == ("open", 1, 2)
    assert told["entries"][0]["label"] == "A session was attended"
    met = await entered(boss, contract, "sessions", "session")
    assert standing(met, "sessions")["state"] == "met"
    assert code(await entered(boss, contract, "evidence", "met")) == "evidence-missing"
    await entered(boss, contract, "evidence", "evidence", words="A letter from the surgery.")
    met = await entered(boss, contract, "evidence", "met", basis="assessment")
    assert standing(met, "evidence")["state"] == "met"
    assert (met.json()["settled"], standing(met, "no_offending")["state"]) == (False, "open")
    on(clients, datetime(2027, 3, 3, 9, tzinfo=UTC))
    read = await boss.get(contract.door("conditions"))
    assert (read.json()["settled"], read.json()["on"]) == (True, "2027-03-03")
    assert [e.event for e in await entries(owner, read)] == ["contract.conditions_read"]


async def test_an_entry_that_never_was_true_counts_no_longer_and_can_be_read(clients, owner):
    contract = await running(clients, SESSIONS)
    boss = clients(Role.SUPERVISOR, name="boss")
    row = standing(await entered(boss, contract, "sessions", "session"), "sessions")["entries"][0]
    here = f"condition-entries/{row['id']}/withdrawal"
    answer = await said(boss, contract, here, reason_code="entered_twice")
    assert answer.status_code == 200, answer.text
    assert [e.operation for e in await entries(owner, answer)] == ["alteration"]
    told = standing(answer, "sessions")
    assert (told["done"], told["entries"][0]["withdrawal_reason"]) == (0, "entered_twice")
    problem(
        await said(boss, contract, here, reason_code="entered_twice"),
        409,
        "condition-entry-withdrawn",
    )
    absent = f"condition-entries/{uuid4()}/withdrawal"
    answer = await said(boss, contract, absent, reason_code="entered_twice")
    problem(answer, 404, "condition-entry-not-found")


async def test_only_a_supervisor_who_does_not_work_the_case_excuses(clients):
    contract = await running(clients, TAG)
    boss = clients(Role.SUPERVISOR, name="boss")
    someone = await registered(clients)
    assert (await assigned(boss, contract.record, someone)).status_code == 201
    words = {"words": "In hospital all week."}
    answer = await entered(someone.client, contract, "tag_dates", "excused", **words)
    problem(answer, 403, "condition-excuse-not-yours")
    answer = await entered(boss, contract, "tag_dates", "excused", **words)
    told = standing(answer, "tag_dates")
    assert told["state"] == "excused"
    here = f"condition-entries/{told['entries'][0]['id']}/withdrawal"
    answer = await said(someone.client, contract, here, reason_code="entered_wrongly")
    problem(answer, 403, "condition-excuse-not-yours")
    answer = await entered(someone.client, contract, "tag_dates", "tag_on")
    assert answer.status_code == 201, answer.text
    steps = {step["step"]: step["allowed"] for step in answer.json()["next_steps"]}
    assert steps == {"record_condition_entry": True}
    officer = await clients().get(contract.door("conditions"))
    assert officer.json()["next_steps"][0]["why_not"].startswith("Your role")


async def test_what_cannot_be_is_refused_and_leaves_nothing(clients, owner):
    contract = await running(clients, SESSIONS, HOURS)
    boss = clients(Role.SUPERVISOR, name="boss")
    for rule, kind, more, expected in (
        ("sessions", "tag_on", {}, "kind-not-for-this-rule"),
        ("no_offending", "excused", {"words": "No."}, "kind-not-for-this-rule"),
        ("sessions", "session", {"happened_on": "2026-11-02"}, "before-the-contract"),
        ("sessions", "session", {"happened_on": "2026-11-04"}, "in-the-future"),
        ("sessions", "session", {"condition_key": str(uuid4())}, "condition-not-here"),
    ):
        body = {"condition_key": contract.keys[rule], "kind": kind, "basis": "fact"}
        body |= {"happened_on": "2026-11-03"} | more
        answer = await boss.post(contract.door("condition-entries"), json=body, headers=a_key())
        assert code(answer) == expected
    for kind, more in (
        ("work", {}),
        ("contact", {"minutes": 5}),
        ("session", {"until": "2026-11-03"}),
        ("evidence", {}),
    ):
        answer = await entered(boss, contract, "sessions", kind, **more)
        problem(answer, 422, "request-not-understood")
    read = await boss.get(contract.door("conditions"))
    assert all(each["entries"] == [] for each in read.json()["items"])


async def test_nothing_is_entered_of_a_contract_that_does_not_run(clients):
    contract = await running(clients, SESSIONS, state=ContractState.DRAFT)
    boss = clients(Role.SUPERVISOR, name="boss")
    refused = await entered(boss, contract, "sessions", "session")
    told = problem(refused, 409, "contract-not-running")
    assert "Have all three sign it first." in told["detail"]
    problem(await boss.get(contract.door("conditions")), 409, "contract-not-running")


async def test_a_retried_entry_is_one_entry(clients):
    contract = await running(clients, HOURS)
    boss, key = clients(Role.SUPERVISOR, name="boss"), a_key()
    body = {
        "condition_key": contract.keys["hours"],
        "kind": "work",
        "happened_on": "2026-11-03",
        "minutes": 180,
        "basis": "fact",
    }
    address = contract.door("condition-entries")
    one, other = [await boss.post(address, json=body, headers=key) for _ in range(2)]
    assert (one.status_code, one.json()) == (201, other.json())
    assert standing(other, "hours")["done"] == 180
