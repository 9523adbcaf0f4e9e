"""What the tests wait with does not wait for ever."""

import asyncio

import waits
from waits import all_there


async def test_whoever_stands_at_a_barrier_that_another_never_reaches_is_let_go(monkeypatch):
    monkeypatch.setattr(waits, "SECONDS", 0.01)
    barrier = asyncio.Barrier(3)
    ended = await asyncio.gather(*[all_there(barrier) for _ in range(2)], return_exceptions=True)
    assert [type(each) for each in ended] == [TimeoutError] * 2
