"""Answers into scores, and the distance between two scores. An unknown answer is no zero. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from checkpoint.needs.questions import Instrument, Levels, PathwayQuestions
from checkpoint.needs.states import LABELS, NeedLevel, Pathway


@dataclass(frozen=True, kw_only=True)
class Score:
    """What the answers about one pathway come to, in points; more is a greater need.

    ``score`` is None while an answer is not known: it then lies between ``at_least`` and
    ``at_most``.
    """

    score: int | None
    at_least: int
    at_most: int
    highest: int
    level: NeedLevel | None


def score(asked: PathwayQuestions, levels: Levels, answers: Mapping[str, str]) -> Score:
    """What some answers come to.

    Args:
        asked: the questions about one pathway.
        levels: from which part of the highest score each level begins.
        answers: an option by question; an absent question, or ``not_known``, is not known.

    Returns:
        A score, 0 to the highest, only where every answer is known; else none, and what it can
        come to at least and at most.
    """
    at_least = at_most = 0
    for question in asked.questions:
        known = question.score_of(answers.get(question.code, ""))
        points = [option.score for option in question.options] if known is None else [known]
        at_least += min(points)
        at_most += max(points)
    complete = all(
        question.score_of(answers.get(question.code, "")) is not None
        for question in asked.questions
    )
    return Score(
        score=at_least if complete else None,
        at_least=at_least,
        at_most=at_most,
        highest=asked.highest,
        level=levels.of(at_least, highest=asked.highest) if complete else None,
    )


def why_not_comparable(earlier: Instrument, later: Instrument) -> str | None:
    """Why the scores of two instruments cannot be compared.

    Args:
        earlier: that of one assessment.
        later: that of the other.

    Returns:
        The reason in plain English; None for one and the same version, and for two of which one
        says that they can be, and whose pathways have the same highest scores.
    """
    if earlier.version == later.version:
        return None
    named = later.version in earlier.comparable_with or earlier.version in later.comparable_with
    if not named:
        return (
            f"They answer different questions: {earlier.version} and {later.version}. Neither "
            "says that its scores can be compared with the other's."
        )
    other = [p for p in Pathway if earlier.of(p).highest != later.of(p).highest]
    if other:
        labels = ", ".join(LABELS[pathway] for pathway in other)
        return f"{earlier.version} and {later.version} count to different highest scores for: {labels}."
    return None


def distance(earlier: int | None, later: int | None) -> int | None:
    """How much a need has grown between two scores of one pathway.

    Args:
        earlier: points; None where there is no score.
        later: the same.

    Returns:
        Points, below 0 where the need has shrunk; None where either has no score.
    """
    return None if earlier is None or later is None else later - earlier


def why_no_distance(
    earlier: int | None, later: int | None, *, assessed: tuple[bool, bool]
) -> str | None:
    """Why there is no distance on one pathway.

    Args:
        earlier: points; None where there is no score.
        later: the same.
        assessed: whether the pathway was assessed then, and then.

    Returns:
        The reason in plain English; None where there is a distance.
    """
    reasons = [
        f"{'not all answers were known' if was else 'it was not assessed'} {when}"
        for when, points, was in (
            ("the first time", earlier, assessed[0]),
            ("the second time", later, assessed[1]),
        )
        if points is None
    ]
    return f"no figure, for {' and '.join(reasons)}." if reasons else None


def in_words(
    pathway: Pathway, earlier: int | None, later: int | None, *, highest: int, why_not: str | None
) -> str:
    """How far somebody has come on one pathway, as a sentence.

    Args:
        pathway: one of the seven.
        earlier: points.
        later: points.
        highest: the most points there are.
        why_not: why there is no distance, if there is none.

    Returns:
        Plain English, without a name.
    """
    by = distance(earlier, later)
    if by is None:
        return f"{LABELS[pathway]}: {why_not}"
    change = "the same" if by == 0 else f"{abs(by)} {'less' if by < 0 else 'more'}"
    return f"{LABELS[pathway]}: from {earlier} to {later} of {highest}, {change}."
