"""Bytes on their way from the database's loop to the thread that writes, a few at a time."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, Full, Queue

# Chunks that wait between the database and the thread, so that memory does not grow.
WAITING = 16
PATIENCE = 0.5


class Cancelled(Exception):
    """Somebody no longer wants what is being built."""


class Chunks:
    """Bytes on their way from a loop to a thread, a few at a time."""

    def __init__(self) -> None:
        self._queue: Queue[bytes] = Queue(WAITING)
        self._left = threading.Event()

    async def put(self, chunk: bytes) -> None:
        """The next bytes; waits while the thread is busy.

        Raises:
            Cancelled: the thread has gone.
        """
        while not self._left.is_set():
            with suppress(Full):
                self._queue.put_nowait(chunk)
                return
            await asyncio.sleep(0.002)
        raise Cancelled

    async def end(self) -> None:
        """Nothing comes any more."""
        with suppress(Cancelled):
            await self.put(b"")

    def leave(self) -> None:
        """The thread reads no more."""
        self._left.set()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            try:
                chunk = self._queue.get(timeout=PATIENCE)
            except Empty:
                if self._left.is_set():
                    return  # whoever reads ahead in a thread of its own would wait for ever
                continue
            if not chunk:
                return
            yield chunk
