"""Reach offers through the navigator they were made to, or through their case."""

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.reach.queries import OPEN
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.navigators import queries
from checkpoint.navigators.schemas import CaseNavigatorView
from checkpoint.navigators.staff import queries as staff
from checkpoint.navigators.staff.tables import Navigator
from checkpoint.navigators.states import OfferNotFound, offer_state
from checkpoint.navigators.tables import Assignment, Offer, OfferAnswer
from checkpoint.navigators.views import case_view

LATER, HOLDER = aliased(Offer), aliased(Navigator)
TODAY = sa.bindparam("today", type_=sa.Date())
OVERTAKEN = sa.or_(
    sa.exists().where(
        col(LATER.assignment_id) == col(Offer.assignment_id), col(LATER.number) > col(Offer.number)
    ),
    col(Assignment.ended_at).is_not(None),
    sa.func.coalesce(col(Offer.cover_last_day) < TODAY, sa.false()),
)
OFFERS = (
    sa.select(
        *Offer.__table__.c,
        col(Assignment.custody_record_id),
        col(Assignment.navigator_id),
        col(CustodyRecord.reference),
        col(CustodyRecord.suite),
        col(HOLDER.name).label("from_navigator"),
        col(OfferAnswer.outcome),
        col(OfferAnswer.words).label("answer_words"),
        OVERTAKEN.label("overtaken"),
    )
    .join(Assignment, col(Assignment.id) == col(Offer.assignment_id))
    .join(CustodyRecord, col(CustodyRecord.id) == col(Assignment.custody_record_id))
    .join(HOLDER, col(HOLDER.id) == col(Assignment.navigator_id))
    .outerjoin(OfferAnswer, col(OfferAnswer.handover_id) == col(Offer.id))
)
TO_ME = OFFERS.join(Navigator, col(Navigator.id) == col(Offer.to_navigator_id)).where(
    queries.WORKS_HERE, OPEN
)
ONE = TO_ME.where(col(Offer.id) == sa.bindparam("offer_id", type_=sa.Uuid()))
OF_ASSIGNMENT = OFFERS.where(
    col(Offer.assignment_id) == sa.bindparam("assignment_id", type_=sa.Uuid())
).order_by(col(Offer.number).desc())
LISTING = Listing(
    TO_ME.where(col(OfferAnswer.id).is_(None), ~OVERTAKEN),
    at=Offer.__table__.c.offered_at,
    id=Offer.__table__.c.id,
    filters={"reader": sa.true(), "today": sa.true()},
    soonest=True,
)


async def one(session: AsyncSession, offer_id: UUID, *, by: Actor, at: datetime) -> Any:
    """An offer to whoever is asking.

    Raises:
        OfferNotFound: it was made to somebody else, or to nobody.
    """
    given = {"reader": by.id, "today": london_day(at)}
    found = await rows_of(session, ONE, offer_id=offer_id, **given)
    if not found:
        raise OfferNotFound("Read your offers: GET /v1/me/handovers.")
    return found[0]


async def of_assignment(
    session: AsyncSession, assignment_id: UUID, *, at: datetime
) -> Sequence[Any]:
    """What was offered of an assignment, the last offer first, each with where it stands."""
    rows = await rows_of(session, OF_ASSIGNMENT, assignment_id=assignment_id, today=london_day(at))
    return [
        SimpleNamespace(**row._asdict(), state=offer_state(row.outcome, overtaken=row.overtaken))
        for row in rows
    ]


async def page(
    session: AsyncSession, *, by: Actor, turn: Turn, at: datetime
) -> tuple[list[Any], str | None]:
    """One page of the open offers to whoever is asking, the first one made first."""
    return await LISTING.page(session, turn, reader=by.id, today=london_day(at))


async def view(session: AsyncSession, record_id: UUID, *, at: datetime) -> CaseNavigatorView:
    """Whose case it is, who covers it, what was offered, and whose it was."""
    now = await queries.standing(session, record_id, at=at)
    offers = await of_assignment(session, now.id, at=at) if now else []
    coverer = None
    if now is not None and now.coverer_id is not None:
        coverer = await staff.named(session, now.coverer_id)
    told = await queries.history(session, record_id)
    return case_view(record_id, told, now, offers, coverer)
