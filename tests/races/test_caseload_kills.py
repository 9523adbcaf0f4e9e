"""The service is killed while a caseload of forty changes hands: all of it went, or none."""

import asyncio
import random
from contextlib import suppress

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from builders import a_key
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from navigating import make_assigned, make_navigator
from storms import Service

SEED, CASES = 20261103, 40
SERVE = ("-m", "checkpoint", "serve")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]
FOUND = sa.text("""
    SELECT count(*) FILTER (WHERE navigator_id = :sick AND ended_at IS NULL) AS kept,
           count(*) FILTER (WHERE navigator_id = :sick AND ended_at IS NOT NULL) AS gone,
           count(*) FILTER (WHERE how = 'reassigned' AND ended_at IS NULL) AS moved,
           count(DISTINCT xmin::text) FILTER (WHERE how = 'reassigned' OR ended_at IS NOT NULL) AS writers,
           (SELECT count(*) FROM navigator_reassignment WHERE navigator_id = :sick) AS deeds,
           (SELECT count(*) FROM audit_entry WHERE event = 'navigator.caseload_reassigned'
               AND subject_ids @> ARRAY[CAST(:sick AS uuid)]) AS entries
      FROM navigator_assignment
     WHERE custody_record_id = ANY(:cases)
""")
NOTHING = {"kept": CASES, "gone": 0, "moved": 0, "writers": 0, "deeds": 0, "entries": 0}
EVERYTHING = {"kept": 0, "gone": CASES, "moved": CASES, "writers": 1, "deeds": 1, "entries": 1}


def bearer(service, role):
    form = {"role": role, "suite": "DURHAMGATE"}
    answer = httpx.post(f"{service.address}/local-issuer/token", data=form)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


class Caseload:
    """A navigator with forty cases, and three who can take them."""

    def __init__(self, engine):
        self.engine = engine

    async def made(self):
        async with AsyncSession(self.engine) as session:
            self.sick = await make_navigator(session)
            for _ in range(3):
                await make_navigator(session, capacity=100)
            made = [await make_assigned(session, self.sick.id, at=utc_now()) for _ in range(CASES)]
            self.cases = [each.id for each in made]
            await session.commit()
        return self

    async def found(self):
        async with self.engine.connect() as connection:
            given = {"sick": self.sick.id, "cases": self.cases}
            return dict((await connection.execute(FOUND, given)).one()._mapping)


async def struck(engine, service, delay):
    """One caseload that is reassigned while the service is killed; whether it had gone by then."""
    caseload, headers = await Caseload(engine).made(), bearer(service, "supervisor")
    async with httpx.AsyncClient(base_url=service.address, headers=headers) as boss:
        here = f"/v1/navigators/{caseload.sick.id}"
        plan = (await boss.post(f"{here}/reassignment-plan", json={})).json()
        assert (plan["holds"], len(plan["items"])) == (True, CASES)
        headers = a_key() | {"If-Match": f'"{plan["tag"]}"'}

        async def ask():
            body = {"reason_code": "sick"}
            return await boss.post(f"{here}/reassignments", json=body, headers=headers, timeout=60)

        asking = asyncio.create_task(ask())
        await asyncio.sleep(delay)  # at any moment
        await service.kill(None)
        told = None
        with suppress(httpx.TransportError):
            told = await asking
        found = await caseload.found()
        assert found in (NOTHING, EVERYTHING)
        assert told is None or found == EVERYTHING
        again = await ask()
        assert again.status_code == 201, again.text
        assert ("idempotency-replayed" in again.headers) == (found == EVERYTHING)
        assert await caseload.found() == EVERYTHING
        return found == EVERYTHING


async def strikes(tmp_path, url, delays):
    engine = engine_for(url, role=OWNER_ROLE, pool_size=2)
    try:
        async with Service(tmp_path, SERVE, CHECKPOINT_DATABASE_URL=url) as service:
            return [await struck(engine, service, delay) for delay in delays]
    finally:
        await engine.dispose()


@pytest.fixture
def apart(make_database):
    """A database in which nobody else writes."""
    return make_database()


async def test_forty_cases_change_hands_all_or_not_at_all(tmp_path, apart):
    went = await strikes(tmp_path, apart, (0.01, 0.12))
    assert len(went) == 2


@pytest.mark.long
async def test_forty_cases_change_hands_all_or_not_at_all_whenever_it_is_killed(tmp_path, apart):
    rng = random.Random(SEED)
    went = await strikes(tmp_path, apart, [rng.uniform(0, 0.6) for _ in range(24)])
    assert {*went} == {True, False}, "no kill came in time, or all came too early"
