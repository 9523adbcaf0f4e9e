"""Read data cuts of a trial, and count how two of them differ."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.changes import CutChange
from checkpoint.outcomes.cuts.states import CutNotFound, CutPart
from checkpoint.outcomes.cuts.tables import CutParticipant, DataCut

TRIAL_ID = sa.bindparam("trial_id", type_=sa.Uuid())
OF_TRIAL = (
    sa.select(*DataCut.__table__.c)
    .where(col(DataCut.trial_id) == TRIAL_ID)
    .order_by(col(DataCut.number).desc())
)
CHANGES = (
    sa.select(*CutChange.__table__.c)
    .where(col(CutChange.cut_id) == sa.bindparam("cut_id", type_=sa.Uuid()))
    .order_by(col(CutChange.part), col(CutChange.field))
)
ADDED, GONE = "added", "gone"
IDENTIFYING = frozenset({"id", "cut_id", "participant_id"})
FIELDS = [column.key for column in CutParticipant.__table__.c if column.key not in IDENTIFYING]
# A cut that was taken before something was kept does not differ in it.
KEPT = {"custody_day": "AND (before.custody_day IS NOT NULL OR before.custody_days = 0)"}
DIFFERENT = f"""
    SELECT count(*) FILTER (WHERE before.id IS NULL) AS added,
           count(*) FILTER (WHERE present.id IS NULL) AS gone,
           {
    ", ".join(
        f'''count(*) FILTER (WHERE present.id IS NOT NULL AND before.id IS NOT NULL
                   AND present.{name} IS DISTINCT FROM before.{name} {KEPT.get(name, "")}) AS "{name}"'''
        for name in FIELDS
    )
}
      FROM (SELECT * FROM cut_participant WHERE cut_id = :cut_id) AS present
      FULL JOIN (SELECT * FROM cut_participant WHERE cut_id = :before_id) AS before
             ON before.participant_id = present.participant_id
"""  # noqa: S608 - the names of columns are the tables' own
EVENTS_DIFFERENT = """
    SELECT measure, coalesce(sum(more) FILTER (WHERE more > 0), 0) AS added,
           coalesce(-sum(more) FILTER (WHERE more < 0), 0) AS gone
      FROM (SELECT measure,
                   sum(CASE WHEN cut_id = :cut_id THEN 1 ELSE -1 END) AS more
              FROM cut_event WHERE cut_id IN (:cut_id, :before_id)
             GROUP BY participant_id, measure, day, offence_group, harm_days, proactively_detected
           ) AS counted
     WHERE more <> 0 GROUP BY measure
"""


async def of_trial(session: AsyncSession, trial_id: UUID) -> Sequence[Any]:
    """A trial's cuts, the last one first."""
    return await rows_of(session, OF_TRIAL, trial_id=trial_id)


async def one(session: AsyncSession, trial_id: UUID, number: int | None = None) -> Any:
    """One of them, or the last.

    Raises:
        CutNotFound: there is none, or none of that number.
    """
    cuts = await of_trial(session, trial_id)
    found = next((each for each in cuts if number in (None, each.number)), None)
    if found is None:
        raise CutNotFound("See the trial's data cuts for those there are.")
    return found


async def changes(session: AsyncSession, cut_id: UUID) -> Sequence[Any]:
    """How a cut differs from the one before, as it was counted when it was taken."""
    return await rows_of(session, CHANGES, cut_id=cut_id)


async def differences(
    session: AsyncSession, cut_id: UUID, before_id: UUID
) -> dict[tuple[CutPart, str], int]:
    """How many rows of two cuts differ, by part and field; those that do not are left out."""
    both = {"cut_id": cut_id, "before_id": before_id}
    (row,) = await rows_of(session, sa.text(DIFFERENT).bindparams(**both))
    found = {(CutPart.PARTICIPANTS, name): getattr(row, name) for name in (ADDED, GONE, *FIELDS)}
    for each in await rows_of(session, sa.text(EVENTS_DIFFERENT).bindparams(**both)):
        found[CutPart.EVENTS_ADDED, each.measure] = int(each.added)
        found[CutPart.EVENTS_GONE, each.measure] = int(each.gone)
    return {place: count for place, count in found.items() if count}
