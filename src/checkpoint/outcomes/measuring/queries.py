"""Read what was measured of a case that was reached in scope."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.measuring.schemas import CaseMeasuresView, CaseMeasureView
from checkpoint.outcomes.measuring.states import CaseMeasureKind
from checkpoint.outcomes.measuring.tables import CaseMeasure

OF_RECORD = (
    sa.select(*CaseMeasure.__table__.c)
    .where(col(CaseMeasure.custody_record_id) == sa.bindparam("record_id", type_=sa.Uuid()))
    .order_by(col(CaseMeasure.recorded_at), col(CaseMeasure.id))
)


async def of_record(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Sequence[Any]:
    """A case's measures; those of victims only for whoever may read of victims."""
    rows = await rows_of(session, OF_RECORD, record_id=record_id)
    of_victims = holds(actor.role, Permission.READ_VICTIM)
    return [row for row in rows if of_victims or row.kind != CaseMeasureKind.VICTIM_SATISFACTION]


def measures_view(record_id: UUID, rows: Sequence[Any]) -> CaseMeasuresView:
    """What a reader is shown of them."""
    corrected = {row.corrects_id for row in rows}
    items = [
        CaseMeasureView(
            counts=row.id not in corrected and not row.withdrawn,
            **{
                name: getattr(row, name)
                for name in CaseMeasureView.model_fields
                if name != "counts"
            },
        )
        for row in rows
    ]
    return CaseMeasuresView(custody_record_id=record_id, items=items)
