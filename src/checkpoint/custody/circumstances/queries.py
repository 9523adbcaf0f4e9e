"""Read what surrounds a record that was reached in scope; later rooms ask here too."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.circumstances.schemas import (
    CircumstancesView,
    CoAccusedView,
    OmissionView,
    SafeguardsView,
)
from checkpoint.custody.circumstances.tables import CoAccused, Safeguard, ScreeningOmission
from checkpoint.custody.reach.queries import IN_SCOPE, open_to_reader, scope_of
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.people.queries import same_person

RECORD = sa.bindparam("record_id", type_=sa.Uuid())
SUITES = sa.bindparam("suites", type_=ARRAY(sa.String()))
SAFEGUARDS = (
    select(Safeguard)
    .where(col(Safeguard.custody_record_id) == RECORD)
    .order_by(col(Safeguard.number).desc())
    .limit(1)
)
OMISSION = (
    select(ScreeningOmission)
    .where(col(ScreeningOmission.custody_record_id) == RECORD)
    .order_by(col(ScreeningOmission.number).desc())
    .limit(1)
)
WITHDRAWAL = aliased(CoAccused)
OTHER_ID = sa.case(
    (col(CoAccused.other_record_id) == RECORD, col(CoAccused.custody_record_id)),
    else_=col(CoAccused.other_record_id),
)
OTHER = aliased(CustodyRecord)
OTHER_OPEN = open_to_reader(col(OTHER.id))
CO_ACCUSED = (
    sa.select(
        col(CoAccused.id),
        OTHER_ID.label("other_id"),
        col(CoAccused.recorded_at),
        sa.case((OTHER_OPEN, col(OTHER.id))).label("seen_id"),
        sa.case((OTHER_OPEN, col(OTHER.reference))).label("reference"),
    )
    .outerjoin(WITHDRAWAL, col(WITHDRAWAL.withdraws_id) == col(CoAccused.id))
    .outerjoin(OTHER, sa.and_(col(OTHER.id) == OTHER_ID, col(OTHER.suite) == sa.any_(SUITES)))
    .where(sa.or_(col(CoAccused.custody_record_id) == RECORD, col(CoAccused.other_record_id) == RECORD))
    .where(col(CoAccused.withdraws_id).is_(None), col(WITHDRAWAL.id).is_(None))
    .order_by(col(CoAccused.id))
)  # fmt: skip
ENTERED = sa.select(sa.func.count(col(CoAccused.id)).label("links")).where(
    sa.or_(col(CoAccused.custody_record_id) == RECORD, col(CoAccused.other_record_id) == RECORD),
    col(CoAccused.withdraws_id).is_(None),
)
LINKED = sa.exists(
    sa.select(col(CoAccused.id))
    .outerjoin(WITHDRAWAL, col(WITHDRAWAL.withdraws_id) == col(CoAccused.id))
    .where(sa.or_(col(CoAccused.custody_record_id) == RECORD, col(CoAccused.other_record_id) == RECORD))
    .where(col(CoAccused.withdraws_id).is_(None), col(WITHDRAWAL.id).is_(None))
)  # fmt: skip
ACCUSED_TOO = sa.select(
    sa.exists(
        sa.select(col(CoAccused.id))
        .join(CustodyRecord, col(CustodyRecord.id) == OTHER_ID)
        .outerjoin(WITHDRAWAL, col(WITHDRAWAL.withdraws_id) == col(CoAccused.id))
        .where(sa.or_(col(CoAccused.custody_record_id) == RECORD, col(CoAccused.other_record_id) == RECORD))
        .where(col(CoAccused.withdraws_id).is_(None), col(WITHDRAWAL.id).is_(None))
        .where(
            col(CustodyRecord.person_id).in_(
                same_person(sa.bindparam("person_id", type_=sa.Uuid()))
            )
        )
    ).label("linked")
)  # fmt: skip
BY_REFERENCE = sa.select(col(CustodyRecord.id)).where(
    col(CustodyRecord.reference) == sa.bindparam("reference"),
    IN_SCOPE,
)


async def safeguards(session: AsyncSession, record_id: UUID) -> Any | None:
    """Appropriate adult and interpreter at the last saving, if anything was saved."""
    found = await rows_of(session, SAFEGUARDS, record_id=record_id)
    return found[0] if found else None


async def omission(session: AsyncSession, record_id: UUID) -> Any | None:
    """The last reason given for not screening, whether or not somebody screened since."""
    found = await rows_of(session, OMISSION, record_id=record_id)
    return found[0] if found else None


async def co_accused(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Sequence[Any]:
    """The links that stand, from either side; the other's reference only within reach."""
    return await rows_of(session, CO_ACCUSED, record_id=record_id, **scope_of(actor))


async def links_entered(session: AsyncSession, record_id: UUID) -> int:
    """How many links a record ever had, from either side; each is withdrawn once at most."""
    found: int = (await rows_of(session, ENTERED, record_id=record_id))[0].links
    return found


async def is_accused_too(session: AsyncSession, record_id: UUID, person_id: UUID) -> bool:
    """Whether a link that stands leads to a record of this person, whatever its suite.

    A record of whoever is merged with them counts too.
    """
    found = await rows_of(session, ACCUSED_TOO, record_id=record_id, person_id=person_id)
    return bool(found[0].linked)


async def id_by_reference(session: AsyncSession, reference: str, *, actor: Actor) -> UUID | None:
    """The record with this reference, within reach."""
    found = await rows_of(session, BY_REFERENCE, **scope_of(actor), reference=reference)
    return found[0].id if found else None


NONE = CircumstancesView(safeguards=None, co_accused=[], not_screened=None, remarks=[])


async def view(
    session: AsyncSession, record: CustodyRecord, screening: Any | None, *, by: Actor
) -> CircumstancesView:
    """Everything around a record, and what in it does not fit the screening."""
    saved = await safeguards(session, record.id)
    linked = await co_accused(session, record.id, actor=by)
    left_out = await omission(session, record.id) if screening is None else None
    return CircumstancesView(
        safeguards=SafeguardsView.model_validate(saved) if saved else None,
        co_accused=[
            CoAccusedView(
                id=link.id,
                arrested=link.other_id is not None,
                custody_record_id=link.seen_id,
                reference=link.reference,
                recorded_at=link.recorded_at,
            )
            for link in linked
        ],
        not_screened=OmissionView.model_validate(left_out) if left_out else None,
        remarks=_remarks(saved, linked, screening),
    )


def _remarks(saved: Any | None, linked: Sequence[Any], screening: Any | None) -> list[str]:
    remarks = []
    if linked and getattr(screening, "co_accused", None) is not True:
        remarks.append(
            "Somebody else is accused, and the screening does not say so: save it again."
        )
    if saved and saved.appropriate_adult_needed and saved.appropriate_adult_came_at is None:
        remarks.append("An appropriate adult is needed and has not come.")
    if saved and saved.interpreter_needed and saved.interpreter_came_at is None:
        remarks.append("An interpreter is needed and has not come.")
    return remarks
