"""Read builds and the register of releases."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.extracts.builds.tables import ExtractBuild, ExtractRelease
from checkpoint.extracts.states import LIVE, BuildNotFound
from checkpoint.extracts.tables import ExtractEnding, ExtractRequest
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.outcomes.cuts.tables import DataCut
from checkpoint.trials.tables import Trial

REQUEST_ID = sa.bindparam("request_id", type_=sa.Uuid())
BUILDS = (
    sa.select(*ExtractBuild.__table__.c)
    .where(col(ExtractBuild.request_id) == REQUEST_ID)
    .order_by(col(ExtractBuild.number).desc())
)
WAITING = (
    sa.select(col(ExtractBuild.id))
    .where(col(ExtractBuild.state).in_([state.value for state in LIVE]))
    .order_by(col(ExtractBuild.asked_at), col(ExtractBuild.id))
)
HELD = (
    sa.select(*ExtractBuild.__table__.c)
    .where(col(ExtractBuild.id) == sa.bindparam("id", type_=sa.Uuid()))
    .with_for_update()
)
RELEASES = (
    sa.select(
        *ExtractRelease.__table__.c,
        col(ExtractBuild.number).label("build"),
        col(ExtractRequest.product),
        col(ExtractRequest.population),
        col(ExtractRequest.recipient),
        col(ExtractRequest.expires_on),
        col(DataCut.number).label("cut"),
        col(DataCut.trial_id),
        col(Trial.code).label("trial"),
    )
    .join(ExtractBuild, col(ExtractBuild.id) == col(ExtractRelease.build_id))
    .join(ExtractRequest, col(ExtractRequest.id) == col(ExtractRelease.request_id))
    .join(DataCut, col(DataCut.id) == col(ExtractRelease.cut_id))
    .join(Trial, col(Trial.id) == col(DataCut.trial_id))
)
OF_REQUEST = RELEASES.where(col(ExtractRelease.request_id) == REQUEST_ID).order_by(
    col(ExtractRelease.released_at).desc(), col(ExtractRelease.id).desc()
)
GIVEN_OUT = (
    sa.select(col(ExtractRelease.digest))
    .outerjoin(ExtractEnding, col(ExtractEnding.request_id) == col(ExtractRelease.request_id))
    .where(col(ExtractEnding.id).is_(None))
    .distinct()
)
OF_TRIAL = RELEASES.where(
    col(DataCut.trial_id) == sa.bindparam("trial_id", type_=sa.Uuid())
).order_by(col(ExtractRelease.released_at), col(ExtractRelease.id))
REGISTER = Listing(
    RELEASES, at=col(ExtractRelease.released_at), id=col(ExtractRelease.id), filters={}
)


async def builds_of(session: AsyncSession, request_id: UUID) -> Sequence[Any]:
    """An extract's builds, the last one first."""
    return await rows_of(session, BUILDS, request_id=request_id)


async def one(session: AsyncSession, request_id: UUID, number: int) -> Any:
    """One of them; whose extract it is was asked before.

    Raises:
        BuildNotFound: it has none of that number.
    """
    for build in await builds_of(session, request_id):
        if build.number == number:
            return build
    raise BuildNotFound("See the extract for the builds it has.")


async def waiting(session: AsyncSession) -> list[UUID]:
    """Builds that are queued, or that a worker has or left behind; the oldest first."""
    return [row.id for row in await rows_of(session, WAITING)]


async def held(session: AsyncSession, build_id: UUID) -> Any:
    """One build, locked until the transaction ends."""
    (found,) = await rows_of(session, HELD, id=build_id)
    return found


async def releases_of(session: AsyncSession, request_id: UUID) -> Sequence[Any]:
    """An extract's releases, the last one first."""
    return await rows_of(session, OF_REQUEST, request_id=request_id)


async def releases_in(session: AsyncSession, trial_id: UUID) -> Sequence[Any]:
    """A trial's releases, the first one first."""
    return await rows_of(session, OF_TRIAL, trial_id=trial_id)


async def given_out(session: AsyncSession) -> set[str]:
    """Digests of the packages of extracts that have not ended."""
    return {row.digest for row in await rows_of(session, GIVEN_OUT)}


async def register(session: AsyncSession, turn: Turn) -> tuple[list[Any], str | None]:
    """A page of the register, the last release first; and the cursor to the next."""
    return await REGISTER.page(session, turn)
