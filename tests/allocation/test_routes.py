"""The front door of allocation: drawn once, the same ever after, whoever asks and however often."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import a_key, booked, decided, eligible, released
from checkpoint.allocation.sequence import label_of, sequence
from checkpoint.foundation.actors import Role
from trialling import SEED, consenting

ARMS = sequence(
    SEED,
    label_of("TEST-TRIAL", 1, "DURHAMGATE"),
    {"treatment": 1, "control": 1},
    (4, 6, 8),
    places=400,
)


def place_of(record):
    return f"/v1/custody-records/{record['id']}/allocation"


async def drawn(client, record, decision):
    return await client.put(place_of(record), json={"eligibility_decision_id": decision["id"]})


async def test_a_case_is_drawn_once_and_every_repeat_has_the_same_arm(at_trial):
    officer = at_trial()
    record, decision = await consenting(officer)
    first = await drawn(officer, record, decision)
    assert first.status_code == 201, first.text
    told = first.json()
    assert told["trial"] == "TEST-TRIAL"
    assert told["kind"] == "test"
    assert told["stratum"] == "DURHAMGATE"
    assert told["for_this_case"] is True
    again = await drawn(officer, record, decision)
    other = await drawn(at_trial(name="colleague"), record, decision)
    read = await at_trial(Role.SUPERVISOR).get(place_of(record))
    assert [a.status_code for a in (again, other, read)] == [200, 200, 200]
    assert again.json() == other.json() == read.json() == told


async def test_arms_come_in_the_order_that_was_sealed(at_trial, trial_owner):
    officer = at_trial()
    for _ in range(5):
        record, decision = await consenting(officer)
        told = (await drawn(officer, record, decision)).json()
        async with trial_owner.connect() as connection:
            query = sa.text("SELECT place FROM allocation WHERE id = :id")
            place = (await connection.execute(query, {"id": told["id"]})).scalar_one()
        assert told["arm"] == ARMS[place - 1]


async def test_the_same_person_on_another_record_has_the_first_arm(at_trial):
    officer = at_trial()
    record, decision = await consenting(officer)
    first = (await drawn(officer, record, decision)).json()
    await released(officer, record)
    again, later = await consenting(
        officer, booking={"person": ..., "person_id": record["person"]["id"]}
    )
    answer = await drawn(officer, again, later)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["id"], told["arm"]) == (first["id"], first["arm"])
    assert told["for_this_case"] is False
    assert told["custody_record_id"] == record["id"]


async def test_without_consent_nothing_is_drawn(at_trial):
    officer = at_trial()
    record = await eligible(officer)
    listed = await officer.get(f"/v1/custody-records/{record['id']}/eligibility-decisions")
    answer = await drawn(officer, record, listed.json()["items"][0])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/consent-needed")
    assert answer.json()["missing"] == ["programme", "research"]
    assert (await officer.get(place_of(record))).status_code == 404


async def test_without_consent_to_the_research_nothing_is_drawn(at_trial):
    officer = at_trial()
    record, decision = await consenting(
        officer, research={"answer": "declined", "reason_code": "no_reason_given"}
    )
    answer = await drawn(officer, record, decision)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/consent-needed")
    assert answer.json()["missing"] == ["research"]


async def test_without_an_eligible_decision_nothing_is_drawn(at_trial):
    officer = at_trial()
    record = await booked(officer)
    for decision in ({"id": str(uuid4())}, await decided(officer, record)):
        answer = await drawn(officer, record, decision)
        assert (answer.status_code, answer.json()["type"]) == (
            409,
            "/problems/eligible-decision-needed",
        )


async def test_a_superseded_decision_draws_nothing_and_names_the_present_one(at_trial):
    officer = at_trial()
    record, decision = await consenting(officer)
    present = await decided(officer, record)
    answer = await drawn(officer, record, decision)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/decision-superseded")
    assert answer.json()["present"] == present["id"]


async def test_somebody_else_s_case_is_not_there(at_trial):
    record, decision = await consenting(at_trial())
    stranger = at_trial(Role.CUSTODY_OFFICER, "PETERLEE")
    assert (await drawn(stranger, record, decision)).status_code == 404
    assert (await stranger.get(place_of(record))).status_code == 404


@pytest.mark.parametrize("body", [{}, {"eligibility_decision_id": "x"}, {"arm": "treatment"}, []])
async def test_a_body_that_says_something_else_is_refused(at_trial, body):
    record, _ = await consenting(at_trial())
    answer = await at_trial().put(place_of(record), json=body)
    assert answer.status_code == 422


async def test_where_a_trial_is_open_nobody_is_enrolled_past_it(at_trial):
    officer = at_trial()
    record, decision = await consenting(officer)
    answer = await officer.put(
        f"/v1/custody-records/{record['id']}/enrolment",
        json={"eligibility_decision_id": decision["id"]},
    )
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/trial-is-open")


async def test_whoever_has_seen_the_arm_does_not_annotate(at_trial):
    officer = at_trial()
    record, decision = await consenting(officer)
    await drawn(officer, record, decision)
    seen, blind = at_trial(Role.SUPERVISOR, name="seen"), at_trial(Role.SUPERVISOR, name="blind")
    await seen.get(place_of(record))
    note = {"kind": "ineligible_afterwards", "words": "The offence was elsewhere."}
    place = f"{place_of(record)}/annotations"
    refused = await seen.post(place, json=note, headers=a_key())
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-blind-to-arm")
    answer = await blind.post(place, json=note, headers=a_key())
    assert answer.status_code == 201, answer.text
    listed = (await blind.get(place)).json()["items"]
    assert [item["kind"] for item in listed] == ["ineligible_afterwards"]
    assert "arm" not in answer.text
    assert (await drawn(officer, record, decision)).status_code == 200


async def test_a_case_without_allocation_has_none_to_annotate(at_trial):
    record, _ = await consenting(at_trial())
    note = {"kind": "other", "words": "Something."}
    answer = await at_trial(Role.SUPERVISOR).post(
        f"{place_of(record)}/annotations", json=note, headers=a_key()
    )
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/allocation-not-found")


async def test_trials_and_phases_are_read_by_anybody_and_give_no_list_away(at_trial):
    for role in (Role.CUSTODY_OFFICER, Role.EVALUATOR, Role.TRIAL_MANAGER, Role.NAVIGATOR):
        client = at_trial(role)
        trial = (await client.get("/v1/trials/TEST-TRIAL")).json()
        assert (trial["state"], trial["ratio"]) == ("open", {"treatment": 1, "control": 1})
        listed = (await client.get("/v1/trials")).json()["items"]
        assert "TEST-TRIAL" in [each["code"] for each in listed]
        phases = (await client.get("/v1/reference/programme-phases")).json()["items"]
        assert ("DARLINGTON", "2015-04-07") in [(p["suite"], p["live_from"]) for p in phases]
    assert (await at_trial().get("/v1/trials/NONE")).status_code == 404
