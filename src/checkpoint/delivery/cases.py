"""Cases whose disposal is missing: told so that nobody learns an arm from the list.

A case that was started drops out only for readers who have been shown its arm, or where it has
none: for everybody else a case stands here whatever it was assigned and given.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.tables import Allocation, ArmReading, Enrolment
from checkpoint.custody import queries as custody
from checkpoint.custody.clocks import Timed, clock_of
from checkpoint.custody.lists import Offence
from checkpoint.custody.tables import AllegedOffence, CustodyRecord, Screening
from checkpoint.delivery import rules
from checkpoint.delivery.references import known
from checkpoint.delivery.schemas import DisposalDueView, DueCountsView, DueCountView
from checkpoint.delivery.tables import Disposal, ProgrammeStart
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day, london_midnight
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.people.tables import Person

ENTERED: Any = (
    sa.select(
        col(Allocation.custody_record_id).label("record_id"),
        col(Allocation.id).label("allocation_id"),
        col(Allocation.allocated_at).label("entered_at"),
    )
    .union_all(
        sa.select(
            col(Enrolment.custody_record_id), sa.null().cast(sa.Uuid()), col(Enrolment.enrolled_at)
        )
    )
    .subquery("entered")
)
RECORD = CustodyRecord.__table__
LATER = aliased(Disposal)
# Every offence has one first entry, however often it was put right.
OFFENCES = (
    sa.select(sa.func.count())
    .select_from(AllegedOffence)
    .where(col(AllegedOffence.custody_record_id) == RECORD.c.id)
    .where(col(AllegedOffence.replaces_id).is_(None))
    .scalar_subquery()
)
DISPOSED = (
    sa.select(sa.func.count())
    .select_from(Disposal)
    .where(col(Disposal.custody_record_id) == RECORD.c.id)
    .where(*(col(Disposal.outcome_code) != code for code in known().open_codes))
    .where(
        ~sa.exists().where(
            col(LATER.first_entry_id) == col(Disposal.first_entry_id),
            col(LATER.number) > col(Disposal.number),
        )
    )
    .scalar_subquery()
)
MISSING: Any = OFFENCES - DISPOSED
KNOWN_TO_RUN = sa.and_(
    sa.exists().where(col(ProgrammeStart.custody_record_id) == RECORD.c.id),
    sa.or_(
        ENTERED.c.allocation_id.is_(None),
        sa.exists().where(
            col(ArmReading.allocation_id) == ENTERED.c.allocation_id,
            col(ArmReading.read_by) == sa.bindparam("reader", type_=sa.Uuid()),
        ),
    ),
)
DUE = (
    sa.and_(MISSING > 0, ~KNOWN_TO_RUN),
    ENTERED.c.entered_at < sa.bindparam("before", type_=sa.DateTime(timezone=True)),
)
LISTING = Listing(
    sa.select(
        RECORD.c.id,
        RECORD.c.person_id,
        RECORD.c.reference,
        RECORD.c.suite,
        col(Person.family_name),
        col(Person.given_names),
        ENTERED.c.entered_at,
        MISSING.label("missing"),
    )
    .join(ENTERED, ENTERED.c.record_id == RECORD.c.id)
    .join(Person, col(Person.id) == RECORD.c.person_id)
    .where(DUE[0]),
    at=ENTERED.c.entered_at,
    id=RECORD.c.id,
    filters={
        "suites": custody.OF_SUITE,
        "suite": RECORD.c.suite == sa.bindparam("suite"),
        "before": DUE[1],
        "reader": custody.OPEN,
    },
    soonest=True,
)
COUNTS = (
    sa.select(RECORD.c.suite, sa.func.count().label("cases"))
    .join(ENTERED, ENTERED.c.record_id == RECORD.c.id)
    .where(custody.IN_SCOPE, *DUE)
    .group_by(RECORD.c.suite)
)
RIGHT = aliased(AllegedOffence)
THESE = sa.any_(sa.bindparam("records", type_=ARRAY(sa.Uuid())))
SCREENED = (
    sa.select(col(Screening.custody_record_id), col(Screening.domestic_abuse_grade))
    .where(col(Screening.custody_record_id) == THESE)
    .ext(distinct_on(col(Screening.custody_record_id)))
    .order_by(col(Screening.custody_record_id), col(Screening.number).desc())
    .subquery("screened")
)
CLOCKED = (
    sa.select(
        col(AllegedOffence.id),
        col(AllegedOffence.custody_record_id),
        col(Offence.code),
        col(Offence.mode_of_trial),
        col(AllegedOffence.committed_from),
        col(AllegedOffence.formally_reported_on),
        sa.func.coalesce(
            col(AllegedOffence.domestic_abuse_grade), SCREENED.c.domestic_abuse_grade
        ).label("grade"),
    )
    .join(Offence, col(Offence.id) == col(AllegedOffence.offence_id))
    .outerjoin(SCREENED, SCREENED.c.custody_record_id == col(AllegedOffence.custody_record_id))
    .outerjoin(RIGHT, col(RIGHT.replaces_id) == col(AllegedOffence.id))
    .where(col(AllegedOffence.custody_record_id) == THESE, col(RIGHT.id).is_(None))
)


def _given(actor: Actor, at: datetime) -> dict[str, Any]:
    today = london_day(at)
    last = today - timedelta(days=rules.policy_on(today).after_days)
    return custody.scope_of(actor) | {
        "reader": actor.id,
        "before": london_midnight(last + timedelta(days=1)),
    }


async def page(
    session: AsyncSession, *, actor: Actor, turn: Turn, suite: str | None, at: datetime
) -> tuple[list[Any], str | None]:
    """One page of the cases of the reader's suites whose disposal is due, the oldest first."""
    return await LISTING.page(session, turn, **_given(actor, at), suite=suite)


async def views(session: AsyncSession, rows: Sequence[Any], *, on: date) -> list[DisposalDueView]:
    """Lines of the list, each with the last day to start proceedings for what the case alleges."""
    timed: dict[UUID, list[Timed]] = {row.id: [] for row in rows}
    for row in await rows_of(session, CLOCKED, records=[*timed]):
        timed[row.custody_record_id].append(
            Timed(
                row.id,
                row.code,
                row.mode_of_trial,
                row.committed_from,
                row.grade,
                row.formally_reported_on,
            )
        )
    policy = rules.policy_on(on)
    return [_view(row, clock_of(timed[row.id], on=on), policy) for row in rows]


def _view(row: Any, clock: Any, policy: rules.ChasePolicy) -> DisposalDueView:
    return DisposalDueView(
        record_id=row.id,
        reference=row.reference,
        suite=row.suite,
        family_name=row.family_name,
        given_names=row.given_names,
        missing=row.missing,
        due_on=rules.due_on(row.entered_at, policy),
        prosecution_last_day=clock.last_day,
        days_left=clock.days_left,
    )


async def counts(session: AsyncSession, *, actor: Actor, at: datetime) -> DueCountsView:
    """How many cases each of the reader's suites has whose disposal is due."""
    found = {row.suite: row.cases for row in await rows_of(session, COUNTS, **_given(actor, at))}
    policy = rules.policy_on(london_day(at))
    return DueCountsView(
        chased_after_days=policy.after_days,
        source=policy.source,
        items=[DueCountView(suite=each, cases=found.get(each, 0)) for each in sorted(actor.suites)],
    )
