"""What may stand in an assessment, and what it must say to be completed. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from checkpoint.custody.movements.rules import check_past
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs.facts import answers_of, missing_of, not_confirmed_of, spoken_of
from checkpoint.needs.states import (
    LABELS,
    NOT_KNOWN,
    BaselineTaken,
    CorrectedAlready,
    DraftOpen,
    NeedsNotOpen,
    NotAssessedReason,
    Pathway,
    Timepoint,
    TooFewAssessments,
)

# What one case takes of completed assessments.
MOST_ASSESSMENTS = 60
Faults = Iterator[RuleBroken]


def check_known(form: Any, instrument: Any) -> None:
    """Every question and option is the instrument's, and nothing stands twice.

    Args:
        form: what was sent.
        instrument: the one that it answers.

    Raises:
        RuleBroken: question-not-asked, option-not-offered, answered-twice, score-not-asked or
            score-out-of-range; every one of them.
    """
    faults: list[RuleBroken] = []
    for pathway, part in spoken_of(form).items():
        faults += _unknown_answers(part.answers or (), instrument.of(pathway), pathway)
    faults += _unknown_scores(form.external_scores or (), instrument.external_scores)
    refuse(faults)


def refuse(faults: Sequence[RuleBroken]) -> None:
    """One refusal of everything that is wrong.

    Raises:
        RuleBroken: there is anything.
    """
    if faults:
        refusal, *others = faults
        refusal.faults += [fault for other in others for fault in other.faults]
        raise refusal


def _unknown_answers(answers: Sequence[Any], asked: Any, pathway: Pathway) -> Faults:
    questions = {question.code: question for question in asked.questions}
    counted = Counter(answer.question for answer in answers)
    for place, answer in enumerate(answers):
        here = f"#/pathways/{pathway.value}/answers/{place}"
        question = questions.get(answer.question)
        if question is None:
            yield RuleBroken(
                f"{here}/question",
                "question-not-asked",
                "The instrument asks no such question here; see /v1/reference/needs-instruments.",
            )
        elif answer.option not in {None, NOT_KNOWN, *(each.code for each in question.options)}:
            yield RuleBroken(
                f"{here}/option",
                "option-not-offered",
                f"Choose one of: {', '.join(each.code for each in question.options)}, {NOT_KNOWN}.",
            )
        elif counted[answer.question] > 1:
            yield RuleBroken(f"{here}/question", "answered-twice", "Answer each question once.")


def _unknown_scores(scores: Sequence[Any], offered: Sequence[Any]) -> Faults:
    places = {each.code: each for each in offered}
    counted = Counter(each.code for each in scores)
    for place, given in enumerate(scores):
        here, found = f"#/external_scores/{place}", places.get(given.code)
        if found is None:
            yield RuleBroken(
                f"{here}/code", "score-not-asked", "The instrument has no place for this score."
            )
        elif given.score is not None and not found.lowest <= given.score <= found.highest:
            yield RuleBroken(
                f"{here}/score",
                "score-out-of-range",
                f"It lies from {found.lowest} to {found.highest}.",
            )
        elif counted[given.code] > 1:
            yield RuleBroken(f"{here}/code", "answered-twice", "Enter each score once.")


def check_complete(
    form: Any,
    instrument: Any,
    *,
    confirmed: bool,
    since: datetime,
    now: datetime,
) -> None:
    """An assessment says all that it must.

    Args:
        form: what it says.
        instrument: the one that it answers.
        confirmed: whether all that is carried over is confirmed at once.
        since: the arrival at the suite.
        now: the present.

    Raises:
        RuleBroken: not-known-yet, not-confirmed-yet, answered-and-not-assessed, words-needed,
            correction-without-reason, in-the-future or before-arrival.
    """
    faults = [
        RuleBroken(f"#/{place}", "not-known-yet", "Send this, too; not_known is an answer.")
        for place in missing_of(form, instrument)
    ]
    if not confirmed:
        faults += [
            RuleBroken(
                f"#/{place}",
                "not-confirmed-yet",
                "It is carried over from the last assessment: send it again as it is now, or "
                "confirm all that is carried over.",
            )
            for place in not_confirmed_of(form)
        ]
    faults += _contradictions(form)
    refuse(faults)
    check_past(form.assessed_at, now=now, field="#/assessed_at")
    if form.assessed_at < since:
        raise RuleBroken("#/assessed_at", "before-arrival", "This lies before the person arrived.")


def _contradictions(form: Any) -> Faults:
    for pathway, part in spoken_of(form).items():
        here, why = f"#/pathways/{pathway.value}/not_assessed", part.not_assessed
        if why is None:
            continue
        if answers_of(part) or part.linked_to_offending is not None:
            yield RuleBroken(
                here,
                "answered-and-not-assessed",
                "Leave out answers and link, or else not_assessed.",
            )
        if why.reason_code is NotAssessedReason.OTHER and why.words is None:
            yield RuleBroken(f"{here}/words", "words-needed", "Say the other reason in words.")
    if (form.corrects is None) != (form.correction_reason is None):
        yield RuleBroken(
            "#/correction_reason",
            "correction-without-reason",
            "Send corrects and correction_reason together.",
        )


def not_open(verdict: Verdict | None) -> NeedsNotOpen | None:
    """Why a case's first assessment cannot be begun.

    Args:
        verdict: what stands of the case's present decision; None where nothing is decided.

    Returns:
        The refusal; None where the case stands as eligible.
    """
    if verdict is Verdict.ELIGIBLE:
        return None
    stands = verdict.value if verdict else "not decided"
    return NeedsNotOpen(f"It stands as: {stands}. Decide it first.", verdict=stands)


def check_one_draft(open_draft: UUID | None) -> None:
    """A case has one draft at a time, so that nobody's half goes missing beside another's.

    Args:
        open_draft: the one that waits, if there is one.

    Raises:
        DraftOpen: names it.
    """
    if open_draft is not None:
        raise DraftOpen("Go on with that one.", assessment_id=str(open_draft))


def check_series(form: Any, completed: Iterable[Any]) -> None:
    """A case has one baseline that stands, and each assessment is put right once.

    Args:
        form: a whole one.
        completed: the case's completed assessments, with id, timepoint and corrected_by.

    Raises:
        RuleBroken: assessment-not-here.
        CorrectedAlready: the one it puts right was put right before.
        BaselineTaken: it is a second baseline and no correction of the first.
    """
    found = {each.id: each for each in completed}
    if form.corrects is not None:
        wrong = found.get(form.corrects)
        if wrong is None:
            raise RuleBroken(
                "#/corrects", "assessment-not-here", "Name a completed assessment of this case."
            )
        if wrong.corrected_by is not None:
            raise CorrectedAlready(
                "Put right the one that took its place.", corrected_by=str(wrong.corrected_by)
            )
    standing = [
        each
        for each in found.values()
        if each.timepoint is Timepoint.BASELINE and each.corrected_by is None
    ]
    if form.timepoint is Timepoint.BASELINE and any(e.id != form.corrects for e in standing):
        raise BaselineTaken(
            f"Choose another timepoint ({LABELS[Timepoint.REVIEW]}), or say that it corrects it.",
            assessment_id=str(standing[0].id),
        )


def chosen(completed: Sequence[Any], *, from_id: UUID | None, to_id: UUID | None) -> Any:
    """Which two assessments are compared.

    Args:
        completed: all of the case, the last one first, with id, timepoint and corrected_by.
        from_id: the earlier one, if it was named; else the baseline that stands, or the first.
        to_id: the later one, if it was named; else the last that stands.

    Returns:
        Both; None in the place of one that was named and is not of this case.

    Raises:
        TooFewAssessments: one is left out, and fewer than two stand.
    """
    standing = [each for each in reversed(completed) if each.corrected_by is None]
    if (from_id is None or to_id is None) and len(standing) < 2:
        raise TooFewAssessments("Complete another one first, at a review, at exit or later.")
    by_id = {each.id: each for each in completed}
    baselines = [each for each in standing if each.timepoint is Timepoint.BASELINE]
    first = by_id.get(from_id) if from_id else (baselines or standing)[0]
    last = by_id.get(to_id) if to_id else standing[-1]
    return first, last
