"""Read batches of follow-up, and find whom a PNC ID is about. Nothing here asks for an arm."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.outcomes.followup.schemas import (
    FollowUpBatchView,
    FollowUpRowView,
    LackingView,
    RowCountsView,
)
from checkpoint.outcomes.followup.states import LABELS, FollowUpNotFound, RowOutcome
from checkpoint.outcomes.followup.tables import FollowUpBatch, FollowUpEntry, FollowUpRow
from checkpoint.people.tables import Person
from checkpoint.trials.tables import Trial

TRIAL_ID = sa.bindparam("trial_id", type_=sa.Uuid())
BATCH_ID = sa.bindparam("batch_id", type_=sa.Uuid())
# Of somebody who turned out to be allocated twice, the first allocation stands.
STANDING = """
    SELECT DISTINCT ON (survivor_of(record.person_id)) allocation.id, allocated_at,
           custody_record_id, survivor_of(record.person_id) AS person_id
      FROM allocation JOIN custody_record AS record ON record.id = custody_record_id
     WHERE allocation.trial_id = :trial_id
     ORDER BY survivor_of(record.person_id), allocated_at, allocation.id
"""
# Who agrees to the research no longer: nothing new about them is collected for it.
WITHDRAWN = """
    SELECT last.custody_record_id FROM (
        SELECT DISTINCT ON (asking.custody_record_id) asking.custody_record_id, consent.id, answer
          FROM consent JOIN consent_asking AS asking ON asking.id = consent_asking_id
         WHERE kind = 'research' ORDER BY asking.custody_record_id, asking.number DESC) AS last
     WHERE answer <> 'given'
        OR EXISTS (SELECT FROM consent_withdrawal WHERE consent_id = last.id)
"""
COHORT = sa.text(f"""
    SELECT standing.id, allocated_at, pnc_id,
           standing.custody_record_id IN ({WITHDRAWN}) AS left_out
      FROM ({STANDING}) AS standing
      LEFT JOIN LATERAL (
           SELECT pnc_id FROM same_person_ids(standing.person_id) AS same (id)
             JOIN person ON person.id = same.id WHERE pnc_id IS NOT NULL) AS known ON true
     ORDER BY pnc_id, standing.id
""").columns(  # noqa: S608 - nothing of a caller's is in it
    id=sa.Uuid, allocated_at=sa.DateTime(timezone=True), pnc_id=sa.String, left_out=sa.Boolean
)
ON_RECORD = sa.select(col(Person.pnc_id)).where(
    col(Person.pnc_id) == sa.any_(sa.bindparam("numbers", type_=ARRAY(sa.String())))
)
BATCHES = sa.select(*FollowUpBatch.__table__.c, col(Trial.code).label("trial")).join(
    Trial, col(Trial.id) == col(FollowUpBatch.trial_id)
)
ONE = BATCHES.where(col(FollowUpBatch.id) == BATCH_ID)
BY_DIGEST = BATCHES.where(
    col(FollowUpBatch.trial_id) == TRIAL_ID, col(FollowUpBatch.digest) == sa.bindparam("digest")
)
LAST = sa.select(sa.func.coalesce(sa.func.max(col(FollowUpBatch.number)), 0).label("number")).where(
    col(FollowUpBatch.trial_id) == TRIAL_ID
)
VERSIONS = (
    sa.select(
        col(FollowUpEntry.row_key),
        col(FollowUpEntry.version),
        col(FollowUpEntry.digest),
        col(FollowUpEntry.allocation_id),
    )
    .ext(distinct_on(col(FollowUpEntry.row_key)))
    .where(
        col(FollowUpEntry.trial_id) == TRIAL_ID,
        col(FollowUpEntry.source) == sa.bindparam("source"),
        col(FollowUpEntry.row_key) == sa.any_(sa.bindparam("keys", type_=ARRAY(sa.String()))),
    )
    .order_by(col(FollowUpEntry.row_key), col(FollowUpEntry.version).desc())
)
OF_BATCH = (
    sa.select(col(FollowUpRow.number), col(FollowUpRow.outcome))
    .where(col(FollowUpRow.batch_id) == BATCH_ID)
    .order_by(col(FollowUpRow.number))
)
LISTING = Listing(
    BATCHES,
    at=col(FollowUpBatch.received_at),
    id=col(FollowUpBatch.id),
    filters={"trial": col(Trial.code) == sa.bindparam("trial")},
)
ROWS = Listing(
    sa.select(*FollowUpRow.__table__.c, col(FollowUpBatch.received_at)).join(
        FollowUpBatch, col(FollowUpBatch.id) == col(FollowUpRow.batch_id)
    ),
    at=col(FollowUpBatch.received_at),
    id=col(FollowUpRow.id),  # made in the order of the rows
    filters={
        "batch_id": col(FollowUpRow.batch_id) == BATCH_ID,
        "outcome": col(FollowUpRow.outcome) == sa.bindparam("outcome", type_=sa.String()),
    },
    soonest=True,
)
_LACKING: Any = (
    sa.text(f"""
    SELECT standing.id, allocated_at, custody_record_id,
           EXISTS (SELECT FROM same_person_ids(standing.person_id) AS same (id)
                     JOIN person ON person.id = same.id WHERE pnc_id IS NOT NULL) AS has_pnc_id
      FROM ({STANDING}) AS standing
     WHERE (allocated_at AT TIME ZONE 'Europe/London')::date <= :followed_until
       AND standing.custody_record_id NOT IN ({WITHDRAWN})
       AND NOT EXISTS (SELECT FROM follow_up_row
                        WHERE follow_up_row.batch_id = :batch_id
                          AND follow_up_row.allocation_id = standing.id)
""")  # noqa: S608 - nothing of a caller's is in it
    .bindparams(TRIAL_ID, BATCH_ID, sa.bindparam("followed_until", type_=sa.Date()))
    .columns(
        id=sa.Uuid,
        allocated_at=sa.DateTime(timezone=True),
        custody_record_id=sa.Uuid,
        has_pnc_id=sa.Boolean,
    )
    .subquery("lacking")
)
LACKING = Listing(
    sa.select(*_LACKING.c),
    at=_LACKING.c.allocated_at,
    id=_LACKING.c.id,
    filters=dict.fromkeys(("trial_id", "batch_id", "followed_until"), sa.true()),  # asked within
    soonest=True,
)


@dataclass(frozen=True)
class Cohort:
    """Everybody who was allocated in a trial, and by which PNC IDs each is known.

    ``days`` are those of allocation, of whoever agrees to the research still; ``left_out`` are
    the others.
    """

    days: Mapping[UUID, date]
    numbers: Mapping[str, UUID]
    left_out: frozenset[UUID]


async def cohort(session: AsyncSession, trial_id: UUID) -> Cohort:
    """Everybody who was allocated in a trial, people on record more than once counted once."""
    rows = await rows_of(session, COHORT, trial_id=trial_id)
    return Cohort(
        days={row.id: london_day(row.allocated_at) for row in rows if not row.left_out},
        numbers={row.pnc_id: row.id for row in rows if row.pnc_id is not None},
        left_out=frozenset(row.id for row in rows if row.left_out),
    )


async def on_record(session: AsyncSession, numbers: Iterable[str]) -> set[str]:
    """Which of these PNC IDs, in canonical form, somebody on record has."""
    asked = [*numbers]
    return (
        {row.pnc_id for row in await rows_of(session, ON_RECORD, numbers=asked)} if asked else set()
    )


async def by_digest(session: AsyncSession, trial_id: UUID, digest: str) -> Any | None:
    """The batch that said the very same."""
    found = await rows_of(session, BY_DIGEST, trial_id=trial_id, digest=digest)
    return found[0] if found else None


async def last_number(session: AsyncSession, trial_id: UUID) -> int:
    """How many batches a trial has."""
    (found,) = await rows_of(session, LAST, trial_id=trial_id)
    return int(found.number)


async def versions(
    session: AsyncSession, trial_id: UUID, source: str, keys: Sequence[str]
) -> dict[str, Any]:
    """The last version of each of these rows, by key."""
    rows = await rows_of(session, VERSIONS, trial_id=trial_id, source=source, keys=[*keys])
    return {row.row_key: row for row in rows}


async def one(session: AsyncSession, batch_id: UUID) -> Any:
    """A batch by its id.

    Raises:
        FollowUpNotFound: there is none.
    """
    found = await rows_of(session, ONE, batch_id=batch_id)
    if not found:
        raise FollowUpNotFound("See GET /v1/follow-up-batches for those there are.")
    return found[0]


async def page(
    session: AsyncSession, turn: Turn, *, trial: str | None
) -> tuple[list[Any], str | None]:
    """One page of batches, the last one first."""
    return await LISTING.page(session, turn, trial=trial)


async def rows_page(
    session: AsyncSession, turn: Turn, batch: Any, outcome: RowOutcome | None
) -> tuple[list[Any], str | None]:
    """One page of what became of a batch's rows, in their order."""
    asked = None if outcome is None else outcome.value
    return await ROWS.page(session, turn, batch_id=batch.id, outcome=asked)


async def every_row(session: AsyncSession, batch_id: UUID) -> list[tuple[int, RowOutcome]]:
    """What became of each row of a batch, in their order."""
    rows = await rows_of(session, OF_BATCH, batch_id=batch_id)
    return [(row.number, RowOutcome(row.outcome)) for row in rows]


async def lacking_page(
    session: AsyncSession, turn: Turn, batch: Any
) -> tuple[list[Any], str | None]:
    """One page of those whom a batch does not tell of, as far as is known today."""
    return await LACKING.page(
        session,
        turn,
        trial_id=batch.trial_id,
        batch_id=batch.id,
        followed_until=batch.followed_until,
    )


def batch_view(row: Any) -> FollowUpBatchView:
    return FollowUpBatchView(
        outcomes=RowCountsView.model_validate(row),
        allowed_unmatched_percent=row.allowed_percent,
        **{
            name: getattr(row, name)
            for name in FollowUpBatchView.model_fields
            if name not in ("outcomes", "allowed_unmatched_percent")
        },
    )


def row_view(row: Any) -> FollowUpRowView:
    outcome = RowOutcome(row.outcome)
    return FollowUpRowView(number=row.number, outcome=outcome, meaning=LABELS[outcome])


def lacking_view(row: Any) -> LackingView:
    return LackingView(
        allocation_id=row.id,
        custody_record_id=row.custody_record_id,
        allocated_at=row.allocated_at,
        has_pnc_id=row.has_pnc_id,
    )
