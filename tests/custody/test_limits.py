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
from checkpoint.custody import actions, queries
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
