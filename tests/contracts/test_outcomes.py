"""What comes of contracts, and what victims object to, through the front door."""

from datetime import UTC, datetime
from uuid import uuid4

from builders import a_key
from checkpoint.contracts.states import ContractState
from checkpoint.foundation.actors import Role
from delivering import problem
from harm import added, post
from keeping import moved, on, running, said, started
from traces import entries

MARCH = datetime(2027, 3, 3, 9, tzinfo=UTC)
CLOSED = {"reason_code": "moved_away", "happened_at": "2027-03-03T08:00:00Z"}
SUMMARY = {"code": "CJ88001", "committed_from": "2026-11-01", "committed_in_area": True}


def code(answer):
    return problem(answer, 422, "rule-broken")["errors"][0]["code"]


def disposal(record, code, day):
    offence = record["offences"][0]["id"]
    return {"offence_id": offence, "outcome_code": code, "disposed_on": day, "decided_by": "police"}


async def test_nothing_is_proposed_while_a_contract_runs_nor_where_nothing_was_agreed(clients):
    contract = await running(clients)
    boss = clients(Role.SUPERVISOR, name="boss")
    told = (await boss.get(contract.door("outcomes"))).json()
    assert told["proposal"] is None
    assert told["next_steps"][0]["why_not"] == "The contract has not ended."
    on(clients, MARCH)
    await moved(boss, contract.door("closure"), None, **CLOSED)
    told = (await boss.get(contract.door("outcomes"))).json()
    assert (told["proposal"]["outcome_code"], told["proposal"]["outcome"]) == (None, None)
    told = (await boss.get(contract.door("victims-to-tell"))).json()
    assert told["items"] == []
    open_still = disposal(contract.record, "0", "2027-03-03")
    answer = await said(boss, contract, "outcomes", **open_still)
    assert (answer.json()["complete"], answer.json()["items"][0]["outcome_code"]) == (False, "0")


async def test_an_outcome_that_stands_is_replaced_by_name_and_the_ledger_tells_disposals(
    clients, owner
):
    contract = await running(clients)
    boss = clients(Role.SUPERVISOR, name="boss")
    on(clients, MARCH)
    await moved(boss, contract.door("closure"), None, **CLOSED)
    body = disposal(contract.record, "9", "2027-03-03")
    one = await said(boss, contract, "outcomes", **body)
    assert [e.event for e in await entries(owner, one)] == ["disposal.recorded"]
    problem(await said(boss, contract, "outcomes", **body), 409, "disposal-stands")
    standing = one.json()["items"][0]["disposal_id"]
    right = body | {"outcome_code": "10", "replaces_id": standing, "reason_code": "decided_anew"}
    other = await said(boss, contract, "outcomes", **right)
    assert other.json()["items"][0]["outcome_code"] == "10"
    assert [e.event for e in await entries(owner, other)] == ["disposal.replaced"]


async def test_an_offence_that_ran_out_of_time_is_an_incident(clients, owner):
    record = await started(clients, offences=[SUMMARY])
    contract = await running(clients, record=record)
    boss = clients(Role.SUPERVISOR, name="boss")
    before = (await boss.get("/v1/time-limit-incidents/counts")).json()["items"]
    on(clients, datetime(2027, 5, 3, 9, tzinfo=UTC))
    closed = CLOSED | {"happened_at": "2027-05-01T12:00:00Z"}
    await moved(boss, contract.door("closure"), None, **closed)
    in_time = disposal(record, "17", "2027-05-01")
    assert code(await said(boss, contract, "outcomes", **in_time)) == "time-limit-not-passed"
    answer = await said(boss, contract, "outcomes", **in_time | {"disposed_on": "2027-05-02"})
    assert (answer.json()["incidents"], answer.json()["complete"]) == (1, True)
    assert [each["step"] for each in answer.json()["next_steps"]] == ["look_into_time_limits"]
    navigator = clients(Role.NAVIGATOR)
    problem(await navigator.get("/v1/time-limit-incidents"), 403, "not-permitted")
    listed = await boss.get("/v1/time-limit-incidents", params={"size": 1})
    assert listed.json()["items"][0]["record_id"] == record["id"]
    assert [e.event for e in await entries(owner, listed)] == [
        "disposal.time_limit_incidents_listed"
    ]
    after = (await boss.get("/v1/time-limit-incidents/counts")).json()["items"]
    assert after[0]["incidents"] == before[0]["incidents"] + 1
    elsewhere = clients(Role.SUPERVISOR, "PETERLEE")
    assert (await elsewhere.get("/v1/time-limit-incidents/counts")).json() == {
        "items": [{"suite": "PETERLEE", "incidents": 0}]
    }


async def test_an_objection_is_acknowledged_when_the_victim_is_reached_and_is_never_too_late(
    clients, owner
):
    record = await started(clients)
    officer, boss = clients(), clients(Role.SUPERVISOR, name="boss")
    victim = await added(officer, record)
    contract = await running(clients, record=record)
    objection = {"victim_id": victim["id"], "objected_on": "2026-11-03", "words": "Not fair."}
    for changes, expected in (
        ({"victim_id": str(uuid4())}, "victim-not-here"),
        ({"objected_on": "2026-11-04"}, "in-the-future"),
        ({"objected_on": "2026-11-02"}, "before-the-contract"),
    ):
        answer = await said(officer, contract, "victim-challenges", **objection | changes)
        assert code(answer) == expected
    made = await said(officer, contract, "victim-challenges", **objection)
    assert made.status_code == 201, made.text
    assert [e.event for e in await entries(owner, made)] == ["victim_challenge.recorded"]
    assert made.json()["next_steps"][0]["why_not"].startswith("Your role")
    again = await said(officer, contract, "victim-challenges", **objection)
    problem(again, 409, "victim-challenge-open")
    reached = {"attempted_at": "2026-11-03T12:00:00Z", "channel": "telephone"}
    for result in ("no_answer", "reached"):
        address = f"victims/{victim['id']}/contact-attempts"
        assert (await post(officer, address, reached | {"result": result})).status_code == 201
    (found,) = (await boss.get(contract.door("victim-challenges"))).json()["items"]
    assert (found["acknowledged_at"], found["overdue"]) == ("2026-11-03T12:00:00Z", False)
    on(clients, MARCH)
    (found,) = (await boss.get(contract.door("victim-challenges"))).json()["items"]
    assert (found["overdue"], found["next_steps"][0]["allowed"]) == (True, True)
    answered = f"victim-challenges/{found['id']}/decision"
    body = {"outcome": "contract_reviewed", "words": "There is something in it."}
    done = await said(boss, contract, answered, **body)
    assert [e.event for e in await entries(owner, done)] == ["victim_challenge.decided"]
    assert [step["step"] for step in done.json()["next_steps"]] == ["raise_review"]
    problem(await said(boss, contract, answered, **body), 409, "victim-challenge-decided")
    absent = f"victim-challenges/{uuid4()}/decision"
    problem(await said(boss, contract, absent, **body), 404, "victim-challenge-not-found")

    await moved(boss, contract.door("closure"), None, **CLOSED)
    on(clients, datetime(2027, 6, 4, 9, tzinfo=UTC))
    late = objection | {"objected_on": "2027-06-04"}
    made = await said(officer, contract, "victim-challenges", **late)
    assert (made.json()["number"], made.json()["in_time"]) == (2, False)
    answered = f"victim-challenges/{made.json()['id']}/decision"
    third = clients(Role.SUPERVISOR, name="third")
    done = await said(third, contract, answered, **body)
    assert done.json()["next_steps"] == []  # it is over: there is nothing left to review


async def test_who_recorded_an_objection_does_not_answer_it(clients):
    record = await started(clients)
    boss = clients(Role.SUPERVISOR, name="boss")
    victim = await added(clients(), record)
    contract = await running(clients, record=record, state=ContractState.DRAFT)
    objection = {"victim_id": victim["id"], "objected_on": "2026-11-03", "words": "No."}
    answer = await boss.post(contract.door("victim-challenges"), json=objection, headers=a_key())
    problem(answer, 403, "not-permitted")  # a victim is heard by the custody suite
    told = (await boss.get(contract.door("victims-to-tell"))).json()
    assert told["items"] == []  # nothing has begun that they could be told of
