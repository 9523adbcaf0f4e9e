"""What a data cut counts, where it comes from, and why somebody was observed no longer. Pure."""

from enum import StrEnum

from checkpoint.foundation import errors


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


class CutPart(StrEnum):
    """What of a cut differs from the one before."""

    PARTICIPANTS = "participants"
    EVENTS_ADDED = "events_added"
    EVENTS_GONE = "events_gone"


class DataCutEvent(StrEnum):
    """The alcove's events."""

    TAKEN = "data_cut.taken"
    READ = "data_cut.read"
    CHANGES_READ = "data_cut.changes_read"


class CutNotFound(errors.NotFound):
    slug = "data-cut-not-found"
    title = "The trial has no data cut of that number"


class NothingToCut(errors.Conflict):
    slug = "nothing-to-cut"
    title = "There is nothing to take a data cut of yet"


class CutTooLarge(errors.Conflict):
    slug = "data-cut-too-large"
    title = "A data cut of so many people is taken in the shell"


class FlowDoesNotReconcile(errors.Conflict):
    slug = "flow-does-not-reconcile"
    title = "The cut's numbers do not add up, so no flow is drawn of them"
