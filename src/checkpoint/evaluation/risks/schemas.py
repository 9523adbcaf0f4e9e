"""To how many it happened within each horizon, by arm, and how arms compare."""

from typing import Annotated

from pydantic import Field

from checkpoint.evaluation.schemas import EstimateView, EvaluationView, Maybe, OfView, TestView
from checkpoint.evaluation.states import Population
from checkpoint.foundation.schemas import View
from checkpoint.outcomes.cuts.states import Measure


class GroupView(View):
    """Some people, and to how many of them it happened."""

    people: Annotated[int | None, Field(description="The denominator; null is withheld.")]
    happened: Annotated[int | None, Field(description="To how many; null is withheld.")]
    gone: Annotated[
        int | None,
        Field(
            description="Who died, emigrated or was lost before, without it; among people. Null is "
            "withheld."
        ),
    ]
    risk: EstimateView | None


class ArmResultView(GroupView):
    """An arm's."""

    mask: str
    arm: str | None


class ComparisonView(View):
    """An arm beside the one that it is compared with."""

    arm: Annotated[str, Field(description="Its name, or its letter.")]
    compared_with: str
    risk_difference: EstimateView
    points: Annotated[Maybe, Field(description="The difference in percentage points.")]
    risk_ratio: EstimateView
    relative_change_percent: Annotated[
        Maybe, Field(description="The change as a share of the risk of the other arm, in per cent.")
    ]
    odds_ratio: EstimateView


class ResultView(OfView):
    """One measure within one horizon."""

    primary: Annotated[
        bool, Field(description="Whether the trial is judged by this one, fixed in advance.")
    ]
    everybody: Annotated[
        GroupView | None, Field(description="All arms together, where arms are withheld.")
    ]
    arms: list[ArmResultView]
    comparisons: list[ComparisonView]
    tests: list[TestView]


class PopulationView(View):
    """Who is compared with whom."""

    population: Population
    meaning: str
    primary: Annotated[bool, Field(description="Whether this is the trial's own comparison.")]
    results: list[ResultView]


class PrimaryOutcomeView(View):
    """The one measure and horizon that a trial is judged by."""

    measure: Measure
    measures: Annotated[str, Field(description="What is counted, in words.")]
    horizon: str
    fixed_by: Annotated[str, Field(description="The version of the definitions that name it.")]
    words: str


class SummaryView(EvaluationView):
    """Every measure within every horizon, by intention to treat first."""

    primary_outcome: Annotated[
        PrimaryOutcomeView | None, Field(description="Null: none was fixed in advance.")
    ]
    no_primary_outcome: Annotated[
        str | None, Field(description="What it means that there is none; null: there is one.")
    ]
    populations: list[PopulationView]


class LevelView(View):
    """One subgroup."""

    level: str
    withheld: str | None
    arms: list[ArmResultView]
    comparisons: list[ComparisonView]


class InteractionView(View):
    """Whether the arms differ otherwise in one subgroup than in another."""

    arm: str
    compared_with: str
    test: TestView
    pooled_odds_ratio: Annotated[EstimateView, Field(description="Over the subgroups together.")]
    warning: Annotated[str | None, Field(description="Why it is not to be relied on, if so.")]


class SubgroupsView(View):
    """Everybody, told apart by one thing that was known before allocation."""

    by: str
    levels: list[LevelView]
    interactions: list[InteractionView]
    no_interactions: Annotated[str | None, Field(description="Why there is none; null: there is.")]


class SubgroupResultsView(EvaluationView):
    """One measure within one horizon, by subgroups."""

    warning: str
    tests: Annotated[int, Field(description="How many are made, withheld ones too.")]
    of: OfView
    subgroups: list[SubgroupsView]
