"""How contracts end, each told as it happens, through the front door."""

from datetime import UTC, datetime

import pytest

from builders import released
from checkpoint.foundation.actors import Role
from delivering import problem
from harm import added, post
from keeping import SESSIONS, agreed, arrested_again, entered, moved, on, said, standing, started
from navigating import registered

pytestmark = pytest.mark.slow

DECEMBER = datetime(2026, 12, 10, 9, tzinfo=UTC)
MARCH = datetime(2027, 3, 3, 9, tzinfo=UTC)


def bosses(clients):
    return [clients(Role.SUPERVISOR, name=name) for name in ("boss", "second", "third")]


def disposal(record, code, day, **more):
    offence = record["offences"][0]["id"]
    body = {"offence_id": offence, "outcome_code": code, "disposed_on": day}
    return body | {"decided_by": "police"} | more


async def test_a_contract_is_kept_completed_and_recorded_as_outcome_22(clients):
    navigator = await registered(clients)
    contract = await agreed(clients, navigator, SESSIONS)
    _, second, _ = bosses(clients)
    for day in ("2026-11-03", "2026-11-03"):
        told = await entered(navigator.client, contract, "sessions", "session", happened_on=day)
    assert standing(told, "sessions")["state"] == "met"

    early = disposal(contract.record, "22", "2026-11-03")
    problem(await said(second, contract, "outcomes", **early), 409, "contract-not-ended")

    on(clients, MARCH)
    assert (await navigator.client.get(contract.door("conditions"))).json()["settled"]
    reason = {"reason_code": "conditions_met", "happened_at": "2027-03-03T08:00:00Z"}
    done = await moved(second, contract.door("completion"), None, **reason)
    assert done.json()["state"] == "completed"

    told = (await second.get(contract.door("outcomes"))).json()
    assert (told["proposal"]["outcome_code"], told["complete"]) == ("22", False)
    assert [step["step"] for step in told["next_steps"]] == ["record_outcome"]
    before = disposal(contract.record, "22", "2027-03-02")
    problem(await said(second, contract, "outcomes", **before), 422, "rule-broken")
    body = disposal(contract.record, "22", "2027-03-03")
    elsewhere = await post(second, f"custody-records/{contract.record['id']}/disposals", body)
    assert problem(elsewhere, 422, "rule-broken")["errors"][0]["code"] == "no-completed-contract"
    told = await said(second, contract, "outcomes", **body)
    assert told.status_code == 201, told.text
    assert told.json()["complete"]
    assert told.json()["items"][0]["outcome_code"] == "22"


async def test_an_offence_on_the_contract_is_reviewed_fails_it_and_is_prosecuted(clients):
    navigator = await registered(clients)
    contract = await agreed(clients, navigator)
    boss, second, _ = bosses(clients)
    await released(clients(), contract.record)
    on(clients, DECEMBER)
    again = await arrested_again(clients, contract.record, committed="2026-12-08")

    told = (await navigator.client.get(contract.door("breach-reviews"))).json()
    (arrest,) = told["arrests"]
    assert (arrest["custody_record_id"], arrest["review_by"]) == (again["id"], "2026-12-11")
    assert (arrest["before_contract"], arrest["review_id"]) == (False, None)

    about = {"cause": "new_arrest", "other_record_id": again["id"], "words": "Seen on camera."}
    review = (await said(boss, contract, "breach-reviews", **about)).json()
    assert (review["due_on"], review["overdue"]) == ("2026-12-17", False)
    decision = f"breach-reviews/{review['id']}/decision"
    failed = {"outcome": "fail", "words": "Charged on the camera's evidence."}
    own = await said(boss, contract, decision, **failed, ground="charged", offence_on="2026-12-08")
    problem(own, 403, "uninvolved-person-needed")
    problem(await said(second, contract, decision, **failed), 409, "arrest-alone-fails-no-contract")
    done = await said(
        second, contract, decision, **failed, ground="charged", offence_on="2026-12-08"
    )
    assert done.status_code == 200, done.text
    assert [step["step"] for step in done.json()["next_steps"]] == ["record_outcome"]
    read = (await second.get(f"/v1/contracts/{contract.id}")).json()
    assert (read["state"], read["steps"][-1]["reason_code"]) == ("failed", "offended")

    told = (await second.get(contract.door("outcomes"))).json()
    assert told["proposal"]["outcome_code"] == "1"  # as agreed; somebody still decides it
    answer = await said(
        second, contract, "outcomes", **disposal(contract.record, "22", "2026-12-10")
    )
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "no-completed-contract"
    answer = await said(
        second, contract, "outcomes", **disposal(contract.record, "1", "2026-12-10")
    )
    assert answer.json()["complete"]
    kept = await second.get(contract.door("conditions"))
    assert standing(kept, "no_offending")["state"] == "not_met"


async def test_a_new_arrest_for_an_old_offence_breaches_nothing(clients):
    navigator = await registered(clients)
    contract = await agreed(clients, navigator)
    boss, second, _ = bosses(clients)
    await released(clients(), contract.record)
    on(clients, DECEMBER)
    again = await arrested_again(clients, contract.record, committed="2026-10-20")

    (arrest,) = (await boss.get(contract.door("breach-reviews"))).json()["arrests"]
    assert arrest["before_contract"]
    about = {"cause": "new_arrest", "other_record_id": again["id"], "words": "An old matter."}
    review = (await said(navigator.client, contract, "breach-reviews", **about)).json()
    decision = f"breach-reviews/{review['id']}/decision"
    blamed = {"outcome": "fail", "ground": "charged", "words": "Charged."}
    for body in (
        {**blamed, "offence_on": "2026-10-20"},
        {**blamed, "offence_on": "2026-12-08"},
        {"outcome": "warn", "words": "A warning."},
    ):
        problem(await said(second, contract, decision, **body), 409, "offence-before-contract")
    done = await said(second, contract, decision, outcome="continue", words="It is no breach.")
    assert done.status_code == 200, done.text
    assert done.json()["next_steps"] == []
    assert (await second.get(f"/v1/contracts/{contract.id}")).json()["state"] == "active"
    told = (await boss.get(contract.door("breach-reviews"))).json()
    assert told["arrests"][0]["review_id"] == review["id"]


async def test_a_death_closes_the_contract_without_blame_and_is_outcome_5(clients):
    navigator = await registered(clients)
    contract = await agreed(clients, navigator)
    boss, second, _ = bosses(clients)
    on(clients, DECEMBER)
    death = {"reason_code": "death", "happened_at": "2026-12-09T08:00:00Z"}
    done = await moved(boss, contract.door("closure"), None, **death)
    assert done.json()["state"] == "closed"
    told = (await second.get(contract.door("outcomes"))).json()
    assert told["proposal"]["outcome_code"] == "5"
    never = await said(
        second, contract, "outcomes", **disposal(contract.record, "22", "2026-12-10")
    )
    assert problem(never, 422, "rule-broken")["errors"][0]["code"] == "no-completed-contract"
    answer = await said(
        second, contract, "outcomes", **disposal(contract.record, "5", "2026-12-10")
    )
    assert answer.json()["complete"]
    assert answer.json()["next_steps"] == []
    refused = await entered(boss, contract, "no_offending", "evidence", words="Nothing more.")
    problem(refused, 409, "contract-not-running")


async def test_nothing_that_stands_is_put_right_as_outcome_22_of_a_contract_not_completed(clients):
    navigator = await registered(clients)
    contract = await agreed(clients, navigator)
    boss, second, _ = bosses(clients)
    on(clients, DECEMBER)
    moved_away = {"reason_code": "transferred", "happened_at": "2026-12-09T08:00:00Z"}
    done = await moved(boss, contract.door("closure"), None, **moved_away)
    assert done.json()["state"] == "closed"
    stands = await said(
        second, contract, "outcomes", **disposal(contract.record, "20", "2026-12-10")
    )
    assert stands.status_code == 201, stands.text
    listed = await second.get(f"/v1/custody-records/{contract.record['id']}/disposals")
    first = listed.json()["items"][0]["disposals"][0]["id"]
    again = {"replaces_id": first, "reason_code": "entered_wrongly"}
    body = disposal(contract.record, "22", "2026-12-10", **again)
    for answer in (
        await said(second, contract, "outcomes", **body),
        await post(second, f"custody-records/{contract.record['id']}/disposals", body),
    ):
        assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "no-completed-contract"


async def test_a_victim_objects_afterwards_and_the_contract_stands(clients):
    navigator = await registered(clients)
    record = await started(clients)
    victim = await added(clients(), record, vulnerable=False)
    contract = await agreed(clients, navigator, record=record)
    boss, second, third = bosses(clients)
    on(clients, MARCH)
    reason = {"reason_code": "named_reason", "words": "As agreed."}
    happened = {"happened_at": "2027-03-03T08:00:00Z"}
    await moved(second, contract.door("completion"), None, **reason, **happened)

    told = (await boss.get(contract.door("victims-to-tell"))).json()["items"]
    assert [(each["what"], each["due_on"], each["overdue"]) for each in told] == [
        ("contract_started", "2026-11-10", True),
        ("contract_completed", "2027-03-10", False),
    ]
    officer = clients()
    body = {"what": told[1]["what"], "happened_at": told[1]["happened_at"]}
    body |= {"told_at": "2027-03-03T09:00:00Z", "channel": "telephone"}
    assert (await post(officer, f"victims/{victim['id']}/notifications", body)).status_code == 201
    told = (await boss.get(contract.door("victims-to-tell"))).json()["items"]
    assert [each["told_at"] for each in told] == [None, "2027-03-03T09:00:00Z"]
    # Whoever reads the victim has perhaps not been shown the arm.
    assert "contract" not in (await officer.get(f"/v1/victims/{victim['id']}")).text

    words = {"words": "They had wished for a court."}
    objection = {"victim_id": victim["id"], "objected_on": "2027-03-03"} | words
    made = await said(officer, contract, "victim-challenges", **objection)
    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["in_time"], found["acknowledge_by"], found["due_on"]) == (
        True,
        "2027-03-17",
        "2027-04-16",
    )
    answered = f"victim-challenges/{found['id']}/decision"
    stands = {"outcome": "contract_stands", "words": "The terms were met in full."}
    for involved in (boss, second):
        problem(await said(involved, contract, answered, **stands), 403, "uninvolved-person-needed")
    done = await said(third, contract, answered, **stands)
    assert done.status_code == 200, done.text
    assert (done.json()["decision"]["outcome"], done.json()["next_steps"]) == (
        "contract_stands",
        [],
    )
    assert (await boss.get(f"/v1/contracts/{contract.id}")).json()["state"] == "completed"
