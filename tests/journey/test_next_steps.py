"""What may be done next, who am I, and the ledger by person or by reference."""

from builders import KNOWN, booked, decided
from checkpoint.access.permissions import GRANTS
from checkpoint.foundation.actors import Role


async def test_next_steps_come_from_every_room_with_what_is_missing(client):
    record = await booked(client, screening={"lives_in_area": True})
    await decided(client, record)
    answer = await client.get(f"/v1/custody-records/{record['id']}/next-steps")
    steps = {step["step"]: step for step in answer.json()["next_steps"]}
    assert steps.keys() == {
        "save_screening",
        "add_offence",
        "correct_person",
        "reidentify",
        "release",
        "transfer",
        "take_back",
        "attend_voluntarily",
        "set_detention_times",
        "record_review",
        "extend_detention",
        "pause_detention",
        "save_safeguards",
        "note_not_screened",
        "change_co_accused",
        "vary_bail",
        "withdraw_movement",
        "decide_eligibility",
    }
    assert "screening.interview_stance" in steps["decide_eligibility"]["missing"]


async def test_a_supervisor_is_told_why_they_take_no_step(client, clients):
    record = await booked(client)
    answer = await clients(Role.SUPERVISOR).get(f"/v1/custody-records/{record['id']}/next-steps")
    assert all(not step["allowed"] and step["why_not"] for step in answer.json()["next_steps"])


async def test_a_case_elsewhere_has_no_next_steps_to_show(client, clients):
    record = await booked(client)
    stranger = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    answer = await stranger.get(f"/v1/custody-records/{record['id']}/next-steps")
    assert answer.status_code == 404


async def test_anybody_may_ask_who_they_are(clients):
    answer = await clients(Role.NAVIGATOR, "PETERLEE").get("/v1/me")
    assert answer.json()["role"] == "navigator"
    assert answer.json()["suites"] == ["PETERLEE"]
    assert answer.json()["permissions"] == sorted(GRANTS[Role.NAVIGATOR])


async def test_the_ledger_by_person_tells_all_that_was_done_and_seen_of_them(client, clients):
    record = await booked(client)
    screened = await client.put(
        f"/v1/custody-records/{record['id']}/screening", json=KNOWN, headers={"If-Match": '"1"'}
    )
    decision = await decided(client, screened.json())
    supervisor = clients(Role.SUPERVISOR)
    await supervisor.get(f"/v1/eligibility-decisions/{decision['id']}")
    await client.get("/v1/custody-records")
    stranger = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="stranger")
    await stranger.get(f"/v1/custody-records/{record['id']}")
    auditor = clients(Role.AUDITOR)
    by_person = await auditor.get("/v1/ledger-entries", params={"subject": record["person"]["id"]})
    told = [entry["event"] for entry in reversed(by_person.json()["items"])]
    assert told == [
        "custody.opened",
        "custody.screened",
        "eligibility.decided",
        "eligibility.read",
        "custody.listed",
        "request.refused",
    ]
    by_reference = await auditor.get(
        "/v1/ledger-entries", params={"reference": record["reference"].lower()}
    )
    again = [entry["event"] for entry in reversed(by_reference.json()["items"])]
    assert again[: len(told)] == told


async def test_a_reference_that_nobody_bears_finds_nothing(clients):
    answer = await clients(Role.AUDITOR).get(
        "/v1/ledger-entries", params={"reference": "CP-0000-0000-0"}
    )
    assert answer.json()["items"] == []
