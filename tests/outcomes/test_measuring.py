"""Satisfaction, wellbeing and cost of a case, where they are recorded."""

from uuid import uuid4

import pytest

from builders import a_key, booked, make_record
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.custody.rules import RecordFull
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.outcomes.measuring import actions, queries
from checkpoint.outcomes.measuring.schemas import RecordCaseMeasure
from conftest import NOON
from harm import added
from traces import entries

WELLBEING = {"kind": "wellbeing", "value": 48, "taken_on": "2026-11-03"}
COST = {"kind": "cost", "value": 12_345, "taken_on": "2026-11-02", "cost_kind": "staff_time"}


def place(record):
    return f"/v1/custody-records/{record['id']}/case-measures"


async def measured(client, record, body):
    return await client.post(place(record), json=body, headers=a_key())


async def test_what_was_measured_is_recorded_and_read(client, clients, owner):
    record = await booked(client)
    victim = await added(client, record)
    satisfied = {
        "kind": "victim_satisfaction",
        "value": 4,
        "taken_on": "2026-11-03",
        "victim_id": victim["id"],
    }
    for body in (WELLBEING, COST, satisfied):
        answer = await measured(client, record, body)
        assert answer.status_code == 201, answer.text
        assert len(await entries(owner, answer)) == 1
    supervisor = clients(Role.SUPERVISOR)
    read = await supervisor.get(place(record))
    assert [(each["kind"], each["value"], each["counts"]) for each in read.json()["items"]] == [
        ("wellbeing", 48, True),
        ("cost", 12_345, True),
        ("victim_satisfaction", 4, True),
    ]
    assert len(await entries(owner, read)) == 1


async def test_a_measure_is_put_right_or_withdrawn_and_stays_on_record(client):
    record = await booked(client)
    first = (await measured(client, record, COST)).json()["items"][0]["id"]
    right = await measured(client, record, COST | {"value": 1, "corrects_id": first})
    items = right.json()["items"]
    assert [(each["value"], each["counts"]) for each in items] == [(12_345, False), (1, True)]
    again = await measured(client, record, COST | {"corrects_id": first})
    assert again.json()["errorCode"] == "case-measure-corrected"
    gone = COST | {"corrects_id": items[1]["id"], "withdrawn": True}
    assert [each["counts"] for each in (await measured(client, record, gone)).json()["items"]] == [
        False,
        False,
        False,
    ]
    absent = await measured(client, record, COST | {"corrects_id": str(uuid4())})
    assert absent.json()["errorCode"] == "case-measure-not-found"
    other = await measured(client, record, WELLBEING | {"corrects_id": items[1]["id"]})
    assert other.json()["errors"][0]["code"] == "another-kind"
    nothing = await measured(client, record, COST | {"withdrawn": True})
    assert nothing.json()["errors"][0]["code"] == "nothing-withdrawn"


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (WELLBEING | {"value": 13}, ["out-of-range"]),
        (COST | {"value": -1}, ["out-of-range"]),
        (WELLBEING | {"cost_kind": "other"}, ["cost-kind-not-needed"]),
        (WELLBEING | {"victim_id": str(uuid4())}, ["victim-not-needed"]),
        (COST | {"cost_kind": None}, ["cost-kind-not-named"]),
        (
            {"kind": "victim_satisfaction", "value": 6, "taken_on": "2026-11-04"},
            ["out-of-range", "victim-not-named", "in-the-future"],
        ),
        (WELLBEING | {"taken_on": "2026-11-01"}, ["before-arrest"]),
    ],
)
async def test_a_measure_that_will_not_do_is_refused_for_all_that_is_wrong(client, body, codes):
    record = await booked(client)
    answer = await measured(client, record, body)
    assert answer.status_code == 422, answer.text
    assert [each["code"] for each in answer.json()["errors"]] == codes
    assert (await client.get(place(record))).json()["items"] == []


async def test_satisfaction_is_that_of_a_victim_of_the_case(client):
    record, other = await booked(client), await booked(client)
    victim = await added(client, other)
    body = {
        "kind": "victim_satisfaction",
        "value": 4,
        "taken_on": "2026-11-03",
        "victim_id": victim["id"],
    }
    assert (await measured(client, record, body)).json()["errors"][0]["code"] == "victim-elsewhere"
    body["victim_id"] = str(uuid4())
    assert (await measured(client, record, body)).json()["errorCode"] == "victim-not-found"


async def test_nothing_is_measured_that_cannot_be_recorded(without_ledger, officer):
    command = RecordCaseMeasure.model_validate(WELLBEING | {"taken_on": "2026-11-03"})
    async with transaction(without_ledger) as session:
        record = await make_record(session)
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await actions.record(session, record.id, command, by=officer, at=NOON)
    async with transaction(without_ledger) as session:
        assert await queries.of_record(session, record.id, actor=officer) == []


async def test_a_case_takes_only_so_many_measures(session, officer, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 1)
    record = await make_record(session)
    command = RecordCaseMeasure.model_validate(WELLBEING)
    await actions.record(session, record.id, command, by=officer, at=NOON)
    with pytest.raises(RecordFull, match="1 is the most"):
        await actions.record(session, record.id, command, by=officer, at=NOON)
