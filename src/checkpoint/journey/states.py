"""The room's events, and what its lists begin with. Pure."""

from enum import StrEnum


class JourneyEvent(StrEnum):
    """What the ledger tells of readings that take in several rooms."""

    CASES_LISTED = "journey.cases_listed"
    CASES_COUNTED = "journey.cases_counted"


class CaseOrder(StrEnum):
    """What a list of cases begins with."""

    ARREST = "arrest"  # the latest arrest first
    DEADLINE = "deadline"  # the soonest prosecution deadline first; cases without one are left out
