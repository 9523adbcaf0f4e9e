"""Entries of victims that should not have been made; and how many one record takes."""

import asyncio

import pytest

from builders import booked, make_person, make_record
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.foundation.database import insert, transaction
from checkpoint.victims import actions, queries
from checkpoint.victims.schemas import WithdrawVictim
from checkpoint.victims.tables import Victim
from conftest import NOON
from harm import CONTACT, TOLD, VIEWS, added, harmed, listed, post
from traces import entries


async def withdraw(client, victim, reason="wrong_person"):
    return await post(client, f"victims/{victim['id']}/withdrawal", {"reason": reason})


async def test_a_wrong_entry_is_withdrawn_and_no_longer_counts_but_can_be_read(client, owner):
    record = await booked(client)
    wrong, right = await added(client, record), await added(client, record)
    await post(client, f"victims/{wrong['id']}/contact-attempts", CONTACT)
    before = (await post(client, f"victims/{wrong['id']}/notifications", TOLD)).json()
    release = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "under_investigation"}
    await post(client, f"custody-records/{record['id']}/release", release)
    answer = await withdraw(client, wrong)
    gone = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/v1/victims/{wrong['id']}")
    said = gone["withdrawn"]
    assert (said["reason"], said["withdrawn_at"]) == ("wrong_person", "2026-11-03T12:00:00Z")
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.operation) == ("victim.withdrawn", "alteration")
    assert str(entry.actor_id) == said["withdrawn_by"]
    assert gone["contact_attempts"] == before["contact_attempts"]
    (told,) = gone["notifications"]
    assert (told["told_at"], told["due_on"], told["overdue"]) == (TOLD["told_at"], None, False)
    assert {step["why_not"] for step in gone["next_steps"]} == {"This entry was withdrawn."}
    assert (await client.get(f"/v1/victims/{wrong['id']}")).json() == gone
    assert [victim["id"] for victim in await listed(client, record)] == [right["id"]]
    address = f"/v1/custody-records/{record['id']}/victims?include_withdrawn=true"
    everybody = (await client.get(address)).json()["items"]
    assert [victim["withdrawn"] for victim in everybody] == [said, None]


async def test_a_withdrawn_entry_takes_nothing_more_and_its_person_may_be_entered_again(client):
    record = await booked(client)
    victim = await added(client, record)
    assert (await withdraw(client, victim)).status_code == 201
    for answer in (
        await withdraw(client, victim, "entered_twice"),
        await post(client, f"victims/{victim['id']}/contact-attempts", CONTACT),
        await post(client, f"victims/{victim['id']}/views", VIEWS),
        await post(client, f"victims/{victim['id']}/notifications", TOLD),
    ):
        assert (answer.status_code, answer.json()["errorCode"]) == (409, "victim-withdrawn")
    again = await added(client, record, person=None, person_id=victim["person"]["id"])
    assert (again["withdrawn"], again["id"] == victim["id"]) == (None, False)


async def test_two_who_withdraw_one_entry_at_once_withdraw_it_once(client, owner):
    victim = await added(client, await booked(client))
    answers = await asyncio.gather(*(withdraw(client, victim) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_full_record_or_victim_takes_no_more_and_says_what_to_do(client, monkeypatch):
    record = await booked(client)
    victim, wrong = await added(client, record), await added(client, record)
    await withdraw(client, wrong, "entered_twice")
    here = f"victims/{victim['id']}"
    doors = {"VICTIMS": (2, f"custody-records/{record['id']}/victims", harmed())}
    for name, noun, body in (
        ("CONTACTS", "contact-attempts", CONTACT),
        ("VIEWS", "views", VIEWS),
        ("NOTIFICATIONS", "notifications", TOLD),
    ):
        doors[name] = (1, f"{here}/{noun}", body)
        assert (await post(client, f"{here}/{noun}", body)).status_code == 201
    for name, (most, address, body) in doors.items():
        monkeypatch.setattr(actions, f"MOST_{name}", most)
        full = await post(client, address, body)
        told = full.json()
        assert (full.status_code, told["errorCode"]) == (409, "custody-record-full"), told
        assert (told["limit"], f"{most} is the most." in told["detail"]) == (most, True)


async def test_nothing_is_withdrawn_that_cannot_be_recorded(without_ledger, officer):
    async with transaction(without_ledger) as session:
        record, person = await make_record(session), await make_person(session)
        await insert(session, entry := a_victim(record, person))
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            why = WithdrawVictim(reason="not_harmed")
            await actions.withdraw(session, entry.id, why, by=officer, at=NOON)
    async with transaction(without_ledger) as session:
        assert [each.id for each in await queries.of_record(session, record.id)] == [entry.id]


def a_victim(record, person):
    return Victim(
        custody_record_id=record.id, person_id=person.id, added_at=NOON, added_by=person.id
    )
