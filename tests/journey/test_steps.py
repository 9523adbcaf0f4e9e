"""The list of cases and a case's next steps tell one story, from the suite to the last outcome."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import (
    KNOWN,
    WITHDRAWAL,
    a_key,
    a_person,
    asked_for_consent,
    booked,
    decided,
    eligible,
)
from checkpoint.consent.states import ConsentState
from checkpoint.contracts.states import ENDED, ContractState
from checkpoint.foundation.actors import Role
from checkpoint.journey.stages import REACHED, Stage, next_of
from checkpoint.journey.steps.states import BLIND, Position, Work, position_of
from delivering import PROPOSED, STARTED, a_disposal, place, said
from meeting import planned
from navigating import assigned, registered
from trialling import consenting

SIGNS = {"sign_as_person", "sign_as_navigator", "sign_as_supervisor"}
DISPOSE = {"record_disposal"}
# By hand: whatever the list says is next, and the steps of which at least one is there then.
LEADS = {
    "Screen the person.": {"save_screening"},
    "Go on with the screening, then decide.": {"decide_eligibility"},
    "Find out what is missing, save it, and decide again.": {"decide_eligibility"},
    "A supervisor decides.": {"determine_eligibility"},
    "Offer the programme.": {"ask_for_consent"},
    "Allocate where a trial is open, or else enrol.": {"enrol", "allocate"},
    "Start the programme. Record how the offences are disposed of.": {"start_programme"},
    "Start the programme.": {"start_programme"},
    "Do as the allocation says. Record how the offences are disposed of.": DISPOSE,
    "Do as the allocation says.": {"read_allocation", "start_programme"},
    "Assign a navigator.": {"assign_navigator"},
    "Draft the contract.": {"draft_contract"},
    "Offer the contract.": {"offer_contract"},
    "Have the contract signed by all three.": SIGNS,
    "Keep the contract; complete it once its conditions are met.": {"complete_contract"},
    "Resume the contract once what stood in its way is over.": {"resume_contract"},
    "Record the outcome of every offence.": {"record_outcome"},
    "The person withdrew: end the contract, then record the outcome of every offence.": {
        "close_contract"
    },
    "The person withdrew: see what the sheet says of that. Record how the offences are "
    "disposed of.": DISPOSE,
    "The record has changed since. Decide again.": {"decide_eligibility"},
}
DONE = {
    "Nothing here; the usual process applies.",
    "Nothing but to see that every victim was told: the outcomes are on record.",
    "The person withdrew: see what the sheet says of that.",
}
LATER = {  # what one of these says is next is not among the steps under any other word
    "assign_navigator",
    "draft_contract",
    "offer_contract",
    "resume_contract",
    "record_outcome",
}


AGREED = {"draft_contract", "offer_contract", "save_contract_terms"} | SIGNS


async def steps_of(client, record):
    answer = await client.get(place(record, "next-steps"))
    assert answer.status_code == 200, answer.text
    return {step["step"]: step for step in answer.json()["next_steps"]}


async def agreed(client, record):
    """What the list says of a case, once its steps were found to say the same."""
    listed = await client.get("/v1/cases", params={"size": 200})
    (line,) = [each for each in listed.json()["items"] if each["record_id"] == record["id"]]
    steps = await steps_of(client, record)
    told = line["next"]
    assert (told in LEADS) != (told in DONE), told
    if told in LEADS:
        assert LEADS[told] & steps.keys(), (told, sorted(steps))
    # The contract goes on while nobody has the case; and nothing more is agreed after a withdrawal.
    if "withdrew" in told:
        assert not any(steps[each]["allowed"] for each in steps.keys() & AGREED)
    elif told != "Assign a navigator.":
        assert steps.keys() & LATER <= LEADS.get(told, set()), (told, sorted(steps))
    return told, steps


STATES = st.sampled_from([None, *ContractState])
FACTS = {
    "knows_arm": st.booleans(),
    "started": st.booleans(),
    "assigned": st.booleans(),
    "contract": STATES,
    "disposed": st.booleans(),
}


@given(stage=st.sampled_from(Stage), consent=st.sampled_from(ConsentState), **FACTS)
def test_whatever_the_facts_a_known_word_says_what_is_next(stage, consent, **facts):
    found = position_of(**facts)
    told = next_of(stage, changed=False, put_right=False, consent=consent, position=found)
    assert (told in LEADS) != (told in DONE)
    if stage not in REACHED["entered"]:
        return
    if not facts["knows_arm"]:
        assert found == Position(disposed=facts["disposed"])
        assert told == next_of(
            stage, changed=False, put_right=False, consent=consent, position=Position(disposed=facts["disposed"])
        )  # fmt: skip
    if facts["knows_arm"] and facts["started"]:
        assert "tart the programme" not in told
        if facts["contract"] in ENDED:
            assert ("outcome of every offence" in told) is not facts["disposed"]
    assert ("withdrew" in told) is (consent is ConsentState.WITHDRAWN and found.work is not Work.ENDED)  # fmt: skip


@pytest.mark.parametrize(
    ("started", "assigned", "contract"),
    [*product([False, True], [False, True], [None, *ContractState])],
)
def test_the_blind_hear_the_same_wherever_the_work_stands(started, assigned, contract):
    facts = {"started": started, "assigned": assigned, "contract": contract}
    assert position_of(knows_arm=False, disposed=False, **facts) == BLIND
    seen = position_of(knows_arm=True, disposed=False, **facts)
    assert seen.work is not Work.UNTOLD


@pytest.mark.slow
async def test_the_two_agree_from_the_arrest_to_the_way_in(client, clients):
    boss = clients(Role.SUPERVISOR, name="boss")
    cases = {
        "Screen the person.": await booked(client),
        "Go on with the screening, then decide.": await booked(client, screening=KNOWN),
        "Offer the programme.": await eligible(client),
        "Allocate where a trial is open, or else enrol.": (await consenting(client))[0],
    }
    half = await booked(client, screening={"lives_in_area": True})
    await decided(client, half)
    cases["Find out what is missing, save it, and decide again."] = half
    hate = await booked(client, screening=KNOWN | {"hate_crime": True})
    await decided(client, hate)
    declined = await eligible(client)
    no = {"answer": "declined", "reason_code": "privacy"}
    await asked_for_consent(client, declined, programme=no)
    for told, record in cases.items():
        assert (await agreed(client, record))[0] == told
        assert (await agreed(boss, record))[0] == told
    for record in (hate, declined):
        assert (await agreed(client, record))[0] == "Nothing here; the usual process applies."


async def half_done(client, record):
    """An assessment that says nothing yet is nowhere said to be ready."""
    here = place(record, "needs-assessments")
    draft = await client.post(here, json={"draft": True}, headers=a_key())
    assert draft.status_code == 201, draft.text
    (line,) = (await client.get(here)).json()["items"]
    found = await steps_of(client, record)
    for step in draft.json()["next_steps"]:
        assert step in line["next_steps"]
        assert step == found[step["step"]]
    completing = found["complete_needs_draft"]
    assert (completing["allowed"], completing["missing"]) == (False, draft.json()["missing"])
    assert completing["missing"]


@pytest.mark.slow
async def test_the_two_agree_from_the_start_to_the_last_outcome(a_bench):
    bench = await a_bench()
    record, officer, boss, own = bench.record, bench.officer, bench.boss, bench.navigator.client
    victim = await officer.post(
        place(record, "victims"), json={"person": a_person()}, headers=a_key()
    )
    assert victim.status_code == 201, victim.text

    async def told(word):
        for client in (officer, boss):
            assert (await agreed(client, record))[0] == word
        return [await steps_of(client, record) for client in (officer, boss, own)]

    _, theirs, mine = await told("Draft the contract.")
    assert mine.keys() == {"assess_needs", "record_contact", "plan_appointment", "draft_contract"}
    assert mine["draft_contract"]["allowed"] is theirs["draft_contract"]["allowed"] is True
    await half_done(own, record)
    assert (await planned(own, record)).status_code == 201
    await bench.draft()
    _, _, mine = await told("Offer the contract.")
    assert "plan_appointment" not in mine
    assert mine["record_attendance"]["why_not"]
    await bench.post("offer")
    whose, theirs, mine = await told("Have the contract signed by all three.")
    assert not any(whose[each]["allowed"] for each in SIGNS)
    assert mine["sign_as_navigator"]["allowed"] is True
    assert theirs["sign_as_supervisor"]["why_not"] == "The person and the navigator sign first."
    assert mine["sign_as_supervisor"]["why_not"]
    await bench.sign_all()
    whose, _, mine = await told("Keep the contract; complete it once its conditions are met.")
    assert whose["record_notification"]["href"].startswith(f"/v1/victims/{victim.json()['id']}")
    assert "record_notification" not in mine
    raised = await own.post(
        f"/v1/contracts/{bench.contract['id']}/breach-reviews",
        json={"cause": "missed_contact", "words": "Not heard of for a week."},
        headers=a_key(),
    )
    assert raised.status_code == 201, raised.text
    _, theirs, mine = await told("Keep the contract; complete it once its conditions are met.")
    assert theirs["decide_review"]["allowed"] is True
    assert mine["decide_review"]["allowed"] is False
    objection = {"victim_id": victim.json()["id"], "objected_on": "2026-11-03", "words": "No."}
    objected = await officer.post(
        f"/v1/contracts/{bench.contract['id']}/victim-challenges", json=objection, headers=a_key()
    )
    assert objected.status_code == 201, objected.text
    assert (await steps_of(boss, record))["decide_challenge"]["allowed"] is True
    assert "decide_challenge" not in await steps_of(own, record)
    await bench.read()
    assert (await bench.take("suspension", "hospital")).status_code == 200
    await told("Resume the contract once what stood in its way is over.")
    assert (await bench.take("closure", "moved_away")).status_code == 200
    for client in (officer, boss):
        assert (await agreed(client, record))[0] == "Record the outcome of every offence."
    whose, theirs = [await steps_of(client, record) for client in (officer, boss)]
    assert not DISPOSE & whose.keys()
    assert whose["record_outcome"]["allowed"] is True
    assert "end_assignment" not in theirs
    gone = await own.get(place(record, "next-steps"))
    assert gone.status_code == 404, gone.text
    here = f"/v1/contracts/{bench.contract['id']}/outcomes"
    outcome = await officer.post(here, json=a_disposal(record), headers=a_key())
    assert outcome.status_code == 201, outcome.text
    done = next(each for each in DONE if "every victim" in each)
    for client in (officer, boss):
        assert (await agreed(client, record))[0] == done
    assert (await steps_of(officer, record))["record_notification"]["allowed"] is True


@pytest.mark.slow
async def test_a_case_whose_navigator_is_gone_wants_one_first_and_a_withdrawal_an_end(a_bench):
    bench = await a_bench()
    record, officer, boss = bench.record, bench.officer, bench.boss
    await bench.draft()
    ended = {"reason": "case_ended"}
    answer = await boss.post(place(record, "navigator/end"), json=ended, headers=a_key())
    assert answer.status_code == 200, answer.text
    told, steps = await agreed(officer, record)
    assert (told, steps["assign_navigator"]["allowed"]) == ("Assign a navigator.", True)
    await withdraw(bench)
    told, _ = await agreed(officer, record)
    assert told.startswith("The person withdrew: end the contract")
    again = await assigned(boss, record, await registered(bench.clients))
    assert again.status_code == 201, again.text
    told, _ = await agreed(officer, record)
    assert told.startswith("The person withdrew: end the contract")
    ended = await bench.take("decline", "changed_mind", by=boss)
    assert ended.status_code == 200, ended.text
    assert (await agreed(officer, record))[0] == "Record the outcome of every offence."


@pytest.mark.slow
async def test_who_withdrew_before_there_was_a_contract_is_given_none(a_bench):
    bench = await a_bench()
    await withdraw(bench)
    told, steps = await agreed(bench.officer, bench.record)
    assert told.startswith("The person withdrew: see what the sheet says")
    mine = await steps_of(bench.navigator.client, bench.record)
    assert mine["draft_contract"]["why_not"] == "Consent to the programme does not stand."
    assert steps["draft_contract"]["allowed"] is False
    assert steps["record_disposal"]["allowed"] is True


async def withdraw(bench):
    asking = (await bench.officer.get(place(bench.record, "consents"))).json()["items"][0]
    answer = await bench.officer.post(
        f"/v1/consents/{asking['id']}/withdrawals",
        json=WITHDRAWAL | {"kind": "programme", "withdrawn_at": "2026-11-03T12:00:00Z"},
        headers=a_key(),
    )
    assert answer.status_code == 201, answer.text


@pytest.mark.slow
async def test_the_blind_hear_the_same_of_a_case_that_is_worked_and_of_one_that_is_not(
    at_trial, a_case, a_navigator
):
    officer, blind = at_trial(), at_trial(Role.SUPERVISOR, name="blind")
    worked, left, control = [await a_case(each) for each in ("treatment", "treatment", "control")]
    assert (await said(officer, worked, "programme-start", STARTED)).status_code == 201
    navigator = await a_navigator()
    assert (await assigned(officer, worked, navigator)).status_code == 201
    heard = []
    for record in (worked, left, control):
        told, steps = await agreed(blind, record)
        heard.append((told, [(name, step["allowed"]) for name, step in steps.items()]))
    assert heard[0] == heard[1] == heard[2]
    assert heard[0][0] == "Do as the allocation says. Record how the offences are disposed of."
    assert (await agreed(officer, worked))[0] == "Draft the contract."
    seen = await said(at_trial(Role.SUPERVISOR, name="boss"), control, "crossovers", PROPOSED)
    assert seen.status_code in (403, 409)
    for record in (left, control):
        assert (await agreed(officer, record))[0] == heard[0][0]
        answer = await navigator.client.get(place(record, "next-steps"))
        assert answer.status_code == 404
    told = (await navigator.client.get(place(worked, "next-steps"))).json()
    assert (told["standing"], told["record"], told["entered_late"]) == (None, None, [])
