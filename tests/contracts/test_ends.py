"""The end of a contract ends its navigator's work in the same moment; what is left is others' to do."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from builders import a_key
from checkpoint.contracts.evidence.actions import excuse
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from conftest import NOON
from delivering import place, problem
from keeping import SESSIONS, agreed, moved, on, said
from meeting import CALL, PAST, became, planned
from navigating import assigned, registered
from traces import entries
from working import worklist

LATER = datetime(2026, 11, 10, 18, tzinfo=UTC)
REASON = {"happened_at": "2026-11-10T17:00:00Z"}
ENDS = {
    "withdrawal": {"reason_code": "changed_mind"},
    "closure": {"reason_code": "moved_away"},
    "completion": {"reason_code": "named_reason", "words": "Synthetic."},
}


@pytest.mark.slow
async def test_each_end_frees_the_navigator_and_closes_the_case_to_them(clients, owner):
    navigator, second = await registered(clients), clients(Role.SUPERVISOR, name="second")
    for noun, reason in ENDS.items():
        on(clients, NOON)
        contract = await agreed(clients, navigator)
        on(clients, LATER)
        by = second if noun == "completion" else navigator.client
        here = [each["custody_record_id"] for each in await navigator.caseload()]
        assert here == [contract.record["id"]]
        seen = await navigator.client.get(contract.door("").rstrip("/"))
        headers = a_key() | {"If-Match": seen.headers["etag"]}
        ended = await by.post(contract.door(noun), json=REASON | reason, headers=headers)
        # Whoever ended it hears what they did, and once more if they ask again.
        assert (ended.status_code, ended.json()["version"]) == (200, 6), ended.text
        kept = await by.post(contract.door(noun), json=REASON | reason, headers=headers)
        assert kept.json() == ended.json()
        (entry,) = await entries(owner, ended)
        assert navigator.id in [str(each) for each in entry.subject_ids]
        assert await navigator.caseload() == []
        for door in (contract.door("conditions"), place(contract.record, "sessions")):
            assert (await navigator.client.get(door)).status_code == 404
        history = (await second.get(place(contract.record, "navigator"))).json()
        assert history["assignment"] is None
        assert history["history"][0]["end_reason"] == "case_ended"


async def test_a_wait_excuses_nothing_of_a_contract_that_has_ended(clients, officer):
    navigator = await registered(clients)
    contract = await agreed(clients, navigator, SESSIONS)
    on(clients, LATER)
    ended = await moved(
        navigator.client, contract.door("closure"), None, **REASON, **ENDS["closure"]
    )
    assert ended.status_code == 200, ended.text
    held = UUID(int=1)
    async with transaction(clients.app.state.engine) as session:
        stands = await excuse(
            session,
            UUID(contract.id),
            UUID(contract.keys["sessions"]),
            (LATER.date(), None),
            instead_of=held,
            by=officer,
            at=LATER,
        )
    assert stands == held


@pytest.mark.slow
async def test_what_is_left_to_do_is_done_by_the_suite_or_by_who_is_given_the_case_again(clients):
    navigator, second = await registered(clients), clients(Role.SUPERVISOR, name="second")
    contract = await agreed(clients, navigator)
    case = contract.record
    held = (await planned(navigator.client, case, **PAST)).json()
    coming = await planned(navigator.client, case, starts_at="2026-11-10T19:00:00Z")
    assert coming.status_code == 201
    on(clients, LATER)
    reason = REASON | ENDS["withdrawal"]
    ended = (await moved(navigator.client, contract.door("withdrawal"), None, **reason)).json()
    assert [(each["step"], each["allowed"]) for each in ended["next_steps"]] == [
        ("record_outcome", False),
        ("assess_needs_at_exit", True),
    ]
    read = (await clients().get(contract.door("").rstrip("/"))).json()
    assert {each["step"]: each["allowed"] for each in read["next_steps"]} == {
        "record_outcome": True,
        "assess_needs_at_exit": True,
    }
    # What happened before the end is still entered; nobody is chased for what was planned after it.
    assert (await became(second, held, "attendance", outcome="missed")).status_code == 200
    call = await second.post(place(case, "contacts"), json=CALL, headers=a_key())
    assert call.status_code == 201, call.text
    problem(await planned(second, case, starts_at="2026-11-11T10:00:00Z"), 409, "no-navigator")
    on(clients, LATER.replace(hour=20))
    due = {
        each["kind"] for each in await worklist(second) if each["custody_record_id"] == case["id"]
    }
    assert "outcome_to_record" in due
    assert not {"no_navigator", "attendance_missing", "appointment_today"} & due
    # Somebody who worked the case to its end decides nothing of it; here under another role.
    again = await assigned(second, case, navigator)
    assert again.status_code == 201, again.text
    assert (await navigator.client.get(contract.door("conditions"))).status_code == 200
    problem(
        await said(navigator.client, contract, "condition-entries"), 422, "request-not-understood"
    )
