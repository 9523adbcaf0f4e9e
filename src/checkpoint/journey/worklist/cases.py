"""What is due in cases: one select for each kind that nothing is kept of.

Each is narrowed to what its reader may reach, and walks an index in the order of its time, so that
a page costs what it shows and not what there is.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from checkpoint.allocation.tables import ArmReading
from checkpoint.consent.tables import ConsentDraft
from checkpoint.contracts.sessions.states import Outcome
from checkpoint.contracts.sessions.tables import Appointment, Attendance, PersonContact
from checkpoint.custody import queries as custody
from checkpoint.custody.tables import CustodyRecord
from checkpoint.delivery.tables import ProgrammeStart
from checkpoint.eligibility.states import Verdict
from checkpoint.eligibility.tables import EligibilityDecision
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
