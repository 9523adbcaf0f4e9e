"""Everything there is about one thing, from every room; for auditors and for what comes next."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.tables import CustodyRecord
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.database import rows_of
from checkpoint.oversight.tables import EligibilityOverride

THING = sa.bindparam("thing", type_=sa.Uuid())
RECORDS = sa.select(col(CustodyRecord.id)).where(
    sa.or_(col(CustodyRecord.person_id) == THING, col(CustodyRecord.id) == THING)
)
DECISIONS = sa.select(col(EligibilityDecision.id)).where(
    col(EligibilityDecision.custody_record_id).in_(RECORDS)
)
OVERRIDES = sa.select(col(EligibilityOverride.id)).where(
    col(EligibilityOverride.eligibility_decision_id).in_(DECISIONS)
)
ABOUT = sa.union(RECORDS, DECISIONS, OVERRIDES)
BY_REFERENCE = sa.select(col(CustodyRecord.id)).where(
    col(CustodyRecord.reference) == sa.bindparam("reference")
)


async def everything_about(session: AsyncSession, thing: UUID) -> list[UUID]:
    """A person or a record, with the records, decisions and overrides that belong to it."""
    found = [row.id for row in await rows_of(session, ABOUT, thing=thing)]
    return list(dict.fromkeys([thing, *found]))


async def asked_about(
    session: AsyncSession, *, subject: UUID | None, reference: str | None
) -> list[UUID] | None:
    """Every id that belongs to what was asked about; None if nothing was, empty if it is unknown."""
    if reference is not None:
        found = await rows_of(session, BY_REFERENCE, reference=reference)
        return await everything_about(session, found[0].id) if found else []
    return None if subject is None else await everything_about(session, subject)
