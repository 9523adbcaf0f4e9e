"""How much one person may ask in a minute, whichever process answers.

Nearly every request leaves a ledger entry, so the ledger is the count that all processes share;
those that leave none (code lists, and who am I) each process counts by itself. Keyed on who
asks, never on an address that a header can forge. Using the ledger to keep the service secure is
one of the purposes that DPA 2018 s.62(4) allows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.audit import queries
from checkpoint.foundation import errors

WINDOW = timedelta(minutes=1)
# How many requests one process answers before it asks the ledger again.
SHARE = 20
PAUSE = timedelta(seconds=1)


class TooManyRequests(errors.TooMany):
    slug = "too-many-requests"
    title = "That was more than one person may ask in a minute"


@dataclass
class Tally:
    """What is known of one person's last minute, and when it was read."""

    read_at: datetime
    minute: datetime
    known: int = 0
    since: int = SHARE
    here: int = 0


class Budgets:
    """One process's view of everybody's last minute."""

    def __init__(self, engine: AsyncEngine, *, per_minute: int) -> None:
        self._engine, self._per_minute = engine, per_minute
        self._tallies: dict[UUID, Tally] = {}

    async def spend(self, actor_id: UUID, *, at: datetime) -> None:
        """Count one request.

        Raises:
            TooManyRequests: the person has used up their minute; says when to ask again.
        """
        tally = self._tallies.setdefault(actor_id, Tally(read_at=at, minute=at))
        if at - tally.minute > WINDOW:
            tally.minute, tally.here = at, 0
        tally.since, tally.here = tally.since + 1, tally.here + 1
        spent = tally.known + tally.since > self._per_minute
        age = at - tally.read_at
        if tally.since > SHARE or age > WINDOW or (spent and age > PAUSE):
            tally.known = await queries.count_since(self._engine, actor_id, at - WINDOW)
            tally.since, tally.read_at = 1, at
        if max(tally.known + tally.since, tally.here) > self._per_minute:
            raise TooManyRequests("Wait a little and go on more slowly.", retry_after_seconds=10)
