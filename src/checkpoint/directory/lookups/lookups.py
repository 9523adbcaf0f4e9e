"""Read the lists of places; nobody's rows, so no scope."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory.lookups.references import Spot, spots
from checkpoint.directory.lookups.tables import DirectoryPlace, DirectoryPlaceList
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.statements import Prepared

LAST_LIST = (
    sa.select(col(DirectoryPlaceList.id))
    .order_by(col(DirectoryPlaceList.number).desc())
    .limit(1)
    .scalar_subquery()
)
PLACES = Prepared(
    sa.select(
        *(
            col(getattr(DirectoryPlace, name))
            for name in ("name", "kind", "latitude", "longitude", "within", "also")
        )
    ).where(col(DirectoryPlace.list_id) == LAST_LIST)
)
LISTS = sa.select(*DirectoryPlaceList.__table__.c).order_by(col(DirectoryPlaceList.number))


async def known_places(session: AsyncSession) -> Mapping[str, Spot]:
    """The places of the list in use, by every name they go by."""
    return spots(await rows_of(session, PLACES))


async def place_lists(session: AsyncSession) -> Sequence[Any]:
    """Every list of places that was published, the first one first."""
    return await rows_of(session, LISTS)
