"""Sum up by arm what a data cut knows of people before allocation."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import CUT_ID, Opened
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.tables import CutParticipant

AGE = sa.cast(col(CutParticipant.age), sa.BigInteger)
AGES = (
    sa.select(
        col(CutParticipant.mask),
        sa.func.count(AGE).label("people"),
        sa.func.sum(AGE).label("total"),
        sa.func.sum(AGE * AGE).label("squares"),
    )
    .where(col(CutParticipant.cut_id) == CUT_ID)
    .group_by(col(CutParticipant.mask))
)
CODES = {
    name: sa.select(
        col(CutParticipant.mask),
        getattr(CutParticipant, name).label("code"),
        sa.func.count().label("people"),
    )
    .where(col(CutParticipant.cut_id) == CUT_ID)
    .group_by(col(CutParticipant.mask), getattr(CutParticipant, name))
    for name in ("sex", "ethnicity", "residence", "offence_group", "stratum")
}
OTHERS = sa.text("""
    WITH each AS (
        SELECT participant.mask, known.key AS name, jsonb_typeof(known.value) AS kind,
               CASE jsonb_typeof(known.value) WHEN 'number' THEN NULL
                    ELSE known.value #>> '{}' END AS code,
               CASE jsonb_typeof(known.value) WHEN 'number'
                    THEN (known.value #>> '{}')::numeric END AS number
          FROM cut_participant AS participant
         CROSS JOIN LATERAL jsonb_each(participant.baseline) AS known
         WHERE participant.cut_id = :cut_id
    )
    SELECT mask, name, kind, code, count(*) AS people, sum(number) AS total,
           sum(number * number) AS squares
      FROM each
     WHERE kind <> 'null'
     GROUP BY mask, name, kind, code
     ORDER BY mask, name, kind, code
""").bindparams(sa.bindparam("cut_id", type_=sa.Uuid()))


async def ages(session: AsyncSession, opened: Opened) -> Sequence[Any]:
    """By mask: of how many age is known, and their sums."""
    return await rows_of(session, AGES, cut_id=opened.cut.id)


async def codes(session: AsyncSession, opened: Opened, name: str) -> Sequence[Any]:
    """By mask and value of one column: how many; None is not known."""
    return await rows_of(session, CODES[name], cut_id=opened.cut.id)


async def others(session: AsyncSession, opened: Opened) -> Sequence[Any]:
    """The same of whatever else was known: sums of numbers, counts of codes."""
    return await rows_of(session, OTHERS, cut_id=opened.cut.id)
