"""Everything there is about one thing, from every room; for auditors and for what comes next."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.tables import CustodyRecord
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.database import rows_of

THING = sa.bindparam("thing", type_=sa.Uuid())
RECORDS = sa.select(col(CustodyRecord.id)).where(
    sa.or_(col(CustodyRecord.person_id) == THING, col(CustodyRecord.id) == THING)
)
DECISIONS = sa.select(col(EligibilityDecision.id)).where(
    col(EligibilityDecision.custody_record_id).in_(RECORDS)
)
ABOUT = sa.union(RECORDS, DECISIONS)
BY_REFERENCE = sa.select(col(CustodyRecord.id)).where(
    col(CustodyRecord.reference) == sa.bindparam("reference")
)


async def everything_about(session: AsyncSession, thing: UUID) -> list[UUID]:
    """A person with their records and decisions, or a record with its decisions."""
    found = [row.id for row in await rows_of(session, ABOUT, thing=thing)]
    return list(dict.fromkeys([thing, *found]))


async def by_reference(session: AsyncSession, reference: str) -> UUID | None:
    """The custody record that people call by this reference."""
    found = await rows_of(session, BY_REFERENCE, reference=reference)
    return found[0].id if found else None
