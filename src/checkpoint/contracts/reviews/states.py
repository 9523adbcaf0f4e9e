"""Why a contract is questioned, and what becomes of it, in words. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class ReviewEvent(StrEnum):
    """The alcove's events."""

    RAISED = "contract.review_raised"
    DECIDED = "contract.review_decided"
    READ = "contract.reviews_read"


class Cause(StrEnum):
    """What a review is raised for."""

    NEW_ARREST = "new_arrest"
    MISSED_CONTACT = "missed_contact"
    CONDITION = "condition"
    OFFENCE = "offence"
    OTHER = "other"


class ReviewOutcome(StrEnum):
    """What a review comes to."""

    CONTINUE = "continue"
    WARN = "warn"
    VARY = "vary"
    FAIL = "fail"
    CLOSE = "close"


class Ground(StrEnum):
    """What a failure rests on; an arrest is none.

    Source: domain notes 7.1 i.
    """

    CHARGED = "charged"
    ADMITTED = "admitted"
    EVIDENCE = "evidence"
    CONDITION_BROKEN = "condition_broken"


# Those that speak of an offence, and so of the day on which it was committed.
OF_AN_OFFENCE = (Ground.CHARGED, Ground.ADMITTED, Ground.EVIDENCE)
LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        Cause.NEW_ARREST: "The person was arrested again",
        Cause.MISSED_CONTACT: "Contact or appointments were missed",
        Cause.CONDITION: "A condition was not met",
        Cause.OFFENCE: "An offence came to light",
        Cause.OTHER: "Another reason",
        ReviewOutcome.CONTINUE: "The contract goes on as it is",
        ReviewOutcome.WARN: "It goes on, with a written warning",
        ReviewOutcome.VARY: "It goes on under other terms, once they are signed",
        ReviewOutcome.FAIL: "The contract has failed",
        ReviewOutcome.CLOSE: "It is to be closed for another reason",
        Ground.CHARGED: "The person was charged with an offence",
        Ground.ADMITTED: "The person admitted an offence",
        Ground.EVIDENCE: "The evidence of an offence is enough to charge",
        Ground.CONDITION_BROKEN: "A condition of the contract was broken",
    }
)


class ReviewNotFound(errors.NotFound):
    slug = "breach-review-not-found"
    title = "There is no such review that you may see"


class ReviewDecided(errors.Conflict):
    slug = "breach-review-decided"
    title = "This review was decided"


class ReviewOpen(errors.Conflict):
    slug = "breach-review-open"
    title = "A review of this is open"


class UninvolvedNeeded(errors.Forbidden):
    slug = "uninvolved-person-needed"
    title = "Somebody decides this who had no part in it"


class ArrestAlone(errors.Conflict):
    slug = "arrest-alone-fails-no-contract"
    title = "An arrest alone never fails a contract"


class OffenceBefore(errors.Conflict):
    slug = "offence-before-contract"
    title = "An offence from before the contract is no breach of it"


class NothingBroken(errors.Conflict):
    slug = "no-condition-broken"
    title = "No condition is on record as not met"
