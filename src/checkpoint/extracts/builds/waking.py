"""In the service: wakes a worker, in a process of its own, when a build waits."""

import asyncio
import os
import sys
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation.database import rows_of, transaction
from checkpoint.foundation.logs import log, without_content

# What nobody woke a worker for, since whoever had it was killed, is found as often as this.
LOOKED_EVERY = 30.0
# The lock that a worker holds while it builds is free for a moment where nobody does.
LEFT = sa.text("""
    WITH waiting AS MATERIALIZED (
        SELECT id FROM extract_build WHERE state IN ('queued', 'running')
    )
    SELECT id FROM waiting
     WHERE pg_try_advisory_xact_lock(hashtext('extract build'), hashtext(CAST(id AS text)))
""")
# What keeps a worker small: one arena of memory, for Arrow's too, of which a few megabytes are kept
# for the next batch, and no threads for sums that it does not do. Without the second line, memory
# for each batch would be asked of the system anew and filled with zeros, a third of the time.
FRUGAL = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "4194304",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
WORK = ("-m", "checkpoint", "extracts", "work")


class Waker:
    """Looks after builds for as long as the service runs.

    A build reads a million rows: in a process of its own it holds up no request.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on."""
        self._task = asyncio.create_task(self._look())

    def wake_after(self, session: AsyncSession) -> None:
        """A build is asked for in this session; it can be found once that is committed."""
        sa.event.listen(session.sync_session, "after_commit", lambda _: self._woken.set())

    async def stop(self) -> None:
        """Look no more; a worker that is at it goes, and the next one takes its build up again."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _look(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKED_EVERY):
                    await self._woken.wait()
            self._woken.clear()
            if await self._left():
                await self._tried()

    async def _left(self) -> bool:
        try:
            async with transaction(self._engine) as session:
                return bool(await rows_of(session, LEFT))
        except (sa.exc.SQLAlchemyError, OSError):
            return False  # the database is away; it is asked again

    async def _tried(self) -> None:
        try:
            await self._worker()
        except OSError as fault:  # no memory, or no more processes: it is tried again
            log.error("extract_worker_not_started", **without_content(fault))

    async def _worker(self) -> None:
        worker = await asyncio.create_subprocess_exec(
            sys.executable, *WORK, stdout=asyncio.subprocess.DEVNULL, env=os.environ | FRUGAL
        )
        try:
            code = await worker.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                worker.terminate()
            await worker.wait()
            raise
        if code:
            log.error("extract_worker_ended", code=code)
