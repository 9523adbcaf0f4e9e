"""What an asking must say before its answers are taken. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from checkpoint.consent.states import (
    ConsentAnswer,
    ConsentKind,
    ConsentState,
    ConsentStep,
    LegalAdvice,
    step,
)
from checkpoint.custody.movements.rules import check_past
from checkpoint.foundation import errors
from checkpoint.foundation.errors import RuleBroken

OTHER = "other"


class NotUnderstood(errors.Conflict):
    slug = "consent-not-understood"
    title = "Consent counts only where it was understood"


class LegalAdviceFirst(errors.Conflict):
    slug = "legal-advice-first"
    title = "Legal advice comes before consent"


class AlreadyTaken(errors.Conflict):
    slug = "consent-taken-already"
    title = "This is a draft no longer: the answers were taken"


def tag_of_taken(number: int, *, withdrawn: int) -> str:
    """The entity tag of an asking whose answers were taken.

    Args:
        number: the asking's in its case, from 1.
        withdrawn: how many of its consents were withdrawn, 0 to 3.

    Returns:
        Another tag whenever a consent of it was withdrawn, and never that of a draft.
    """
    return f"{number}-taken" + (f"-{withdrawn}" if withdrawn else "")


# What an asking must say before its answers are taken; a consent beside it is asked for or not.
NEEDED = (
    "sheet_version",
    "sheet_given_at",
    "answered_at",
    "legal_advice_offered",
    "legal_advice",
    "understood",
    "understanding_checked",
    "capacity_in_doubt",
)
KINDS = tuple(kind.value for kind in ConsentKind)


def missing_of(form: Any, *, never_asked: Iterable[ConsentKind]) -> list[str]:
    """What an asking still lacks.

    Args:
        form: what it says so far; None of a field is not known yet.
        never_asked: the kinds that nobody has answered in this case; each has to be.

    Returns:
        Names of fields, in their order.
    """
    missing = [name for name in NEEDED if getattr(form, name) is None]
    wanted = {kind.value for kind in never_asked}
    return missing + [kind for kind in KINDS if kind in wanted and getattr(form, kind) is None]


def check_whole(missing: Iterable[str]) -> None:
    """Nothing is lacking.

    Args:
        missing: names of fields.

    Raises:
        RuleBroken: not-known-yet, for every one of them.
    """
    faults = [RuleBroken(f"#/{name}", "not-known-yet", "Send this, too.") for name in missing]
    if faults:
        refusal, *others = faults
        refusal.faults += [fault for other in others for fault in other.faults]
        raise refusal


def check_asks(form: Any) -> None:
    """At least one of the three is asked for.

    Raises:
        RuleBroken: nothing-asked.
    """
    if all(getattr(form, kind) is None for kind in KINDS):
        raise RuleBroken("#/programme", "nothing-asked", "Ask for at least one of the three.")


def check_understood(form: Any) -> None:
    """The person understood, could decide, and had the advice they wanted.

    Args:
        form: a whole one.

    Raises:
        LegalAdviceFirst: it was not offered, or they wait for it.
        NotUnderstood: they did not understand, or it is in doubt that they can decide now.
    """
    if not form.legal_advice_offered:
        raise LegalAdviceFirst("Offer free and independent legal advice, then ask.")
    if form.legal_advice is LegalAdvice.AWAITED:
        raise LegalAdviceFirst("Ask again when the person has had the advice they want.")
    if not form.understood:
        raise NotUnderstood(
            "Explain it again, with help if need be, and see that it is understood."
        )
    if form.capacity_in_doubt:
        raise NotUnderstood(
            "Ask again when nobody doubts that the person can decide this: see whether they are "
            "fit, and whether they need an appropriate adult."
        )


def check_times(form: Any, *, since: datetime, now: datetime) -> None:
    """The sheet came before the answers, and both lie between arrival and now.

    Args:
        form: a whole one.
        since: the arrival at the suite.
        now: the present.

    Raises:
        RuleBroken: in-the-future, before-arrival or answered-before-sheet.
    """
    check_past(form.sheet_given_at, now=now, field="#/sheet_given_at")
    check_past(form.answered_at, now=now, field="#/answered_at")
    if form.sheet_given_at < since:
        raise RuleBroken(
            "#/sheet_given_at", "before-arrival", "This lies before the person arrived."
        )
    if form.answered_at < form.sheet_given_at:
        raise RuleBroken(
            "#/answered_at", "answered-before-sheet", "This lies before the sheet was given."
        )


def check_since_last(
    form: Any, standing: Mapping[ConsentKind, Any], *, field: str = "#/answered_at"
) -> None:
    """Nobody is asked before what they last said.

    Args:
        form: a whole one.
        standing: for each kind that was answered, the last answer with ``last_at``.
        field: the JSON pointer of what was sent.

    Raises:
        RuleBroken: before-the-last-answer.
    """
    for kind, last in standing.items():
        if getattr(form, kind.value) is not None and form.answered_at < last.last_at:
            raise RuleBroken(
                field,
                "before-the-last-answer",
                "This lies before what the person last said of the same, as it is on record.",
            )


def check_steps(form: Any, states: Mapping[ConsentKind, ConsentState]) -> None:
    """Nothing is asked for that stands.

    Args:
        form: a whole one.
        states: where each kind stands.

    Raises:
        ConsentStands: one of them was given and stands.
    """
    for kind in ConsentKind:
        if (answered := getattr(form, kind.value)) is not None:
            step(states[kind], ConsentStep(answered.answer.value), kind=kind)


def check_reason_given(answered: Any, *, field: str) -> None:
    """Whoever declines has a reason on record, and whoever gives consent none.

    Args:
        answered: one of the three answers.
        field: its JSON pointer.

    Raises:
        RuleBroken: reason-needed, reason-not-wanted or words-needed.
    """
    if answered.answer is ConsentAnswer.DECLINED:
        if answered.reason_code is None:
            raise RuleBroken(
                f"{field}/reason_code",
                "reason-needed",
                "Name a reason; no_reason_given is one. See "
                "/v1/reference/consent-declining-reasons.",
            )
        check_words(answered.reason_code, answered.words, field=field)
    elif answered.reason_code is not None or answered.words is not None:
        raise RuleBroken(
            field, "reason-not-wanted", "Send reason_code and words with declined only."
        )


def check_words(reason_code: str, words: str | None, *, field: str) -> None:
    """Another reason is told in words.

    Args:
        reason_code: why, by its code.
        words: why, in words.
        field: the JSON pointer of what holds both.

    Raises:
        RuleBroken: words-needed.
    """
    if reason_code == OTHER and words is None:
        raise RuleBroken(f"{field}/words", "words-needed", "Say the other reason in words.")
