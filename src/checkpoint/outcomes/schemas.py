"""Views of definitions of outcomes."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field

from checkpoint.foundation.schemas import Moment, View
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.definitions import Definitions
from checkpoint.outcomes.states import Dated, Disposed, FollowUpKind


class HorizonView(View):
    """How long after allocation is looked at."""

    months: Annotated[int, Field(description="Calendar months; the last day is in.")]
    days: Annotated[int, Field(description="The last day, for follow-up without dates.")]


class CountedView(View):
    """What counts for one measure."""

    measure: Measure
    title: str
    source: str
    event: FollowUpKind
    counted_by: Annotated[Dated, Field(description="Which of its days it counts by.")]
    disposals: list[Disposed]
    lag_months: Annotated[int, Field(description="How long proof may come after the offence.")]


class PrimaryDefinedView(View):
    """The one result that a trial is judged by."""

    measure: Measure
    months: Annotated[int, Field(description="Of its horizon, in calendar months.")]


class DefinitionsView(View):
    """What counts as an outcome, from which day, for how long."""

    version: str
    title: str
    valid_from: Annotated[date, Field(description="Trials that open from then on use it.")]
    source: str
    note: str
    index: Annotated[str, Field(description="Day 0, for every arm.")]
    first_day: Annotated[int, Field(description="The first day that counts.")]
    custody: Annotated[str, Field(description="Days in custody: counted, and not taken out.")]
    horizons: list[HorizonView]
    measures: list[CountedView]
    primary: Annotated[
        PrimaryDefinedView | None,
        Field(description="The primary outcome that they fix in advance; null: they fix none."),
    ]
    digest: Annotated[str, Field(description="SHA-256 of the file.")]

    @classmethod
    def of(cls, definitions: Definitions, digest: str) -> Self:
        return cls.model_validate(definitions.model_dump() | {"digest": digest})


class DefinitionsListView(View):
    """All of them."""

    items: list[DefinitionsView]


class HarmIndexView(View):
    """One version of an index of harm."""

    version: str
    source: str
    weights: Annotated[int, Field(description="How many offences it has days for.")]
    digest: Annotated[str, Field(description="SHA-256 of the file.")]
    loaded_at: Moment


class HarmIndexesView(View):
    """All that were loaded, the last one first, which is the one in use."""

    items: list[HarmIndexView]
