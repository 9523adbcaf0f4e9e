"""Nobody arrested drops out of the count, however it is narrowed."""

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import (
    ARREST,
    KNOWN,
    booked,
    decided,
    make_decision,
    make_offence,
    make_record,
    make_screening,
    make_suite,
    released,
)
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.journey.stages import Stage
from traces import entries

COUNTS = "/v1/cases/counts"


@pytest.fixture
async def suite(owner):
    """A suite that nobody works in but this test."""
    async with transaction(owner) as session:
        return (await make_suite(session)).code


@pytest.fixture
def client(clients, suite):
    return clients(Role.CUSTODY_OFFICER, suite)


async def counted(client, **query):
    answer = await client.get(COUNTS, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def stages(counts):
    return {row["stage"]: row["records"] for row in counts["stages"]}


async def test_a_suite_with_nobody_counts_nobody(client):
    counts = await counted(client)
    assert stages(counts) == dict.fromkeys(Stage, 0)
    assert (counts["arrested"], counts["screened"], counts["decided"]) == (0, 0, 0)
    assert counts["not_screened"] == counts["ineligible"] == counts["pending"] == []
    assert counts["by_supervisor"] == 0
    assert {counts[name] for name in ("eligible", "asked", "consented", "entered")} == {0}
    assert counts["declined"] == []


async def test_who_was_arrested_twice_counts_twice_and_the_answer_says_so(client, suite):
    first = await booked(client, suite=suite)
    await released(client, first)
    await booked(client, suite=suite, person_id=first["person"]["id"], person=...)
    counts = await counted(client)
    assert (counts["arrested"], stages(counts)["not_screened"]) == (2, 2)
    assert "arrested twice counts twice" in counts["counted"]


async def test_why_somebody_was_not_screened_is_counted_until_they_are(client, suite):
    records = [await booked(client, suite=suite) for _ in range(3)]
    for record, reasons in zip(
        records, (["overlooked", "system_down"], ["system_down"]), strict=False
    ):
        for version, reason in enumerate(reasons, 1):
            answer = await client.put(
                f"/v1/custody-records/{record['id']}/not-screened",
                json={"reason": reason},
                headers={"If-Match": f'"{version}"'},
            )
            assert answer.status_code == 200, answer.text
    told = {row["reason"]: row["records"] for row in (await counted(client))["not_screened"]}
    assert told == {"system_down": 2, "no_reason_recorded": 1}
    saved = await client.put(
        f"/v1/custody-records/{records[1]['id']}/screening",
        json={"lives_in_area": True},
        headers={"If-Match": '"2"'},
    )
    assert saved.status_code == 200, saved.text
    told = {row["reason"]: row["records"] for row in (await counted(client))["not_screened"]}
    assert told == {"system_down": 1, "no_reason_recorded": 1}


async def test_everybody_stands_in_one_stage_with_the_reasons(client, suite):
    hate = KNOWN | {"hate_crime": True}
    for screening in (
        ...,
        ...,
        {"lives_in_area": True},
        KNOWN,
        hate,
        hate | {"co_accused": True},
        KNOWN | {"interview_stance": None},
        KNOWN | {"interview_stance": "part_admission"},
    ):
        record = await booked(client, suite=suite, screening=screening)
        if screening not in (..., {"lives_in_area": True}):
            await decided(client, record)
    counts = await counted(client)
    assert stages(counts) == {
        "not_screened": 2,
        "screening": 1,
        "pending": 1,
        "ineligible": 2,
        "referred": 1,
        "eligible": 1,
    } | dict.fromkeys(("declined", "withdrawn", "consented", "enrolled", "allocated"), 0)
    assert (counts["arrested"], counts["screened"], counts["decided"]) == (8, 6, 5)
    assert counts["not_screened"] == [{"reason": "no_reason_recorded", "records": 2}]
    against = {row["criterion"]: (row["records"], row["alone"]) for row in counts["ineligible"]}
    assert against == {"HATE": (2, 1), "ALONE": (1, 0)}
    assert all(row["question"].endswith("?") for row in counts["ineligible"] + counts["pending"])
    assert [(row["fact"], row["records"]) for row in counts["pending"]] == [("interview_stance", 1)]


async def test_only_the_present_decision_counts(client, suite):
    first = await booked(client, suite=suite, screening=KNOWN | {"hate_crime": True})
    await decided(client, first)
    answer = await client.put(
        f"/v1/custody-records/{first['id']}/screening", json=KNOWN, headers={"If-Match": '"1"'}
    )
    await decided(client, answer.json())
    counts = await counted(client)
    assert (stages(counts)["eligible"], counts["ineligible"]) == (1, [])


FINDINGS = [
    {"code": "HATE", "question": "Hate?", "answer": "not_met", "missing": []},
    {"code": "ALONE", "question": "Alone?", "answer": "not_met", "missing": []},
    {"code": "ADULT", "question": "Adult?", "answer": "met", "missing": []},
    {"code": "INTERVIEW", "question": "Said?", "answer": "not_known", "missing": ["co_accused", "interview_stance"]},
    {"code": "ORDERS", "question": "Free?", "answer": "not_known", "missing": ["interview_stance"]},
]  # fmt: skip


@pytest.fixture
async def people(api, owner, suite):
    """Two suites full of everybody there can be; the same ones each time."""
    chance, found = random.Random(2015), []
    async with transaction(owner) as session:
        suites = [suite, (await make_suite(session)).code]
    async with transaction(api) as session:
        for number in range(80):
            arrested = ARREST - timedelta(hours=chance.randrange(240))
            record = await make_record(
                session, suite=suites[number % 2], arrested_at=arrested, arrived_at=ARREST
            )
            if chance.random() < 0.6:
                await make_screening(session, record)
            for _ in range(chance.randrange(3)):
                findings = chance.sample(FINDINGS, chance.randrange(len(FINDINGS) + 1))
                verdict = chance.choice([*Verdict])
                await make_decision(session, record, verdict, findings=findings)
            if chance.random() < 0.5:
                day = date(2026, 5, 1) + timedelta(days=chance.randrange(150))
                await make_offence(session, record, "CJ67002", committed_from=day, committed_until=day)  # fmt: skip
            found.append(record.id)
    return suites, found


NARROW = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(Stage),
        "missing": st.sampled_from(["co_accused", "interview_stance"]),
        "arrested_from": st.dates(date(2026, 10, 22), date(2026, 11, 4)).map(str),
        "arrested_until": st.dates(date(2026, 10, 22), date(2026, 11, 4)).map(str),
        "due_from": st.dates(date(2026, 10, 1), date(2027, 4, 1)).map(str),
        "due_before": st.dates(date(2026, 10, 1), date(2027, 4, 1)).map(str),
    },
)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(narrow=NARROW, place=st.sampled_from([None, 0, 1]))
async def test_the_stages_add_up_to_those_arrested_however_it_is_narrowed(
    clients, people, narrow, place
):
    suites, _ = people
    reader = clients(Role.SUPERVISOR, *suites, name="counter")
    asked = narrow | ({"suite": suites[place]} if place is not None else {})
    counts = await counted(reader, **asked)
    page = (await reader.get("/v1/cases", params=asked | {"size": 200})).json()["items"]
    assert counts["arrested"] == sum(stages(counts).values()) == len(page)
    assert stages(counts) == {
        stage: sum(item["stage"] == stage for item in page) for stage in Stage
    }
    assert sum(r["records"] for r in counts["not_screened"]) == stages(counts)["not_screened"]
    assert counts["screened"] == counts["arrested"] - stages(counts)["not_screened"]
    assert counts["decided"] == counts["screened"] - stages(counts)["screening"]
    for row in counts["ineligible"]:
        assert row["alone"] <= row["records"] <= stages(counts)["ineligible"]
    for row in counts["pending"]:
        assert row["records"] == sum(row["fact"] in item["missing"] for item in page)


async def test_everybody_who_was_arrested_is_in_the_count(session, clients, people):
    suites, found = people
    everybody = sa.text("SELECT count(*) FROM custody_record WHERE suite = ANY(:suites)")
    arrested = (await session.exec(everybody, params={"suites": suites})).scalar_one()
    counts = await counted(clients(Role.SUPERVISOR, *suites))
    assert counts["arrested"] == arrested == len(found)


async def test_a_count_is_one_entry_that_names_nobody(client, owner, suite):
    await booked(client, suite=suite)
    answer = await client.get(COUNTS)
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.operation) == ("journey.cases_counted", "consultation")
    assert entry.subject_ids == []


async def test_a_count_holds_nobody_of_another_suite(clients, client, suite):
    await booked(client, suite=suite)
    stranger = clients(Role.SUPERVISOR, "NOWHERE")
    assert (await counted(stranger, suite=suite))["arrested"] == 0
