"""Everything there is about one thing, from every room; for auditors and for what comes next."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.tables import AllegedOffence, CustodyRecord, Offence
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.errors import RuleBroken
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
    """Every id that belongs to what was asked about; None if nothing was, empty if it is unknown.

    Raises:
        RuleBroken: it was named twice over, so that one of the two names would count for nothing.
    """
    if reference is not None and subject is not None:
        raise RuleBroken(
            "query:subject",
            "subject-or-reference",
            "Send subject or reference, one of the two: a reference names its record by itself.",
        )
    if reference is not None:
        found = await rows_of(session, BY_REFERENCE, reference=reference)
        return await everything_about(session, found[0].id) if found else []
    return None if subject is None else await everything_about(session, subject)


RIGHT = aliased(AllegedOffence)
UNTIL = sa.bindparam("at", type_=sa.DateTime(timezone=True))
ALLEGED_THEN = (
    sa.select(
        col(Offence.code),
        col(Offence.title),
        col(AllegedOffence.committed_from),
        col(AllegedOffence.committed_until),
        col(AllegedOffence.committed_in_area),
    )
    .join(Offence, col(Offence.id) == col(AllegedOffence.offence_id))
    .outerjoin(
        RIGHT,
        sa.and_(col(RIGHT.replaces_id) == col(AllegedOffence.id), col(RIGHT.added_at) <= UNTIL),
    )
    .where(
        col(AllegedOffence.custody_record_id) == THING,
        col(AllegedOffence.added_at) <= UNTIL,
        col(RIGHT.id).is_(None),
    )
    .order_by(col(AllegedOffence.committed_from), col(AllegedOffence.id))
)


async def alleged_then(session: AsyncSession, decision: Any) -> Sequence[Any]:
    """What was alleged when a decision was taken, whatever was put right since."""
    given = {"thing": decision.custody_record_id, "at": decision.decided_at}
    return await rows_of(session, ALLEGED_THEN, **given)
