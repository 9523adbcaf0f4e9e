"""An arrest gets its eligibility decision, through the front door."""

from builders import KNOWN, a_booking, a_key, an_offence, booked, decided


async def test_booked_in_screened_and_decided_in_three_calls(client):
    record = await booked(client)
    assert record["screening"] is None
    assert {step["step"] for step in record["next_steps"] if step["allowed"]} == {
        "save_screening",
        "add_offence",
        "correct_person",
        "reidentify",
        "release",
        "transfer",
        "set_detention_times",
        "record_review",
        "extend_detention",
        "pause_detention",
        "save_safeguards",
        "note_not_screened",
        "change_co_accused",
    }
    screened = await client.put(
        f"/v1/custody-records/{record['id']}/screening", json=KNOWN, headers={"If-Match": '"1"'}
    )
    assert screened.status_code == 200, screened.text
    decision = await decided(client, screened.json())
    assert decision["verdict"] == "eligible"
    assert {finding["answer"] for finding in decision["findings"]} == {"met"}
    assert decision["rule_set"]["version"] == "2026-11-01"
    again = await client.get(f"/v1/eligibility-decisions/{decision['id']}")
    assert again.json() == decision | {"next_steps": again.json()["next_steps"]}


async def test_half_known_is_pending_and_says_what_is_missing(client):
    record = await booked(client, screening={"lives_in_area": True})
    decision = await decided(client, record)
    assert decision["verdict"] == "pending"
    assert "interview_stance" in {missing["fact"] for missing in decision["missing"]}
    assert decision["next_steps"][0]["missing"]


async def test_every_reason_is_told_and_not_just_the_first(client):
    worst = KNOWN | {"hate_crime": True, "co_accused": True, "interview_stance": "denied"}
    record = await booked(client, screening=worst)
    decision = await decided(client, record)
    assert decision["verdict"] == "ineligible"
    against = {f["code"] for f in decision["findings"] if f["answer"] == "not_met"}
    assert against == {"HATE", "ALONE", "INTERVIEW"}
    assert all(f["reason"] and f["source"] for f in decision["findings"])


async def test_a_fact_added_later_makes_a_new_decision_that_supersedes(client):
    record = await booked(client, screening=KNOWN | {"interview_stance": "not_interviewed"})
    first = await decided(client, record)
    assert first["verdict"] == "pending"
    interviewed = await client.put(
        f"/v1/custody-records/{record['id']}/screening", json=KNOWN, headers={"If-Match": '"1"'}
    )
    second = await decided(client, interviewed.json())
    assert (second["verdict"], second["supersedes_id"]) == ("eligible", first["id"])
    old = (await client.get(f"/v1/eligibility-decisions/{first['id']}")).json()
    assert old["superseded_by_id"] == second["id"]
    assert old["verdict"] == "pending"
    assert old["facts"]["interview_stance"] == "not_interviewed"
    listed = await client.get(f"/v1/custody-records/{record['id']}/eligibility-decisions")
    assert [item["number"] for item in listed.json()["items"]] == [2, 1]


async def test_special_terms_go_to_a_supervisor(client):
    record = await booked(client, screening=KNOWN, offences=[an_offence(code="TH68036")])
    decision = await decided(client, record)
    codes = {o["offence_class"] for o in record["offences"]}
    assert (decision["verdict"], codes) == ("refer", {"burglary_residential"})


async def test_a_released_person_can_still_be_screened_and_decided(client):
    record = await booked(client)
    released = await client.post(
        f"/v1/custody-records/{record['id']}/release",
        json={"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"},
        headers=a_key(),
    )
    assert released.json()["state"] == "released"
    refused = {s["step"]: s["why_not"] for s in released.json()["next_steps"]}
    assert refused["release"] == "The person is released already."
    screened = await client.put(
        f"/v1/custody-records/{record['id']}/screening", json=KNOWN, headers={"If-Match": '"2"'}
    )
    assert (await decided(client, screened.json()))["verdict"] == "eligible"


async def test_a_preview_says_the_same_and_records_no_decision(client):
    booking = a_booking()
    question = {
        "date_of_birth": booking["person"]["date_of_birth"],
        "arrested_at": booking["arrested_at"],
        "offences": booking["offences"],
        "screening": KNOWN,
    }
    answer = await client.post("/v1/eligibility/preview", json=question)
    assert answer.status_code == 200, answer.text
    assert answer.json()["verdict"] == "eligible"
    assert "id" not in answer.json()
