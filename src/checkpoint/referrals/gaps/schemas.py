"""What is shown of what came of referrals, and of where offers are missing."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.foundation.schemas import View
from checkpoint.needs.states import Pathway

Count = Annotated[
    int | None, Field(description="Null: fewer than ten, and not told to this reader.")
]
Mean = Annotated[float | None, Field(description="Days; null: nobody waited, or too few to tell.")]


class LoopView(View):
    """What came of the offers of one provider on one pathway."""

    pathway: Pathway
    label: str
    organization_id: UUID
    organization_name: str
    shown: Count
    chosen: Count
    attended: Annotated[
        int | None, Field(description="Referrals with a session that the person came to.")
    ]
    still_open: Count
    completed: Count
    disengaged: Count
    declined_by_person: Count
    declined_by_provider: Count
    no_place: Count
    withdrawn: Count
    waited: Count
    mean_waiting_days: Mean


class PeriodView(View):
    """Which period was counted, of whose cases, and how small numbers are told."""

    since: date
    until: date
    of_suites: Annotated[
        list[str] | None, Field(description="Cases of these suites; null: of every suite.")
    ]
    exact: Annotated[bool, Field(description="False: under ten untold, the rest to nearest five.")]


class SummaryView(PeriodView):
    """Shown, chosen, attended, outcome: by pathway and provider."""

    note: Annotated[
        str | None, Field(description="What small numbers leave out; null where all is told.")
    ]
    items: list[LoopView]


class GapView(View):
    """What is missing beside what there is."""

    district: Annotated[str | None, Field(description="Postcode district; null: not known.")]
    no_provider: Annotated[
        int | None,
        Field(description="People without any provider, each once for a pathway; null: not told."),
    ]
    no_place: Annotated[
        int | None, Field(description="Referrals that ended for want of a place; null: not told.")
    ]
    waiting: Annotated[int | None, Field(description="People who wait now; null: not told.")]
    waited: Count
    mean_waiting_days: Mean
    offers: Annotated[int, Field(description="Services that the directory lists.")]
    free_places: Annotated[int | None, Field(description="Null: none of them states any.")]


class PathwayGapView(View):
    """One pathway: all its districts together, then each."""

    pathway: Pathway
    label: str
    whole: GapView
    districts: list[GapView]
    words: Annotated[str, Field(description="The whole, in a sentence.")]


class GapsView(PeriodView):
    """Demand beside supply, by pathway and district."""

    items: list[PathwayGapView]
