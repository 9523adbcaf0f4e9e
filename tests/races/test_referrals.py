"""Two hundred referrals for the last ten places, at two processes of the service at once."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from checkpoint.foundation.database import engine_for
from crowd import crowd, plainly
from referring import CONTACT, listed, places
from services import running

pytestmark = pytest.mark.slow

# As the doors of enrolment, of the programme's start and of needs would have left them.
STARTED = """
    WITH cases AS (
        SELECT record.id AS record_id, record.person_id, record.suite, asking.taken_at,
               asking.eligibility_decision_id AS decision_id, consent.id AS consent_id,
               gen_random_uuid() AS enrolment_id, gen_random_uuid() AS assessment_id
          FROM custody_record AS record
          JOIN consent_asking AS asking ON asking.custody_record_id = record.id
          JOIN consent ON consent.consent_asking_id = asking.id AND consent.kind = 'programme'
         WHERE record.id = ANY($1)
    ), enrolled AS (
        INSERT INTO enrolment (id, custody_record_id, person_id, suite, eligibility_decision_id,
                               programme_consent_id, enrolled_at, enrolled_by)
        SELECT enrolment_id, record_id, person_id, suite, decision_id, consent_id, taken_at, $2
          FROM cases
    ), begun AS (
        INSERT INTO programme_start (id, custody_record_id, enrolment_id, programme_consent_id,
                                     started_at, recorded_at, recorded_by)
        SELECT gen_random_uuid(), record_id, enrolment_id, consent_id, taken_at, taken_at, $2
          FROM cases
    ), assessed AS (
        INSERT INTO needs_assessment (id, custody_record_id, number, needs_instrument_id, timepoint,
                                      assessed_at, completed_at, completed_by)
        SELECT assessment_id, record_id, 1, (SELECT id FROM needs_instrument LIMIT 1), 'baseline',
               taken_at, taken_at, $2
          FROM cases
    )
    INSERT INTO needs_pathway (id, needs_assessment_id, pathway, score, score_at_least,
                               score_at_most, highest, level, linked_to_offending, link_carried_over)
    SELECT gen_random_uuid(), assessment_id, 'finance', 4, 4, 4, 4, 'high', 'no', FALSE FROM cases
"""
MANY, FREE = 200, 10


async def begun(url, many):
    """So many cases that were started on the programme, with a need for help with money."""
    at = datetime.now(UTC) - timedelta(hours=1)
    ids = [case.record_id for case in await crowd(url, ["DURHAMGATE"], many, at=at)]
    async with plainly(url) as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(STARTED, ids, uuid4())
    return ids


async def referred(client, record_id, offer):
    """What one is answered, however often the service has to be asked again."""
    body = {"service_id": offer.service_id, "pathway": "finance", "name": "initials"}
    headers = {"Idempotency-Key": str(uuid4())}
    while True:
        answer = await client.post(
            f"/v1/custody-records/{record_id}/referrals",
            json=body | {"contact": CONTACT},
            headers=headers,
        )
        if answer.status_code != 503:
            return answer.json().get("errorCode", answer.json().get("state"))


@pytest.fixture
def url(make_database):
    return make_database()


async def test_ten_of_two_hundred_at_once_get_the_last_ten_places(url, tmp_path):
    ids = await begun(url, MANY)
    engine = engine_for(url)
    offer = await listed(engine, maximum=FREE)
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    given = {"CHECKPOINT_DATABASE_URL": url, "CHECKPOINT_REQUESTS_PER_MINUTE": "1000000"}
    with running(folders[0], **given) as (_, one), running(folders[1], **given) as (_, other):
        clients = [boss(address) for address in (one, other)]
        told = await asyncio.gather(
            *(referred(clients[n % 2], id, offer) for n, id in enumerate(ids))
        )
        for client in clients:
            await client.aclose()
    assert Counter(told) == {"made": FREE, "no-place-free": MANY - FREE}
    assert await places(engine, offer) == (FREE, FREE)
    await engine.dispose()


def boss(address):
    form = {"role": "supervisor", "suite": ["DURHAMGATE"], "name": "boss"}
    token = httpx.post(f"{address}/local-issuer/token", data=form).json()["access_token"]
    return httpx.AsyncClient(
        base_url=address,
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
        limits=httpx.Limits(max_connections=MANY),
    )
