"""Recruitment by month, against the target."""

from datetime import date
from typing import Annotated

from pydantic import Field

from checkpoint.evaluation.schemas import EvaluationView
from checkpoint.foundation.schemas import View


class PointView(View):
    """How many had been allocated by the end of a day."""

    until: date
    allocated: Annotated[int, Field(description="Ten or more to an evaluator, or nobody.")]
    line: Annotated[
        int | None,
        Field(description="How many, had recruitment been even; null without a closing day."),
    ]


class RecruitmentView(EvaluationView):
    """How many had been allocated by when."""

    protocol: Annotated[str, Field(description="The version whose target and days these are.")]
    opens_on: date
    closes_on: date | None
    target: int
    allocated: Annotated[int | None, Field(description="How many people; null is withheld.")]
    points: Annotated[list[PointView], Field(description="The end of each month; the last day.")]
    coarsened: Annotated[str | None, Field(description="Why months are left out; null: none is.")]
    window: str
    in_words: list[str]
