"""What the directory offers for a pathway, and what is known of whoever it is for."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.consent.facts import age_on
from checkpoint.custody import queries as custody
from checkpoint.directory.lists import DirectoryOffer, DirectoryOfferPlace, DirectoryOpening
from checkpoint.directory.lookups.queries import IN_USE, STANDING
from checkpoint.directory.tables import DirectoryCapacity, DirectoryListing
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.statements import Prepared
from checkpoint.needs import queries as needs
from checkpoint.needs.states import Pathway
from checkpoint.referrals.offers.fits import Fit, Need, Offer, Seeker, needs_of, ranked
from checkpoint.referrals.offers.states import NoProviderNotFound
from checkpoint.referrals.offers.tables import NoProvider, NoProviderTakenBack

# Of one pathway, as many are compared: those that nothing excludes, in the person's district, with
# a free place and assured last come first.
MOST_COMPARED = 200
AGE = sa.bindparam("age", type_=sa.Float())
SEX, DISTRICT = (sa.bindparam(name, type_=sa.Text()) for name in ("sex", "district"))
# Asked for as a list of one, by which the index of lists is walked.
PATHWAYS = sa.bindparam("pathways", type_=ARRAY(sa.Text()))
IDS = sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
FREE: Any = col(DirectoryCapacity.maximum) - col(DirectoryCapacity.held)
OFFER: sa.Table = getattr(DirectoryOffer, "__table__")  # noqa: B009 - SQLModel does not declare it
OFFERS = (
    sa.select(
        *OFFER.c,
        col(DirectoryListing.organization_id),
        col(DirectoryCapacity.maximum),
        FREE.label("free_places"),
    )
    .join(DirectoryListing, col(DirectoryListing.id) == col(DirectoryOffer.service_id))
    .outerjoin(
        DirectoryCapacity, col(DirectoryCapacity.service_id) == col(DirectoryOffer.service_id)
    )
    .where(*STANDING)
)
ONE = OFFERS.where(col(DirectoryOffer.service_id) == sa.bindparam("service_id", type_=sa.Uuid()))
# As ``fits`` has it: a town may lie in any district.
DISTRICTS_ALONE: Any = sa.literal_column("'^([a-z]{1,2}[0-9][a-z0-9]?(,|$))+$'")
EXCLUDED = sa.or_(
    sa.func.coalesce(col(DirectoryOffer.minimum_age) > AGE, sa.false()),
    sa.func.coalesce(col(DirectoryOffer.maximum_age) < AGE, sa.false()),
    sa.func.coalesce(sa.all_(col(DirectoryOffer.sexes)) != SEX, sa.false()),
    sa.func.coalesce(
        sa.and_(
            sa.all_(col(DirectoryOffer.residence)) != sa.func.lower(DISTRICT),
            sa.func.array_to_string(col(DirectoryOffer.residence), ",").op("~")(DISTRICTS_ALONE),
        ),
        sa.false(),
    ),
)
NEAR = sa.exists().where(
    col(DirectoryOfferPlace.service_id) == col(DirectoryOffer.service_id),
    col(DirectoryOfferPlace.district) == DISTRICT,
)
OF_PATHWAY = (
    OFFERS.where(col(DirectoryOffer.pathways).bool_op("@>")(PATHWAYS))
    .order_by(
        EXCLUDED,
        NEAR.desc(),
        sa.func.coalesce(FREE > 0, sa.false()).desc(),
        col(DirectoryOffer.assured_on).desc().nulls_last(),
        col(DirectoryOffer.service_id),
    )
    .limit(sa.literal_column(str(MOST_COMPARED)))
)
DISTRICTS = Prepared(
    sa.select(col(DirectoryOfferPlace.service_id), col(DirectoryOfferPlace.district))
    .where(col(DirectoryOfferPlace.service_id) == IDS)
    .where(col(DirectoryOfferPlace.district).is_not(None))
    .distinct()
)
DAYS = Prepared(
    sa.select(col(DirectoryOpening.service_id), col(DirectoryOpening.weekday))
    .where(col(DirectoryOpening.service_id) == IDS)
    .where(IN_USE)
    .distinct()
)
NONE_AVAILABLE = (
    sa.select(
        *NoProvider.__table__.c,
        col(NoProviderTakenBack.reason_code).label("withdrawal_reason"),
        col(NoProviderTakenBack.withdrawn_at),
        col(NoProviderTakenBack.withdrawn_by),
    )
    .outerjoin(NoProviderTakenBack, col(NoProviderTakenBack.no_provider_id) == col(NoProvider.id))
    .where(col(NoProvider.custody_record_id) == sa.bindparam("record_id", type_=sa.Uuid()))
    .order_by(col(NoProvider.id).desc())
)


async def seeker_of(session: AsyncSession, record: Any, *, on: date, **asked: Any) -> Seeker:
    """What is known of a case's person today, and what was asked for them.

    Args:
        session: of the request.
        record: the case, which was reached.
        on: today in England.
        asked: language, days and district, where they matter.
    """
    person = await custody.person_of(session, record)
    return Seeker(
        age=age_on(
            person.date_of_birth,
            estimated_years=person.estimated_age_years,
            estimated_on=person.estimated_on,
            on=on,
        ),
        sex=person.sex,
        **asked,
    )


async def assessed(
    session: AsyncSession, record_id: UUID, *, actor: Actor
) -> tuple[UUID | None, Sequence[Need]]:
    """The needs that a case's last assessment found, the worst first; and its id, if there is one."""
    standing = needs.standing(await needs.of_case(session, record_id, actor=actor))
    if not standing:
        return None, []
    last = standing[0].id
    return last, needs_of((await needs.scores_of(session, last))[last])


async def fits(
    session: AsyncSession, pathway: Pathway, seeker: Seeker, *, on: date
) -> Sequence[Fit]:
    """How the offers of a pathway fit somebody, the best first."""
    given = {
        "age": seeker.age,
        "sex": seeker.sex if seeker.sex in ("male", "female") else None,
        "district": seeker.district,
    }
    rows = await rows_of(session, OF_PATHWAY, pathways=[pathway.value], today=on, **given)
    return ranked(seeker, await _whole(session, rows, on=on))


async def offer_of(session: AsyncSession, service_id: UUID, *, on: date) -> tuple[Offer, list[str]]:
    """One offer that stands on a day, and the pathways it is for.

    Raises:
        RuleBroken: the directory has none such today.
    """
    row = await stands(session, service_id, on=on)
    (offer,) = await _whole(session, [row], on=on)
    return offer, [*row.pathways]


async def stands(session: AsyncSession, service_id: UUID, *, on: date) -> Any:
    """The row of an offer that stands on a day, read afresh.

    Raises:
        RuleBroken: the directory has none such today.
    """
    rows = await rows_of(session, ONE, service_id=service_id, today=on)
    if not rows or rows[0].organization_id is None:
        raise RuleBroken(
            "#/service_id", "offer-not-listed", "Choose an offer that the directory lists today."
        )
    return rows[0]


async def _whole(session: AsyncSession, rows: Sequence[Any], *, on: date) -> list[Offer]:
    ids = [row.service_id for row in rows]
    where, when = dict[UUID, set[str]](), dict[UUID, set[int]]()
    for place in await rows_of(session, DISTRICTS, ids=ids):
        where.setdefault(place.service_id, set()).add(place.district)
    for opening in await rows_of(session, DAYS, ids=ids, today=on):
        when.setdefault(opening.service_id, set()).add(opening.weekday)
    return [
        Offer(
            service_id=row.service_id,
            organization_id=row.organization_id,
            name=row.name,
            organization_name=row.organization_name,
            minimum_age=row.minimum_age,
            maximum_age=row.maximum_age,
            sexes=_set(row.sexes),
            residence=_set(row.residence),
            languages=_set(row.languages),
            days=frozenset(when[row.service_id]) if row.service_id in when else None,
            districts=frozenset(where.get(row.service_id, ())),
            is_free=row.is_free,
            access=row.access,
            maximum=row.maximum,
            free_places=row.free_places,
            assured_on=row.assured_on,
        )
        for row in rows
    ]


def _set(values: Sequence[str] | None) -> frozenset[str] | None:
    return frozenset(values) if values else None


async def none_available(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """Where a case that was reached had no provider, withdrawn entries included, the last first."""
    return await rows_of(session, NONE_AVAILABLE, record_id=record_id)


async def one_none_available(session: AsyncSession, record_id: UUID, entry_id: UUID) -> Any:
    """One such entry of a case that was reached.

    Raises:
        NoProviderNotFound: it has none such.
    """
    for row in await none_available(session, record_id):
        if row.id == entry_id:
            return row
    raise NoProviderNotFound("Read the case's entries again.")


def free_at(offers: Sequence[Fit], *, most: int) -> list[Offer]:
    """The first offers that nothing excludes and that are not full."""
    found = [each.offer for each in offers if not each.excludes and each.offer.free_places != 0]
    return found[:most]
