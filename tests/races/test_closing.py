"""A trial that is closed while somebody draws; and what the database refuses by itself."""

import asyncio
from uuid import uuid4

import pytest
import sqlalchemy as sa

from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.trials import loading as trials
from conftest import NOON
from trialling import consenting
from waits import until_waiting

pytestmark = pytest.mark.slow

MANAGER = Actor(id=uuid4(), role=Role.OPERATOR)


def draw(client, record, decision):
    address = f"/v1/custody-records/{record['id']}/allocation"
    return client.put(address, json={"eligibility_decision_id": decision["id"]})


async def close(session):
    await trials.close(session, "TEST-TRIAL", words="Synthetic.", by=MANAGER, at=NOON)


async def test_a_draw_that_waited_for_the_closing_draws_nothing(stage):
    await stage.trial()
    officer = stage.at()()
    record, decision = await consenting(officer)
    async with transaction(stage.owner) as session:
        await close(session)
        waiting = asyncio.create_task(draw(officer, record, decision))
        await until_waiting(stage.owner)
    answer = await waiting
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "trial-is-closed")
    assert await stage.found("SELECT id FROM allocation") == []


AGAIN = """
    INSERT INTO allocation
    SELECT gen_random_uuid(), allocation.trial_id, trial_protocol_id, trial_stratum_id,
           draw_slot(trial_stratum_id, trial_protocol_id), NULL, CAST(:record AS uuid),
           CAST(:person AS uuid), CAST(:decision AS uuid), given.id, asked.id, software,
           allocated_at, allocated_by, NULL
      FROM allocation, consent AS given, consent AS asked, consent_asking
     WHERE given.consent_asking_id = consent_asking.id AND given.kind = 'programme'
       AND asked.consent_asking_id = consent_asking.id AND asked.kind = 'research'
       AND consent_asking.custody_record_id = CAST(:record AS uuid)
     LIMIT 1
"""


@pytest.fixture
async def later(stage):
    """Somebody allocated, and a case of somebody else that could be."""
    await stage.trial()
    officer = stage.at()()
    first, decision = await consenting(officer)
    assert (await draw(officer, first, decision)).status_code == 201
    record, decision = await consenting(officer)
    given = {"record": record["id"], "person": record["person"]["id"], "decision": decision["id"]}
    return first, given


async def test_what_the_database_refuses_could_otherwise_be_inserted(stage, later):
    await stage.found(AGAIN, **later[1])
    assert len(await stage.found("SELECT id FROM allocation")) == 2


async def test_the_database_itself_refuses_a_draw_in_a_closed_trial(stage, later):
    async with transaction(stage.owner) as session:
        await close(session)
    with pytest.raises(sa.exc.IntegrityError, match="the trial is closed"):
        await stage.found(AGAIN, **later[1])


async def test_the_database_itself_refuses_a_person_who_is_not_the_case_s(stage, later):
    first, given = later
    with pytest.raises(sa.exc.IntegrityError, match="whom its case is about"):
        await stage.found(AGAIN, **(given | {"person": first["person"]["id"]}))


MERGED = """
    INSERT INTO person_merge (id, kept_id, other_id, reason, words, merged_at, merged_by)
    VALUES (gen_random_uuid(), CAST(:kept AS uuid), CAST(:other AS uuid), 'other', 'Synthetic.',
            now(), gen_random_uuid())
"""


async def test_the_database_itself_refuses_a_second_allocation_of_one_person(stage, later):
    first, given = later
    await stage.found(MERGED, kept=given["person"], other=first["person"]["id"])
    with pytest.raises(sa.exc.IntegrityError, match="allocated in the trial already"):
        await stage.found(AGAIN, **given)


async def test_the_database_itself_refuses_a_draw_without_consents_that_stand(stage, later):
    _, given = later
    withdrawn = """
        INSERT INTO consent_withdrawal (id, consent_id, withdrawn_at, told_by, reason_code,
                                        recorded_at, recorded_by)
        SELECT gen_random_uuid(), consent.id, now(), 'person', 'no_reason_given', now(),
               gen_random_uuid()
          FROM consent JOIN consent_asking ON consent_asking.id = consent_asking_id
         WHERE custody_record_id = CAST(:record AS uuid) AND kind = 'research'
    """
    await stage.found(withdrawn, record=given["record"])
    with pytest.raises(sa.exc.IntegrityError, match="consents that stand"):
        await stage.found(AGAIN, **given)


async def test_the_database_itself_refuses_a_draw_on_another_case_s_decision(stage, later):
    _, given = later
    drawn = "SELECT eligibility_decision_id AS id FROM allocation"
    (decision,) = await stage.found(drawn)
    with pytest.raises(sa.exc.IntegrityError, match="present decision"):
        await stage.found(AGAIN, **(given | {"decision": str(decision.id)}))
