"""How many came how far, from arrest to analysis."""

from typing import Annotated

from pydantic import Field

from checkpoint.evaluation.schemas import EvaluationView
from checkpoint.foundation.schemas import View
from checkpoint.outcomes.cuts.states import Measure

People = Annotated[int | None, Field(description="How many people; null is withheld.")]


class PartView(View):
    """So many of a box, by code and in words."""

    code: str
    words: str
    people: People


class GateView(View):
    """A gate before allocation; who came is who stopped there and who went on."""

    gate: str
    words: str
    people: People
    stopped: list[PartView]
    stopped_words: str


class AnalysedView(View):
    """One measure within one horizon: who is analysed, and why the others are not yet."""

    measure: Measure
    measures: str
    horizon: str
    until: str
    parts: list[PartView]


class FlowArmView(View):
    """What became of those allocated to an arm."""

    mask: str
    arm: str | None
    allocated: People
    kept: Annotated[
        list[PartView], Field(description="Who of these is in the cut, and who was left out.")
    ]
    given: Annotated[list[PartView] | None, Field(description="Null while arms are masked.")]
    followed: list[PartView]
    analysed: list[AnalysedView]


class FlowView(EvaluationView):
    """The participant flow; it is told only where every box is the sum of what leaves it."""

    begins: Annotated[str, Field(description="The first gate that is told.")]
    nothing_before: Annotated[
        str | None, Field(description="Why nothing is told of what came before allocation.")
    ]
    gates: list[GateView]
    allocated: People
    followed: list[FlowArmView]
    given_together: Annotated[
        list[PartView] | None, Field(description="All arms together, while arms are masked.")
    ]
    withheld: Annotated[list[str], Field(description="What is not shown, and why.")]
    sums_checked: Annotated[int, Field(description="How many boxes were held against their parts.")]
    window: Annotated[str, Field(description="What the flow is of, in words.")]
    in_words: Annotated[list[str], Field(description="The whole flow as sentences.")]
