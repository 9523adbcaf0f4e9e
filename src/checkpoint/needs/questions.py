"""What an instrument asks, and what the answers count. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from checkpoint.foundation.datedfiles import Part, Words
from checkpoint.foundation.schemas import Version
from checkpoint.needs.states import NOT_KNOWN, NeedLevel, Pathway

CODE = r"^[a-z][a-z0-9_]{0,39}$"
MOST_POINTS = 100
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Code = Annotated[str, Field(pattern=CODE)]
Points = Annotated[int, Field(strict=True, ge=0, le=MOST_POINTS)]


def refuse_doubles(codes: Iterable[str], what: str) -> None:
    """No code stands twice.

    Args:
        codes: all of them.
        what: what bears them, with its article.

    Raises:
        ValueError: names those that do.
    """
    doubled = sorted(code for code, count in Counter(codes).items() if count > 1)
    if doubled:
        raise ValueError(f"{what} stands twice: {', '.join(doubled)}")


class Option(Part):
    """One answer to choose, and what it counts."""

    code: Code
    label: Label
    score: Points


class Question(Part):
    """One question, with the answers to choose from."""

    code: Code
    words: Words
    options: tuple[Option, ...]

    @model_validator(mode="after")
    def options_told_apart(self) -> Self:
        codes = [option.code for option in self.options]
        if len(codes) < 2:
            raise ValueError("it needs two options or more")
        refuse_doubles(codes, "an option")
        if NOT_KNOWN in codes:
            raise ValueError(f"{NOT_KNOWN} is an answer to every question and no option")
        return self

    @property
    def highest(self) -> int:
        """The most points an answer to it can count."""
        return max(option.score for option in self.options)

    def score_of(self, code: str) -> int | None:
        """What an answer counts; None where it is not known, or no option."""
        return next((option.score for option in self.options if option.code == code), None)


class PathwayQuestions(Part):
    """What is asked about one pathway."""

    pathway: Pathway
    source: Words
    questions: tuple[Question, ...]

    @model_validator(mode="after")
    def counts_for_something(self) -> Self:
        refuse_doubles([question.code for question in self.questions], "a question")
        if not self.highest:
            raise ValueError("none of its answers counts any point")
        return self

    @property
    def highest(self) -> int:
        """The most points this pathway can come to, which is the greatest need."""
        return sum(question.highest for question in self.questions)


class Levels(Part):
    """From which part of a pathway's highest score each level begins, in per cent."""

    low: Annotated[int, Field(strict=True, ge=1, le=100)]
    medium: Annotated[int, Field(strict=True, ge=1, le=100)]
    high: Annotated[int, Field(strict=True, ge=1, le=100)]

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if not self.low < self.medium < self.high:
            raise ValueError("low has to begin before medium, and medium before high")
        return self

    def of(self, score: int, *, highest: int) -> NeedLevel:
        """The level of a score, 0 to ``highest``."""
        found = NeedLevel.NONE_SEEN
        for level in (NeedLevel.LOW, NeedLevel.MEDIUM, NeedLevel.HIGH):
            if score * 100 >= getattr(self, level.value) * highest:
                found = level
        return found


class ExternalScore(Part):
    """A place for the score of somebody else's instrument: its range and source, nothing of it."""

    code: Code
    label: Words
    pathway: Pathway
    lowest: Annotated[int, Field(strict=True)]
    highest: Annotated[int, Field(strict=True)]
    source: Words

    @model_validator(mode="after")
    def has_a_range(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("its range is empty: lowest has to be less than highest")
        return self


class Instrument(Part):
    """One version of the questions, their answers and what these count."""

    version: Version
    title: Words
    valid_from: date
    valid_until: date | None = None
    source: Words
    note: Words
    comparable_with: tuple[Version, ...] = ()
    levels: Levels
    pathways: tuple[PathwayQuestions, ...]
    external_scores: tuple[ExternalScore, ...] = ()

    @model_validator(mode="after")
    def is_whole(self) -> Self:
        faults = []
        counted = Counter(each.pathway for each in self.pathways)
        for pathway in Pathway:
            if not counted[pathway]:
                faults.append(f"pathways: {pathway.value} is missing")
            elif counted[pathway] > 1:
                faults.append(f"pathways: {pathway.value} stands twice")
        codes = Counter(each.code for each in self.external_scores)
        faults += [f"external_scores: {code} stands twice" for code, n in codes.items() if n > 1]
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            faults.append("valid_until: it ends before it begins")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def of(self, pathway: Pathway) -> PathwayQuestions:
        """What it asks about one pathway."""
        return next(each for each in self.pathways if each.pathway is pathway)
