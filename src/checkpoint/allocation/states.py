"""What happens in an allocation, and what may be noted of it afterwards. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors
from checkpoint.trials.states import CONTROL


class AllocationEvent(StrEnum):
    """The room's events."""

    SEALED = "allocation.list_sealed"
    LIST_OPENED = "allocation.list_opened"  # at the proof, after closing
    DRAWN = "allocation.drawn"
    READ = "allocation.read"
    ENROLLED = "enrolment.made"
    ENROLMENT_READ = "enrolment.read"
    ANNOTATED = "allocation.annotated"
    ANNOTATIONS_READ = "allocation.annotations_read"


class ListMethod(StrEnum):
    """How a sealed list came about."""

    PERMUTED_BLOCKS = "permuted_blocks"
    OWN_LIST = "own_list"


class AnnotationKind(StrEnum):
    """What somebody blind to the arm may note of an allocation; none of it undoes it."""

    INELIGIBLE_AFTERWARDS = "ineligible_afterwards"
    ALLOCATED_IN_ERROR = "allocated_in_error"
    WRONG_IDENTITY = "wrong_identity"
    DIED = "died"
    WITHDREW = "withdrew"
    OTHER = "other"


LABELS: Mapping[AnnotationKind, str] = MappingProxyType(
    {
        AnnotationKind.INELIGIBLE_AFTERWARDS: "Found ineligible by a fact from before the draw",
        AnnotationKind.ALLOCATED_IN_ERROR: "Should not have been allocated, for another reason",
        AnnotationKind.WRONG_IDENTITY: "The person was somebody else",
        AnnotationKind.DIED: "The person died",
        AnnotationKind.WITHDREW: "The person withdrew",
        AnnotationKind.OTHER: "Something else, told in words",
    }
)


class NoTrialOpen(errors.Conflict):
    slug = "no-trial-open"
    title = "No trial is open at the suite"


class TrialIsOpen(errors.Conflict):
    slug = "trial-is-open"
    title = "A trial is open at the suite, so nobody is enrolled past it"


class TrialIsClosed(errors.Conflict):
    slug = "trial-is-closed"
    title = "The trial is closed"


class OutsideEveryStratum(errors.Conflict):
    slug = "outside-every-stratum"
    title = "The case's suite is in no stratum of a trial"


class ProgrammeNotLive(errors.Conflict):
    slug = "programme-not-live"
    title = "The programme does not run at the suite on that day"


class DecisionNeeded(errors.Conflict):
    slug = "eligible-decision-needed"
    title = "The case has no locked decision that the person is eligible"


class DecisionSuperseded(errors.Conflict):
    slug = "decision-superseded"
    title = "A later decision superseded the one that was named"


class ConsentNeeded(errors.Conflict):
    slug = "consent-needed"
    title = "Consent has to be on record first"


class StratumExhausted(errors.Unavailable):
    slug = "stratum-exhausted"
    title = "The sealed list of the suite is used up"


class ListNotSealed(errors.Unavailable):
    slug = "list-not-sealed"
    title = "The trial has no sealed list that this service may draw from"


class SealedListChanged(errors.Unavailable):
    slug = "sealed-list-changed"
    title = "The sealed list is not what was lodged, so nothing is drawn from it"


class TrialFileUnreadable(errors.Unprocessable):
    slug = "trial-file-unreadable"
    title = "What stands in the trial file cannot be read"


class AlreadyEnrolled(errors.Conflict):
    slug = "already-enrolled"
    title = "The case is enrolled already, without allocation"


class AlreadyAllocated(errors.Conflict):
    slug = "already-allocated"
    title = "The person is allocated in a trial already"


class NotBlind(errors.Forbidden):
    slug = "not-blind-to-arm"
    title = "Whoever has seen the arm does not annotate the allocation"


class AllocationNotFound(errors.NotFound):
    slug = "allocation-not-found"
    title = "The case has no allocation"


class EnrolmentNotFound(errors.NotFound):
    slug = "enrolment-not-found"
    title = "The case has no enrolment"


class AnnotationsFull(errors.Conflict):
    slug = "annotations-full"
    title = "The allocation holds as many annotations as it can"


MOST_ANNOTATIONS = 50
# For a case whose own allocation it is; None is any arm but the control.
ARM_MEANING: Mapping[str | None, str] = MappingProxyType(
    {
        CONTROL: "Control: the case goes on as it would have without the programme. Record what "
        "was done with it.",
        None: "Treatment: offer the contract to engage.",
    }
)
WRONGLY_NAMED = (
    "Somebody was allocated in this person's name, on a case that turned out to be about somebody "
    "else. Nobody is allocated twice, in whatever name: this case is not in the trial and goes on as "
    "usual."
)
EARLIER_CASE = (
    "The person was allocated on an earlier case, which stands; nobody is allocated twice. "
    "This case is not in the trial and goes on as usual."
)
