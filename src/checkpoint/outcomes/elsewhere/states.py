"""The words of programmes that ran elsewhere. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from checkpoint.foundation import errors


class TimeUnit(StrEnum):
    """How a programme's files tell when something happened."""

    DAY = "day"
    WEEK = "week"
    DATE = "date"


class CovariateType(StrEnum):
    """What a covariate's values are."""

    NUMBER = "number"
    YES_NO = "yes_no"
    CODE = "code"


class PartKind(StrEnum):
    """What a part of an edition holds."""

    PARTICIPANTS = "participants"
    FOLLOW_UP = "follow_up"


class EditionState(StrEnum):
    """How far an edition has come."""

    RECEIVING = "receiving"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


class EditionOutcome(StrEnum):
    """How an edition ended."""

    COMPLETED = "completed"
    ABANDONED = "abandoned"


class EditionEvent(StrEnum):
    """The alcove's events."""

    READ = "trial_elsewhere.read"
    BEGUN = "trial_elsewhere.edition_begun"
    PART_RECEIVED = "trial_elsewhere.part_received"
    COMPLETED = "trial_elsewhere.edition_completed"
    ABANDONED = "trial_elsewhere.edition_abandoned"


class ElsewhereNotFound(errors.NotFound):
    slug = "trial-elsewhere-not-found"
    title = "No trial of that name was brought in from elsewhere"


class EditionNotFound(errors.NotFound):
    slug = "trial-edition-not-found"
    title = "Nothing is being received of this trial under that number"


class CodeTaken(errors.Conflict):
    slug = "trial-code-taken"
    title = "A trial of this service has that name"


class EditionUnderWay(errors.Conflict):
    slug = "trial-edition-under-way"
    title = "Another edition of this trial is being received"


class PartReceived(errors.Conflict):
    slug = "trial-part-received"
    title = "This part was received before, and said something else"


class EditionRefused(errors.Unprocessable):
    """Of files, ``found`` holds every fault: the file's name, the line (0 for all of it), words."""

    found: Sequence[tuple[str, int, str]] = ()
    slug = "trial-edition-refused"
    title = "The trial cannot be brought in as it is"
