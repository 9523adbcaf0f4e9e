"""The only place that asks what time it is."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends


class Clock:
    """The true time; or in the demo's own service the instant that a file holds, read every time."""

    file: Path | None = None

    def now(self) -> datetime:
        return told_in(self.file) if self.file else datetime.now(UTC)


CLOCK = Clock()


def follow(file: Path | None) -> None:
    """From now on the programme's time is the instant that a file holds; or again the true one.

    Only ``Settings.clock_file`` is given here, which is refused outside development.
    """
    CLOCK.file = file


def told_in(file: Path) -> datetime:
    """The instant that a file holds, such as ``2026-11-03T12:00:00Z``.

    Args:
        file: with that one line and nothing else.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds something else, or an instant without its offset.
    """
    found = datetime.fromisoformat(file.read_text("ascii").strip())
    if found.tzinfo is None:
        raise ValueError("Write the instant with its offset, such as Z.")
    return found.astimezone(UTC)


def utc_now() -> datetime:
    return CLOCK.now()


async def now() -> datetime:
    return utc_now()


async def token_time() -> datetime:
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(now)]
# Apart from the programme's time: a test or the demo may stop that, and people must still be able
# to log in.
TokenTime = Annotated[datetime, Depends(token_time)]
