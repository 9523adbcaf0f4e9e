"""Contacts with the person, attempts at them, and written warnings."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import a_key
from checkpoint.foundation import clock
from delivering import problem
from meeting import CALL, CANCEL, PAST, WARN, became, on_record, planned
from navigating import here
from traces import counts, entries

TABLES = (
    "appointment",
    "appointment_cancellation",
    "attendance",
    "person_contact",
    "written_warning",
    "warning_ground",
    "appointment_feed",
)


async def told(client, record, noun, **body):
    return await client.post(here(record, noun), json=body, headers=a_key())


async def test_the_first_contact_is_in_time_once_somebody_answered(
    at_trial, worked, a_navigator, trial_owner
):
    record, navigator = await worked()
    client, stranger = navigator.client, await a_navigator()
    first = (await on_record(client, record))["first_contact"]
    assert first == {"due_at": "2026-11-06T12:00:00Z", "made_at": None, "overdue": False}
    tried = await told(client, record, "contacts", **CALL, words="Rang twice.")
    assert (tried.status_code, tried.json()["sought_by"]) == (201, "navigator"), tried.text
    assert (tried.json()["words"], tried.json()["entered_late"]) == ("Rang twice.", False)
    (entry,) = await entries(trial_owner, tried)
    assert (entry.event, entry.subject_kind) == ("contact.recorded", "person_contact")
    assert (await on_record(client, record))["first_contact"]["made_at"] is None
    reached = CALL | {"attempted_at": "2026-11-03T08:00:00Z", "result": "reached"}
    answer = await told(client, record, "contacts", **reached, sought_by="person")
    assert (answer.json()["entered_late"], answer.json()["sought_by"]) == (True, "person")
    found = await on_record(client, record)
    assert found["first_contact"]["made_at"] == reached["attempted_at"]
    assert [each["result"] for each in found["contacts"]] == ["no_answer", "reached"]
    assert found["silence"] == {
        "last_on": "2026-11-03",
        "worrying_from": "2026-11-17",
        "worrying": False,
    }

    async def later():
        return datetime(2026, 11, 20, 12, tzinfo=UTC)

    at_trial.app.dependency_overrides[clock.now] = later
    assert (await on_record(client, record))["silence"]["worrying"] is True
    problem(
        await told(stranger.client, record, "contacts", **CALL), 404, "custody-record-not-found"
    )


async def test_a_contact_or_warning_that_cannot_have_been_is_refused(worked, trial_owner):
    record, navigator = await worked()
    before = await counts(trial_owner, "person_contact", "written_warning", "warning_ground")
    held = (await planned(navigator.client, record, **PAST)).json()
    for noun, field, body in (
        ("contacts", "attempted_at", CALL),
        ("warnings", "issued_at", WARN | {"appointments": [held["id"]]}),
    ):
        for moment, code in (
            ("2026-11-03T12:06:00Z", "in-the-future"),
            ("2026-11-02T21:39:00Z", "before-the-arrest"),
        ):
            answer = await told(navigator.client, record, noun, **body | {field: moment})
            (fault,) = problem(answer, 422, "rule-broken")["errors"]
            assert (fault["pointer"], fault["code"]) == (f"#/{field}", code)
    for grounds, code in (
        ({"appointments": [held["id"]]}, "nothing-to-warn-of"),
        ({"appointments": [str(uuid4())]}, "appointment-not-here"),
        ({"conditions": [str(uuid4())]}, "condition-not-here"),
    ):
        answer = await told(navigator.client, record, "warnings", **WARN, **grounds)
        assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == code
    assert (await told(navigator.client, record, "warnings", **WARN)).status_code == 422
    after = await counts(trial_owner, "person_contact", "written_warning", "warning_ground")
    assert after == before


@pytest.mark.slow
async def test_a_warning_says_what_it_is_for_and_belongs_to_the_contract(a_bench, owner):
    bench = await a_bench()
    client, record = bench.navigator.client, bench.record
    missed = (await planned(client, record, **PAST)).json()
    assert (await became(client, missed, "attendance", outcome="missed")).status_code == 200
    first = await told(client, record, "warnings", **WARN, appointments=[missed["id"]] * 2)
    assert first.status_code == 201, first.text
    assert (first.json()["number"], first.json()["contract_id"]) == (1, None)
    assert (first.json()["appointments"], first.json()["conditions"]) == ([missed["id"]], [])
    (entry,) = await entries(owner, first)
    assert entry.event == "warning.issued"
    condition = (await bench.draft()).json()["terms"]["conditions"][0]["id"]
    body = WARN | {"appointments": [missed["id"]], "conditions": [condition]}
    for step in (bench.post("offer"), bench.sign_all()):
        unsigned = await told(client, record, "warnings", **body)
        refused = problem(unsigned, 409, "contract-not-running")
        assert "Have all three sign it first." in refused["detail"]
        await step
    other = await told(client, record, "warnings", **body | {"conditions": [bench.contract["id"]]})
    assert problem(other, 422, "rule-broken")["errors"][0]["code"] == "condition-not-here"
    second = await told(client, record, "warnings", **body)
    assert (second.json()["number"], second.json()["contract_id"]) == (2, bench.contract["id"])
    assert second.json()["conditions"] == [condition]
    session = (await planned(client, record)).json()
    assert session["contract_id"] == bench.contract["id"]
    found = await on_record(client, record)
    assert [each["number"] for each in found["warnings"]] == [2, 1]
    assert [found[name][0]["planned"] for name in ("doses", "contract_doses")] == [2, 1]
    assert (await bench.take("closure", "moved_away", by=bench.boss)).status_code == 200
    again = {"navigator_id": bench.navigator.id}
    door = f"/v1/custody-records/{record['id']}/navigator"
    assert (await bench.boss.post(door, json=again, headers=a_key())).status_code == 201
    ended = problem(await told(client, record, "warnings", **body), 409, "contract-not-running")
    assert "It has ended." in ended["detail"]


@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
async def test_not_even_the_owner_changes_what_was_entered(worked, trial_owner, change):
    record, navigator = await worked()
    client = navigator.client
    missed = (await planned(client, record, **PAST)).json()
    ahead = (await planned(client, record)).json()
    for answer in (
        await became(client, ahead, "cancellation", **CANCEL),
        await became(client, missed, "attendance", outcome="missed"),
        await told(client, record, "contacts", **CALL),
        await told(client, record, "warnings", **WARN, appointments=[missed["id"]]),
        await client.put("/v1/me/appointment-feed"),
    ):
        assert answer.status_code in (200, 201), answer.text
    for table in TABLES:
        async with trial_owner.connect() as connection:
            with pytest.raises(sa.exc.DBAPIError, match=r"append-only|truncate"):
                await connection.execute(sa.text(change.format(table)))
