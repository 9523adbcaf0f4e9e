"""How long it took until something happened for the first time, by arm."""

from typing import Annotated

from pydantic import Field

from checkpoint.evaluation.schemas import EvaluationView, Maybe, TestView
from checkpoint.evaluation.states import InCustody, Population
from checkpoint.foundation.schemas import View
from checkpoint.outcomes.cuts.states import Measure

APART = (
    "Who is told no small counts is told it only where those to whom it had happened and those who "
    "left without it are nobody or at least 10 each, by then, since the number told before and from "
    "then on; of everybody where it is told of every arm. Null is withheld."
)


class StepView(View):
    """From this day on the curve stands so."""

    day: Annotated[int, Field(description="From allocation.")]
    survival: Annotated[float, Field(description="The share to whom it had not happened.")]
    low: Maybe
    high: Maybe
    at_risk: Annotated[
        int | None,
        Field(
            description="Who was still observed, without it, on that day; null where steps are "
            "coarser than the data."
        ),
    ]
    events: Annotated[int, Field(description="To how many it happened since the step before.")]
    censored: Annotated[
        int | None,
        Field(
            description="How many were observed no longer, without it; null where steps are coarser "
            "than the data, since they would often be few."
        ),
    ]


class AtView(View):
    """How a curve stands at a horizon."""

    horizon: str
    day: Annotated[
        int,
        Field(
            description="The last day that counts where that is one day for everybody; else a month "
            "is a twelfth of 365.25 days."
        ),
    ]
    survival: Maybe
    low: Maybe
    high: Maybe
    at_risk: Annotated[int | None, Field(description=APART)]


class AtRiskView(View):
    """How many are at risk on a day; null is withheld."""

    day: int
    at_risk: Annotated[int | None, Field(description=APART)]


class CurveView(View):
    """One curve."""

    mask: str | None
    arm: str | None
    people: Annotated[int | None, Field(description="How many people; null is withheld.")]
    events: Annotated[int | None, Field(description="To how many it happened; null is withheld.")]
    median: Annotated[int | None, Field(description="The day by which it had to half of them.")]
    steps: list[StepView]
    horizons: list[AtView]
    at_risk: Annotated[list[AtRiskView], Field(description="Every thirteen weeks.")]


class EndedView(View):
    """Whose observation custody ended."""

    mask: str
    arm: str | None
    people: int
    missed: Annotated[int, Field(description="To how many of these it happened later.")]


class HazardView(View):
    """How much likelier it is on any day, one term held against another."""

    term: str
    coefficient: Maybe
    error: Maybe
    ratio: Annotated[Maybe, Field(description="The hazard ratio.")]
    low: Maybe
    high: Maybe
    p: Maybe


class ModelView(View):
    """Hazard ratios that were worked out together."""

    method: str
    adjusted_for: Annotated[str, Field(description="In words.")]
    people: int
    events: int
    hazards: list[HazardView]
    left_out: Annotated[dict[str, str], Field(description="Terms not in it, and why.")]
    log_likelihood: Maybe
    test: TestView
    concordance: Annotated[
        Maybe, Field(description="Of two people, how often it ranks them right.")
    ]


class TimeToEventView(EvaluationView):
    """Time to the first event."""

    population: Population
    meaning: str
    measure: Measure
    measures: str
    denominator: str
    in_custody: Annotated[InCustody, Field(description="What becomes of time in custody.")]
    ended_in_custody: Annotated[
        list[EndedView], Field(description="By arm, where custody is censored.")
    ]
    method: str
    coarsened: Annotated[
        str | None, Field(description="How curves are coarser than the data; null: they are not.")
    ]
    withheld: str | None
    everybody: Annotated[CurveView, Field(description="All arms together.")]
    curves: list[CurveView]
    tests: list[TestView]
    compared_with: str | None
    unadjusted: ModelView | None
    adjusted: ModelView | None
    not_adjusted: Annotated[str | None, Field(description="Why nothing is adjusted.")]
