"""A case's story, as one reader may hear it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.foundation.actors import Role
from checkpoint.foundation.paging import Page
from checkpoint.foundation.schemas import Moment, View


class TimelineEntryView(View):
    """One thing that happened."""

    id: Annotated[UUID, Field(description="Its entry in the ledger.")]
    event: Annotated[str, Field(examples=["custody.released"])]
    happened_at: Moment
    recorded_at: Annotated[
        Moment | None, Field(description="When it was entered, where that was at another time.")
    ]
    told: Annotated[str, Field(examples=["Released: on bail."])]
    by: Annotated[Role | None, Field(description="The role of whoever recorded it; no name.")]
    link: Annotated[str | None, Field(description="Where to read on, where you may.")]


class TimelineView(Page[TimelineEntryView]):
    """A case's story, what happened first coming first."""

    custody_record_id: UUID
    reference: str
