"""The list of everybody arrested: where each stands, how it is narrowed, in which order."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import (
    ARREST,
    FORECAST,
    KNOWN,
    a_key,
    a_person,
    an_offence,
    booked,
    decided,
    make_offence,
    make_record,
    make_suite,
)
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from traces import entries

CASES = "/v1/cases"
NEXT = "Find out what is missing, save it, and decide again."


@pytest.fixture
async def suite(owner):
    """A suite that nobody works in but this test."""
    async with transaction(owner) as session:
        return (await make_suite(session)).code


@pytest.fixture
def client(clients, suite):
    return clients(Role.CUSTODY_OFFICER, suite)


async def listed(client, **query):
    answer = await client.get(CASES, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def references(client, **query):
    return [item["reference"] for item in await listed(client, **query)]


async def saved(client, record, **facts):
    answer = await client.put(
        f"/v1/custody-records/{record['id']}/screening",
        json=facts,
        headers={"If-Match": f'"{record["version"]}"'},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_case_goes_through_its_stages(client, suite):
    record = await booked(client, suite=suite, person=a_person(family_name="Listed"))
    (line,) = await listed(client)
    assert (line["stage"], line["verdict"], line["missing"]) == ("not_screened", None, [])
    assert (line["family_name"], line["reference"]) == ("Listed", record["reference"])
    half = await saved(client, record, lives_in_area=True)
    assert [item["stage"] for item in await listed(client)] == ["screening"]
    first = await decided(client, half)
    (line,) = await listed(client)
    assert (line["stage"], line["verdict"], line["next"]) == ("pending", "pending", NEXT)
    assert line["decision_id"] == first["id"]
    assert set(line["missing"]) == {missing["fact"] for missing in first["missing"]}
    assert len(line["missing"]) == len(set(line["missing"]))
    whole = await saved(client, half, **KNOWN)
    (line,) = await listed(client)
    assert (line["stage"], line["next"]) == (
        "pending",
        "The record has changed since. Decide again.",
    )
    second = await decided(client, whole)
    (line,) = await listed(client)
    assert (line["stage"], line["decision_id"]) == ("eligible", second["id"])
    assert line["missing"] == []


async def corrected(client, record, door, **body):
    return await client.put(
        f"/v1/custody-records/{record['id']}/{door}",
        json=body | {"reason": "wrong_person_selected"},
        headers={"If-Match": f'"{record["version"]}"'},
    )


@pytest.mark.parametrize(
    "what", ["offence", "screening", "birth", "identity", "forecast", "co_accused"]
)
async def test_nobody_is_offered_the_programme_on_what_has_changed_since(client, suite, what):
    record = await booked(client, suite=suite, screening=KNOWN)
    await decided(client, record)
    place = f"/v1/custody-records/{record['id']}"
    if what == "offence":
        await client.post(f"{place}/offences", json=an_offence(code="TH68036"), headers=a_key())
    elif what == "screening":
        await saved(client, record, **KNOWN | {"interview_stance": "denied"})
    elif what == "birth":
        right = {"family_name": "Testperson", "date_of_birth": "2010-01-01"}
        await corrected(client, record, "person", **right)
    elif what == "identity":
        await corrected(client, record, "identity", person=a_person(date_of_birth="2010-01-01"))
    elif what == "co_accused":
        body = {"not_arrested": True}
        await client.post(f"{place}/co-accused", json=body, headers=a_key())
    else:
        await client.post(f"{place}/risk-view", json={"band": "low"}, headers=a_key())
        await client.post(f"{place}/risk-forecast", json=FORECAST, headers=a_key())
    (line,) = await listed(client)
    assert line["overtaken"] is True
    assert ("put right" in line["next"]) == (what in {"birth", "identity"})
    assert (line["stage"], "ecide again" in line["next"]) == ("eligible", True)


async def test_what_no_decision_rests_on_sends_nobody_back(client, suite):
    record = await booked(client, suite=suite, screening=KNOWN)
    await decided(client, record)
    away = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "under_investigation"}
    place = f"/v1/custody-records/{record['id']}"
    gone = (await client.post(f"{place}/release", json=away, headers=a_key())).json()
    named = await corrected(client, gone, "person", family_name="Otherwise")
    assert named.status_code == 200, named.text
    (line,) = await listed(client)
    assert (line["stage"], line["next"]) == ("eligible", "Offer the programme.")


async def test_the_list_is_narrowed_by_stage_missing_fact_and_suite(client, clients, owner, suite):
    async with transaction(owner) as session:
        other = (await make_suite(session)).code
    both = clients(Role.SUPERVISOR, suite, other)
    there = clients(Role.CUSTODY_OFFICER, other)
    bare = await booked(client, suite=suite)
    pending = await booked(client, suite=suite, screening=KNOWN | {"interview_stance": None})
    eligible = await booked(there, suite=other, screening=KNOWN)
    refused = await booked(
        there, suite=other, screening=KNOWN | {"hate_crime": True, "interview_stance": None}
    )
    for client_, record in ((client, pending), (there, eligible), (there, refused)):
        await decided(client_, record)
    named = {record["reference"]: name for name, record in
             {"bare": bare, "pending": pending, "eligible": eligible, "refused": refused}.items()}  # fmt: skip
    for query, expected in (
        ({}, {"bare", "pending", "eligible", "refused"}),
        ({"stage": "not_screened"}, {"bare"}),
        ({"stage": "eligible"}, {"eligible"}),
        ({"stage": "eligible", "suite": suite}, set()),
        ({"suite": other.lower()}, {"eligible", "refused"}),
        # What is not known of somebody refused anyway is not waited for.
        ({"missing": "interview_stance"}, {"pending"}),
        ({"missing": "screening.interview_stance"}, {"pending"}),
        ({"missing": "hate_crime"}, set()),
    ):
        assert {named[reference] for reference in await references(both, **query)} == expected, (
            query
        )


async def test_arrests_are_narrowed_by_days_in_england_both_included(client, suite):
    # In summer time the day begins at 23:00 UTC.
    instants = ["2026-07-14T22:59:59Z", "2026-07-14T23:00:00Z", "2026-07-15T22:59:59Z", "2026-07-15T23:00:00Z"]  # fmt: skip
    booking = {"suite": suite, "offences": [an_offence(committed_from="2026-07-01")]}
    found = [
        (await booked(client, arrested_at=at, arrived_at=at, **booking))["reference"]
        for at in instants
    ]
    both = {"arrested_from": "2026-07-15", "arrested_until": "2026-07-15"}
    assert await references(client, **both) == [found[2], found[1]]
    assert await references(client, arrested_from="2026-07-15") == found[:0:-1]
    assert await references(client, arrested_until="2026-07-14") == [found[0]]


SUMMARY, EITHER_WAY = "CJ67002", "TH68010"


async def test_the_deadline_counts_from_the_earliest_summary_offence(client, suite):
    offences = [
        an_offence(code=EITHER_WAY, committed_from="2026-01-05"),
        an_offence(code=SUMMARY, committed_from="2026-06-10", committed_until="2026-06-20"),
        an_offence(code=SUMMARY, committed_from="2026-05-20"),
    ]
    record = await booked(client, suite=suite, offences=offences)
    (line,) = await listed(client)
    assert (line["prosecution_deadline_on"], line["days_left"]) == ("2026-11-20", 17)
    wrong = next(o for o in record["offences"] if o["committed_from"] == "2026-05-20")
    right = an_offence(code=SUMMARY, committed_from="2026-04-20") | {
        "replaces": wrong["id"],
        "reason": "mistyped",
    }
    answer = await client.post(
        f"/v1/custody-records/{record['id']}/offences",
        json=right,
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 201, answer.text
    for order in ("arrest", "deadline"):
        (line,) = await listed(client, order=order)
        assert (line["prosecution_deadline_on"], line["days_left"]) == ("2026-10-20", -14)


async def test_without_a_summary_offence_there_is_no_deadline_to_sort_by(client, suite):
    await booked(client, suite=suite)
    (line,) = await listed(client)
    assert (line["prosecution_deadline_on"], line["days_left"]) == (None, None)
    assert await listed(client, order="deadline") == []
    assert await listed(client, due_before="2100-01-01") == []


@pytest.fixture
async def clocked(owner, suite):
    """Cases by the day of their summary offence; some share a day, some have several."""
    days = [date(2026, 9, 1) + timedelta(days=n) for n in (5, 1, 9, 5, 5, 1, 2)]
    made = []
    async with transaction(owner) as session:
        for number, day in enumerate(days):
            record = await make_record(session, suite=suite, arrested_at=ARREST - timedelta(hours=number), arrived_at=ARREST)  # fmt: skip
            for later in range(number % 3 + 1):
                then = day + timedelta(days=later // 2)
                await make_offence(
                    session, record, SUMMARY, committed_from=then, committed_until=then
                )
            await make_offence(session, record, EITHER_WAY)
            made.append((day, str(record.id)))
    return [id for _, id in sorted(made)]


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 200])
@pytest.mark.parametrize("order", ["arrest", "deadline"])
async def test_pages_walk_the_list_once_in_either_order(client, clocked, size, order):
    address, walked = f"{CASES}?order={order}&size={size}", []
    while address:
        page = await client.get(address)
        assert page.status_code == 200, page.text
        walked += [item["record_id"] for item in page.json()["items"]]
        address = page.links.get("next", {}).get("url")
    assert len(walked) == len(clocked)
    assert walked == clocked if order == "deadline" else set(walked) == set(clocked)


@pytest.mark.parametrize("order", ["arrest", "deadline"])
async def test_deadlines_are_narrowed_from_a_day_and_to_before_one(client, clocked, order):
    whole = await listed(client, order="deadline")
    deadlines = {item["record_id"]: item["prosecution_deadline_on"] for item in whole}
    for day in sorted({*deadlines.values(), "2026-01-01", "2028-01-01"}):
        for query, held in (
            ({"due_before": day}, {id for id, due in deadlines.items() if due < day}),
            ({"due_from": day}, {id for id, due in deadlines.items() if due >= day}),
        ):
            found = await listed(client, order=order, **query)
            assert {item["record_id"] for item in found} == held, query


async def test_another_suite_is_never_seen(clients, clocked, suite):
    stranger = clients(Role.SUPERVISOR, "PETERLEE", "NOWHERE", name="stranger")
    for query in ({}, {"suite": suite}, {"order": "deadline"}, {"due_before": "2100-01-01"}):
        found = {item["record_id"] for item in await listed(stranger, **query)}
        assert not found & {*clocked}, query


async def test_somebody_without_a_suite_sees_nothing(app, clients, clocked):
    token = app.state.local_issuer.token(Role.SUPERVISOR, [], name="new", at=datetime.now(UTC))
    client = clients.bare(Authorization=f"Bearer {token}")
    assert await listed(client) == await listed(client, order="deadline") == []


async def test_one_entry_names_everybody_on_the_page(client, owner, suite):
    record = await booked(client, suite=suite, screening=KNOWN)
    decision = await decided(client, record)
    answer = await client.get(CASES)
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.operation) == ("journey.cases_listed", "consultation")
    named = [record["id"], record["person"]["id"], decision["id"]]
    assert [str(id) for id in entry.subject_ids] == named


async def test_a_page_is_one_statement_and_its_entry(app, client, clocked):
    told = []
    engine = app.state.engine.sync_engine

    def listen(connection, cursor, statement, *_):
        told[-1].append(statement.split()[0])

    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        for _ in range(3):  # tokens, budgets and revocations are asked for now and then
            told.append([])
            await client.get(CASES)
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    assert min(told, key=len) == ["SELECT", "INSERT"]


@pytest.mark.parametrize(
    "query",
    [
        "stage=canary",
        "missing=canary",
        "order=canary",
        "arrested_from=canary",
        "arrested_until=2026-11-03T12:00:00Z",
        "due_before=1",
        "suite=canary%201",
        "canary=1",
    ],
)
async def test_a_question_that_makes_no_sense_is_refused_without_echo(client, query):
    for address in (CASES, f"{CASES}/counts"):
        answer = await client.get(f"{address}?{query}")
        assert answer.status_code == 422, answer.text
        assert "canary" not in answer.text


async def test_a_cursor_of_the_other_order_is_refused(client, clocked):
    after = (await client.get(CASES, params={"size": 1})).json()["next"]
    answer = await client.get(CASES, params={"after": after, "order": "deadline"})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "malformed-cursor")
