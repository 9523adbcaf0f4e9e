"""Who is started on the programme, and who is told what."""

import pytest

from builders import WITHDRAWAL, a_key, booked, eligible, released
from checkpoint.foundation.actors import Rank, Role
from checkpoint.foundation.clock import utc_now
from delivering import DEVIATED, PROPOSED, STARTED, place, problem, said
from trialling import consenting


async def test_a_treatment_case_is_started_once(at_trial, a_case):
    record, officer = await a_case("treatment"), at_trial()
    answer = await said(officer, record, "programme-start", STARTED)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["delivered"] == "treatment"
    assert told["start"]["started_at"] == "2026-11-03T12:00:00Z"
    assert (told["start"]["crossover_id"], told["start"]["entered_late"]) == (None, False)
    again = await said(officer, record, "programme-start", STARTED)
    problem(again, 409, "programme-started-already")
    assert (await officer.get(place(record, "delivery"))).json() == told


async def test_a_retried_start_is_one_start(at_trial, a_case):
    record, officer = await a_case("treatment"), at_trial()
    key = a_key()
    one, other = [
        await officer.post(place(record, "programme-start"), json=STARTED, headers=key)
        for _ in range(2)
    ]
    assert (one.status_code, one.json()) == (other.status_code, other.json())


async def test_a_control_case_is_not_started(at_trial, a_case):
    record, officer = await a_case("control"), at_trial()
    answer = await said(officer, record, "programme-start", STARTED)
    assert problem(answer, 409, "control-not-startable")["crossover"] == "none"
    assert (await officer.get(place(record, "delivery"))).json()["delivered"] == "none_yet"


async def test_a_control_case_is_started_after_a_crossover_by_two(at_trial, a_case, supervisor):
    record, officer = await a_case("control"), at_trial()
    first, second = await supervisor(record, "first"), await supervisor(record, "second")
    proposed = await said(first, record, "crossovers", PROPOSED)
    assert proposed.status_code == 201, proposed.text
    crossover = proposed.json()["crossovers"][0]
    assert (crossover["number"], crossover["outcome"]) == (1, None)
    assert crossover["proposed_rank"] == "inspector"
    answer = await said(officer, record, "programme-start", STARTED)
    assert problem(answer, 409, "control-not-startable")["crossover"] == "proposed"
    door = f"/v1/crossovers/{crossover['id']}/confirmation"
    problem(await first.post(door, headers=a_key()), 403, "second-person-needed")
    confirmed = await second.post(door, headers=a_key())
    assert confirmed.status_code == 200, confirmed.text
    assert confirmed.json()["crossovers"][0]["outcome"] == "confirmed"
    problem(await second.post(door, headers=a_key()), 409, "crossover-step-not-allowed")
    problem(await said(first, record, "crossovers", PROPOSED), 409, "crossover-step-not-allowed")
    before = {"started_at": "2026-11-03T11:00:00Z"}
    answer = await said(officer, record, "programme-start", before)
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "started-before-allowed"
    started = await said(officer, record, "programme-start", STARTED)
    assert started.status_code == 201, started.text
    assert started.json()["start"]["crossover_id"] == crossover["id"]
    assert started.json()["delivered"] == "treatment"
    allocated = await officer.get(place(record, "allocation"))
    assert allocated.json()["arm"] == "control"
    problem(await said(first, record, "crossovers", PROPOSED), 409, "programme-started-already")


async def test_a_declined_crossover_allows_nothing_and_another_may_be_proposed(
    at_trial, a_case, supervisor
):
    record, officer = await a_case("control"), at_trial()
    first, second = await supervisor(record, "first"), await supervisor(record, "second")
    crossover = (await said(first, record, "crossovers", PROPOSED)).json()["crossovers"][0]
    door = f"/v1/crossovers/{crossover['id']}/refusal"
    assert (await second.post(door, json={}, headers=a_key())).status_code == 422
    declined = await second.post(door, json={"words": "It will wait."}, headers=a_key())
    assert declined.json()["crossovers"][0]["answer_words"] == "It will wait."
    answer = await said(officer, record, "programme-start", STARTED)
    assert problem(answer, 409, "control-not-startable")["crossover"] == "declined"
    again = await said(first, record, "crossovers", PROPOSED)
    assert [each["number"] for each in again.json()["crossovers"]] == [2, 1]


async def test_a_crossover_is_for_an_inspector_or_above(at_trial, a_case):
    record = await a_case("control")
    issuer = at_trial.app.state.local_issuer
    token = issuer.token(
        Role.SUPERVISOR, ["DURHAMGATE"], name="low", at=utc_now(), rank=Rank.SERGEANT
    )
    sergeant = at_trial.bare(Authorization=f"Bearer {token}")
    await sergeant.get(place(record, "allocation"))
    problem(await said(sergeant, record, "crossovers", PROPOSED), 403, "rank-too-low")


async def test_a_treatment_case_needs_no_crossover(a_case, supervisor):
    record = await a_case("treatment")
    first = await supervisor(record, "first")
    problem(await said(first, record, "crossovers", PROPOSED), 409, "not-a-control-case")


async def test_a_treatment_case_that_went_the_control_s_way_is_recorded_so(at_trial, a_case):
    record, officer = await a_case("treatment"), at_trial()
    answer = await said(officer, record, "deviations", DEVIATED)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["delivered"], told["deviation"]["reason"]) == ("control", "Prosecuted instead")
    problem(await said(officer, record, "deviations", DEVIATED), 409, "deviation-not-possible")
    assert (await officer.get(place(record, "allocation"))).json()["arm"] == "treatment"
    started = await said(officer, record, "programme-start", STARTED)
    assert started.json()["delivered"] == "treatment"


async def test_neither_a_control_case_nor_a_started_one_deviates(at_trial, a_case):
    officer = at_trial()
    control, started = await a_case("control"), await a_case("treatment")
    await said(officer, started, "programme-start", STARTED)
    for record in (control, started):
        answer = await said(officer, record, "deviations", DEVIATED)
        problem(answer, 409, "deviation-not-possible")


async def test_a_case_that_is_not_in_the_programme_is_not_started(at_trial):
    officer = at_trial()
    for record in (await booked(officer), await eligible(officer)):
        for noun, body in (("programme-start", STARTED), ("deviations", DEVIATED)):
            problem(await said(officer, record, noun, body), 409, "not-in-programme")
        problem(await officer.get(place(record, "delivery")), 409, "not-in-programme")


async def test_a_later_case_of_somebody_allocated_is_not_started(at_trial, a_case):
    officer, first = at_trial(), await a_case("treatment")
    await released(officer, first)
    later, decision = await consenting(
        officer, booking={"person": ..., "person_id": first["person"]["id"]}
    )
    body = {"eligibility_decision_id": decision["id"]}
    assert (await officer.put(place(later, "allocation"), json=body)).status_code == 200
    problem(await said(officer, later, "programme-start", STARTED), 409, "not-in-programme")


async def withdrawn(officer, record, at):
    listed = (await officer.get(place(record, "consents"))).json()
    answer = await officer.post(
        f"/v1/consents/{listed['items'][0]['id']}/withdrawals",
        json=WITHDRAWAL | {"kind": "programme", "withdrawn_at": at},
        headers=a_key(),
    )
    assert answer.status_code in (200, 201), answer.text


@pytest.mark.parametrize("at", ["2026-11-03T11:30:00Z", STARTED["started_at"]])
async def test_whoever_took_consent_back_is_not_started(at_trial, a_case, at):
    record, officer = await a_case("treatment"), at_trial()
    await withdrawn(officer, record, at)
    answer = await said(officer, record, "programme-start", STARTED)
    assert problem(answer, 409, "consent-needed")["missing"] == ["programme"]


async def test_a_start_before_consent_was_taken_back_may_still_be_entered(at_trial, a_case):
    record, officer = await a_case("treatment"), at_trial()
    await withdrawn(officer, record, "2026-11-03T12:04:00Z")
    answer = await said(officer, record, "programme-start", STARTED | {"late_reason": "busy"})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"started_at": 1}, 422),
        ({"started_at": "2026-11-03T12:00:00"}, 422),
        (STARTED | {"arm": "treatment"}, 422),
        ({"started_at": "2026-11-03T13:00:00Z"}, 422),
        ({"started_at": "2026-11-03T11:00:00Z"}, 422),
        (STARTED | {"late_reason": "forgot"}, 422),
    ],
)
async def test_a_start_that_cannot_be_changes_nothing(at_trial, a_case, body, status):
    record, officer = await a_case("treatment"), at_trial()
    answer = await said(officer, record, "programme-start", body)
    assert answer.status_code == status, answer.text
    assert (await officer.get(place(record, "delivery"))).json()["start"] is None


async def test_somebody_else_s_case_is_not_there(at_trial, a_case, supervisor):
    record = await a_case("control")
    first = await supervisor(record, "first")
    crossover = (await said(first, record, "crossovers", PROPOSED)).json()["crossovers"][0]
    stranger = at_trial(Role.SUPERVISOR, "PETERLEE", name="stranger")
    for noun, body in (
        ("programme-start", STARTED),
        ("crossovers", PROPOSED),
        ("deviations", DEVIATED),
    ):
        answer = await said(stranger, record, noun, body)
        problem(answer, 404, "custody-record-not-found")
    problem(await stranger.get(place(record, "delivery")), 404, "custody-record-not-found")
    door = f"/v1/crossovers/{crossover['id']}/confirmation"
    problem(await stranger.post(door, headers=a_key()), 404, "crossover-not-found")


async def test_nobody_who_has_not_read_the_arm_can_tell_it_from_an_answer(
    at_trial, a_case, supervisor
):
    told = []
    for arm in ("treatment", "control"):
        record = await a_case(arm)
        blind = at_trial(Role.SUPERVISOR, name=f"blind to {arm}")
        answers = [
            await said(blind, record, "programme-start", STARTED),
            await said(blind, record, "crossovers", PROPOSED),
            await said(blind, record, "deviations", DEVIATED),
            await blind.get(place(record, "delivery")),
        ]
        for answer in answers:
            problem(answer, 409, "arm-not-read")
            assert arm not in answer.text
        told.append([{k: v for k, v in a.json().items() if k in SAME} for a in answers])
    assert told[0] == told[1]


SAME = {"type", "title", "status", "detail"}


async def test_roles_that_may_not_read_arms_are_told_none(at_trial, a_case):
    for arm in ("treatment", "control"):
        record = await a_case(arm)
        for role in (Role.NAVIGATOR, Role.TRIAL_MANAGER, Role.EVALUATOR, Role.STATISTICIAN):
            client = at_trial(role)
            answers = [
                await said(client, record, "programme-start", STARTED),
                await said(client, record, "crossovers", PROPOSED),
                await said(client, record, "deviations", DEVIATED),
                await client.get(place(record, "delivery")),
                await client.get(place(record, "disposals")),
                await client.get("/v1/disposals-due"),
            ]
            assert {answer.status_code for answer in answers} == {403}
            assert not any("control" in a.text or "treatment" in a.text for a in answers)
