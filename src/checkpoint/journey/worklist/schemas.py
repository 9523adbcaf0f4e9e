"""What is due, as whoever asks is shown it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.foundation.paging import Page
from checkpoint.foundation.schemas import Moment, NextStep, View
from checkpoint.journey.worklist.states import Kind, Urgency


class WorklistItemView(View):
    """One thing that is due: what, why, by when, of which case, and the door to go to."""

    kind: Annotated[Kind, Field(examples=["first_contact"])]
    urgency: Urgency
    why: Annotated[str, Field(description="In plain English; never a name.")]
    due_at: Annotated[
        Moment, Field(description="By when; of what is due by the end of a day, its midnight.")
    ]
    due_on: Annotated[date, Field(description="The last day for it, in England.")]
    custody_record_id: Annotated[UUID | None, Field(description="Null where it is of no case.")]
    reference: Annotated[str | None, Field(examples=["CP-7K3M-9"])]
    suite: str | None
    next_step: NextStep


class KindCountView(View):
    """How many of one kind there are."""

    kind: Kind
    label: str
    items: int
    or_more: Annotated[bool, Field(description="There are more than were counted.")]


class UrgencyCountView(View):
    """How many of one urgency there are."""

    urgency: Urgency
    label: str
    items: int
    or_more: Annotated[bool, Field(description="There may be more than were counted.")]


class WorklistCountsView(View):
    """How many there are on all pages; of each kind, fifty are counted."""

    kinds: list[KindCountView]
    urgencies: list[UrgencyCountView]


class WorklistView(Page[WorklistItemView]):
    """What is due from whoever asks, the soonest first."""

    counts: Annotated[
        WorklistCountsView | None, Field(description="With the first page; null after it.")
    ]
    not_shown: Annotated[
        str | None,
        Field(
            description="What may be due and is not on this list; null where nothing is left out."
        ),
    ]
    source: Annotated[str, Field(description="Who says how much time there is.")]
