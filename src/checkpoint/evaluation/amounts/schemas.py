"""How much there was a head: events and harm; cost, wellbeing and more of whole cases."""

from typing import Annotated

from pydantic import Field

from checkpoint.evaluation.schemas import EstimateView, EvaluationView, OfView, TestView
from checkpoint.evaluation.states import Amount
from checkpoint.foundation.schemas import View


class SumView(View):
    """What some people have together."""

    people: Annotated[int | None, Field(description="The denominator; null is withheld.")]
    total: Annotated[float | None, Field(description="Null is withheld.")]
    mean: Annotated[EstimateView | None, Field(description="A head.")]
    a_year: Annotated[
        EstimateView | None,
        Field(description="Of events: in a year of one person observed; else null."),
    ]


class ArmSumView(SumView):
    """What an arm has."""

    mask: str
    arm: str | None


class ApartView(View):
    """An arm beside the one that it is compared with."""

    arm: str
    compared_with: str
    difference: EstimateView
    test: TestView
    ratio: Annotated[
        EstimateView | None,
        Field(description="Null where amounts may be below 0, or are points of a scale."),
    ]


class AmountView(View):
    """One amount."""

    amount: Amount
    meaning: str
    withheld: str | None
    everybody: Annotated[SumView | None, Field(description="Where arms are withheld.")]
    arms: list[ArmSumView]
    comparisons: list[ApartView]


class WithinView(OfView):
    """Amounts of one measure within one horizon."""

    amounts: list[AmountView]


class AmountsView(EvaluationView):
    """Frequency and harm of one measure within each horizon; cost, distance travelled, days in
    custody, wellbeing and victims' satisfaction of whole cases.
    """

    meaning: str
    within: list[WithinView]
    of_cases: Annotated[list[AmountView], Field(description="By what people were allocated to.")]
