"""Restricted cases and broken glass: who is named, what is told, what ends by itself."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from builders import (
    KNOWN,
    a_booking,
    a_key,
    a_person,
    a_pnc_id,
    booked,
    make_record,
)
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.custody.reach import actions, rules
from checkpoint.custody.reach import queries as reach
from checkpoint.custody.reach.schemas import BreakGlass, NameSomebody, RestrictCase, ReviewGlass
from checkpoint.custody.reach.states import LABELS as LABELLED
from checkpoint.custody.reach.states import (
    GlassOutcome,
    GlassReason,
    GlassReviewedAlready,
    NamedAlready,
    NamesFull,
    NotNamed,
    OwnGlass,
    OwnName,
    RestrictionReason,
)
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from conftest import NOON
from delivering import problem
from traces import counts, entries

WHY = {"reason_code": "staff", "words": "Works at this suite."}
GLASS = {"reason_code": "person_present", "words": "The person is at the counter here."}
IN_ORDER = {"outcome": "justified", "words": "In order."}


def here(record, noun):
    return f"/v1/custody-records/{record['id']}/{noun}"


async def who(client):
    return (await client.get("/v1/me")).json()["id"]


async def post(client, address, body, status=201):
    answer = await client.post(address, json=body, headers=a_key())
    assert answer.status_code == status, answer.text
    return answer


async def test_a_case_is_restricted_names_come_and_go_and_it_is_lifted(client, clients, owner):
    record = await booked(client)
    boss, other = clients(Role.SUPERVISOR, name="boss"), clients(Role.SUPERVISOR, name="other")
    address, officer = here(record, "restrictions"), await who(client)
    found = (await boss.get(address)).json()
    assert found == {"restricted": False, "items": []}
    problem(await boss.post(f"{address}/lifting", json={"words": "Why not."}, headers=a_key()), 409, "case-not-restricted")  # fmt: skip
    answer = await post(boss, address, WHY | {"named": [officer]})
    (item,) = answer.json()["items"]
    assert {each["actor_id"] for each in item["named"]} == {officer, await who(boss)}
    (entry,) = await entries(owner, answer)
    assert entry.event == "custody.restricted"
    assert str(entry.subject_ids[0]) == record["id"]
    problem(await boss.post(address, json=WHY, headers=a_key()), 409, "case-restricted-already")
    problem(await other.post(address, json=WHY, headers=a_key()), 404, "custody-record-not-found")
    them = {"actor_id": await who(other)}
    problem(await boss.post(f"{address}/removals", json=them, headers=a_key()), 409, "not-named")
    await post(boss, f"{address}/names", them)
    problem(await boss.post(f"{address}/names", json=them, headers=a_key()), 409, "named-already")
    own = {"actor_id": await who(boss)}
    problem(await boss.post(f"{address}/removals", json=own, headers=a_key()), 409, "own-name")
    assert (await client.get(here(record, "detention"))).status_code == 200
    gone = await post(other, f"{address}/removals", {"actor_id": officer})
    (name,) = [n for n in gone.json()["items"][0]["named"] if n["actor_id"] == officer]
    assert name["ended_by"] == them["actor_id"]
    problem(await client.get(here(record, "detention")), 404, "custody-record-not-found")
    lifted = await post(other, f"{address}/lifting", {"words": "Left the force."})
    assert lifted.json()["restricted"] is False
    assert lifted.json()["items"][0]["lifted_because"] == "Left the force."
    assert (await client.get(here(record, "detention"))).status_code == 200
    again = (await post(boss, address, WHY)).json()["items"]
    assert [item["lifted_at"] is None for item in again] == [True, False]


async def test_a_restricted_case_stands_in_nobody_elses_lists_and_counts(client, clients):
    record = await booked(client, screening=KNOWN)
    boss = clients(Role.SUPERVISOR, name="boss")
    two = clients(Role.CUSTODY_OFFICER, "DURHAMGATE", "PETERLEE", name="two")
    lists = [
        (reader, address, query)
        for reader in (client, two)
        for address, query in (
            ("/v1/custody-records", {"reference": record["reference"]}),
            ("/v1/cases", {"size": 200}),
        )
    ]
    for reader, address, query in lists:
        assert record["id"] in (await reader.get(address, params=query)).text
    before = (await client.get("/v1/cases/counts")).json()
    await post(boss, here(record, "restrictions"), WHY)
    for reader, address, query in lists:
        assert record["id"] not in (await reader.get(address, params=query)).text
    stranger = clients(Role.SUPERVISOR, "PETERLEE", name="stranger")
    broken = await stranger.post(here(record, "break-glass"), json=GLASS, headers=a_key())
    problem(broken, 404, "custody-record-not-found")
    assert (await client.get("/v1/cases/counts")).json() != before
    assert record["id"] in (await boss.get("/v1/cases", params={"size": 200})).text
    returned = {
        "reference": record["reference"],
        "suite": "DURHAMGATE",
        "arrived_at": "2026-11-03T09:00:00Z",
        "reason": "answering_bail",
    }
    answer = await client.post("/v1/custody-returns", json=returned, headers=a_key())
    problem(answer, 404, "custody-record-not-found")
    other = await booked(client)
    answer = await client.post(
        here(other, "co-accused"), json={"reference": record["reference"]}, headers=a_key()
    )
    problem(answer, 404, "custody-record-not-found")


async def test_a_search_leads_to_nobody_of_restricted_cases_alone(client, clients):
    number = a_pnc_id(7_301_001)
    person = a_person(pnc_id=number)
    record = await booked(client, person=person)
    id, boss = record["person"]["id"], clients(Role.SUPERVISOR, name="boss")
    sought = [
        {"identifier": number},
        {name: person[name] for name in ("family_name", "given_names", "date_of_birth")},
    ]
    await post(boss, here(record, "restrictions"), WHY)
    for body in sought:
        assert id not in (await client.post("/v1/person-searches", json=body)).text
        assert id in (await boss.post("/v1/person-searches", json=body)).text
    for noun in ("", "/merges"):
        problem(await client.get(f"/v1/people/{id}{noun}"), 404, "person-not-found")
        assert (await boss.get(f"/v1/people/{id}{noun}")).status_code == 200
    alias = await client.post(
        f"/v1/people/{id}/aliases", json={"family_name": "Other"}, headers=a_key()
    )
    problem(alias, 404, "person-not-found")
    # The number of somebody who is nothing like them: refused, and nobody is named.
    stranger = a_person(pnc_id=number, family_name="Elsewise", date_of_birth="1961-07-30")
    refused = await client.post("/v1/custody-records", json=a_booking(person=stranger), headers=a_key())  # fmt: skip
    problem(refused, 409, "person-already-known")
    assert id not in refused.text
    # The same person again: booked in as if nothing stood there, and told of nothing.
    again = await post(client, "/v1/custody-records", a_booking(person=person))
    assert again.json()["person"]["id"] == id
    assert again.json()["detention"]["also_detained"] == []
    assert record["reference"] not in again.text
    own = (await boss.get(f"/v1/custody-records/{record['id']}")).json()["detention"]
    assert len(own["also_detained"]) == 1
    assert id in (await client.post("/v1/person-searches", json=sought[0])).text
    # Without a number nobody is held against a newcomer who is like somebody hidden.
    nameless = a_person()
    hidden = await booked(client, person=nameless)
    await post(boss, here(hidden, "restrictions"), WHY)
    twin = await post(client, "/v1/custody-records", a_booking(person=nameless))
    assert twin.json()["person"]["id"] != hidden["person"]["id"]


async def test_a_correction_tells_nothing_of_a_restricted_record_it_does_not_fit(client, clients):
    first = await booked(client, person=a_person(date_of_birth="1994-02-11"))
    await post(client, here(first, "release"), {"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"}, 200)  # fmt: skip
    second = a_booking(person=..., arrested_at="2026-11-03T08:00:00Z", arrived_at="2026-11-03T08:30:00Z")  # fmt: skip
    second |= {"person_id": first["person"]["id"]}
    record = (await post(client, "/v1/custody-records", second)).json()
    await post(clients(Role.SUPERVISOR, name="boss"), here(first, "restrictions"), WHY)
    body = {key: record["person"][key] for key in ("family_name", "given_names")}
    body |= {"date_of_birth": "2026-11-02", "reason": "misheard"}
    answer = await client.put(here(record, "person"), json=body, headers={"If-Match": f'"{record["version"]}"'})  # fmt: skip
    assert answer.status_code == 422, answer.text
    assert first["id"] not in answer.text


async def test_glass_is_broken_for_reading_until_it_ends_and_is_reviewed_by_another(
    app, client, clients, owner
):
    record = await booked(client)
    stranger = clients(Role.SUPERVISOR, "PETERLEE", "DURHAMGATE", name="breaker")
    problem(await stranger.post(here(record, "break-glass"), json=GLASS, headers=a_key()), 409, "glass-not-needed")  # fmt: skip
    stranger = clients(Role.SUPERVISOR, "PETERLEE", name="breaker")
    short = await stranger.post(here(record, "break-glass"), json=GLASS | {"words": "Because."}, headers=a_key())  # fmt: skip
    assert (short.status_code, short.json()["errors"][0]["pointer"]) == (422, "#/words")
    answer = await post(stranger, here(record, "break-glass"), GLASS)
    told = answer.json()
    assert (told["until"], told["hours"], told["reads_only"]) == ("2026-11-03T16:00:00Z", 4, True)
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.purpose) == ("custody.glass_broken", "break_glass:person_present")
    address = f"/v1/custody-records/{record['id']}"
    assert (await stranger.get(address)).status_code == 200
    steps = (await stranger.get(here(record, "next-steps"))).json()["next_steps"]
    assert {step["allowed"] for step in steps} == {False}
    assert record["id"] not in (await stranger.get("/v1/cases", params={"size": 200})).text
    problem(await stranger.post(here(record, "restrictions"), json=WHY, headers=a_key()), 403, "glass-reads-only")  # fmt: skip

    async def later():
        return NOON + timedelta(hours=4)

    app.dependency_overrides[clock.now] = later
    problem(await stranger.get(address), 404, "custody-record-not-found")
    boss = clients(Role.SUPERVISOR, name="boss")
    listed = (await boss.get("/v1/break-glass", params={"state": "unreviewed"})).json()["items"]
    (item,) = [each for each in listed if each["id"] == told["id"]]
    assert (item["state"], item["reference"]) == ("unreviewed", record["reference"])
    review = f"/v1/break-glass/{told['id']}/review"
    problem(await stranger.post(review, json=IN_ORDER, headers=a_key()), 404, "broken-glass-not-found")  # fmt: skip
    both = clients(Role.SUPERVISOR, "PETERLEE", "DURHAMGATE", name="breaker")
    problem(await both.post(review, json=IN_ORDER, headers=a_key()), 409, "own-glass")
    found = (await post(boss, review, IN_ORDER)).json()
    assert (found["state"], found["outcome"]) == ("reviewed", "justified")
    problem(await boss.post(review, json=IN_ORDER, headers=a_key()), 409, "glass-reviewed-already")
    for state, there in (("unreviewed", False), ("reviewed", True)):
        page = await boss.get("/v1/break-glass", params={"state": state, "size": 200})
        assert (told["id"] in page.text) is there
    assert told["id"] not in (await stranger.get("/v1/break-glass")).text


async def test_glass_broken_without_reason_is_closed_at_once_and_reviewed_but_once(session):
    record = await make_record(session)
    actor = Actor(id=uuid4(), role=Role.CUSTODY_OFFICER, suites=frozenset({"PETERLEE"}))
    by = replace(actor, asks_at=NOON)
    row = await actions.break_glass(session, record.id, BreakGlass(**GLASS), by=by, at=NOON)
    assert await reach.reached(session, [record.id], actor=by) == {record.id}
    assert await reach.reached(session, [record.id], actor=actor) == frozenset()
    assert await reach.may_work(session, record.id, actor=by) is False
    boss = Actor(id=uuid4(), role=Role.SUPERVISOR, suites=frozenset({"DURHAMGATE"}))
    found = ReviewGlass(outcome="unjustified", words="Nobody was there.")
    await actions.review(session, row.id, found, by=boss, at=NOON)
    assert await reach.reached(session, [record.id], actor=by) == frozenset()
    with pytest.raises(GlassReviewedAlready):
        await actions.review(session, row.id, found, by=boss, at=NOON)


async def test_nothing_opens_or_closes_that_cannot_be_recorded(without_ledger):
    async with transaction(without_ledger) as session:
        record = await make_record(session)
    boss = Actor(id=uuid4(), role=Role.SUPERVISOR, suites=frozenset({"DURHAMGATE"}))
    other = replace(boss, suites=frozenset({"PETERLEE"}), asks_at=NOON)
    for deed, command, by in (
        (actions.restrict, RestrictCase(**WHY), boss),
        (actions.break_glass, BreakGlass(**GLASS), other),
    ):
        with pytest.raises(LedgerNotWritten):
            async with transaction(without_ledger) as session:
                await deed(session, record.id, command, by=by, at=NOON)
    async with transaction(without_ledger) as session:
        assert await reach.restrictions(session, record.id) == []
        assert await reach.reached(session, [record.id], actor=other) == frozenset()


@pytest.mark.parametrize("noun", ["restrictions", "break-glass"])
async def test_what_cannot_be_read_leaves_no_trace(client, clients, owner, noun):
    record = await booked(client)
    boss, stranger = clients(Role.SUPERVISOR), clients(Role.SUPERVISOR, "PETERLEE", name="s")
    body = {
        "restrictions": WHY | {"named": ["nobody"]},
        "break-glass": GLASS | {"reason_code": "x"},
    }
    before = await counts(owner, "case_restriction", "broken_glass")
    for asker in (boss, stranger):
        answer = await asker.post(here(record, noun), json=body[noun], headers=a_key())
        assert answer.status_code == 422
    assert await counts(owner, "case_restriction", "broken_glass") == before


def test_who_may_be_named_removed_and_review():
    one, two = UUID(int=1), UUID(int=2)
    rules.check_add(two, [one])
    rules.check_remove(two, [one, two], by=one)
    rules.check_review(broken_by=one, reviewed_at=None, by=two)
    for refusal, check in (
        (NamedAlready, lambda: rules.check_add(one, [one])),
        (NamesFull, lambda: rules.check_add(one, [UUID(int=i) for i in range(2, 52)])),
        (OwnName, lambda: rules.check_remove(one, [one], by=one)),
        (NotNamed, lambda: rules.check_remove(two, [one], by=one)),
        (OwnGlass, lambda: rules.check_review(broken_by=one, reviewed_at=None, by=one)),
        (GlassReviewedAlready, lambda: rules.check_review(broken_by=one, reviewed_at=NOON, by=two)),
    ):
        with pytest.raises(refusal):
            check()


def test_broken_glass_stands_for_hours_that_pass_whatever_the_clocks_do():
    assert rules.stands_until(NOON) == NOON + timedelta(hours=4)
    assert rules.policy_on(date(1999, 1, 1)) is rules.POLICIES[0]
    assert {*RestrictionReason, *GlassReason, *GlassOutcome} == LABELLED.keys()
    assert NameSomebody(actor_id=UUID(int=1)).actor_id == UUID(int=1)
