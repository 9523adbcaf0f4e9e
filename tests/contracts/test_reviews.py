"""Reviews of contracts, through the front door."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from builders import a_key, released
from checkpoint.contracts.states import ContractState
from checkpoint.foundation.actors import Role
from delivering import problem
from keeping import SESSIONS, arrested_again, entered, moved, on, running, said
from navigating import assigned, here, registered
from traces import entries
from working import due

DECEMBER = datetime(2026, 12, 10, 9, tzinfo=UTC)
MISSED = {"cause": "missed_contact", "words": "Missed two appointments."}


def code(answer):
    return problem(answer, 422, "rule-broken")["errors"][0]["code"]


def bosses(clients):
    return [clients(Role.SUPERVISOR, name=name) for name in ("boss", "second")]


async def test_a_review_is_decided_once_and_leads_somewhere(clients, owner):
    contract = await running(clients, SESSIONS)
    boss, second = bosses(clients)
    for outcome, step in (
        ("warn", "issue_warning"),
        ("continue", None),
    ):
        made = await said(boss, contract, "breach-reviews", **MISSED)
        assert made.status_code == 201, made.text
        assert [e.event for e in await entries(owner, made)] == ["contract.review_raised"]
        assert made.json()["next_steps"][0]["why_not"].startswith("You raised it")
        decision = f"breach-reviews/{made.json()['id']}/decision"
        done = await said(second, contract, decision, outcome=outcome, words="Heard and decided.")
        assert done.status_code == 200, done.text
        assert [e.event for e in await entries(owner, done)] == ["contract.review_decided"]
        assert [each["step"] for each in done.json()["next_steps"]] == ([step] if step else [])
        again = await said(second, contract, decision, outcome=outcome, words="Again.")
        problem(again, 409, "breach-review-decided")
    told = (await clients().get(contract.door("breach-reviews"))).json()
    assert [each["number"] for each in told["items"]] == [2, 1]
    assert told["items"][0]["decision"]["label"] == "The contract goes on as it is"
    assert told["next_steps"][0]["allowed"]
    absent = f"breach-reviews/{uuid4()}/decision"
    answer = await said(second, contract, absent, outcome="continue", words="Nothing.")
    problem(answer, 404, "breach-review-not-found")


async def test_a_review_that_is_open_is_raised_once_and_becomes_overdue(clients):
    contract = await running(clients, SESSIONS)
    boss, second = bosses(clients)
    condition = {"cause": "condition", "condition_key": contract.keys["sessions"]}
    for body in (MISSED, condition | {"words": "None attended."}):
        made = await said(boss, contract, "breach-reviews", **body)
        assert made.status_code == 201, made.text
        refused = problem(
            await said(second, contract, "breach-reviews", **body), 409, "breach-review-open"
        )
        assert refused["review_id"] == made.json()["id"]
    on(clients, DECEMBER)
    told = (await boss.get(contract.door("breach-reviews"))).json()
    assert [each["overdue"] for each in told["items"]] == [True, True]
    officer = (await clients().get(contract.door("breach-reviews"))).json()
    assert officer["items"][0]["next_steps"][0]["why_not"].startswith("Your role")


async def test_a_condition_that_is_on_record_as_not_met_fails_the_contract(clients, owner):
    contract = await running(clients, SESSIONS)
    boss, second = bosses(clients)
    made = (await said(boss, contract, "breach-reviews", **MISSED)).json()
    decision = f"breach-reviews/{made['id']}/decision"
    failed = {"outcome": "fail", "ground": "condition_broken", "words": "No session attended."}
    problem(await said(second, contract, decision, **failed), 409, "no-condition-broken")
    await entered(boss, contract, "sessions", "not_met", words="Stayed away from both.")
    done = await said(second, contract, decision, **failed)
    assert done.status_code == 200, done.text
    assert [e.event for e in await entries(owner, done)] == ["contract.failed"]
    read = (await boss.get(f"/v1/contracts/{contract.id}")).json()
    assert (read["state"], read["steps"][-1]["reason_code"]) == ("failed", "breach")
    problem(await said(boss, contract, "breach-reviews", **MISSED), 409, "contract-not-running")
    told = (await boss.get(contract.door("breach-reviews"))).json()
    assert told["next_steps"][0]["why_not"] == "The contract does not run."


async def test_a_review_still_open_when_the_contract_ended_fails_it_no_more(clients):
    contract = await running(clients)
    boss, second = bosses(clients)
    one = (await said(boss, contract, "breach-reviews", **MISSED)).json()
    other = {"cause": "offence", "words": "Told of a theft."}
    two = (await said(boss, contract, "breach-reviews", **other)).json()
    failed = {"outcome": "fail", "ground": "admitted", "offence_on": "2026-11-03"}
    words = {"words": "Admitted in interview."}
    done = await said(second, contract, f"breach-reviews/{two['id']}/decision", **failed, **words)
    assert done.status_code == 200, done.text
    late = f"breach-reviews/{one['id']}/decision"
    problem(await said(second, contract, late, **failed, **words), 409, "contract-not-running")
    done = await said(second, contract, late, outcome="continue", words="It has failed already.")
    assert done.status_code == 200, done.text


async def test_no_contract_is_completed_as_kept_while_it_is_questioned(clients):
    contract = await running(clients)
    boss, second = bosses(clients)
    made = (await said(boss, contract, "breach-reviews", **MISSED)).json()
    on(clients, datetime(2027, 3, 3, 9, tzinfo=UTC))
    kept = {"reason_code": "conditions_met", "happened_at": "2027-03-03T08:00:00Z"}
    headers = a_key() | {"If-Match": '"1"'}
    answer = await second.post(contract.door("completion"), json=kept, headers=headers)
    problem(answer, 409, "conditions-open")
    allowed, why_not = await completing(second, contract)
    assert not allowed
    assert why_not.startswith("Of its conditions, 1 are neither met nor excused")
    decision = f"breach-reviews/{made['id']}/decision"
    await said(second, contract, decision, outcome="continue", words="It was kept.")
    assert await completing(second, contract) == (True, None)
    done = await moved(second, contract.door("completion"), None, **kept)
    assert done.json()["state"] == "completed"


async def completing(client, contract):
    """What two doors say of completing it: the contract's, and the case's next steps."""
    here = f"/v1/custody-records/{contract.record['id']}/next-steps"
    found = []
    for address in (f"/v1/contracts/{contract.id}", here):
        answer = await client.get(address)
        assert answer.status_code == 200, answer.text
        found += [
            (step["allowed"], step["why_not"])
            for step in answer.json()["next_steps"]
            if step["step"] == "complete_contract"
        ]
    assert found[0] == found[1]
    return found[0]


async def test_whoever_works_the_case_raises_and_does_not_decide(clients):
    contract = await running(clients)
    boss, second = bosses(clients)
    navigator = await registered(clients)
    assert (await assigned(boss, contract.record, navigator)).status_code == 201
    made = await said(navigator.client, contract, "breach-reviews", **MISSED)
    assert made.status_code == 201, made.text
    decision = f"breach-reviews/{made.json()['id']}/decision"
    body = {"outcome": "continue", "words": "Let it be."}
    problem(await said(navigator.client, contract, decision, **body), 403, "not-permitted")
    assert (await said(second, contract, decision, **body)).status_code == 200


async def test_only_an_arrest_of_the_same_person_while_it_ran_is_named(clients):
    contract = await running(clients)
    boss, _ = bosses(clients)
    officer = clients()
    await released(officer, contract.record)
    stranger = await running(clients)
    on(clients, DECEMBER)
    about = {"cause": "new_arrest", "words": "Arrested."}
    for other in (stranger.record["id"], contract.record["id"], str(uuid4())):
        answer = await said(boss, contract, "breach-reviews", **about, other_record_id=other)
        assert code(answer) == "no-new-arrest"
    elsewhere = await arrested_again(
        clients, contract.record, committed="2026-12-08", suite="PETERLEE"
    )
    (arrest,) = (await boss.get(contract.door("breach-reviews"))).json()["arrests"]
    assert (arrest["suite"], arrest["overdue"]) == ("PETERLEE", False)
    on(clients, datetime(2026, 12, 14, 9, tzinfo=UTC))
    (arrest,) = (await boss.get(contract.door("breach-reviews"))).json()["arrests"]
    assert arrest["overdue"]
    answer = await said(boss, contract, "breach-reviews", **about, other_record_id=elsewhere["id"])
    assert answer.status_code == 201, answer.text
    (arrest,) = (await boss.get(contract.door("breach-reviews"))).json()["arrests"]
    assert (arrest["overdue"], arrest["review_id"]) == (False, answer.json()["id"])


async def test_a_restricted_arrest_is_listed_for_nobody_but_who_is_named(clients):
    contract = await running(clients)
    boss, _ = bosses(clients)
    await released(clients(), contract.record)
    on(clients, DECEMBER)
    arrest = await arrested_again(clients, contract.record, committed="2026-12-08")
    theirs = clients(Role.SUPERVISOR, name="who restricts")
    restricting = {"reason_code": "other", "words": "Somebody here knows them."}
    answer = await theirs.post(here(arrest, "restrictions"), json=restricting, headers=a_key())
    assert answer.status_code == 201, answer.text
    about = {"cause": "new_arrest", "words": "Arrested.", "other_record_id": arrest["id"]}
    assert (await boss.get(contract.door("breach-reviews"))).json()["arrests"] == []
    assert code(await said(boss, contract, "breach-reviews", **about)) == "no-new-arrest"
    for who, listed in ((boss, False), (theirs, True)):
        found = await due(who, contract.record)
        assert ("arrest_unreviewed" in found) == listed
    assert len((await theirs.get(contract.door("breach-reviews"))).json()["arrests"]) == 1
    answer = await said(theirs, contract, "breach-reviews", **about)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"cause": "new_arrest"},
        {"cause": "missed_contact", "other_record_id": str(UUID(int=7))},
        {"cause": "condition"},
        {"cause": "other", "condition_key": str(UUID(int=7))},
    ],
)
async def test_a_review_names_what_it_is_for(clients, body):
    boss, _ = bosses(clients)
    here = f"/v1/contracts/{uuid4()}/breach-reviews"
    answer = await boss.post(here, json=body | {"words": "For this."}, headers=a_key())
    problem(answer, 422, "request-not-understood")


async def test_a_decision_has_a_ground_only_if_it_fails(clients):
    contract = await running(clients)
    boss, second = bosses(clients)
    condition = {"cause": "condition", "condition_key": str(uuid4()), "words": "Which one?"}
    assert code(await said(boss, contract, "breach-reviews", **condition)) == "condition-not-here"
    made = (await said(boss, contract, "breach-reviews", **MISSED)).json()
    decision = f"breach-reviews/{made['id']}/decision"
    body = {"outcome": "warn", "ground": "charged", "words": "Both?"}
    problem(await said(second, contract, decision, **body), 422, "request-not-understood")
    body = {"outcome": "fail", "words": "For nothing."}
    assert code(await said(second, contract, decision, **body)) == "ground-missing"


async def test_a_contract_that_never_ran_has_no_arrests_to_answer(clients):
    contract = await running(clients, state=ContractState.DRAFT)
    told = (await clients().get(contract.door("breach-reviews"))).json()
    assert (told["arrests"], told["items"]) == ([], [])


async def test_the_database_itself_keeps_reviews_to_the_contract_and_to_two_people(clients, owner):
    contract = await running(clients)
    boss, _ = bosses(clients)
    made = (await said(boss, contract, "breach-reviews", **MISSED)).json()
    decide = """
        INSERT INTO breach_decision
               (id, review_id, raised_by, outcome, ground, offence_on, words, decided_at, decided_by)
        SELECT gen_random_uuid(), id, raised_by, 'fail', 'charged', :day, 'x', now(), {by}
          FROM breach_review WHERE id = :id
    """
    entry = """
        INSERT INTO condition_entry
               (id, contract_id, number, condition_key, kind, happened_on, basis, recorded_at,
                recorded_by)
        VALUES (gen_random_uuid(), :contract, 1, gen_random_uuid(), 'contact', :day, 'fact', now(),
                gen_random_uuid())
    """
    before, since = datetime(2026, 11, 2).date(), datetime(2026, 11, 3).date()  # noqa: DTZ001
    for statement, day, told in (
        (decide.format(by="gen_random_uuid()"), before, "from before it"),
        (decide.format(by="raised_by"), since, "two_people"),
        (entry, since, "condition of another contract"),
    ):
        given = {"id": UUID(made["id"]), "contract": UUID(contract.id), "day": day}
        async with owner.connect() as connection:
            with pytest.raises(sa.exc.IntegrityError, match=told):
                await connection.execute(
                    sa.text(statement),
                    {name: given[name] for name in given if f":{name}" in statement},
                )
