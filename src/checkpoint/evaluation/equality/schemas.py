"""How groups fare at every gate from arrest to completion."""

from typing import Annotated

from pydantic import Field

from checkpoint.evaluation.schemas import EstimateView, EvaluationView
from checkpoint.foundation.schemas import View

Count = Annotated[
    int | None,
    Field(description="Null is suppressed or not known of anybody; withheld says which."),
]


class GroupRateView(View):
    """A group at a gate."""

    group: Annotated[str, Field(description="A code; not_stated is a group of its own.")]
    came: Count
    went_on: Count
    not_known: Annotated[
        int | None,
        Field(
            description="How many more there are of whom it is not known whether they went on; null "
            "is suppressed, or that it is known of everybody by the nature of the gate."
        ),
    ]
    rate: Annotated[EstimateView | None, Field(description="The share that went on.")]
    index: Annotated[
        EstimateView | None,
        Field(description="The relative rate index; null for the reference itself."),
    ]
    withheld: str | None


class GateRatesView(View):
    """A gate, and every group that came to it."""

    gate: str
    words: str
    denominator: str
    groups: list[GroupRateView]


class CharacteristicView(View):
    """Everybody by one characteristic."""

    by: str
    words: str
    not_stated: Annotated[str, Field(description="Who is in the group not_stated.")]
    reference: Annotated[str | None, Field(description="The group that others are held against.")]
    declared: Annotated[bool, Field(description="Whether it was asked for; else the largest.")]
    gates: list[GateRatesView]


class EqualityView(EvaluationView):
    """Equality monitoring at every gate."""

    window: str
    method: str
    control: Annotated[str, Field(description="What was done to small counts.")]
    policy: Annotated[str | None, Field(description="By which rule; null: counts are exact.")]
    nothing_before: str | None
    characteristics: list[CharacteristicView]
