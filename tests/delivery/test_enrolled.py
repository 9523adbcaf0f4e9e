"""Cases that were enrolled directly; and people who turn out to be one."""

import pytest
import sqlalchemy as sa

from builders import a_key, booked
from checkpoint.foundation.actors import Role
from delivering import DEVIATED, PROPOSED, STARTED, a_disposal, place, problem, said
from traces import entries
from trialling import consenting


async def enrolled(client):
    record, decision = await consenting(client)
    body = {"eligibility_decision_id": decision["id"]}
    answer = await client.put(place(record, "enrolment"), json=body)
    assert answer.status_code == 201, answer.text
    return record


async def test_an_enrolled_case_is_started_by_anybody_who_may_record_it(client, clients):
    record = await enrolled(client)
    supervisor = clients(Role.SUPERVISOR)
    answer = await said(supervisor, record, "programme-start", STARTED)
    assert answer.status_code == 201, answer.text
    assert answer.json()["delivered"] == "treatment"
    assert [step["step"] for step in answer.json()["next_steps"]] == ["record_disposal"]


async def test_an_enrolled_case_has_no_arm_to_depart_from(client, clients):
    record = await enrolled(client)
    supervisor = clients(Role.SUPERVISOR)
    for noun, body in (("crossovers", PROPOSED), ("deviations", DEVIATED)):
        problem(await said(supervisor, record, noun, body), 404, "allocation-not-found")


async def test_an_enrolled_case_that_was_disposed_of_without_a_start_got_what_the_control_gets(
    client,
):
    record = await enrolled(client)
    await said(client, record, "disposals", a_disposal(record))
    assert (await client.get(place(record, "delivery"))).json()["delivered"] == "control"


async def test_a_start_that_is_entered_late_says_why(client):
    record = await enrolled(client)
    answer = await said(client, record, "programme-start", STARTED | {"late_reason": "busy"})
    assert answer.json()["start"]["late_reason"] == "busy"


async def test_every_deed_and_reading_is_on_record_once(client, owner):
    record = await enrolled(client)
    answers = [
        await said(client, record, "programme-start", STARTED),
        await client.get(place(record, "delivery")),
        await said(client, record, "disposals", a_disposal(record)),
        await client.get(place(record, "disposals")),
        await client.get("/v1/disposals-due"),
        await client.get("/v1/disposals-due/counts"),
        await said(client, record, "programme-start", STARTED),
    ]
    found = [await entries(owner, answer) for answer in answers]
    assert [[row.event for row in rows] for rows in found] == [
        ["delivery.programme_started"],
        ["delivery.read"],
        ["disposal.recorded"],
        ["disposal.read"],
        ["disposal.due_listed"],
        ["disposal.due_counted"],
        ["request.refused"],
    ]


@pytest.mark.slow
async def test_an_allocation_after_the_first_of_one_person_is_not_started(at_trial, a_case):
    first, second = await a_case("treatment"), await a_case("treatment")
    supervisor = at_trial(Role.SUPERVISOR, name="merger")
    kept, other = first["person"]["id"], second["person"]["id"]
    seen = await supervisor.get(f"/v1/people/{kept}")
    merged = await supervisor.post(
        f"/v1/people/{kept}/merges",
        json={"other_id": other, "reason": "fingerprint_result", "words": "Same fingerprints."},
        headers=a_key() | {"If-Match": seen.headers["etag"]},
    )
    assert merged.status_code == 201, merged.text
    officer = at_trial()
    answer = await said(officer, second, "programme-start", STARTED)
    problem(answer, 409, "earlier-allocation-stands")
    assert (await said(officer, first, "programme-start", STARTED)).status_code == 201


START = """
    INSERT INTO programme_start (id, custody_record_id, enrolment_id, programme_consent_id,
                                 started_at, recorded_at, recorded_by)
    SELECT gen_random_uuid(), {record}, enrolment.id, {consent}, {at}, now(), gen_random_uuid()
      FROM enrolment WHERE enrolment.custody_record_id = :record
"""
OWN, NONE = "enrolment.custody_record_id", "gen_random_uuid()"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"record": ":other"}, "own allocation or enrolment"),
        ({"consent": NONE}, "consent that stands"),
    ],
)
async def test_the_database_refuses_a_start_that_the_rules_refuse(client, api, change, why):
    record, other = await enrolled(client), await booked(client)
    parts = {"record": OWN, "consent": "enrolment.programme_consent_id", "at": "now()"} | change
    given = {"record": record["id"]} | ({"other": other["id"]} if "record" in change else {})
    with pytest.raises(sa.exc.DBAPIError, match=why):
        async with api.begin() as connection:
            await connection.execute(sa.text(START.format(**parts)), given)


async def test_what_was_recorded_is_changed_by_nobody(client, owner):
    record = await enrolled(client)
    await said(client, record, "programme-start", STARTED)
    await said(client, record, "disposals", a_disposal(record))
    for table in ("programme_start", "disposal"):
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET recorded_by = id"):
            with pytest.raises(sa.exc.DBAPIError):
                async with owner.begin() as connection:
                    await connection.execute(sa.text(change))
