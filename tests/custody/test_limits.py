"""One record takes so much and no more, and says what to do instead."""

import pytest

from builders import (
    a_key,
    an_offence,
    booked,
    make_offence,
    make_record,
    make_screening,
)
from checkpoint.custody import actions, queries, rules
from checkpoint.custody.circumstances import rules as circumstances
from checkpoint.custody.detention import rules as detention
from checkpoint.custody.movements import rules as movements
from checkpoint.custody.rules import MOST_OFFENCES, MOST_SAVINGS, RecordFull, check_space
from checkpoint.custody.schemas import AddOffence, SaveScreening
from conftest import NOON


@pytest.mark.parametrize(("held", "most"), [(0, 1), (99, 100)])
def test_there_is_space_up_to_the_limit(held, most):
    check_space(held, most=most, what="things", remedy="None.")


@pytest.mark.parametrize(("held", "most"), [(1, 1), (100, 100), (101, 100)])
def test_a_full_record_names_the_limit_and_the_remedy(held, most):
    with pytest.raises(RecordFull) as refused:
        check_space(held, most=most, what="things", remedy="Use another.")
    assert refused.value.facts == {"what": "things", "limit": most}
    assert refused.value.detail == f"It holds {held} things, and {most} is the most. Use another."


async def test_a_record_takes_a_hundred_offences_and_after_that_corrections_only(session, officer):
    assert MOST_OFFENCES == 100
    record = await make_record(session)
    for _ in range(MOST_OFFENCES - 1):
        first = await make_offence(session, record)
    another = AddOffence.model_validate(an_offence())
    await actions.add_offence(session, record.id, another, by=officer, at=NOON)
    with pytest.raises(RecordFull):
        await actions.add_offence(session, record.id, another, by=officer, at=NOON)
    right = AddOffence.model_validate(
        an_offence(code="TH68036", replaces=first.id, reason="mistyped")
    )
    await actions.add_offence(session, record.id, right, by=officer, at=NOON)
    assert len(await queries.offences_of(session, record.id)) == MOST_OFFENCES


async def test_a_screening_is_saved_five_hundred_times_and_no_more(session, officer):
    assert MOST_SAVINGS == 500
    record = await make_record(session)
    await make_screening(session, record, number=MOST_SAVINGS - 1)
    said = SaveScreening(lives_in_area=True)
    await actions.save_screening(session, record.id, said, seen=1, by=officer, at=NOON)
    with pytest.raises(RecordFull):
        await actions.save_screening(session, record.id, said, seen=2, by=officer, at=NOON)
    assert (await queries.last_screening(session, record.id)).number == MOST_SAVINGS


async def test_a_full_record_is_409_at_the_door_and_does_not_change(client, monkeypatch):
    monkeypatch.setattr(actions, "MOST_OFFENCES", 1)
    monkeypatch.setattr(actions, "MOST_SAVINGS", 0)
    record = await booked(client)
    here = f"/v1/custody-records/{record['id']}"
    answers = [
        await client.post(f"{here}/offences", json=an_offence(), headers=a_key()),
        await client.put(f"{here}/screening", json={}, headers={"If-Match": '"1"'}),
    ]
    for answer, limit in zip(answers, (1, 0), strict=True):
        assert (answer.status_code, answer.json()["errorCode"]) == (409, "custody-record-full")
        assert answer.json()["limit"] == limit
    assert (await client.get(here)).json() == record


HERE = "/v1/custody-records/{}"
REVIEWED = {"held_at": "2026-11-03T03:50:00Z", "authority": "inspector"}
EXTENDED = {
    "authority": "superintendent",
    "granted_at": "2026-11-03T03:55:00Z",
    "until": "2026-11-04T06:00:00Z",
}
PAUSED = {
    "reason": "hospital",
    "paused_at": "2026-11-02T23:00:00Z",
    "resumed_at": "2026-11-03T01:00:00Z",
}
TIMES = {"authorised_at": "2026-11-02T22:20:00Z"}
LEFT = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"}
DRIVEN = {
    "suite": "PETERLEE",
    "left_at": "2026-11-03T00:10:00Z",
    "arrived_at": "2026-11-03T00:50:00Z",
}


@pytest.mark.parametrize(
    ("method", "noun", "body", "what"),
    [
        ("POST", "reviews", REVIEWED, "reviews"),
        ("POST", "extensions", EXTENDED, "extensions"),
        ("POST", "pauses", PAUSED, "pauses"),
        ("PUT", "detention-times", TIMES, "detention times"),
        ("POST", "release", LEFT, "movements"),
        ("POST", "transfer", DRIVEN, "movements"),
        ("PUT", "safeguards", {"interpreter_needed": False}, "savings of the safeguards"),
        ("PUT", "not-screened", {"reason": "overlooked"}, "reasons for not screening"),
        ("POST", "co-accused", {"not_arrested": True}, "links to co-accused"),
    ],
)
async def test_what_may_be_entered_often_is_not_entered_for_ever(
    client, monkeypatch, method, noun, body, what
):
    record = await booked(client)
    monkeypatch.setattr(detention, "MOST_ENTRIES", 0)
    monkeypatch.setattr(movements, "MOST_MOVEMENTS", 0)
    monkeypatch.setattr(rules, "MOST_SAVINGS", 0)
    monkeypatch.setattr(circumstances, "MOST_LINKS", 0)
    headers = a_key() if method == "POST" else {"If-Match": '"1"'}
    here = HERE.format(record["id"])
    answer = await client.request(method, f"{here}/{noun}", json=body, headers=headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "custody-record-full")
    assert (answer.json()["what"], answer.json()["limit"]) == (what, 0)
    assert (await client.get(here)).json() == record


async def test_nobody_comes_back_for_ever(client, monkeypatch):
    record = await booked(client)
    await client.post(f"{HERE.format(record['id'])}/release", json=LEFT, headers=a_key())
    monkeypatch.setattr(movements, "MOST_MOVEMENTS", 1)
    body = {
        "reference": record["reference"],
        "suite": "DURHAMGATE",
        "arrived_at": "2026-11-03T09:00:00Z",
        "reason": "answering_bail",
    }
    answer = await client.post("/v1/custody-returns", json=body, headers=a_key())
    assert (answer.json()["errorCode"], answer.json()["limit"]) == ("custody-record-full", 1)


async def test_what_is_put_right_counts_too_and_of_one_kind_only(client, monkeypatch):
    record = await booked(client)
    monkeypatch.setattr(detention, "MOST_ENTRIES", 2)
    here = f"{HERE.format(record['id'])}"
    replaced = None
    for held_at in ("2026-11-03T03:50:00Z", "2026-11-03T03:40:00Z"):
        body = REVIEWED | {"held_at": held_at, "replaces": replaced}
        answer = await client.post(f"{here}/reviews", json=body, headers=a_key())
        assert answer.status_code == 201, answer.text
        replaced = (await client.get(f"{here}/detention")).json()["entries"][-1]["id"]
    full = await client.post(f"{here}/reviews", json=REVIEWED, headers=a_key())
    assert (full.json()["what"], full.json()["limit"]) == ("reviews", 2)
    assert (await client.post(f"{here}/pauses", json=PAUSED, headers=a_key())).status_code == 201


async def test_a_link_is_counted_at_both_of_its_ends_and_may_always_be_withdrawn(
    client, monkeypatch
):
    one, other, third = [await booked(client) for _ in range(3)]
    monkeypatch.setattr(circumstances, "MOST_LINKS", 1)

    async def link(record, **body):
        place = f"{HERE.format(record['id'])}/co-accused"
        return await client.post(place, json=body, headers=a_key())

    first = await link(one, custody_record_id=other["id"])
    assert first.status_code == 201, first.text
    for record, body in (
        (other, {"not_arrested": True}),
        (third, {"custody_record_id": one["id"]}),
    ):
        assert (await link(record, **body)).json()["errorCode"] == "custody-record-full"
    (stands,) = first.json()["circumstances"]["co_accused"]
    assert (await link(other, withdraws=stands["id"])).status_code == 201
    assert (await link(one, not_arrested=True)).json()["errorCode"] == "custody-record-full"
