"""Work with victims, through the front door."""

import asyncio
from uuid import UUID

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from builders import a_person, a_pnc_id, an_offence, booked, make_person, make_record
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.custody import queries as custody
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.people import queries as people
from checkpoint.victims import actions, queries
from checkpoint.victims.schemas import AddVictim
from conftest import NOON
from harm import CONTACT, TOLD, VIEWS, add, added, listed, post
from traces import entries


def fault(answer):
    assert answer.status_code == 422, answer.text
    (found,) = answer.json()["errors"]
    return found["pointer"], found["code"]


async def test_a_victim_is_put_on_the_record_with_what_they_suffered(client, owner):
    record = await booked(client)
    offences = [record["offences"][0]["id"]]
    answer = await add(client, record, offences=offences * 2, vulnerable=True)
    victim = answer.json()
    assert (victim["offences"], victim["vulnerable"]) == (offences, True)
    assert victim["person"]["family_name"] == "Testvictim"
    assert answer.headers["location"] == f"/v1/victims/{victim['id']}"
    (entry,) = await entries(owner, answer)
    assert entry.event == "victim.added"
    ids = [victim["id"], record["id"], victim["person"]["id"]]
    assert [str(id) for id in entry.subject_ids] == ids
    assert (await client.get(answer.headers["location"])).json() == victim
    assert await listed(client, record) == [victim]


async def test_a_victim_of_an_offence_that_was_put_right_is_one_of_the_offence_that_stands(client):
    record = await booked(client)
    other = an_offence(code="TH68036")
    two = (await post(client, f"custody-records/{record['id']}/offences", other)).json()
    first, second = [offence["id"] for offence in two["offences"]]
    both = await added(client, record, offences=[first, second])
    one = await added(client, record, offences=[second])
    standing = first
    for day in ("2026-10-31", "2026-10-30"):  # put right, and put right again
        right = an_offence(committed_from=day, replaces=standing, reason="mistyped")
        record = (await post(client, f"custody-records/{record['id']}/offences", right)).json()
        (standing,) = {offence["id"] for offence in record["offences"]} - {second}
    shown = {victim["id"]: victim["offences"] for victim in await listed(client, record)}
    assert shown == {both["id"]: sorted([second, standing]), one["id"]: [second]}
    read = (await client.get(f"/v1/victims/{both['id']}")).json()
    assert read["offences"] == shown[both["id"]]
    assert (await add(client, record, offences=[first])).status_code == 422


async def test_a_business_is_a_victim_by_the_person_who_speaks_for_it(client):
    record = await booked(client)
    shop = await added(client, record, business_name="Example Stores", contact_role="Manager")
    assert (shop["business_name"], shop["contact_role"]) == ("Example Stores", "Manager")
    answer = await add(client, record, contact_role="Manager")
    assert fault(answer) == ("#/", "value-error")
    id = shop["person"]["id"]
    same = await add(client, record, person=None, person_id=id, business_name="Example Stores")
    assert fault(same) == ("#/person_id", "victim-already")
    await added(client, record, person=None, person_id=id)


async def test_a_victim_here_may_be_a_suspect_there_but_not_on_one_record(client):
    theirs = await booked(client, person=a_person(pnc_id=a_pnc_id(7_900_771)))
    record = await booked(client)
    suspect = theirs["person"]["id"]
    victim = await added(client, record, person=None, person_id=suspect)
    assert victim["person"]["id"] == suspect
    own = await add(client, theirs, person=None, person_id=suspect)
    assert fault(own) == ("#/person_id", "suspect-here")
    known = await add(client, record, person=a_person(pnc_id=a_pnc_id(7_900_771)))
    assert (known.status_code, known.json()["person_id"]) == (409, suspect)


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"person": None}, ("#/", "value-error")),
        ({"offences": ["0190b3a0-0000-7000-8000-000000000000"]}, ("#/offences/0", "offence-not-here")),
    ],
)  # fmt: skip
async def test_a_victim_that_cannot_be_is_refused(client, overrides, expected):
    record = await booked(client)
    assert fault(await add(client, record, **overrides)) == expected


async def test_attempts_to_reach_a_victim_are_kept_and_nothing_waits_for_them(client, owner):
    record = await booked(client)
    victim = await added(client, record)
    here = f"victims/{victim['id']}/contact-attempts"
    await post(client, here, CONTACT)
    early = {"attempted_at": "2026-11-02T23:30:00Z", "result": "unreachable", "late_reason": "busy"}
    answer = await post(client, here, CONTACT | early)
    attempts = answer.json()["contact_attempts"]
    assert [attempt["result"] for attempt in attempts] == ["unreachable", "no_answer"]
    assert [attempt["entered_late"] for attempt in attempts] == [True, False]
    (entry,) = await entries(owner, answer)
    assert entry.event == "victim.contacted"


async def test_what_a_victim_says_is_kept_each_time_and_the_last_counts(client, session):
    record = await booked(client)
    victim = await added(client, record, vulnerable=False)
    here = f"victims/{victim['id']}/views"
    await post(client, here, VIEWS | {"vulnerable": True})
    later = VIEWS | {"stance": "supports", "restorative_wish": "wishes"}
    answer = (await post(client, here, later)).json()
    assert [(said["number"], said["stance"]) for said in answer["views"]] == [
        (1, "opposes"),
        (2, "supports"),
    ]
    assert answer["vulnerable"] is True
    asked = await queries.views_of(session, UUID(victim["id"]))
    assert asked[-1].restorative_wish == "wishes"


async def test_who_must_be_told_what_by_when_in_working_days(client):
    record = await booked(client)  # arrested on a Monday evening
    usual = await added(client, record, vulnerable=False)
    vulnerable = await added(client, record, vulnerable=True)
    release = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "under_investigation"}
    await post(client, f"custody-records/{record['id']}/release", release)
    due = {
        victim["id"]: [(n["what"], n["due_on"], n["overdue"]) for n in victim["notifications"]]
        for victim in await listed(client, record)
    }
    assert due[usual["id"]] == [
        ("arrested", "2026-11-09", False),
        ("released_under_investigation", "2026-11-10", False),
    ]
    assert due[vulnerable["id"]] == [
        ("arrested", "2026-11-03", False),
        ("released_under_investigation", "2026-11-04", False),
    ]


async def test_whoever_was_told_is_no_longer_due(client, owner):
    record = await booked(client)
    victim = await added(client, record)
    here = f"victims/{victim['id']}/notifications"
    answer = await post(client, here, TOLD)
    (told,) = answer.json()["notifications"]
    assert (told["told_at"], told["channel"], told["overdue"]) == (
        TOLD["told_at"],
        "telephone",
        False,
    )
    decision = {"what": "out_of_court_decision", "happened_at": "2026-11-03T08:00:00Z"}
    more = (await post(client, here, TOLD | decision)).json()["notifications"]
    assert [each["what"] for each in more] == ["arrested", "out_of_court_decision"]
    (entry,) = await entries(owner, answer)
    assert entry.event == "victim.notified"


async def test_what_was_told_too_late_stays_overdue(client, clients, app):
    record = await booked(
        client, arrested_at="2026-10-26T21:40:00Z", arrived_at="2026-10-26T22:00:00Z",
        offences=[{"code": "TH68010", "committed_from": "2026-10-26"}],
    )  # fmt: skip
    victim = await added(client, record, vulnerable=True)
    (due,) = victim["notifications"]
    assert (due["due_on"], due["overdue"]) == ("2026-10-27", True)
    late = TOLD | {"happened_at": "2026-10-26T21:40:00Z"}
    told = await post(client, f"victims/{victim['id']}/notifications", late)
    assert told.json()["notifications"][0]["overdue"]


@pytest.mark.parametrize(
    ("noun", "body", "expected"),
    [
        ("contact-attempts", CONTACT | {"attempted_at": "2026-11-02T21:00:00Z"}, ("#/attempted_at", "before-the-event")),
        ("contact-attempts", CONTACT | {"attempted_at": "2099-01-01T00:00:00Z"}, ("#/attempted_at", "in-the-future")),
        ("views", VIEWS | {"sought_at": "2026-11-02T21:00:00Z"}, ("#/sought_at", "before-the-event")),
        ("notifications", TOLD | {"happened_at": "2026-11-02T21:00:00Z"}, ("#/happened_at", "before-the-event")),
        ("notifications", TOLD | {"told_at": "2026-11-02T21:00:00Z"}, ("#/told_at", "before-the-event")),
    ],
)  # fmt: skip
async def test_what_cannot_have_been_done_for_a_victim_is_refused(client, noun, body, expected):
    victim = await added(client, await booked(client))
    assert fault(await post(client, f"victims/{victim['id']}/{noun}", body)) == expected


async def test_a_supervisor_reads_and_is_told_why_they_enter_nothing(client, clients):
    victim = await added(client, await booked(client))
    answer = await clients(Role.SUPERVISOR).get(f"/v1/victims/{victim['id']}")
    assert answer.status_code == 200
    assert {step["allowed"] for step in answer.json()["next_steps"]} == {False}


async def test_a_victim_goes_with_their_case(client, clients):
    record = await booked(client)
    victim = await added(client, record)
    move = {
        "suite": "PETERLEE",
        "left_at": "2026-11-03T00:10:00Z",
        "arrived_at": "2026-11-03T00:50:00Z",
    }
    await post(client, f"custody-records/{record['id']}/transfer", move)
    gone = await client.get(f"/v1/victims/{victim['id']}")
    assert (gone.status_code, gone.json()["errorCode"]) == (404, "victim-not-found")
    there = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    assert (await there.get(f"/v1/victims/{victim['id']}")).status_code == 200


async def test_nobody_is_made_a_victim_who_cannot_be_recorded(without_ledger, officer):
    async with transaction(without_ledger) as session:
        record = await make_record(session)
        person = await make_person(session)
    command = AddVictim(person_id=person.id)
    with pytest.raises(LedgerNotWritten):
        await adding(without_ledger, record, person, command, officer)
    async with transaction(without_ledger) as session:
        assert await queries.of_record(session, record.id) == []


async def adding(engine, record, person, command, officer):
    async with AsyncSession(engine) as session, session.begin():
        held = await custody.one(session, record.id, actor=officer, lock=True)
        await actions.add(session, held, command, person, by=officer, at=NOON)


async def test_a_suspect_named_as_victim_is_refused_while_somebody_holds_the_person(client, owner):
    record = await booked(client)
    async with transaction(owner) as session:
        await people.one(session, UUID(record["person"]["id"]), to_change=True)
        own = await asyncio.wait_for(
            add(client, record, person=None, person_id=record["person"]["id"]), timeout=10
        )
    assert fault(own) == ("#/person_id", "suspect-here")
