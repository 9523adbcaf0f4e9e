"""What is copied reaches the thread that reads it, until either goes."""

import asyncio

import pytest

from checkpoint.extracts.builds.chunks import Cancelled, Chunks


@pytest.mark.slow
async def test_a_thread_that_goes_ends_the_copying_and_the_other_way_round():
    chunks = Chunks()
    chunks.leave()
    with pytest.raises(Cancelled):
        await chunks.put(b"x")
    await chunks.end()
    assert [*chunks] == []
    chunks = Chunks()
    read = asyncio.create_task(asyncio.to_thread(lambda: [*chunks]))
    for _ in range(3):
        await chunks.put(b"x")
    await chunks.end()
    assert await read == [b"x"] * 3
