"""What is due of contracts, of appointments and of whoever takes part; the blind hear none of it."""

from datetime import UTC, date, datetime

import pytest

from builders import a_key, booked
from checkpoint.foundation.actors import Role
from contracting import CONTRACT
from delivering import a_disposal, place
from harm import TOLD, added, post
from keeping import EVIDENCE, SESSIONS, arrested_again, entered, moved, on, running, said, started
from meeting import CALL, TOMORROW, became, planned
from navigating import assigned, here, registered
from people.test_merges import merged
from working import due, worklist

pytestmark = pytest.mark.usefixtures("agreeing")
SUMMARY = {"code": "CJ88001", "committed_from": "2026-11-01", "committed_in_area": True}
CLOSED = {"reason_code": "moved_away", "happened_at": "2027-05-01T12:00:00Z"}


async def kinds(client, record):
    return {*await due(client, record)}


@pytest.mark.slow
async def test_whoever_takes_part_is_reached_met_and_heard_of(a_bench):
    bench = await a_bench()
    own, boss, record = bench.navigator.client, bench.boss, bench.record
    line = (await due(own, record))["first_contact"]
    assert line["next_step"]["href"] == here(record, "contacts")
    assert not (await due(bench.officer, record))["first_contact"]["next_step"]["allowed"]
    contacts = here(record, "contacts")[4:]
    assert (await post(own, contacts, CALL)).status_code == 201
    assert "first_contact" in await kinds(boss, record)
    assert (await post(own, contacts, CALL | {"result": "reached"})).status_code == 201
    assert await kinds(own, record) == await kinds(boss, record) == set()

    met = (await planned(own, record, starts_at=TOMORROW)).json()
    assert await kinds(own, record) == set()
    bench.clock_to("2026-11-04T08:00:00Z")
    line = (await due(own, record))["appointment_today"]
    assert (line["urgency"], line["due_at"]) == ("due", TOMORROW)
    bench.clock_to("2026-11-04T10:00:00Z")
    line = (await due(boss, record))["attendance_missing"]
    assert (line["urgency"], line["due_at"]) == ("due", "2026-11-05T10:00:00Z")
    assert line["next_step"]["href"] == f"/v1/appointments/{met['id']}/attendance"
    bench.clock_to("2026-11-05T10:00:00Z")
    assert (await due(own, record))["attendance_missing"]["urgency"] == "overdue"
    came = await became(own, met, "attendance", outcome="attended", minutes=40)
    assert came.status_code == 200, came.text
    assert await kinds(own, record) == set()

    bench.clock_to("2026-11-13T23:59:00Z")
    assert await kinds(own, record) == set()
    bench.clock_to("2026-11-14T00:00:00Z")
    line = (await due(own, record))["no_contact"]
    assert (line["urgency"], line["due_on"]) == ("at_risk", "2026-11-17")
    bench.clock_to("2026-11-18T00:00:00Z")
    assert (await due(own, record))["no_contact"]["urgency"] == "overdue"
    assert "no_contact" not in await kinds(boss, record)
    spoken = CALL | {"result": "reached", "attempted_at": "2026-11-17T23:00:00Z"}
    assert (await post(own, contacts, spoken)).status_code == 201
    assert await kinds(own, record) == set()
    wrong = await became(
        own, met, "attendance", seen=2, outcome="missed", words="Entered of another."
    )
    assert wrong.status_code == 200, wrong.text


async def test_who_was_entered_as_having_come_by_mistake_was_not_met(a_bench):
    bench = await a_bench()
    own, record = bench.navigator.client, bench.record
    met = (await planned(own, record, starts_at="2026-11-03T09:00:00Z")).json()
    for seen, entry in ((1, {"outcome": "late", "minutes": 5}), (2, {"outcome": "missed"})):
        found = await became(own, met, "attendance", seen=seen, **entry)
        assert found.status_code == 200, found.text
        assert ("first_contact" in await kinds(own, record)) is (seen == 2)


@pytest.mark.slow
async def test_a_contract_is_signed_ends_and_leaves_an_outcome_to_decide(a_bench):
    bench = await a_bench()
    own, boss, record = bench.navigator.client, bench.boss, bench.record
    victim = await added(bench.officer, record)
    await bench.draft()
    assert "contract_unsigned" not in await kinds(own, record)
    assert (await bench.post("offer")).status_code == 200
    line = (await due(own, record))["contract_unsigned"]
    assert line["next_step"]["href"] == f"/v1/contracts/{bench.contract['id']}/signatures"
    assert (line["urgency"], line["due_at"]) == ("at_risk", "2026-11-08T12:00:00Z")
    assert "contract_unsigned" in await kinds(boss, record)
    assert "victim_to_tell" in await kinds(bench.officer, record)  # of the arrest
    arrested = TOLD | {"what": "arrested", "happened_at": record["arrested_at"]}
    assert (await told(bench, victim, arrested)).status_code == 201
    assert "victim_to_tell" not in await kinds(bench.officer, record)
    await bench.sign_all()
    assert "contract_unsigned" not in await kinds(own, record)
    line = (await due(bench.officer, record))["victim_to_tell"]
    assert (line["why"], line["due_on"]) == (
        "A victim has to be told: contract started.",
        "2026-11-04",
    )
    at = "2026-11-03T12:00:00Z"
    begun = TOLD | {"what": "contract_started", "happened_at": at, "told_at": at}
    assert (await told(bench, victim, begun)).status_code == 201
    assert "victim_to_tell" not in await kinds(bench.officer, record)

    bench.clock_to("2027-02-16T00:00:00Z")
    line = (await due(own, record))["contract_ending"]
    assert (line["urgency"], line["due_on"]) == ("at_risk", "2027-03-02")
    bench.clock_to("2027-03-03T00:00:00Z")
    assert (await due(boss, record))["contract_ending"]["urgency"] == "overdue"
    ended = await bench.take("closure", "moved_away", "2027-03-02T12:00:00Z", by=boss)
    assert ended.status_code == 200, ended.text
    found = await due(bench.officer, record)
    assert "contract_ending" not in found
    assert found["outcome_to_record"]["why"] == (
        "The contract was closed: somebody decides what follows."
    )
    assert found["victim_to_tell"]["why"] == "A victim has to be told: contract ended."
    assert "outcome_to_record" not in await kinds(own, record)
    for offence in record["offences"]:
        body = a_disposal(record, offence_id=offence["id"], disposed_on="2027-03-02")
        body |= {"outcome_code": "10"}
        answer = await post(bench.officer, f"contracts/{bench.contract['id']}/outcomes", body)
        assert answer.status_code == 201, answer.text
    assert "outcome_to_record" not in await kinds(bench.officer, record)


async def told(bench, victim, body):
    return await post(bench.officer, f"victims/{victim['id']}/notifications", body)


@pytest.mark.slow
async def test_a_new_arrest_a_review_and_an_objection_wait_for_somebody_else(clients):
    record = await started(clients)
    boss, second = (clients(Role.SUPERVISOR, name=name) for name in ("boss", "second"))
    someone = await registered(clients)
    assert (await assigned(boss, record, someone)).status_code == 201
    victim = await added(clients(), record)
    contract = await running(clients, SESSIONS, record=record)
    on(clients, datetime(2026, 12, 10, 9, tzinfo=UTC))
    other = await arrested_again(clients, record, committed="2026-12-08", suite="PETERLEE")
    for client in (someone.client, boss, clients()):
        line = (await due(client, record))["arrest_unreviewed"]
        assert (line["urgency"], line["due_on"]) == ("at_risk", "2026-12-11")
        assert other["reference"] not in str(line)
    raised = {"cause": "new_arrest", "other_record_id": other["id"], "words": "Arrested again."}
    made = await said(boss, contract, "breach-reviews", **raised)
    assert made.status_code == 201, made.text
    assert "arrest_unreviewed" not in await kinds(someone.client, record)
    line = (await due(second, record))["review_due"]
    assert (line["due_on"], line["next_step"]["href"]) == (
        "2026-12-17",
        contract.door("breach-reviews"),
    )
    for client in (boss, clients(), someone.client):
        assert "review_due" not in await kinds(client, record)
    decision = f"breach-reviews/{made.json()['id']}/decision"
    done = await said(second, contract, decision, outcome="continue", words="Not of this time.")
    assert done.status_code == 200, done.text
    assert "review_due" not in await kinds(second, record)

    objection = {"victim_id": victim["id"], "objected_on": "2026-12-10", "words": "Not fair."}
    made = await said(clients(), contract, "victim-challenges", **objection)
    assert made.status_code == 201, made.text
    assert (await due(boss, record))["challenge_open"]["due_on"] == made.json()["due_on"]
    assert "challenge_open" not in await kinds(clients(), record)
    answered = f"victim-challenges/{made.json()['id']}/decision"
    body = {"outcome": "contract_stands", "words": "It was explained."}
    assert (await said(boss, contract, answered, **body)).status_code == 200
    assert "challenge_open" not in await kinds(boss, record)


async def test_a_new_arrest_of_who_turned_out_to_be_the_same_person_counts(clients):
    record = await started(clients)
    boss = clients(Role.SUPERVISOR, name="boss")
    await running(clients, record=record)
    on(clients, datetime(2026, 12, 10, 9, tzinfo=UTC))
    times = {"arrested_at": "2026-12-09T20:00:00Z", "arrived_at": "2026-12-09T20:30:00Z"}
    other = await booked(clients(), **times)
    assert "arrest_unreviewed" not in await kinds(boss, record)
    await merged(boss, record["person"]["id"], other["person"]["id"])
    assert (await due(boss, record))["arrest_unreviewed"]["due_on"] == "2026-12-11"


@pytest.mark.slow
async def test_a_condition_is_due_until_it_is_met_or_somebody_else_holds_it_up(clients):
    record = await started(clients)
    boss, someone = clients(Role.SUPERVISOR, name="boss"), await registered(clients)
    assert (await assigned(boss, record, someone)).status_code == 201
    dated = {"due_on": date(2026, 12, 12)}
    contract = await running(clients, SESSIONS | dated, EVIDENCE | dated, record=record)
    on(clients, datetime(2026, 12, 5, 9, tzinfo=UTC))
    own = someone.client
    lines = [each for each in await worklist(own) if each["kind"] == "condition_open"]
    assert [(each["urgency"], each["due_on"]) for each in lines] == [("at_risk", "2026-12-12")] * 2
    assert {each["next_step"]["href"] for each in lines} == {contract.door("condition-entries")}
    assert {each["why"].split(" of the contract")[0][-1] for each in lines} == {"2", "3"}
    for day in ("2026-12-01", "2026-12-04"):
        assert (await entered(own, contract, "sessions", "session", happened_on=day)).is_success
    blocked = {"happened_on": "2026-12-01", "until": "2026-12-02"}
    assert (await entered(own, contract, "evidence", "blocked_external", **blocked)).is_success
    assert "condition_open" not in await kinds(own, record)
    on(clients, datetime(2026, 12, 7, tzinfo=UTC))
    (line,) = [each for each in await worklist(own) if each["kind"] == "condition_open"]
    assert ("condition 3 of" in line["why"], line["due_on"]) == (True, "2026-12-14")
    on(clients, datetime(2026, 12, 15, tzinfo=UTC))
    assert (await due(own, record))["condition_open"]["urgency"] == "overdue"
    assert "condition_open" not in await kinds(boss, record)


@pytest.mark.slow
async def test_an_offence_out_of_time_and_broken_glass_are_looked_into(clients):
    record = await started(clients, offences=[SUMMARY])
    contract = await running(clients, record=record)
    boss = clients(Role.SUPERVISOR, name="boss")
    away = clients(Role.SUPERVISOR, "PETERLEE", name="away")
    broken = {"reason_code": "other", "words": "The person is at the counter here."}
    glass = await away.post(place(record, "break-glass"), json=broken, headers=a_key())
    assert glass.status_code == 201, glass.text
    line = (await due(boss, record))["glass_to_review"]
    assert (line["urgency"], line["due_at"]) == ("at_risk", "2026-11-06T12:00:00Z")
    assert "glass_to_review" not in await kinds(clients(), record)
    assert "glass_to_review" not in await kinds(away, record)
    body = {"outcome": "justified", "words": "It was needed."}
    reviewed = await boss.post(line["next_step"]["href"], json=body, headers=a_key())
    assert reviewed.status_code < 300, reviewed.text
    assert "glass_to_review" not in await kinds(boss, record)

    on(clients, datetime(2027, 5, 3, 9, tzinfo=UTC))
    await moved(boss, contract.door("closure"), None, **CLOSED)
    late = {"offence_id": record["offences"][0]["id"], "outcome_code": "17"}
    body = a_disposal(record, disposed_on="2027-05-02") | late
    answer = await said(boss, contract, "outcomes", **body)
    assert answer.status_code == 201, answer.text
    line = (await due(boss, record))["time_limit_incident"]
    assert line["next_step"]["href"] == "/v1/time-limit-incidents"
    assert "time_limit_incident" not in await kinds(clients(), record)


@pytest.mark.slow
async def test_the_blind_hear_of_no_contract_and_no_appointment(at_trial, worked):
    record, someone = await worked()
    blind = at_trial(Role.SUPERVISOR, name="blind to contracts")
    before = await kinds(blind, record)
    today = await planned(someone.client, record, starts_at="2026-11-03T15:00:00Z")
    assert today.status_code == 201, today.text
    past = await planned(someone.client, record, starts_at="2026-11-03T09:00:00Z")
    assert past.status_code == 201, past.text
    drafted = await post(someone.client, place(record, "contracts")[4:], CONTRACT)
    assert drafted.status_code == 201, drafted.text
    offered = await someone.client.post(
        f"/v1/contracts/{drafted.json()['id']}/offer",
        headers=a_key() | {"If-Match": f'"{drafted.json()["version"]}"'},
    )
    assert offered.status_code == 200, offered.text
    known = {"appointment_today", "attendance_missing", "contract_unsigned", "first_contact"}
    assert await kinds(blind, record) == before
    assert not known & before
    assert known <= await kinds(someone.client, record)
    assert known - {"contract_unsigned"} <= await kinds(at_trial(), record)
