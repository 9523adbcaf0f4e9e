"""Where no trial is open, people are enrolled directly: once, and never beside an allocation."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import a_key, released
from checkpoint.allocation.states import MOST_ANNOTATIONS
from checkpoint.foundation.actors import Role
from trialling import consenting


def place_of(record, noun):
    return f"/v1/custody-records/{record['id']}/{noun}"


async def put(client, record, decision, noun="enrolment"):
    body = {"eligibility_decision_id": decision["id"]}
    return await client.put(place_of(record, noun), json=body)


def refused(answer, status, slug):
    assert (answer.status_code, answer.json()["errorCode"]) == (status, slug), answer.text


async def test_a_case_is_enrolled_once_and_every_repeat_finds_it(stage):
    clients = stage.at()
    officer = clients()
    record, decision = await consenting(officer)
    first = await put(officer, record, decision)
    again = await put(clients(name="colleague"), record, decision)
    read = await officer.get(place_of(record, "enrolment"))
    assert [a.status_code for a in (first, again, read)] == [201, 200, 200], first.text
    assert first.json() == again.json() == read.json()
    assert len(await stage.found("SELECT id FROM enrolment")) == 1


async def test_where_the_programme_does_not_run_nobody_is_enrolled(stage):
    peterlee = stage.at()(Role.CUSTODY_OFFICER, "PETERLEE")
    record, decision = await consenting(peterlee, booking={"suite": "PETERLEE"})
    refused(await put(peterlee, record, decision), 409, "programme-not-live")
    refused(await peterlee.get(place_of(record, "enrolment")), 404, "enrolment-not-found")


async def test_an_allocated_case_is_not_enrolled_as_well(at_trial):
    officer = at_trial()
    record, decision = await consenting(officer)
    assert (await put(officer, record, decision, "allocation")).status_code == 201
    refused(await put(officer, record, decision), 409, "already-allocated")


async def test_an_allocation_takes_so_many_annotations_and_no_more(at_trial, trial_owner):
    officer, blind = at_trial(), at_trial(Role.SUPERVISOR, name="blind")
    record, decision = await consenting(officer)
    told = (await put(officer, record, decision, "allocation")).json()
    add = sa.text(
        "INSERT INTO allocation_annotation (id, allocation_id, kind, words, noted_at, noted_by)"
        " SELECT gen_random_uuid(), :id, 'other', 'Synthetic.', now(), :by"
        " FROM generate_series(1, :many)"
    )
    async with trial_owner.begin() as connection:
        given = {"id": told["id"], "by": uuid4(), "many": MOST_ANNOTATIONS}
        await connection.execute(add, given)
    note = {"kind": "other", "words": "One too many."}
    answer = await blind.post(
        place_of(record, "allocation/annotations"), json=note, headers=a_key()
    )
    refused(answer, 409, "annotations-full")


@pytest.mark.slow
async def test_who_was_enrolled_before_the_trial_and_drawn_in_it_is_counted_for_the_monitor(stage):
    officer = stage.at()()
    record, decision = await consenting(officer)
    assert (await put(officer, record, decision)).status_code == 201
    await released(officer, record)
    await stage.trial()
    again = {"person": ..., "person_id": record["person"]["id"]}
    for booking in (again, None):
        drawn = await put(officer, *await consenting(officer, booking=booking), "allocation")
        assert drawn.status_code == 201, drawn.text
    conduct = (await stage.at()(Role.TRIAL_MANAGER).get("/v1/trials/TEST-TRIAL/conduct")).json()
    (suite,) = conduct["suites"]
    assert (suite["allocated"], suite["enrolled_before"]) == (2, 1)
    assert "another case" in conduct["counted"]["enrolled_before"]
