"""Referrals within reach, their steps, and what was told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.consent import queries as consent
from checkpoint.consent.states import ConsentKind, ConsentState
from checkpoint.contracts import queries as contracts
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import IN_REACH
from checkpoint.custody.tables import CustodyRecord
from checkpoint.directory.tables import DirectoryListing
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import rows_of
from checkpoint.navigators.queries import IN_CASELOAD, caseload_of
from checkpoint.referrals.states import ReferralNotFound
from checkpoint.referrals.tables import (
    Referral,
    ReferralDisclosure,
    ReferralSession,
    ReferralStep,
)

REFERRAL_ID = sa.bindparam("referral_id", type_=sa.Uuid())
RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
SERVICE, ORGANIZATION = aliased(DirectoryListing), aliased(DirectoryListing)


def name_of(listing: Any) -> Any:
    """A listing's name, whether it still stands in the directory or not."""
    return col(listing.document)["name"].astext


WHOLE = (
    sa.select(
        *Referral.__table__.c,
        col(CustodyRecord.person_id),
        col(CustodyRecord.suite),
        name_of(SERVICE).label("service_name"),
        name_of(ORGANIZATION).label("organization_name"),
    )
    .join(CustodyRecord, col(CustodyRecord.id) == col(Referral.custody_record_id))
    .join(SERVICE, col(SERVICE.id) == col(Referral.service_id))
    .join(ORGANIZATION, col(ORGANIZATION.id) == col(Referral.organization_id))
)
ONE = WHOLE.where(col(Referral.id) == REFERRAL_ID)
WITHIN_REACH = ONE.where(IN_REACH)
OF_CASELOAD = ONE.where(IN_CASELOAD)
OF_CASE = WHOLE.where(col(Referral.custody_record_id) == RECORD_ID).order_by(
    col(Referral.id).desc()
)
STEPS = (
    sa.select(*ReferralStep.__table__.c)
    .where(col(ReferralStep.referral_id) == REFERRAL_ID)
    .order_by(col(ReferralStep.number))
)
SESSIONS = (
    sa.select(*ReferralSession.__table__.c)
    .where(col(ReferralSession.referral_id) == REFERRAL_ID)
    .order_by(col(ReferralSession.number))
)
TOLD = sa.select(*ReferralDisclosure.__table__.c).where(
    col(ReferralDisclosure.referral_id) == REFERRAL_ID
)


async def one(session: AsyncSession, referral_id: UUID, *, by: Actor, at: datetime) -> Any:
    """A referral that this reader may reach, by its case: it tells the case's arm, too.

    Raises:
        ReferralNotFound: there is none within reach.
        ArmNotRead: the case's allocation was never shown to them.
    """
    mine = by.role is Role.NAVIGATOR
    scope = caseload_of(by, at) if mine else custody.reach_of(by)
    rows = OF_CASELOAD if mine else WITHIN_REACH
    found = await rows_of(session, rows, **scope, referral_id=referral_id)
    if not found:
        raise ReferralNotFound("Check the id, or ask a colleague who works the case.")
    if not mine:
        await contracts.check_read(session, found[0].custody_record_id, by=by)
    return found[0]


async def held(session: AsyncSession, referral_id: UUID, *, by: Actor, at: datetime) -> Any:
    """The same, with its case locked until the transaction ends.

    Raises:
        ReferralNotFound, ArmNotRead: it is not within reach.
    """
    found = await one(session, referral_id, by=by, at=at)
    await contracts.case(session, found.custody_record_id, by=by, at=at, lock=True)
    return await one(session, referral_id, by=by, at=at)


async def unscoped(session: AsyncSession, referral_id: UUID) -> Any:
    """A referral that was reached already, read afresh."""
    return (await rows_of(session, ONE, referral_id=referral_id))[0]


async def of_case(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """The referrals of a case that was reached, the last one first."""
    return await rows_of(session, OF_CASE, record_id=record_id)


async def steps_of(session: AsyncSession, referral_id: UUID) -> Sequence[Any]:
    """What happened to a referral that was reached, in that order."""
    return await rows_of(session, STEPS, referral_id=referral_id)


async def sessions_of(session: AsyncSession, referral_id: UUID) -> Sequence[Any]:
    """What was entered of its sessions, in that order."""
    return await rows_of(session, SESSIONS, referral_id=referral_id)


async def told_of(session: AsyncSession, referral_id: UUID) -> Any:
    """What its provider was told of the person, as it was sent."""
    return (await rows_of(session, TOLD, referral_id=referral_id))[0]


async def sharing(session: AsyncSession, record_id: UUID) -> Any | None:
    """The consent to share information of a case that was reached, where it stands now.

    Whoever takes back the programme has nothing shared for it any more.
    """
    answers = await consent.last_answers(session, record_id)
    found, programme = (
        answers.get(kind) for kind in (ConsentKind.INFORMATION_SHARING, ConsentKind.PROGRAMME)
    )
    withdrawn = programme is not None and programme.state is ConsentState.WITHDRAWN
    return found if found and found.state is ConsentState.GIVEN and not withdrawn else None
