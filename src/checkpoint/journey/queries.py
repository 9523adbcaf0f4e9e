"""Everything there is about one thing, from every room; for auditors and for what comes next."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody import queries as custody
from checkpoint.custody.lists import Offence
from checkpoint.custody.tables import AllegedOffence, CustodyRecord
from checkpoint.eligibility import queries as eligibility
from checkpoint.eligibility.rules import MOVED
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.journey.rules import person_then, relied, relied_on_offence, taken_otherwise
from checkpoint.journey.schemas import (
    CorrectionView,
    MergeDecisionsView,
    OffenceCorrectionView,
    ReliedView,
)
from checkpoint.oversight.tables import EligibilityOverride
from checkpoint.people import queries as people_queries
from checkpoint.people.merges import queries as merges
from checkpoint.people.tables import PersonCorrection

THING = sa.bindparam("thing", type_=sa.Uuid())
RECORDS = sa.select(col(CustodyRecord.id)).where(
    sa.or_(
        col(CustodyRecord.person_id).in_(people_queries.same_person(THING)),
        col(CustodyRecord.id) == THING,
    )
)
DECISIONS = sa.select(col(EligibilityDecision.id)).where(
    col(EligibilityDecision.custody_record_id).in_(RECORDS)
)
OVERRIDES = sa.select(col(EligibilityOverride.id)).where(
    col(EligibilityOverride.eligibility_decision_id).in_(DECISIONS)
)
ABOUT = sa.union(RECORDS, DECISIONS, OVERRIDES, people_queries.same_person(THING))
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


PEOPLE = sa.any_(sa.bindparam("people", type_=ARRAY(sa.Uuid())))
HERE = sa.any_(sa.bindparam("records", type_=ARRAY(sa.Uuid())))
CORRECTION_OF = sa.or_(
    col(PersonCorrection.person_id) == PEOPLE, col(PersonCorrection.custody_record_id) == HERE
)
PUT_RIGHT = select(PersonCorrection).where(CORRECTION_OF).order_by(col(PersonCorrection.id))
LEFT = sa.select(col(PersonCorrection.custody_record_id)).where(
    col(PersonCorrection.field) == MOVED, col(PersonCorrection.person_id) == PEOPLE
)
# Within the reader's suites: decisions of these people's records, and of records that were theirs.
THEIRS = sa.union(
    sa.select(col(CustodyRecord.id)).where(col(CustodyRecord.person_id) == PEOPLE),
    sa.select(col(CustodyRecord.id)).where(col(CustodyRecord.id) == HERE),
    LEFT,
)
TAKEN = eligibility.VISIBLE.where(col(EligibilityDecision.custody_record_id).in_(THEIRS)).order_by(
    col(EligibilityDecision.id)
)


VISIBLE_HERE = sa.select(col(CustodyRecord.id)).where(
    custody.IN_REACH, col(CustodyRecord.id) == HERE
)


async def corrections(
    session: AsyncSession, record: CustodyRecord, *, actor: Actor
) -> list[CorrectionView]:
    """What was put right of a record's person, and of whom it is about, with what rested on it."""
    people, records = {record.person_id}, {record.id}
    told = await rows_of(session, PUT_RIGHT, people=[*people], records=[*records])
    people |= {row.person_id for row in told}
    scope = custody.reach_of(actor)
    taken = await rows_of(session, TAKEN, **scope, people=[*people], records=[*records])
    # Their other corrections are not told here: they say until when something stood, and for whom.
    records |= {row.custody_record_id for row in taken}
    known = await rows_of(session, PUT_RIGHT, people=[*people], records=[*records])
    from_records = [row.custody_record_id for row in told]
    mine = {row.id for row in await rows_of(session, VISIBLE_HERE, **scope, records=from_records)}
    return [
        CorrectionView(
            **{name: getattr(row, name) for name in CORRECTED},
            custody_record_id=row.custody_record_id if row.custody_record_id in mine else None,
            words=row.words if row.custody_record_id in mine else None,
            decisions=[ReliedView.model_validate(one) for one in relied(row, known, taken)],
        )
        for row in told
    ]


CORRECTED = CorrectionView.model_fields.keys() - {"decisions", "custody_record_id", "words"}


WRONG, WRONG_LISTED = aliased(AllegedOffence), aliased(Offence)
REPLACED: Any = (
    sa.select(
        col(WRONG.id).label("before"),
        col(WRONG_LISTED.code).label("before_code"),
        col(AllegedOffence.id).label("after"),
        col(Offence.code).label("after_code"),
        col(AllegedOffence.reason),
        col(AllegedOffence.words),
        col(AllegedOffence.added_at).label("corrected_at"),
        col(AllegedOffence.added_by).label("corrected_by"),
    )
    .join(WRONG, col(WRONG.id) == col(AllegedOffence.replaces_id))
    .join(WRONG_LISTED, col(WRONG_LISTED.id) == col(WRONG.offence_id))
    .join(Offence, col(Offence.id) == col(AllegedOffence.offence_id))
    .where(col(AllegedOffence.custody_record_id) == THING)
    .order_by(col(AllegedOffence.id))
)


async def offence_corrections(
    session: AsyncSession, record: CustodyRecord, *, actor: Actor
) -> list[OffenceCorrectionView]:
    """Which alleged offences of a record were put right, with what rested on them."""
    replaced = await rows_of(session, REPLACED, thing=record.id)
    if not replaced:
        return []
    scope = custody.reach_of(actor)
    taken = await rows_of(session, TAKEN, **scope, people=[], records=[record.id])
    return [
        OffenceCorrectionView(
            **row._asdict(),
            decisions=[ReliedView.model_validate(one) for one in relied_on_offence(row, taken)],
        )
        for row in replaced
    ]


async def about_then(session: AsyncSession, decision: Any) -> tuple[Any, Sequence[Any]]:
    """Whom a decision was about, with what was ever put right of them and of its record."""
    here = [decision.custody_record_id]
    moves = await rows_of(session, PUT_RIGHT, people=[], records=here)
    whom = person_then(decision, moves)
    known = await rows_of(session, PUT_RIGHT, people=[whom], records=here)
    return (await rows_of(session, custody.PERSON, person_id=whom))[0], known


async def rested_on_merge(
    session: AsyncSession, person_id: UUID, merge_id: UUID, *, actor: Actor
) -> tuple[Any, MergeDecisionsView]:
    """A merge, with the decisions that were taken while it was believed otherwise who is who.

    Raises:
        MergeNotFound: there is no such merge of this person.
    """
    merge = await merges.one(session, person_id, merge_id)
    ids = {
        id
        for one in (merge.kept_id, merge.other_id)
        for id in await people_queries.same_person_ids(session, one)
    }
    scope = custody.reach_of(actor)
    taken = await rows_of(session, TAKEN, **scope, people=sorted(ids), records=[])
    here = sorted({row.custody_record_id for row in taken})
    moves = await rows_of(session, PUT_RIGHT, people=[], records=here)
    theirs = [row for row in taken if person_then(row, moves) in ids]
    items = [ReliedView.model_validate(row) for row in taken_otherwise(merge, theirs)]
    return merge, MergeDecisionsView(as_if_one=merge.parting_id is not None, items=items)
