"""Count what came of referrals, what was missing, and what the directory lists."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody import queries as custody
from checkpoint.custody.queries import IN_SCOPE
from checkpoint.custody.tables import CustodyRecord
from checkpoint.directory.lookups import counts as directory
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.needs.states import Pathway
from checkpoint.referrals.gaps.facts import Demand, Loop, Place, Supply
from checkpoint.referrals.offers.tables import NoProvider, NoProviderTakenBack, OfferShown
from checkpoint.referrals.queries import ORGANIZATION, SERVICE, name_of
from checkpoint.referrals.states import OPEN, ReferralState
from checkpoint.referrals.tables import Referral, ReferralSession

SINCE, UNTIL, TODAY = (sa.bindparam(name, type_=sa.Date()) for name in ("since", "until", "today"))
# Of everybody's cases, or of those that the reader may see.
COUNTED = sa.or_(sa.bindparam("everybody", type_=sa.Boolean()), IN_SCOPE)
LATER = aliased(ReferralSession)
CAME = sa.exists().where(
    col(ReferralSession.referral_id) == col(Referral.id),
    col(ReferralSession.attended),
    ~sa.exists().where(
        col(LATER.referral_id) == col(ReferralSession.referral_id),
        col(LATER.session_on) == col(ReferralSession.session_on),
        col(LATER.number) > col(ReferralSession.number),
    ),
)
WAITED = col(Referral.waiting_since).is_not(None)
DAYS: Any = sa.func.greatest(
    sa.func.coalesce(col(Referral.waited_until), TODAY) - col(Referral.waiting_since) + 1, 0
)


LOOP, DEMAND = (frozenset(kind.__dataclass_fields__) for kind in (Loop, Demand))


def _many(condition: Any) -> Any:
    return sa.func.count().filter(condition)


ENDS = {
    state.value: state
    for state in (
        ReferralState.COMPLETED,
        ReferralState.DISENGAGED,
        ReferralState.DECLINED_BY_PERSON,
        ReferralState.DECLINED_BY_PROVIDER,
        ReferralState.NO_PLACE,
        ReferralState.WITHDRAWN,
    )
}
WAITING = (
    _many(WAITED).label("waited"),
    sa.func.coalesce(sa.func.sum(DAYS).filter(WAITED), 0).label("waiting_days"),
)
REFERRED = (
    sa.select(
        col(Referral.pathway),
        col(Referral.organization_id),
        sa.func.count().label("chosen"),
        _many(CAME).label("attended"),
        _many(col(Referral.state).in_(sorted(OPEN))).label("still_open"),
        *(_many(col(Referral.state) == state).label(name) for name, state in ENDS.items()),
        *WAITING,
    )
    .join(CustodyRecord, col(CustodyRecord.id) == col(Referral.custody_record_id))
    .where(COUNTED, col(Referral.made_on).between(SINCE, UNTIL))
    .group_by(col(Referral.pathway), col(Referral.organization_id))
)
SHOWN_ON: Any = sa.cast(sa.func.timezone("Europe/London", col(OfferShown.shown_at)), sa.Date())
SHOWN = (
    sa.select(col(OfferShown.pathway), col(SERVICE.organization_id), sa.func.count().label("shown"))
    .join(SERVICE, col(SERVICE.id) == col(OfferShown.service_id))
    .join(CustodyRecord, col(CustodyRecord.id) == col(OfferShown.custody_record_id))
    .where(COUNTED, SHOWN_ON.between(SINCE, UNTIL), col(SERVICE.organization_id).is_not(None))
    .group_by(col(OfferShown.pathway), col(SERVICE.organization_id))
)
NAMES = sa.select(col(ORGANIZATION.id), name_of(ORGANIZATION).label("name")).where(
    col(ORGANIZATION.id) == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid())))
)
ASKED = (
    sa.select(
        col(Referral.pathway),
        col(Referral.district),
        _many(col(Referral.state) == ReferralState.NO_PLACE).label("no_place"),
        _many(col(Referral.state) == ReferralState.WAITING).label("waiting"),
        *WAITING,
    )
    .join(CustodyRecord, col(CustodyRecord.id) == col(Referral.custody_record_id))
    .where(COUNTED, col(Referral.made_on).between(SINCE, UNTIL))
    .group_by(col(Referral.pathway), col(Referral.district))
)
# A person counts once for a pathway, in the district of their last entry.
WITHOUT: Any = (
    sa.select(col(NoProvider.pathway), col(NoProvider.district))
    .ext(distinct_on(col(CustodyRecord.person_id), col(NoProvider.pathway)))
    .join(CustodyRecord, col(CustodyRecord.id) == col(NoProvider.custody_record_id))
    .outerjoin(NoProviderTakenBack, col(NoProviderTakenBack.no_provider_id) == col(NoProvider.id))
    .where(COUNTED, col(NoProviderTakenBack.id).is_(None))
    .where(col(NoProvider.happened_on).between(SINCE, UNTIL))
    .order_by(
        col(CustodyRecord.person_id),
        col(NoProvider.pathway),
        col(NoProvider.happened_on).desc(),
        col(NoProvider.id).desc(),
    )
    .subquery("without")
)
NONE_FOUND = sa.select(
    WITHOUT.c.pathway, WITHOUT.c.district, sa.func.count().label("no_provider")
).group_by(WITHOUT.c.pathway, WITHOUT.c.district)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Of whom and when: a period by its first and its last day, and whether of everybody's cases."""

    since: date
    until: date
    today: date
    everybody: bool
    by: Actor

    @property
    def given(self) -> dict[str, Any]:
        """What every count asks for."""
        period = {"since": self.since, "until": self.until, "everybody": self.everybody}
        return custody.scope_of(self.by) | period


async def loops(
    session: AsyncSession, counted: Counted
) -> tuple[Mapping[tuple[Pathway, UUID], Loop], Mapping[UUID, str]]:
    """What came of offers and referrals, by pathway and provider; and the providers' names."""
    found = defaultdict[tuple[Pathway, UUID], dict[str, int]](dict)
    given = counted.given
    rows = [
        *await rows_of(session, REFERRED, **given, today=counted.today),
        *await rows_of(session, SHOWN, **given),
    ]
    for row in rows:
        counts = {name: int(value) for name, value in row._asdict().items() if name in LOOP}
        found[Pathway(row.pathway), row.organization_id] |= counts
    names = await rows_of(session, NAMES, ids=sorted({id for _, id in found}))
    return {key: Loop(**each) for key, each in found.items()}, {row.id: row.name for row in names}


async def demand(session: AsyncSession, counted: Counted) -> Mapping[Place, Demand]:
    """What was asked for and not had, by pathway and district."""
    found = defaultdict[Place, dict[str, int]](dict)
    rows = [
        *await rows_of(session, ASKED, **counted.given, today=counted.today),
        *await rows_of(session, NONE_FOUND, **counted.given),
    ]
    for row in rows:
        counts = {name: int(value) for name, value in row._asdict().items() if name in DEMAND}
        found[Pathway(row.pathway), row.district] |= counts
    return {key: Demand(**each) for key, each in found.items()}


async def supply(session: AsyncSession, *, today: date) -> Mapping[Place, Supply]:
    """What the directory lists today, by pathway and district; a service counts in each of its own."""
    return {
        (Pathway(row.pathway), row.district): Supply(
            offers=row.offers, free_places=int(row.free) if row.stated else None
        )
        for row in await directory.supply(session, on=today)
        if row.pathway in [*Pathway]
    }
