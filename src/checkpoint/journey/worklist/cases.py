"""What is due in cases: one select for each kind, in the order of its time.

Each is narrowed to what its reader may reach, and walks an index, so that a page costs what it
shows and not what there is.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from checkpoint.allocation.tables import Allocation, ArmReading, Enrolment
from checkpoint.consent.tables import ConsentDraft
from checkpoint.contracts.sessions.states import Outcome
from checkpoint.contracts.sessions.tables import Appointment, Attendance, PersonContact
from checkpoint.custody import queries as custody
from checkpoint.custody.lists import Offence
from checkpoint.custody.reach.queries import LED
from checkpoint.custody.tables import AllegedOffence, CustodyRecord
from checkpoint.delivery.cases import MISSING
from checkpoint.delivery.references import known
from checkpoint.delivery.tables import Disposal, ProgrammeStart
from checkpoint.eligibility.states import Verdict
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.journey.cases import summary_only
from checkpoint.navigators.queries import IN_CASELOAD
from checkpoint.navigators.states import EndReason
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
    """That the reader has been shown an arm."""
    return sa.exists().where(
        col(ArmReading.allocation_id) == allocation_id, col(ArmReading.read_by) == READER
    )


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
WORKED_TO_ITS_END = sa.exists().where(
    col(Assignment.custody_record_id) == col(ProgrammeStart.custody_record_id),
    col(Assignment.end_reason) == EndReason.CASE_ENDED,
)


def started(reach: Reach) -> Any:
    """People who were started on the programme, where their offences have no outcome yet."""
    return in_reach(
        reach,
        col(ProgrammeStart.started_at),
        ProgrammeStart,
        col(ProgrammeStart.custody_record_id),
    ).where(knows(reach, col(ProgrammeStart.allocation_id)), MISSING > 0)


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


def first_contact(reach: Reach) -> Any:
    """Starts of those whom nobody has reached; in suites, for as long as they are chased."""
    rows = started(reach).where(STANDS)
    if reach is not Reach.CASELOAD:
        rows = rows.where(col(ProgrammeStart.started_at) >= CHASED)
    return rows.where(*(~way for way in met(col(ProgrammeStart.custody_record_id))))


def no_navigator(reach: Reach) -> Any:
    return started(reach).where(~STANDS, ~WORKED_TO_ITS_END)


# By another name than the count of those without an outcome has, which is put inside.
LATER, ALLEGED = aliased(Disposal), aliased(AllegedOffence)
# How many outcomes stand of an offence, by this entry of it or the one that it put right.
# Counted, and not asked for: as a question PostgreSQL would read every disposal to answer it.
SETTLED = (
    sa.select(sa.func.count())
    .select_from(Disposal)
    .where(col(Disposal.custody_record_id) == col(ALLEGED.custody_record_id))
    .where(
        sa.or_(
            *(
                col(entry) == its
                for entry in (Disposal.first_entry_id, Disposal.alleged_offence_id)
                for its in (col(ALLEGED.id), col(ALLEGED.replaces_id))
            )
        ),
        *(col(Disposal.outcome_code) != code for code in known().open_codes),
        ~sa.exists().where(
            col(LATER.first_entry_id) == col(Disposal.first_entry_id),
            col(LATER.number) > col(Disposal.number),
        ),
    )
    .correlate(ALLEGED)
    .scalar_subquery()
)
CAME_IN = sa.or_(
    *(
        sa.exists().where(col(table.custody_record_id) == RECORD.c.id)
        for table in (Allocation, Enrolment)
    )
)


def prosecution_deadline(reach: Reach) -> Any:
    """Summary-only offences of cases that came in, whatever their arm, without an outcome.

    By the shorter rule alone, as the list of cases by deadline has it: the longer one would tell
    navigators of a victim's statement.
    """
    named = sa.select(col(Offence.code)).where(col(Offence.id) == col(ALLEGED.offence_id))
    rows = in_reach(
        reach,
        col(ALLEGED.committed_from),
        ALLEGED,
        col(ALLEGED.custody_record_id),
        named.scalar_subquery(),
    )
    return rows.where(summary_only(ALLEGED), CAME_IN, SETTLED == 0, MISSING > 0)


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


def disposal_missing(table: Any, since: Any) -> Callable[[Reach], Any]:
    """Cases that came in one way or the other, as ``delivery.cases`` lists them.

    Whoever has not been shown an arm is told of the case whatever its arm, and whatever was given.
    """
    of_arm = table.id if table is Allocation else NOBODY
    started = sa.exists().where(col(ProgrammeStart.custody_record_id) == RECORD.c.id)

    def rows(reach: Reach) -> Any:
        found = in_reach(reach, col(since), table, col(table.custody_record_id))
        return found.where(MISSING > 0, ~sa.and_(started, knows(reach, of_arm)))

    return rows
