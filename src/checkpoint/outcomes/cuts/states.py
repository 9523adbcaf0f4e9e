"""What a data cut counts, where it comes from, and why somebody was observed no longer. Pure."""

from enum import StrEnum


class Origin(StrEnum):
    """Whether the programme that was cut ran here."""

    OWN = "own"
    ELSEWHERE = "elsewhere"


class Measure(StrEnum):
    """What is counted after allocation, from the earliest news of it to the surest."""

    ARREST = "arrest"
    CHARGE = "charge"
    PROVEN = "proven"


class EndOfObservation(StrEnum):
    """Why somebody was observed no longer than they were."""

    DATA_CUT = "data_cut"
    DEATH = "death"
    EMIGRATION = "emigration"
    LOST = "lost_to_follow_up"
