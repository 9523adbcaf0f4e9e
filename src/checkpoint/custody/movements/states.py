"""The words of coming and going, and of what is entered late. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

# An entry that lags the event by more than half the time to the first review says so.
LATE_AFTER = timedelta(hours=3)


class MovementKind(StrEnum):
    """How a person came to a suite or left it, once they had been booked in."""

    TRANSFERRED = "transferred"
    RELEASED = "released"
    RETURNED = "returned"


class ReleaseKind(StrEnum):
    """How a person left custody."""

    CHARGED = "charged"
    UNDER_INVESTIGATION = "under_investigation"
    ON_BAIL = "on_bail"
    NO_FURTHER_ACTION = "no_further_action"
    OTHER = "other"


class ReturnReason(StrEnum):
    """Why a released person is in a suite again."""

    ANSWERING_BAIL = "answering_bail"
    FAILED_TO_ANSWER_BAIL = "failed_to_answer_bail"
    ARRESTED_AGAIN = "arrested_again"
    VOLUNTARY_ATTENDANCE = "voluntary_attendance"


class BailAuthority(StrEnum):
    """Who authorised a change of bail, by rank (PACE ss.47ZA to 47ZG)."""

    CUSTODY_OFFICER = "custody_officer"
    INSPECTOR = "inspector"
    SUPERINTENDENT = "superintendent"
    MAGISTRATES_COURT = "magistrates_court"


class BailChange(StrEnum):
    """Why bail was extended or varied."""

    INVESTIGATION_GOES_ON = "investigation_goes_on"
    READY_SOONER = "ready_sooner"
    ASKED_BY_PERSON = "asked_by_person"
    CONDITIONS_CHANGED = "conditions_changed"
    ENTERED_WRONGLY = "entered_wrongly"
    OTHER = "other"


class WithdrawalReason(StrEnum):
    """Why a movement on record never was one."""

    DID_NOT_HAPPEN = "did_not_happen"
    WRONG_RECORD = "wrong_record"
    WRONG_PARTICULARS = "wrong_particulars"
    OTHER = "other"


class LateReason(StrEnum):
    """Why something was entered long after it happened."""

    SYSTEM_DOWN = "system_down"
    PAPER_FIRST = "paper_first"
    TOLD_LATE = "told_late"
    BUSY = "busy"
    OTHER = "other"


def is_late(happened_at: datetime, recorded_at: datetime) -> bool:
    """Whether an entry was made long after what it tells of.

    Args:
        happened_at: what it tells of, an instant.
        recorded_at: when it was entered.

    Returns:
        True where more than three hours lie between; not at three.
    """
    return recorded_at - happened_at > LATE_AFTER
