"""The referrals of one provider, and no others."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody import queries as custody
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.referrals.queries import ONE, WHOLE
from checkpoint.referrals.states import ReferralNotFound, ReferralState
from checkpoint.referrals.tables import Referral

OWN = col(Referral.organization_id) == sa.bindparam("organization_id", type_=sa.Uuid())
OF_ORGANIZATION = ONE.where(OWN)
LISTING = Listing(
    WHOLE.where(OWN),
    at=Referral.__table__.c.made_at,
    id=Referral.__table__.c.id,
    filters={
        "organization_id": sa.true(),
        "state": sa.bindparam("state", type_=sa.String()) == col(Referral.state),
    },
)


async def one(session: AsyncSession, referral_id: UUID, *, by: Actor) -> Any:
    """A referral to whoever asks.

    Raises:
        ReferralNotFound: there is none such, or it is another provider's.
    """
    given = {"referral_id": referral_id, "organization_id": by.organization_id}
    found = await rows_of(session, OF_ORGANIZATION, **given)
    if not found:
        raise ReferralNotFound("Check the id, or ask whoever referred.")
    return found[0]


async def held(session: AsyncSession, referral_id: UUID, *, by: Actor) -> Any:
    """The same, with its case locked until the transaction ends.

    Raises:
        ReferralNotFound: there is none such.
    """
    found = await one(session, referral_id, by=by)
    await custody.these(session, [found.custody_record_id])
    return await one(session, referral_id, by=by)


async def page(
    session: AsyncSession, *, by: Actor, turn: Turn, state: ReferralState | None
) -> tuple[list[Any], str | None]:
    """One page of the referrals to whoever asks, the last one first."""
    return await LISTING.page(session, turn, organization_id=by.organization_id, state=state)
