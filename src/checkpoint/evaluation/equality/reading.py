"""Read how groups fare for whoever asks: at a door, or in the shell."""

from collections.abc import Mapping

from fastapi.concurrency import run_in_threadpool
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation import queries as cuts
from checkpoint.evaluation.equality import queries, views
from checkpoint.evaluation.equality.schemas import EqualityView
from checkpoint.evaluation.queries import Opened
from checkpoint.foundation.actors import Role


async def equality(
    session: AsyncSession, opened: Opened, declared: Mapping[str, str], *, role: Role
) -> EqualityView:
    """How groups fare at every gate.

    Raises:
        RuleBroken: a group that is declared is not there.
    """
    allocated = await cuts.allocated(session, opened)
    people = await queries.people(session, opened)
    return await run_in_threadpool(
        views.equality, opened, allocated.people, people, declared, role=role
    )
