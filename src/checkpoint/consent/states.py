"""The words of consent, and where each of the three stands. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class ConsentEvent(StrEnum):
    """The room's events."""

    DRAFTED = "consent.draft_begun"
    DRAFT_SAVED = "consent.draft_saved"
    DRAFTS_ERASED = "consent.drafts_erased"
    TAKEN = "consent.taken"
    WITHDRAWN = "consent.withdrawn"
    READ = "consent.read"
    SHEET_PUBLISHED = "consent.sheet_published"


class ConsentKind(StrEnum):
    """What is asked for. Three records: none of them stands for another."""

    PROGRAMME = "programme"
    RESEARCH = "research"
    INFORMATION_SHARING = "information_sharing"


class ConsentAnswer(StrEnum):
    """What somebody said when they were asked."""

    GIVEN = "given"
    DECLINED = "declined"


class ConsentStep(StrEnum):
    """What can happen to one consent: either answer, or that it is taken back."""

    GIVEN = "given"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ConsentState(StrEnum):
    """Where one of the three stands in a case."""

    NOT_ASKED = "not_asked"
    GIVEN = "given"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class AskingState(StrEnum):
    """Where one asking stands."""

    DRAFT = "draft"
    EXPIRED = "expired"
    TAKEN = "taken"


class LegalAdvice(StrEnum):
    """What somebody said to the offer of legal advice."""

    HAD = "had"
    NOT_WANTED = "not_wanted"
    AWAITED = "awaited"


class UnderstandingCheck(StrEnum):
    """How it was seen that somebody understood."""

    OWN_WORDS = "own_words"
    QUESTIONS_ANSWERED = "questions_answered"
    THROUGH_INTERPRETER = "through_interpreter"
    OTHER = "other"


class Teller(StrEnum):
    """Who told that a consent is withdrawn."""

    PERSON = "person"
    LEGAL_ADVISER = "legal_adviser"
    APPROPRIATE_ADULT = "appropriate_adult"
    OTHER = "other"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        ConsentKind.PROGRAMME: "To take part in the programme",
        ConsentKind.RESEARCH: "To take part in research",
        ConsentKind.INFORMATION_SHARING: "That information is shared",
        LegalAdvice.HAD: "Had legal advice",
        LegalAdvice.NOT_WANTED: "Did not want legal advice",
        LegalAdvice.AWAITED: "Wants legal advice and has not had it yet",
        UnderstandingCheck.OWN_WORDS: "Said it back in their own words",
        UnderstandingCheck.QUESTIONS_ANSWERED: "Answered questions about it",
        UnderstandingCheck.THROUGH_INTERPRETER: "Said it back through the interpreter",
        UnderstandingCheck.OTHER: "In another way",
        Teller.PERSON: "The person",
        Teller.LEGAL_ADVISER: "Their legal adviser",
        Teller.APPROPRIATE_ADULT: "Their appropriate adult",
        Teller.OTHER: "Somebody else on their behalf",
    }
)
STEPS: Mapping[tuple[ConsentState, ConsentStep], ConsentState] = MappingProxyType(
    {
        **{
            (state, step): ConsentState(step.value)
            for state in (ConsentState.NOT_ASKED, ConsentState.DECLINED, ConsentState.WITHDRAWN)
            for step in (ConsentStep.GIVEN, ConsentStep.DECLINED)
        },
        (ConsentState.GIVEN, ConsentStep.WITHDRAWN): ConsentState.WITHDRAWN,
    }
)


class ConsentStands(errors.Conflict):
    slug = "consent-stands-already"
    title = "This consent was given and stands"


class ConsentNotStanding(errors.Conflict):
    slug = "consent-not-standing"
    title = "There is no consent here that stands"


def step(state: ConsentState, happens: ConsentStep, *, kind: ConsentKind) -> ConsentState:
    """Where one consent stands once something has happened to it.

    Args:
        state: where it stood.
        happens: an answer, or that it is taken back.
        kind: which of the three.

    Returns:
        Where it stands from then on.

    Raises:
        ConsentStands: asked for again while it stands.
        ConsentNotStanding: taken back while it does not stand.
    """
    if (found := STEPS.get((state, happens))) is not None:
        return found
    if happens is ConsentStep.WITHDRAWN:
        raise ConsentNotStanding(
            "It was not given here, or was withdrawn already. Read where it stands now.",
            kind=kind.value,
            state=state.value,
        )
    raise ConsentStands(
        "Leave it out. If the person no longer wants it, withdraw it; it may be asked for again.",
        kind=kind.value,
        state=state.value,
    )


def state_of(answer: ConsentAnswer | None, *, withdrawn: bool) -> ConsentState:
    """Where one of the three stands, from its last answer.

    Args:
        answer: the last one; None where nobody was asked.
        withdrawn: whether that answer was taken back since.

    Returns:
        One state, whatever the facts are.
    """
    if answer is None:
        return ConsentState.NOT_ASKED
    return ConsentState.WITHDRAWN if withdrawn else ConsentState(answer.value)


def may_be_enrolled(states: Mapping[ConsentKind, ConsentState]) -> bool:
    """Whether consent allows somebody to be enrolled directly, before a trial opens."""
    return states.get(ConsentKind.PROGRAMME) is ConsentState.GIVEN


def may_be_allocated(states: Mapping[ConsentKind, ConsentState]) -> bool:
    """Whether consent allows somebody to be allocated in a trial: to the programme and to research."""
    return may_be_enrolled(states) and states.get(ConsentKind.RESEARCH) is ConsentState.GIVEN
