"""Back door of the people room: the search keys of whoever was on record before there were any."""

from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.access.authentication import shell_actor
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.people import actions, queries


async def index_everybody(engine: AsyncEngine) -> int:
    """Write the search keys that are missing, a few hundred people at a time; how many people."""
    count = 0
    while True:
        async with transaction(engine) as session:
            people = await queries.unindexed(session)
            if not people:
                return count
            await actions.write_keys(session, people, by=shell_actor(), at=utc_now())
        count += len(people)
