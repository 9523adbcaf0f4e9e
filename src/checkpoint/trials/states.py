"""What kinds of trial there are, and where one stands. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class TrialKind(StrEnum):
    """Whether a trial counts. Test lists and live lists never meet.

    One that ran elsewhere was brought in whole: nobody is ever drawn into it here.
    """

    LIVE = "live"
    TEST = "test"
    ELSEWHERE = "elsewhere"


class TrialState(StrEnum):
    """Where a trial stands on a day, by its protocol and its closing."""

    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"


class TrialEvent(StrEnum):
    """The room's events."""

    ADOPTED = "trial.protocol_adopted"
    CLOSED = "trial.closed"
    PHASES_ADDED = "trial.phases_added"


# The arm that gets what it would have got without the programme; every trial has it.
CONTROL = "control"
MEANING: Mapping[TrialState, str] = MappingProxyType(
    {
        TrialState.ANNOUNCED: "Not open yet: eligible and consenting people are enrolled directly.",
        TrialState.OPEN: "Open: eligible and consenting people are allocated.",
        TrialState.CLOSED: "Closed: nobody is allocated any more.",
    }
)
