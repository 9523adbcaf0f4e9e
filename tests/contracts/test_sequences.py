"""Whatever happens to a contract: record, ledger and timeline tell what a plain model says."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import rolled_back
from living import STEPS, Life
from navigating import actor_id


async def live(api, bench, steps):
    async with rolled_back(api) as session:
        id = UUID(bench.contract["id"])
        found = Life(session, id, UUID(actor_id(bench.clients, bench.navigator.name)))
        for name, *given_ in steps:
            await getattr(found, name)(*given_)
        await session.exec(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
        await found.check()


@pytest.fixture
async def drafted(a_bench):
    """A draft that every example goes on from, and leaves as it was."""
    bench = await a_bench()
    await bench.draft()
    return bench


SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
START = [("offer",), ("sign_all",)]
WHOLE = {"signed": st.booleans(), "steps": st.lists(STEPS, min_size=12, max_size=30)}


@pytest.mark.slow
@settings(max_examples=5, deadline=None, suppress_health_check=SLOW)
@given(**WHOLE)
async def test_a_contract_its_steps_and_the_ledger_tell_one_story(drafted, api, signed, steps):
    await live(api, drafted, [*(START if signed else ()), *steps])


# In ten parts, since a test that runs for minutes on end is taken for one that hangs.
@pytest.mark.long
@pytest.mark.parametrize("part", range(10))
@settings(max_examples=60, deadline=None, derandomize=False, suppress_health_check=SLOW)
@given(**WHOLE)
async def test_ten_thousand_steps_of_contracts_tell_one_story(drafted, api, part, signed, steps):
    await live(api, drafted, [*(START if signed else ()), *steps])


async def test_the_model_sees_a_whole_life(drafted, api):
    steps = [
        ("offer",), ("sign", "person"), ("sleep", 2), ("sign", "navigator"), ("sign", "supervisor"),
        ("stop", "SUSPENDED"), ("sleep", 9), ("save", None), ("sign", "person"),
        ("resume",), ("sign_all",), ("save", 7), ("decline",), ("decline",), ("save", 40),
        ("sign", "supervisor"), ("sign", "person"), ("sign", "person"), ("stop", "SUSPENDED"), ("sleep", 3), ("resume",),
        ("stale",), ("sign", "navigator"), ("sign", "supervisor"), ("stop", "FAILED"), ("save", 1),
    ]  # fmt: skip
    await live(api, drafted, steps)
