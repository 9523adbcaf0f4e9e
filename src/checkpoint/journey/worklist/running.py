"""What is due of whoever takes part, and of contracts: selects like those of cases.

A contract tells an arm, and so does an appointment: each is for whoever knows of the start.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from checkpoint.contracts.outcomes.states import TIME_LIMIT_EXPIRED
from checkpoint.contracts.outcomes.tables import VictimChallenge, VictimChallengeDecision
from checkpoint.contracts.reviews.tables import BreachDecision, BreachReview
from checkpoint.contracts.sessions.cases import STANDS as PLANNED
from checkpoint.contracts.sessions.tables import Appointment, Attendance, PersonContact
from checkpoint.contracts.states import ENDED, LIVE, NEXT, ContractEvent, ContractState
from checkpoint.contracts.tables import Contract, ContractStep
from checkpoint.custody import queries as custody
from checkpoint.custody.tables import CustodyRecord
from checkpoint.delivery.cases import MISSING
from checkpoint.delivery.tables import Disposal, ProgrammeStart
from checkpoint.journey.worklist.cases import (
    CAME,
    CASES,
    CHASED,
    NOTHING,
    NOW,
    REACHED,
    READER,
    RECORD,
    STANDS,
    Reach,
    in_reach,
    knows,
    met,
    of_case,
)
from checkpoint.navigators.states import EndReason
from checkpoint.navigators.tables import Assignment
from checkpoint.people.merges.tables import PersonMerge
from checkpoint.people.queries import same_person

TOMORROW = sa.bindparam("tomorrow", type_=sa.DateTime(timezone=True))


def is_one_of(column: Any, *words: StrEnum) -> Any:
    """Written out, so that the plan knows which part of an index it walks."""
    return column.in_([sa.literal_column(f"'{word.value}'") for word in sorted(words)])


def _day_of(moment: Any) -> Any:
    return sa.cast(sa.func.timezone("Europe/London", moment), sa.Date())


# Planned for after the case needed a navigator: nobody comes to it.
NOBODYS = sa.and_(
    sa.exists().where(
        col(Assignment.custody_record_id) == col(ProgrammeStart.custody_record_id),
        col(Assignment.end_reason) == EndReason.CASE_ENDED,
        col(Assignment.ended_at) <= col(Appointment.starts_at),
    ),
    ~STANDS,
)


def _appointments(reach: Reach) -> Any:
    """Appointments that stand, and to which nobody is on record as having come or not."""
    case_id = col(Appointment.custody_record_id)
    entered = sa.exists().where(col(Attendance.appointment_id) == col(Appointment.id))
    return (
        in_reach(reach, col(Appointment.starts_at), Appointment, case_id)
        .join(ProgrammeStart, col(ProgrammeStart.custody_record_id) == case_id)
        .where(knows(reach, col(ProgrammeStart.allocation_id)), PLANNED, ~entered, ~NOBODYS)
    )


def appointment_today(reach: Reach) -> Any:
    starts_at = col(Appointment.starts_at)
    return _appointments(reach).where(starts_at > NOW, starts_at < TOMORROW)


def attendance_missing(reach: Reach) -> Any:
    """Chased for so long, and in suites for a week: nobody keeps which have no entry."""
    starts_at = col(Appointment.starts_at)
    since = CHASED if reach is Reach.CASELOAD else NOW - sa.literal_column("interval '7 days'")
    return _appointments(reach).where(starts_at <= NOW, starts_at >= since)


def no_contact(reach: Reach) -> Any:
    """People who were reached once, by the day on which they were last."""
    start = ProgrammeStart
    case_id = col(start.custody_record_id)
    heard = sa.select(sa.func.max(col(PersonContact.attempted_at))).where(
        col(PersonContact.custody_record_id) == case_id, REACHED
    )
    came = (
        sa.select(sa.func.max(col(Appointment.starts_at)))
        .join(Attendance, col(Attendance.appointment_id) == col(Appointment.id))
        .where(col(Appointment.custody_record_id) == case_id, CAME)
    )
    last = sa.func.greatest(col(start.started_at), *(_one(each) for each in (heard, came)))
    rows = in_reach(reach, _day_of(last), start, case_id)
    return rows.where(
        knows(reach, col(start.allocation_id)), MISSING > 0, STANDS, sa.or_(*met(case_id))
    )


def _one(rows: Any) -> Any:
    return rows.correlate(ProgrammeStart).scalar_subquery()


def of_contract(reach: Reach, since: Any, table: Any, words: Any = NOTHING) -> Any:
    """Rows about contracts within reach, of whoever knows the arm; what to go to is the contract."""
    rows = sa.select(*of_case(since, col(table.id), col(Contract.id), words)).select_from(table)
    if table is not Contract:
        rows = rows.join(Contract, col(Contract.id) == col(table.contract_id))
    return (
        rows.join(RECORD, RECORD.c.id == col(Contract.custody_record_id))
        .join(ProgrammeStart, col(ProgrammeStart.id) == col(Contract.programme_start_id))
        .where(CASES[reach], knows(reach, col(ProgrammeStart.allocation_id)))
    )


# The events by which a contract ends.
ENDINGS = {event for (_, event), state in NEXT.items() if state in ENDED}
ANEW, BEGAN, OTHER = aliased(ContractStep), aliased(ContractStep), aliased(CustodyRecord)

MERGED: Any = sa.union_all(
    sa.select(col(PersonMerge.kept_id)), sa.select(col(PersonMerge.other_id))
)


def contract_unsigned(reach: Reach) -> Any:
    """Contracts that are offered, by the last time that they were."""
    later = sa.exists().where(
        col(ANEW.contract_id) == col(ContractStep.contract_id),
        is_one_of(col(ANEW.event), ContractEvent.OFFERED),
        col(ANEW.number) > col(ContractStep.number),
    )
    return of_contract(reach, col(ContractStep.happened_at), ContractStep).where(
        is_one_of(col(Contract.state), ContractState.OFFERED),
        is_one_of(col(ContractStep.event), ContractEvent.OFFERED),
        ~later,
    )


def contract_ending(reach: Reach) -> Any:
    """Contracts that run by their last day; of one whose clock stands still, that will move."""
    rows = of_contract(reach, col(Contract.ends_on), Contract)
    return rows.where(is_one_of(col(Contract.state), ContractState.ACTIVE))


def review_due(reach: Reach) -> Any:
    """Reviews that somebody else raised, and nobody has decided."""
    decided = sa.exists().where(col(BreachDecision.review_id) == col(BreachReview.id))
    rows = of_contract(reach, col(BreachReview.due_on), BreachReview)
    return rows.where(~decided, col(BreachReview.raised_by) != READER)


def arrest_unreviewed(*, merged: bool) -> Callable[[Reach], Any]:
    """New arrests of people whose contract runs, in any suite, that no review names.

    Those under the very same person's record are one source, and those of people who were merged
    another: so who one person is has to be worked out for few. Those of restricted cases are due
    from who is named for them.
    """
    person_id = RECORD.c.person_id
    same = col(OTHER.person_id) == person_id
    if merged:
        others = col(OTHER.person_id).in_(same_person(person_id))
        same = sa.and_(person_id.in_(MERGED), others, col(OTHER.person_id) != person_id)

    def rows(reach: Reach) -> Any:
        named = sa.exists().where(
            col(BreachReview.contract_id) == col(Contract.id),
            col(BreachReview.other_record_id) == col(OTHER.id),
        )
        began = sa.and_(
            col(BEGAN.contract_id) == col(Contract.id),
            is_one_of(col(BEGAN.event), ContractEvent.STARTED),
        )
        since = _day_of(col(OTHER.arrested_at))
        again = (col(OTHER.id) != RECORD.c.id, col(OTHER.arrested_at) > col(BEGAN.happened_at))
        return (
            of_contract(reach, since, Contract)
            .with_only_columns(*of_case(since, col(OTHER.id), col(Contract.id)))
            .join(BEGAN, began)
            .join(OTHER, sa.and_(same, *again))
            .where(is_one_of(col(Contract.state), *LIVE), ~named)
            .where(custody.open_to_reader(col(OTHER.id)))
        )

    return rows


def outcome_to_record(reach: Reach) -> Any:
    """Contracts that ended, of cases whose offences have no outcome yet."""
    words = sa.cast(col(ContractStep.state), sa.String())
    rows = of_contract(reach, col(ContractStep.happened_at), ContractStep, words)
    return rows.where(is_one_of(col(ContractStep.event), *ENDINGS), MISSING > 0)


def challenge_open(reach: Reach) -> Any:
    """Victims' objections that somebody else entered, and nobody has decided."""
    decided = sa.exists().where(
        col(VictimChallengeDecision.challenge_id) == col(VictimChallenge.id)
    )
    rows = of_contract(reach, col(VictimChallenge.due_on), VictimChallenge)
    return rows.where(~decided, col(VictimChallenge.recorded_by) != READER)


PUT_RIGHT = aliased(Disposal)


def time_limit_incident(reach: Reach) -> Any:
    """Offences of whatever arm that ran out of time, for as long as they are chased."""
    later = sa.exists().where(
        col(PUT_RIGHT.first_entry_id) == col(Disposal.first_entry_id),
        col(PUT_RIGHT.number) > col(Disposal.number),
    )
    rows = in_reach(reach, col(Disposal.recorded_at), Disposal, col(Disposal.custody_record_id))
    return rows.where(
        col(Disposal.outcome_code) == sa.literal_column(f"'{TIME_LIMIT_EXPIRED}'"),
        col(Disposal.recorded_at) >= CHASED,
        ~later,
    )
