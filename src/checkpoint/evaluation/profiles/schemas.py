"""What was known of people before they were allocated, by arm."""

from typing import Annotated

from pydantic import Field

from checkpoint.evaluation.schemas import EvaluationView, Maybe
from checkpoint.foundation.schemas import View


class ApartView(View):
    """How far an arm is from the one that it is compared with."""

    arm: str
    compared_with: str
    standardised: Annotated[Maybe, Field(description="In standard deviations.")]
    large: Annotated[bool, Field(description="Whether it is beyond 0.1, up or down.")]


class NumberView(View):
    """One arm's people, by a number."""

    mask: str
    arm: str | None
    known: Annotated[int, Field(description="Of how many it is known.")]
    mean: Maybe
    deviation: Annotated[Maybe, Field(description="The standard deviation.")]


class ShareView(View):
    """How many of an arm have it."""

    mask: str
    arm: str | None
    people: Annotated[int | None, Field(description="Null is withheld.")]
    percent: Maybe


class ValueView(View):
    """One value of a code."""

    value: str
    withheld: str | None
    arms: list[ShareView]
    apart: list[ApartView]


class CharacteristicView(View):
    """One thing that was known: a number, or a code with its values."""

    name: str
    numbers: list[NumberView]
    apart: list[ApartView]
    values: list[ValueView]
    withheld: str | None


class BaselineView(EvaluationView):
    """Everybody allocated, as they were before."""

    denominator: str
    note: str
    characteristics: list[CharacteristicView]
