"""Take access away at once, whatever tokens are still about."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.states import AccessEvent
from checkpoint.access.tables import TokenRevocation
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert


async def revoke(session: AsyncSession, actor_id: UUID, *, by: Actor, at: datetime) -> None:
    """Refuse every token of this actor that was issued until now."""
    row = TokenRevocation(actor_id=actor_id, issued_before=at, revoked_by=by.id)
    await insert(session, row)
    await ledger.record(
        session,
        Operation.ALTERATION,
        AccessEvent.REVOKED,
        actor_id,
        kind="actor",
        by=by,
        at=at,
        change={"issued_before": (None, at)},
    )
