"""One person has one allocation that counts in a trial, whoever they were taken to be."""

import asyncio

import pytest
import sqlalchemy as sa

from builders import a_key, booked, released
from checkpoint.allocation.rules import check_in_no_trial
from checkpoint.allocation.states import EARLIER_CASE, WRONGLY_NAMED, AlreadyAllocated
from checkpoint.foundation.actors import Role
from checkpoint.trials.states import TrialState
from delivering import STARTED, place, problem, said
from trialling import consenting
from waits import until_waiting

HOLD = sa.text("SELECT FROM person WHERE id = :id FOR UPDATE")


@pytest.fixture
def merge(at_trial):
    """Merges the second record's person into the first one's, whom nobody has put right yet."""
    supervisor = at_trial(Role.SUPERVISOR, name="merging")

    async def do(kept, other):
        return await supervisor.post(
            f"/v1/people/{kept['person']['id']}/merges",
            json={"other_id": other["person"]["id"], "reason": "other", "words": "Made up."},
            headers=a_key() | {"If-Match": '"1"'},
        )

    return do


async def drawn(client, record, decision):
    body = {"eligibility_decision_id": decision["id"]}
    return await client.put(place(record, "allocation"), json=body)


async def test_who_is_merged_while_they_wait_to_be_drawn_has_the_first_arm(
    at_trial, trial_owner, merge
):
    officer = at_trial()
    known, first = await consenting(officer)
    told = (await drawn(officer, known, first)).json()
    record, decision = await consenting(officer)
    async with trial_owner.connect() as connection:
        await connection.execute(HOLD, {"id": record["person"]["id"]})
        merging = asyncio.create_task(merge(record, known))
        await until_waiting(trial_owner)
        drawing = asyncio.create_task(drawn(officer, record, decision))
        await until_waiting(trial_owner, many=2)
    assert (await merging).status_code == 201
    answer = await drawing
    assert answer.status_code == 200, answer.text
    assert (answer.json()["id"], answer.json()["arm"]) == (told["id"], told["arm"])
    assert answer.json()["for_this_case"] is False


async def test_of_two_who_were_allocated_and_are_one_the_second_is_told_apart(at_trial, merge):
    officer = at_trial()
    cases = [await consenting(officer) for _ in range(2)]
    before = [(await drawn(officer, *case)).json() for case in cases]
    assert [told["stands"] for told in before] == [True, True]
    (first, _), (second, _) = cases
    assert (await merge(second, first)).status_code == 201
    after = [(await officer.get(place(each, "allocation"))).json() for each in (first, second)]
    assert [told["stands"] for told in after] == [True, False]
    assert [told["arm"] for told in after] == [told["arm"] for told in before]
    assert after[0]["meaning"] == before[0]["meaning"]
    assert after[1]["meaning"] == EARLIER_CASE
    answer = await said(officer, second, "programme-start", STARTED)
    problem(answer, 409, "earlier-allocation-stands")


async def test_who_was_allocated_under_a_wrong_name_is_not_drawn_again(at_trial):
    officer = at_trial()
    right = await released(officer, await booked(officer))
    record, decision = await consenting(officer)
    told = (await drawn(officer, record, decision)).json()
    left = await released(officer, record)
    moved = await officer.put(
        place(record, "identity"),
        json={"person_id": right["person"]["id"], "reason": "wrong_person_selected"},
        headers={"If-Match": f'"{left["version"]}"'},
    )
    assert moved.status_code == 200, moved.text
    again, later = await consenting(
        officer, booking={"person": ..., "person_id": right["person"]["id"]}
    )
    answer = await drawn(officer, again, later)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["id"], answer.json()["for_this_case"]) == (told["id"], False)
    assert answer.json()["meaning"] == EARLIER_CASE
    named, latest = await consenting(
        officer, booking={"person": ..., "person_id": record["person"]["id"]}
    )
    answer = await drawn(officer, named, latest)
    assert (answer.json()["id"], answer.json()["meaning"]) == (told["id"], WRONGLY_NAMED)
    own = (await officer.get(place(record, "allocation"))).json()
    assert (own["arm"], own["meaning"], own["stands"]) == (told["arm"], told["meaning"], True)


async def test_who_is_in_a_trial_that_runs_is_not_enrolled_on_a_later_case(at_trial):
    officer = at_trial()
    record, decision = await consenting(officer)
    await drawn(officer, record, decision)
    await released(officer, record)
    again, later = await consenting(
        officer, booking={"person": ..., "person_id": record["person"]["id"]}
    )
    body = {"eligibility_decision_id": later["id"]}
    answer = await officer.put(place(again, "enrolment"), json=body)
    problem(answer, 409, "already-allocated")


def test_who_was_in_a_trial_that_is_closed_may_be_enrolled():
    check_in_no_trial([])
    check_in_no_trial([TrialState.CLOSED])
    with pytest.raises(AlreadyAllocated):
        check_in_no_trial([TrialState.CLOSED, TrialState.OPEN])


async def test_two_who_wait_for_the_merge_of_both_are_drawn_once_and_none_is_given_up(
    at_trial, trial_owner, merge
):
    officer = at_trial()
    cases = [await consenting(officer) for _ in range(2)]
    one, other = sorted((record for record, _ in cases), key=lambda each: each["person"]["id"])
    async with trial_owner.connect() as connection:
        await connection.execute(HOLD, {"id": other["person"]["id"]})
        merging = asyncio.create_task(merge(one, other))  # holds the one, waits for the other
        await until_waiting(trial_owner)
        drawing = [asyncio.create_task(drawn(officer, *case)) for case in cases]
        await until_waiting(trial_owner, many=3)
    assert (await merging).status_code == 201
    answers = {answer.status_code: answer.json() for answer in await asyncio.gather(*drawing)}
    assert answers.keys() == {201, 409}, answers
    assert answers[409]["type"] == "/problems/person-merged-away"
    assert answers[201]["stands"] is True
