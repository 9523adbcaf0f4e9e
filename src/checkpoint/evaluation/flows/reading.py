"""Read a cut's flow for whoever asks: at a door, for a picture, or in the shell."""

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation import queries as cuts
from checkpoint.evaluation.flows import queries, views
from checkpoint.evaluation.flows.schemas import FlowView
from checkpoint.evaluation.queries import Opened
from checkpoint.foundation.actors import Role


async def flow(session: AsyncSession, opened: Opened, *, role: Role) -> FlowView:
    """From arrest to analysis.

    Raises:
        FlowDoesNotReconcile: the cut's numbers do not add up.
    """
    allocated = await cuts.allocated(session, opened)
    counted = views.Counted(
        allocated=allocated.people,
        given=await queries.given(session, opened),
        ended=await queries.ended(session, opened),
        analysed=await queries.analysed(session, opened, allocated),
    )
    return views.flow(opened, counted, role=role)
