"""What every figure of the evaluation says of itself, and how a figure is told."""

from datetime import date
from typing import Annotated

from pydantic import Field

from checkpoint.evaluation.states import Population
from checkpoint.foundation.schemas import Moment, View
from checkpoint.outcomes.cuts.states import Measure, Origin
from checkpoint.trials.states import TrialKind

Maybe = Annotated[float | None, Field(description="Null: there is nothing to work it out from.")]


class CutView(View):
    """The data cut that every figure here is made from, and by what rules."""

    number: int
    known_until: Annotated[Moment, Field(description="What was on record then counts.")]
    followed_until: Annotated[
        date, Field(description="Its last day: of follow-up, of allocations, of measures of cases.")
    ]
    taken_at: Moment
    digest: Annotated[str, Field(description="SHA-256 of its rows.")]
    definitions: Annotated[str, Field(description="The version of the definitions of outcomes.")]
    definitions_digest: str
    conviction_lag_months: int
    rule_sets: Annotated[list[str], Field(description="Versions of the rules of eligibility.")]
    harm_index: str | None
    origin: Annotated[Origin, Field(description="Whether the programme ran here.")]
    software: str


class ArmView(View):
    """An arm behind its letter."""

    mask: str
    arm: Annotated[str | None, Field(description="Null until the trial is unblinded.")]
    allocated: Annotated[int | None, Field(description="How many people; null is withheld.")]


class EvaluationView(View):
    """Which trial, by which cut, and how its arms may be called."""

    trial: str
    kind: Annotated[TrialKind, Field(description="A test trial's figures are synthetic.")]
    synthetic: bool
    cut: CutView
    unblinded: bool
    masked: Annotated[str | None, Field(description="Why arms are letters; null: they are not.")]
    arms: Annotated[list[ArmView], Field(description="The first is what others are compared with.")]
    release: Annotated[str, Field(description="Where these figures may go.")]


class EstimateView(View):
    """A figure with its 95 % interval."""

    value: Maybe
    low: Maybe
    high: Maybe
    method: str


class TestView(View):
    """A test, two-sided."""

    __test__ = False

    name: str
    statistic: Maybe
    df: Annotated[int | None, Field(description="Degrees of freedom.")]
    p: Maybe


class OfView(View):
    """What a result is of."""

    population: Population
    measure: Measure
    measures: Annotated[str, Field(description="What is counted, in words.")]
    horizon: str
    until: Annotated[str, Field(description="The horizon in words.")]
    denominator: Annotated[str, Field(description="Of whom the figures are.")]
    withheld: Annotated[str | None, Field(description="Why figures are not shown; null: they are.")]
