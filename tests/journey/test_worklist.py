"""What is due, for whoever asks; it tells nobody an arm."""

from datetime import timedelta

import pytest

from builders import (
    DETERMINATION,
    KNOWN,
    REFERRED,
    a_key,
    an_offence,
    asked_for_consent,
    booked,
    decided,
    eligible,
    make_suite,
    proposed,
)
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from conftest import NOON, noon
from delivering import PROPOSED, STARTED, a_disposal, place, said
from harm import TOLD, added, post
from navigating import answered, assigned, here, offered
from traces import entries
from working import due, worklist

pytestmark = pytest.mark.usefixtures("agreeing")


@pytest.fixture
def later(trial_app):
    """The same service at another time, once it is called."""

    def go(**since):
        async def then():
            return NOON + timedelta(**since)

        trial_app.dependency_overrides[clock.now] = then

    yield go
    trial_app.dependency_overrides[clock.now] = noon


@pytest.fixture
async def own_suite(owner):
    """A suite that nobody works in but this test."""
    async with transaction(owner) as session:
        return (await make_suite(session)).code


async def kinds(client, record):
    return {*await due(client, record)}


@pytest.mark.slow
async def test_a_start_is_due_from_whoever_knows_of_it(
    at_trial, a_case, a_navigator, later, trial_owner
):
    record, officer = await a_case("treatment"), at_trial()
    blind = at_trial(Role.SUPERVISOR, name="blind to starts")
    before = await kinds(blind, record)
    await said(officer, record, "programme-start", STARTED)
    line = (await due(officer, record))["no_navigator"]
    assert (line["urgency"], line["due_at"]) == ("due", "2026-11-04T12:00:00Z")
    assert line["next_step"] == {
        "step": "assign_navigator",
        "method": "POST",
        "href": here(record, "navigator"),
        "allowed": True,
        "why_not": None,
        "missing": [],
    }
    assert await kinds(blind, record) == before  # whoever is blind hears nothing of it
    someone, other = await a_navigator(), await a_navigator()
    assert (await assigned(officer, record, someone)).status_code == 201
    line = (await due(officer, record))["first_contact"]
    assert (line["urgency"], line["due_on"]) == ("at_risk", "2026-11-06")
    assert "no_navigator" not in await kinds(officer, record)
    answer = await someone.client.get("/v1/worklist")
    (own,) = answer.json()["items"]
    assert own["reference"] == record["reference"]
    assert record["person"]["family_name"] not in answer.text
    assert [each["items"] for each in answer.json()["counts"]["urgencies"]] == [0, 0, 1]
    (entry,) = await entries(trial_owner, answer)
    assert entry.event == "journey.worklist_read"
    assert record["id"] in map(str, entry.subject_ids)
    assert await worklist(other.client) == []
    later(hours=73)
    assert (await due(someone.client, record))["first_contact"]["urgency"] == "overdue"
    ended = await at_trial(Role.SUPERVISOR, name="someone").get(place(record, "allocation"))
    assert ended.status_code == 200
    for offence in record["offences"]:
        disposal = a_disposal(record, offence_id=offence["id"])
        assert (await said(officer, record, "disposals", disposal)).status_code == 201
    assert await kinds(someone.client, record) == set()


@pytest.mark.slow
async def test_the_blind_are_told_the_same_of_every_arm(at_trial, a_case, later):
    records = [await a_case("treatment"), await a_case("control")]
    await said(at_trial(), records[0], "programme-start", STARTED)
    later(days=28, hours=1)
    blind = at_trial(Role.SUPERVISOR, name="blind to worklists")
    found = [await due(blind, record) for record in records]
    assert {*found[0]} == {*found[1]} >= {"disposal_missing"}
    lines = [each["disposal_missing"] for each in found]
    assert [{**each, "reference": 0, "custody_record_id": 0, "next_step": 0} for each in lines] == [
        {**lines[0], "reference": 0, "custody_record_id": 0, "next_step": 0}
    ] * 2
    assert "disposal_missing" not in await kinds(at_trial(), records[0])
    assert "disposal_missing" in await kinds(at_trial(), records[1])


@pytest.mark.slow
async def test_a_summary_offence_without_an_outcome_comes_up_before_its_deadline(
    at_trial, a_case, a_navigator, later
):
    summary = an_offence(code="CJ88116", committed_from="2026-10-31")
    record = await a_case("treatment", offences=[summary, an_offence()])
    officer, someone = at_trial(), await a_navigator()
    await said(officer, record, "programme-start", STARTED)
    await assigned(officer, record, someone)
    last = timedelta(days=178)  # 30 April 2027, in summer time
    later(days=(last - timedelta(days=31)).days)
    assert "prosecution_deadline" not in await kinds(officer, record)
    later(days=(last - timedelta(days=30)).days)
    line = (await due(officer, record))["prosecution_deadline"]
    assert (line["due_on"], line["urgency"]) == ("2027-04-30", "at_risk")
    assert line["due_at"] == "2027-04-30T23:00:00Z"
    assert "CJ88116" in line["why"]
    assert (await due(someone.client, record))["prosecution_deadline"] == line
    later(days=(last - timedelta(days=13)).days)
    assert (await due(officer, record))["prosecution_deadline"]["urgency"] == "due"
    later(days=(last + timedelta(days=1)).days)
    assert (await due(officer, record))["prosecution_deadline"]["urgency"] == "overdue"
    of_summary = next(each for each in record["offences"] if each["code"] == "CJ88116")
    disposal = a_disposal(record, offence_id=of_summary["id"])
    assert (await said(officer, record, "disposals", disposal)).status_code == 201
    assert "prosecution_deadline" not in await kinds(officer, record)


@pytest.mark.slow
async def test_an_offer_waits_on_both_lists_until_it_is_answered(
    at_trial, a_case, a_navigator, supervisor, later
):
    record, holder, other = await a_case("treatment"), await a_navigator(), await a_navigator()
    await assigned(at_trial(), record, holder)
    boss = await supervisor(record, "who offers")
    blind = at_trial(Role.SUPERVISOR, name="blind to offers")
    offer = (await offered(holder.client, record, other)).json()
    (line,) = await worklist(other.client)
    assert (line["kind"], line["urgency"]) == ("handover_offered", "at_risk")
    assert line["next_step"]["href"] == f"/v1/navigator-handovers/{offer['id']}/acceptance"
    later(hours=30)
    for who, heard in ((holder.client, True), (boss, True), (blind, False), (other.client, False)):
        assert ("handover_unanswered" in await kinds(who, record)) == heard
    await answered(other.client, offer)
    assert "handover_offered" not in await kinds(other.client, record)
    assert "handover_unanswered" not in await kinds(boss, record)


async def test_an_offer_of_a_restricted_case_waits_for_nobody_who_is_not_named(
    at_trial, a_case, a_navigator
):
    record, holder, other = await a_case("treatment"), await a_navigator(), await a_navigator()
    await assigned(at_trial(), record, holder)
    await offered(holder.client, record, other)
    assert await kinds(other.client, record) == {"handover_offered"}
    body = {"reason_code": "other", "words": "Somebody here knows them."}
    boss = at_trial(Role.SUPERVISOR, name="boss")
    answer = await boss.post(here(record, "restrictions"), json=body, headers=a_key())
    assert answer.status_code == 201, answer.text
    assert await worklist(other.client) == []


@pytest.mark.slow
async def test_a_supervisor_is_told_of_their_team(at_trial, a_case, a_navigator, later):
    someone = await a_navigator()
    boss, elsewhere = at_trial(Role.SUPERVISOR), at_trial(Role.SUPERVISOR, "PETERLEE")

    async def heard(client, kind):
        lines = await worklist(client)
        doors = [each["next_step"]["href"] for each in lines if each["kind"] == kind]
        return [each for each in doors if someone.id in each]

    absence = {"absent_from": "2026-11-05", "last_day": "2026-11-09"}
    answer = await boss.post(f"/v1/navigators/{someone.id}/absences", json=absence, headers=a_key())
    assert answer.status_code == 201, answer.text
    assert await heard(boss, "navigator_absent") == []  # no case of theirs is left alone
    record = await a_case("treatment")
    await assigned(at_trial(), record, someone)
    assert len(await heard(boss, "navigator_absent")) == 1
    assert await heard(elsewhere, "navigator_absent") == []
    later(days=7)
    assert await heard(boss, "navigator_absent") == []  # they are back
    later(days=310)
    assert len(await heard(boss, "clearance_expiring")) == 2
    assert await heard(elsewhere, "clearance_expiring") == []
    own = [each for each in await worklist(someone.client) if each["kind"] == "clearance_expiring"]
    assert {each["why"].split("'s ")[1].split(" ")[0] for each in own} == {"induction", "vetting"}
    assert [each["next_step"]["allowed"] for each in own] == [False, False]
    clearance = {"kind": "vetting", "given_on": "2027-09-01", "last_day": "2028-08-31"}
    await boss.post(f"/v1/navigators/{someone.id}/clearances", json=clearance, headers=a_key())
    assert len(await heard(boss, "clearance_expiring")) == 1


async def test_a_crossover_waits_for_a_second_person_who_knows_the_arm(
    at_trial, a_case, supervisor
):
    record = await a_case("control")
    second = await supervisor(record, "second of two")
    first = await supervisor(record, "first of two")
    blind = at_trial(Role.SUPERVISOR, name="blind to crossovers")
    assert (await said(first, record, "crossovers", PROPOSED)).status_code == 201
    assert "crossover_waiting" in await kinds(second, record)
    assert "crossover_waiting" not in await kinds(first, record)
    assert "crossover_waiting" not in await kinds(blind, record)


async def test_a_case_says_what_the_suite_has_to_do_next(clients, own_suite, app):
    officer = clients(Role.CUSTODY_OFFICER, own_suite)
    boss = clients(Role.SUPERVISOR, own_suite)
    record = await booked(
        officer, suite=own_suite, offences=[an_offence(code=REFERRED)], screening=KNOWN
    )
    line = (await due(officer, record))["custody_review"]
    assert (line["urgency"], line["due_at"]) == ("overdue", "2026-11-03T04:05:00Z")
    assert line["next_step"]["href"] == f"/v1/custody-records/{record['id']}/reviews"
    review = {"held_at": "2026-11-03T11:30:00Z", "authority": "inspector"}
    answer = await post(officer, f"custody-records/{record['id']}/reviews", review)
    assert answer.status_code in (200, 201), answer.text
    assert "custody_review" not in await kinds(officer, record)
    victim = await added(officer, record, offences=[record["offences"][0]["id"]])
    line = (await due(officer, record))["victim_to_tell"]
    assert (line["urgency"], line["due_on"]) == ("due", "2026-11-03")
    assert line["next_step"]["href"] == f"/v1/victims/{victim['id']}/notifications"
    assert "victim_to_tell" not in await kinds(boss, record)  # officers tell them
    told = TOLD | {"what": "arrested", "happened_at": record["arrested_at"]}
    answer = await post(officer, f"victims/{victim['id']}/notifications", told)
    assert answer.status_code == 201, answer.text
    assert "victim_to_tell" not in await kinds(officer, record)
    record = (await officer.get(f"/v1/custody-records/{record['id']}")).json()
    decision = await decided(officer, record)
    assert "decision_referred" in await kinds(boss, record)
    assert "decision_referred" not in await kinds(officer, record)
    body = {**DETERMINATION}
    answer = await boss.post(
        f"/v1/eligibility-decisions/{decision['id']}/determination",
        json=body,
        headers=a_key() | {"If-Match": f'"{decision["number"]}"'},
    )
    assert answer.status_code == 201, answer.text
    assert "decision_referred" not in await kinds(boss, record)


async def test_what_was_left_half_done_or_unknown_comes_up(clients, own_suite):
    officer = clients(Role.CUSTODY_OFFICER, own_suite)
    unknown = await booked(officer, suite=own_suite)
    await decided(officer, unknown)
    line = (await due(officer, unknown))["decision_pending"]
    assert (line["due_at"], line["urgency"]) == ("2026-11-04T12:00:00Z", "at_risk")
    record = await eligible(officer, booking={"suite": own_suite})
    await asked_for_consent(officer, record, draft=True, programme=...)
    line = (await due(officer, record))["consent_draft_expiring"]
    assert line["due_at"] == "2026-11-04T12:00:00Z"
    answer = await officer.get("/v1/worklist", params={"size": 1})
    counts = {each["kind"]: each["items"] for each in answer.json()["counts"]["kinds"]}
    assert counts == {"custody_review": 2, "decision_pending": 1, "consent_draft_expiring": 1}
    walked = await worklist(officer, size=1)
    assert walked == await worklist(officer)
    assert sorted(each["due_at"] for each in walked) == [each["due_at"] for each in walked]


async def test_whatever_waits_for_a_second_person_is_on_the_list_of_another(
    clients, own_suite, at_trial, trial_owner
):
    officer = clients(Role.CUSTODY_OFFICER, own_suite)
    boss = clients(Role.SUPERVISOR, own_suite, name="proposes")
    record = await eligible(officer, booking={"suite": own_suite})
    (decision,) = (
        await officer.get(f"/v1/custody-records/{record['id']}/eligibility-decisions")
    ).json()["items"]
    override = await proposed(boss, decision)
    line = (await due(officer, record))["override_waiting"]
    assert line["next_step"]["href"].startswith("/v1/overrides/"), override
    assert "override_waiting" not in await kinds(boss, record)
    draft = {"draft": True, "timepoint": "baseline"}
    begun = await post(officer, f"custody-records/{record['id']}/needs-assessments", draft)
    assert begun.status_code == 201, begun.text
    assert "needs_draft_open" not in await kinds(officer, record)
    statistician = at_trial(Role.STATISTICIAN)
    answer = await statistician.get("/v1/worklist")
    assert answer.status_code == 200, answer.text
    assert {each["kind"] for each in answer.json()["items"]} <= {"unblinding_waiting"}


async def test_a_needs_assessment_left_half_done_comes_up_after_some_days(at_trial, a_case, later):
    record, officer = await a_case("control"), at_trial()
    draft = {"draft": True, "timepoint": "baseline"}
    begun = await post(officer, f"custody-records/{record['id']}/needs-assessments", draft)
    assert begun.status_code == 201, begun.text
    assert "needs_draft_open" not in await kinds(officer, record)
    later(days=4)
    line = (await due(officer, record))["needs_draft_open"]
    assert (line["urgency"], line["due_at"]) == ("at_risk", "2026-11-10T12:00:00Z")
    assert line["next_step"]["href"] == f"/v1/needs-assessments/{begun.json()['id']}"


async def test_an_offence_that_was_put_right_after_its_disposal_is_settled(at_trial, a_case, later):
    summary = an_offence(code="CJ88116", committed_from="2026-10-31")
    record, officer = await a_case("control", offences=[summary, an_offence()]), at_trial()
    first = next(each for each in record["offences"] if each["code"] == "CJ88116")
    disposal = a_disposal(record, offence_id=first["id"])
    assert (await said(officer, record, "disposals", disposal)).status_code == 201
    right = summary | {
        "committed_from": "2026-10-30",
        "replaces": first["id"],
        "reason": "mistyped",
    }
    answer = await post(officer, f"custody-records/{record['id']}/offences", right)
    assert answer.status_code == 201, answer.text
    later(days=170)
    assert "prosecution_deadline" not in await kinds(officer, record)
