"""What is due in cases: what is kept as open of them, and one select for each other kind.

Each is narrowed to what its reader may reach, and walks an index in the order of its time, so that
a page costs what it shows and not what there is.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.tables import ArmReading
from checkpoint.consent.tables import ConsentDraft
from checkpoint.contracts.sessions.states import Outcome
from checkpoint.contracts.sessions.tables import Appointment, Attendance, PersonContact
from checkpoint.custody import queries as custody
from checkpoint.custody.reach.queries import LED
from checkpoint.custody.tables import CustodyRecord
from checkpoint.delivery.tables import ProgrammeStart
from checkpoint.eligibility.states import Verdict
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.statements import Prepared
from checkpoint.journey.worklist.facts import OF_STARTED
from checkpoint.journey.worklist.tables import OpenMatter
from checkpoint.navigators.queries import IN_CASELOAD
from checkpoint.navigators.tables import Assignment
from checkpoint.needs.tables import NeedsDraft
from checkpoint.oversight.tables import Determination
from checkpoint.victims.states import ContactResult

NOW = sa.bindparam("now", type_=sa.DateTime(timezone=True))
CHASED = sa.bindparam("chased", type_=sa.DateTime(timezone=True))
READER = sa.bindparam("reader", type_=sa.Uuid())
RECORD = CustodyRecord.__table__
NOTHING: Any = sa.null().cast(sa.String())
NOBODY: Any = sa.null().cast(sa.Uuid())


class Reach(StrEnum):
    """Whose things somebody is told of."""

    SUITES = "suites"
    CASELOAD = "caseload"
    TEAM = "team"  # what a supervisor's team works in other suites, once they were shown its arm


CASES: Mapping[Reach, Any] = {
    Reach.SUITES: custody.IN_SCOPE,
    Reach.CASELOAD: IN_CASELOAD,
    Reach.TEAM: sa.and_(LED, custody.OPEN, ~custody.OF_SUITE),
}


def has_read(allocation_id: Any) -> Any:
    """That the reader has been shown an arm.

    Asked for one row, and not whether there is one: for that PostgreSQL would read whatever the
    reader was ever shown.
    """
    shown = (
        sa.select(sa.true())
        .select_from(ArmReading)
        .where(col(ArmReading.allocation_id) == allocation_id, col(ArmReading.read_by) == READER)
        .limit(sa.literal_column("1"))
        .scalar_subquery()
    )
    return sa.func.coalesce(shown, sa.false())


def knows(reach: Reach, allocation_id: Any) -> Any:
    """That the reader knows what a case was given: it is theirs, it has no arm, or they saw it."""
    if reach is Reach.CASELOAD:
        return sa.true()
    return sa.or_(allocation_id.is_(None), has_read(allocation_id))


def of_case(since: Any, id: Any, thing: Any, words: Any = NOTHING) -> Any:
    """The columns that every select has, of a case."""
    return (
        since.label("since"),
        id.label("id"),
        thing.label("thing"),
        words.label("words"),
        RECORD.c.id.label("custody_record_id"),
        RECORD.c.person_id.label("person_id"),
        RECORD.c.reference.label("reference"),
        RECORD.c.suite.label("suite"),
    )


def of_nobody(since: Any, id: Any, thing: Any, words: Any) -> Any:
    """The same of what is about no case."""
    return (
        since.label("since"),
        id.label("id"),
        thing.label("thing"),
        words.label("words"),
        NOBODY.label("custody_record_id"),
        NOBODY.label("person_id"),
        NOTHING.label("reference"),
        NOTHING.label("suite"),
    )


def in_reach(reach: Reach, since: Any, table: Any, record_id: Any, words: Any = NOTHING) -> Any:
    """Rows of a table that are about cases within reach."""
    return (
        sa.select(*of_case(since, col(table.id), col(table.id), words))
        .join_from(table, RECORD, RECORD.c.id == record_id)
        .where(CASES[reach])
    )


STANDS = sa.exists().where(
    col(Assignment.custody_record_id) == col(ProgrammeStart.custody_record_id),
    col(Assignment.ended_at).is_(None),
)

# As ``contracts.sessions.rules.contacts_made`` has it: what counts as having reached somebody.
REACHED = col(PersonContact.result) == sa.literal_column(f"'{ContactResult.REACHED}'")
ENTERED_SINCE = aliased(Attendance)
CAME = sa.and_(
    col(Attendance.outcome) != sa.literal_column(f"'{Outcome.MISSED}'"),
    ~sa.exists().where(
        col(ENTERED_SINCE.appointment_id) == col(Attendance.appointment_id),
        col(ENTERED_SINCE.number) > col(Attendance.number),
    ),
)


def met(record_id: Any) -> tuple[Any, Any]:
    """That a case's person was reached, however long ago; and that they came to an appointment."""
    heard = sa.exists().where(col(PersonContact.custody_record_id) == record_id, REACHED)
    came = sa.exists().where(
        col(Appointment.custody_record_id) == record_id,
        col(Attendance.appointment_id) == col(Appointment.id),
        CAME,
    )
    return heard, came


SUPERSEDING = aliased(EligibilityDecision)
PRESENT = ~sa.exists().where(col(SUPERSEDING.supersedes_id) == col(EligibilityDecision.id))
DETERMINED = sa.exists().where(
    col(Determination.eligibility_decision_id) == col(EligibilityDecision.id)
)


def decided(verdict: Verdict) -> Callable[[Reach], Any]:
    """Present decisions with a verdict that settles nothing."""

    def rows(reach: Reach) -> Any:
        return in_reach(
            reach,
            col(EligibilityDecision.decided_at),
            EligibilityDecision,
            col(EligibilityDecision.custody_record_id),
        ).where(
            col(EligibilityDecision.verdict) == sa.literal_column(f"'{verdict.value}'"),
            PRESENT,
            ~DETERMINED,
        )

    return rows


def consent_draft_expiring(reach: Reach) -> Any:
    """Drafts that say something and have not expired."""
    record_id = col(ConsentDraft.custody_record_id)
    rows = in_reach(reach, col(ConsentDraft.expires_at), ConsentDraft, record_id)
    return rows.where(col(ConsentDraft.content).is_not(None), col(ConsentDraft.expires_at) > NOW)


def needs_draft_open(reach: Reach) -> Any:
    """Drafts that are not completed."""
    record_id = col(NeedsDraft.custody_record_id)
    rows = in_reach(reach, col(NeedsDraft.saved_at), NeedsDraft, record_id)
    return rows.where(col(NeedsDraft.content).is_not(None))


INSTANT = sa.DateTime(timezone=True)
OPEN_MATTER = OpenMatter.__table__
ASKED: Any = (
    sa.func.unnest(
        sa.bindparam("matters", type_=ARRAY(sa.String())),
        sa.bindparam("after", type_=ARRAY(INSTANT)),
        sa.bindparam("after_id", type_=ARRAY(sa.Uuid())),
        sa.bindparam("until", type_=ARRAY(INSTANT)),
    )
    .table_valued(
        sa.column("matter", sa.String()),
        sa.column("after", INSTANT),
        sa.column("after_id", sa.Uuid()),
        sa.column("until", INSTANT),
        with_ordinality="turn",
    )
    .render_derived(name="asked")
)
# What a reader is told of: neither what they set off themselves or is over by now, nor what
# another restricted case is about.
TELLABLE = (
    OPEN_MATTER.c.matter == ASKED.c.matter,
    sa.tuple_(OPEN_MATTER.c.since, OPEN_MATTER.c.id) > sa.tuple_(ASKED.c.after, ASKED.c.after_id),
    OPEN_MATTER.c.since <= ASKED.c.until,
    sa.or_(OPEN_MATTER.c.set_off_by.is_(None), OPEN_MATTER.c.set_off_by != READER),
    sa.or_(
        OPEN_MATTER.c.last_day.is_(None),
        OPEN_MATTER.c.last_day >= sa.bindparam("today", type_=sa.Date()),
    ),
    custody.open_to_reader(OPEN_MATTER.c.source_id),
)
# A case that was started is told as one without an outcome to the blind alone, and everything else
# that tells an arm to nobody who is.
IS_OF_STARTED = OPEN_MATTER.c.matter == sa.literal_column(f"'{OF_STARTED}'")
SHOWN = has_read(OPEN_MATTER.c.allocation_id)
KNOWN = sa.or_(
    OPEN_MATTER.c.allocation_id.is_(None),
    sa.and_(~IS_OF_STARTED, SHOWN),
    sa.and_(IS_OF_STARTED, ~SHOWN),
)


def _turns(found: Any) -> tuple[Any, ...]:
    """Of each turn no more than where its matters stand: most are counted, and few are shown."""
    order = (found.c.since, found.c.id)
    return (
        ASKED.c.turn.label("turn"),
        sa.func.array_agg(aggregate_order_by(found.c.since, *order)).label("sinces"),
        sa.func.array_agg(aggregate_order_by(found.c.id, *order)).label("ids"),
    )


@cache
def _of_suites(most: int) -> Prepared:
    """Of each matter and suite the first ones, each by its own walk along the index."""
    suite: Any = (
        sa.func.unnest(sa.bindparam("suites", type_=ARRAY(sa.String())))
        .table_valued(sa.column("code", sa.String()))
        .render_derived(name="suite")
    )
    # Written out: of a number that is given, PostgreSQL plans for a tenth of everything.
    found = (
        sa.select(OPEN_MATTER.c.since, OPEN_MATTER.c.id)
        .where(*TELLABLE, KNOWN, OPEN_MATTER.c.suite == suite.c.code)
        .where(custody.open_to_reader(OPEN_MATTER.c.custody_record_id))
        .order_by(OPEN_MATTER.c.since, OPEN_MATTER.c.id)
        .limit(sa.literal_column(str(most)))
        .correlate(ASKED, suite)
        .lateral("found")
    )
    return Prepared(
        sa.select(*_turns(found))
        .select_from(ASKED)
        .join(suite, sa.true())
        .join(found, sa.true())
        .group_by(ASKED.c.turn)
    )


def _whole(*which: Any) -> Prepared:
    return Prepared(
        sa.select(*_turns(OPEN_MATTER))
        .select_from(RECORD)
        .join(OPEN_MATTER, OPEN_MATTER.c.custody_record_id == RECORD.c.id)
        .join(ASKED, sa.and_(*TELLABLE[:3]))
        .where(*which, *TELLABLE[3:])
        .group_by(ASKED.c.turn)
    )


# All that is open of a caseload, which is thirty cases, and of what a team works elsewhere.
WHOLE = {
    Reach.CASELOAD: _whole(IN_CASELOAD, ~IS_OF_STARTED),
    Reach.TEAM: _whole(CASES[Reach.TEAM], KNOWN),
}
LINES = Prepared(
    sa.select(
        *of_case(OPEN_MATTER.c.since, OPEN_MATTER.c.id, OPEN_MATTER.c.thing_id, OPEN_MATTER.c.words)
    )
    .join_from(OPEN_MATTER, RECORD, RECORD.c.id == OPEN_MATTER.c.custody_record_id)
    .where(OPEN_MATTER.c.id == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))))
)


async def matters(session: AsyncSession, reach: Reach, *, most: int, **given: Any) -> Sequence[Any]:
    """Where the first of what is open within reach stand, by their turn in what was asked for."""
    return await rows_of(session, WHOLE.get(reach) or _of_suites(most), **given)


async def lines(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """What is shown of matters that were found within reach."""
    return {row.id: row for row in await rows_of(session, LINES, ids=ids)}
