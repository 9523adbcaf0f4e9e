"""Whoever may not see a contract is told the same as if there were none, at every door."""

from builders import a_key
from checkpoint.foundation.actors import Role
from delivering import place, problem
from harm import added
from keeping import SESSIONS, running, said, started
from navigating import assigned, registered

ABSENT = "0190b3a0-0000-7000-8000-000000000000"
REVIEW = {"cause": "missed_contact", "words": "Missed two appointments."}


def doors(contract, victim):
    """Each door of the alcoves that names a contract, with who may knock and what they say."""
    key, offence = contract.keys["sessions"], contract.record["offences"][0]["id"]
    entry = {"condition_key": key, "kind": "session", "happened_on": "2026-11-03", "basis": "fact"}
    outcome = {"outcome_code": "1", "disposed_on": "2026-11-03", "decided_by": "police"}
    objection = {"victim_id": victim["id"], "objected_on": "2026-11-03", "words": "No."}
    decision = {"outcome": "contract_stands", "words": "It does."}
    boss, officer = Role.SUPERVISOR, Role.CUSTODY_OFFICER
    return [
        ("GET", "conditions", boss, None),
        ("POST", "condition-entries", boss, entry),
        ("POST", f"condition-entries/{ABSENT}/withdrawal", boss, {"reason_code": "entered_twice"}),
        ("GET", "breach-reviews", boss, None),
        ("POST", "breach-reviews", boss, REVIEW),
        (
            "POST",
            f"breach-reviews/{ABSENT}/decision",
            boss,
            {"outcome": "continue", "words": "Go on."},
        ),
        ("GET", "outcomes", boss, None),
        ("POST", "outcomes", boss, outcome | {"offence_id": offence}),
        ("GET", "victims-to-tell", boss, None),
        ("GET", "victim-challenges", boss, None),
        ("POST", "victim-challenges", officer, objection),
        ("POST", f"victim-challenges/{ABSENT}/decision", boss, decision),
    ]


def told(answer):
    return answer.status_code, answer.text.replace(answer.headers["x-request-id"], "-")


async def test_another_suites_contract_and_none_are_answered_alike(clients):
    record = await started(clients)
    victim = await added(clients(), record)
    contract = await running(clients, SESSIONS, record=record)
    for method, noun, role, body in doors(contract, victim):
        client = clients(role, "PETERLEE", name="elsewhere")
        answers = [
            await client.request(method, f"/v1/contracts/{id}/{noun}", json=body, headers=a_key())
            for id in (contract.id, ABSENT)
        ]
        assert told(answers[0]) == told(answers[1]), noun
        problem(answers[0], 404, "contract-not-found")
    stranger = await registered(clients)
    problem(await stranger.client.get(contract.door("conditions")), 404, "contract-not-found")
    problem(
        await said(stranger.client, contract, "breach-reviews", **REVIEW), 404, "contract-not-found"
    )


async def test_who_works_the_case_sees_its_contract_until_it_is_theirs_no_more(clients):
    contract = await running(clients, SESSIONS)
    boss, navigator = clients(Role.SUPERVISOR, name="boss"), await registered(clients)
    await assigned(boss, contract.record, navigator)
    for noun in ("conditions", "breach-reviews", "outcomes"):
        assert (await navigator.client.get(contract.door(noun))).status_code == 200
    for noun in ("victims-to-tell", "victim-challenges"):
        problem(await navigator.client.get(contract.door(noun)), 403, "not-permitted")
    ending = place(contract.record, "navigator/end")
    assert (
        await boss.post(ending, json={"reason": "case_ended"}, headers=a_key())
    ).status_code == 200
    problem(await navigator.client.get(contract.door("conditions")), 404, "contract-not-found")


async def test_an_arm_that_was_not_read_is_read_first(at_trial, a_case):
    record = await a_case("treatment")
    begun = {"started_at": "2026-11-03T12:00:00Z"}
    answer = await at_trial().post(place(record, "programme-start"), json=begun, headers=a_key())
    assert answer.status_code == 201, answer.text
    start = answer.json()["start"]["id"]
    contract = await running(at_trial, SESSIONS, record=record | {"start": start})
    blind = at_trial(Role.SUPERVISOR, name="blind")
    for noun in ("conditions", "breach-reviews", "outcomes", "victims-to-tell"):
        problem(await blind.get(contract.door(noun)), 409, "arm-not-read")
    assert (await blind.get(place(record, "allocation"))).status_code == 200
    assert (await blind.get(contract.door("conditions"))).status_code == 200
