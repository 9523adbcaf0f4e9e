"""The words of outcomes: what follow-up tells, by which of its days it counts. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class OutcomeEvent(StrEnum):
    """The room's events."""

    DEFINITIONS_PUBLISHED = "outcomes.definitions_published"
    HARM_INDEX_LOADED = "outcomes.harm_index_loaded"


class FollowUpKind(StrEnum):
    """What one row of follow-up tells of somebody."""

    ARREST = "arrest"
    CHARGE = "charge"
    DISPOSAL = "disposal"
    CUSTODY = "custody"
    DEATH = "death"
    EMIGRATION = "emigration"
    LOST = "lost_to_follow_up"
    NOTHING = "nothing"  # looked up, and nothing found
    WITHDRAWN = "withdrawn"  # the source takes a row back


class Dated(StrEnum):
    """Which day of an event a measure counts it by; the three are distinct, and charge a fourth."""

    OFFENCE = "offence"
    ARREST = "arrest"
    CHARGE = "charge"
    DISPOSAL = "disposal"


class Disposed(StrEnum):
    """How an offence that follow-up tells of was disposed of."""

    CONVICTION = "conviction"
    CAUTION = "caution"
    OUT_OF_COURT = "out_of_court"
    ACQUITTED = "acquitted"
    NO_FURTHER_ACTION = "no_further_action"


EVENTS = frozenset({FollowUpKind.ARREST, FollowUpKind.CHARGE, FollowUpKind.DISPOSAL})
ENDS = frozenset({FollowUpKind.DEATH, FollowUpKind.EMIGRATION, FollowUpKind.LOST})
LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        FollowUpKind.ARREST: "Arrested",
        FollowUpKind.CHARGE: "Charged or summonsed",
        FollowUpKind.DISPOSAL: "An offence was disposed of",
        FollowUpKind.CUSTODY: "In custody from a day until another",
        FollowUpKind.DEATH: "Died",
        FollowUpKind.EMIGRATION: "Left the country for good",
        FollowUpKind.LOST: "No longer to be traced",
        FollowUpKind.NOTHING: "Looked up, and nothing found",
        FollowUpKind.WITHDRAWN: "The source takes the row back",
        Disposed.CONVICTION: "Convicted",
        Disposed.CAUTION: "Cautioned",
        Disposed.OUT_OF_COURT: "Disposed of out of court otherwise",
        Disposed.ACQUITTED: "Acquitted or discontinued",
        Disposed.NO_FURTHER_ACTION: "No further action",
    }
)
