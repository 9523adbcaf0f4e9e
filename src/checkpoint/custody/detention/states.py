"""The words of what the detention clock hears of. Pure."""

from enum import StrEnum


class EntryKind(StrEnum):
    """What the clock hears of."""

    ARRIVED = "arrived"
    RELEVANT_TIME = "relevant_time"
    AUTHORISED = "authorised"
    REVIEWED = "reviewed"
    REVIEW_POSTPONED = "review_postponed"
    EXTENDED = "extended"
    PAUSED = "paused"


class Authority(StrEnum):
    """Who reviewed or extended a detention, by rank; never by name."""

    CUSTODY_OFFICER = "custody_officer"
    INSPECTOR = "inspector"
    SUPERINTENDENT = "superintendent"
    MAGISTRATES_COURT = "magistrates_court"


class ReviewOfficer(StrEnum):
    """Who may review (PACE s.40(1)): after charge the custody officer, else an inspector or above."""

    CUSTODY_OFFICER = "custody_officer"
    INSPECTOR = "inspector"
    SUPERINTENDENT = "superintendent"


class ExtendingAuthority(StrEnum):
    """Who may extend (PACE ss.42 to 44)."""

    SUPERINTENDENT = "superintendent"
    MAGISTRATES_COURT = "magistrates_court"


class EntryReason(StrEnum):
    """Why a review was put off, or the clock stood still."""

    QUESTIONING = "questioning"
    NO_REVIEW_OFFICER = "no_review_officer"
    NOT_PRACTICABLE = "not_practicable"
    HOSPITAL = "hospital"


class PostponementReason(StrEnum):
    """Why a review was put off (PACE s.40(4))."""

    QUESTIONING = "questioning"
    NO_REVIEW_OFFICER = "no_review_officer"
    NOT_PRACTICABLE = "not_practicable"


class PauseReason(StrEnum):
    """Why the clock stood still (PACE s.41(6))."""

    HOSPITAL = "hospital"
