"""The words of a needs assessment, and how its rows are tagged. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors

# The answer that every question may have; no option of an instrument is called so.
NOT_KNOWN = "not_known"


class NeedsEvent(StrEnum):
    """The room's events."""

    DRAFTED = "needs.draft_begun"
    DRAFT_SAVED = "needs.draft_saved"
    ASSESSED = "needs.assessed"
    CORRECTED = "needs.corrected"
    READ = "needs.read"
    COMPARED = "needs.compared"
    INSTRUMENT_PUBLISHED = "needs.instrument_published"


class Pathway(StrEnum):
    """The seven critical pathways.

    Source: the programme's Service Offer of 2015 (domain notes 1.4).
    """

    ACCOMMODATION = "accommodation"
    DRUGS_AND_ALCOHOL = "drugs_and_alcohol"
    FINANCE = "finance"
    EDUCATION_AND_EMPLOYMENT = "education_and_employment"
    CHILDREN_AND_FAMILIES = "children_and_families"
    HEALTH = "health"
    ATTITUDES = "attitudes"


class Timepoint(StrEnum):
    """When in a case somebody is assessed."""

    BASELINE = "baseline"
    REVIEW = "review"
    EXIT = "exit"
    FOLLOW_UP = "follow_up"


class AssessmentState(StrEnum):
    """Where one assessment stands."""

    DRAFT = "draft"
    COMPLETED = "completed"


class NeedLevel(StrEnum):
    """How great a need is, the least first; from which score on each begins, an instrument says."""

    NONE_SEEN = "none_seen"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class OffendingLink(StrEnum):
    """Whether a need is linked to the offending."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"


class StatementBasis(StrEnum):
    """What a statement rests on.

    Source: DPA 2018 s.38(2): facts are told apart from personal assessments.
    """

    FACT = "fact"
    ASSESSMENT = "assessment"


class StatementKind(StrEnum):
    """What a statement is about."""

    STRENGTH = "strength"
    STATEMENT = "statement"


class NotAssessedReason(StrEnum):
    """Why a pathway was not assessed."""

    REFUSED = "refused"
    NO_TIME = "no_time"
    NOT_FIT = "not_fit"
    NO_INTERPRETER = "no_interpreter"
    NO_PRIVACY = "no_privacy"
    OTHER = "other"


class CorrectionReason(StrEnum):
    """Why a completed assessment is put right."""

    ENTERED_WRONGLY = "entered_wrongly"
    LEARNT_LATER = "learnt_later"
    WRONG_TIMEPOINT = "wrong_timepoint"
    OTHER = "other"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        Pathway.ACCOMMODATION: "Accommodation",
        Pathway.DRUGS_AND_ALCOHOL: "Drug and alcohol misuse",
        Pathway.FINANCE: "Financial management and income",
        Pathway.EDUCATION_AND_EMPLOYMENT: "Education, training and employability",
        Pathway.CHILDREN_AND_FAMILIES: "Children and families",
        Pathway.HEALTH: "Health",
        Pathway.ATTITUDES: "Attitudes, thinking and behaviour",
        Timepoint.BASELINE: "In custody, at the start",
        Timepoint.REVIEW: "At a review",
        Timepoint.EXIT: "At exit",
        Timepoint.FOLLOW_UP: "At follow-up",
        NeedLevel.NONE_SEEN: "No need seen",
        NeedLevel.LOW: "Low need",
        NeedLevel.MEDIUM: "Medium need",
        NeedLevel.HIGH: "High need",
        OffendingLink.YES: "Linked to the offending",
        OffendingLink.NO: "Not linked to the offending",
        OffendingLink.NOT_KNOWN: "Not known whether it is linked",
        StatementBasis.FACT: "A fact, which somebody could check",
        StatementBasis.ASSESSMENT: "Somebody's own assessment",
        NotAssessedReason.REFUSED: "The person did not want to speak of it",
        NotAssessedReason.NO_TIME: "There was no time for it",
        NotAssessedReason.NOT_FIT: "The person was not fit for it",
        NotAssessedReason.NO_INTERPRETER: "There was no interpreter for it",
        NotAssessedReason.NO_PRIVACY: "There was no private place for it",
        NotAssessedReason.OTHER: "Another reason, said in words",
        CorrectionReason.ENTERED_WRONGLY: "It was entered wrongly",
        CorrectionReason.LEARNT_LATER: "Something was learnt later that held already then",
        CorrectionReason.WRONG_TIMEPOINT: "It stands at the wrong timepoint",
        CorrectionReason.OTHER: "Another reason",
    }
)


class NeedsNotOpen(errors.Conflict):
    slug = "needs-not-open"
    title = "Needs are first assessed where a case stands as eligible"


class DraftOpen(errors.Conflict):
    slug = "needs-draft-open"
    title = "A needs assessment of this case is half-done"


class AlreadyCompleted(errors.Conflict):
    slug = "needs-assessment-completed"
    title = "This assessment is completed, and stays as it is"


class BaselineTaken(errors.Conflict):
    slug = "needs-baseline-taken"
    title = "This case has its baseline already"


class CorrectedAlready(errors.Conflict):
    slug = "needs-assessment-corrected"
    title = "This assessment was put right already"


class NotComparable(errors.Conflict):
    slug = "needs-not-comparable"
    title = "These assessments cannot be compared"


class TooFewAssessments(errors.Conflict):
    slug = "needs-too-few-assessments"
    title = "There are not two completed assessments to compare"


def tag_of_completed(number: int, *, corrected: bool) -> str:
    """The entity tag of a completed assessment.

    Args:
        number: the assessment's in its case, from 1.
        corrected: whether another one put it right since.

    Returns:
        Never the tag of a draft; another one once it was put right.
    """
    return f"{number}-corrected" if corrected else f"{number}-completed"
