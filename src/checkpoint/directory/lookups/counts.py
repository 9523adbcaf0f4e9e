"""What the directory offers, by pathway and district: the supply side of a report of gaps."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation.database import rows_of

# Where a service is given at several places of one district, it counts there once. Its places are
# those of the whole service, so districts are not to be added up.
SUPPLY = sa.text("""
    WITH placed AS (
        SELECT DISTINCT service_id, district FROM directory_offer_place WHERE district IS NOT NULL
    )
    SELECT pathway, placed.district, count(*) AS offers,
           count(capacity.service_id) AS stated,
           coalesce(sum(capacity.maximum), 0) AS maximum,
           coalesce(sum(capacity.maximum - capacity.held), 0) AS free
      FROM directory_offer AS offer
     CROSS JOIN LATERAL unnest(offer.pathways) AS pathway
      LEFT JOIN placed USING (service_id)
      LEFT JOIN directory_capacity AS capacity USING (service_id)
     WHERE offer.state = 'listed' AND offer.is_active
       AND (offer.valid_from IS NULL OR offer.valid_from <= :today)
       AND (offer.valid_until IS NULL OR offer.valid_until >= :today)
     GROUP BY pathway, placed.district
     ORDER BY pathway, placed.district NULLS LAST
""").bindparams(sa.bindparam("today", type_=sa.Date()))


async def supply(session: AsyncSession, *, on: date) -> Sequence[Any]:
    """How many offers stand on a day, and how many places of them are free.

    Args:
        session: the caller's.
        on: the day in England.

    Returns:
        By pathway and postcode district: ``offers``; of how many of them places are ``stated``;
        ``maximum`` and ``free`` places of these. District None: of those that say no postcode.
    """
    return await rows_of(session, SUPPLY, today=on)
