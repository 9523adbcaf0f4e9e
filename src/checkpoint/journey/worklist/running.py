"""What is due of whoever takes part, and of contracts: selects like those of cases.

A contract tells an arm, and so does an appointment: each is for whoever knows of the start.
"""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from checkpoint.contracts.outcomes.states import TIME_LIMIT_EXPIRED
from checkpoint.contracts.sessions.tables import Appointment, Attendance, PersonContact
from checkpoint.contracts.tables import Contract
from checkpoint.delivery.cases import MISSING
from checkpoint.delivery.tables import Disposal, ProgrammeStart
from checkpoint.journey.worklist.cases import (
    CAME,
    CASES,
    CHASED,
    NOTHING,
    REACHED,
    RECORD,
    STANDS,
    Reach,
    in_reach,
    knows,
    met,
    of_case,
)


def is_one_of(column: Any, *words: StrEnum) -> Any:
    """Written out, so that the plan knows which part of an index it walks."""
    return column.in_([sa.literal_column(f"'{word.value}'") for word in sorted(words)])


def _day_of(moment: Any) -> Any:
    return sa.cast(sa.func.timezone("Europe/London", moment), sa.Date())


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
