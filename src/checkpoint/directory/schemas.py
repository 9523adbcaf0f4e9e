"""What is asked of the directory, and what is shown of it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, JsonValue

from checkpoint.directory.states import (
    ChaseWay,
    ListingKind,
    ListingState,
    MappingBasis,
    WithdrawalReason,
)
from checkpoint.foundation.schemas import Command, Day, Moment, Text, View, YesNo, example
from checkpoint.needs.states import Pathway

EXAMPLE: dict[str, JsonValue] = {
    "document": {
        "name": "Synthetic Tenancy Advice",
        "status": "active",
        "organization_id": "5b2f6a3e-7d5c-4e0b-9a8f-1c2d3e4f5a6b",
        "description": "Advice for people who may lose their home.",
        "access_way": "referral",
    }
}
EXAMPLES: dict[str, Any] = {"examples": [EXAMPLE]}
Document = Annotated[
    dict[str, JsonValue],
    Field(
        description="In the words of HSDS 3.0 and Open Referral UK 3.0. Other listings are named "
        "by their ids; parts without an id are given one. HTML is taken out. **What it says is "
        "open to anybody, at `/open-referral/v3/`**. Not shown there, nor in any export, "
        "are `assurer_email`, `metadata` and contacts with a name; keys that neither the standards "
        "nor docs/directory.md have are not shown there, but are exported."
    ),
]
Words = Annotated[Text, Field(max_length=500)]
TERM_LIMIT = 2000


def _indexed(term: str) -> str:
    if len(term.encode()) > TERM_LIMIT:
        raise ValueError(f"Use at most {TERM_LIMIT} bytes of UTF-8.")
    return term


class CreateListing(Command):
    """A listing of our own."""

    model_config = ConfigDict(json_schema_extra=EXAMPLES)

    document: Document


class ChangeListing(Command):
    """What a listing says from now on, whole."""

    model_config = ConfigDict(json_schema_extra=EXAMPLES)

    document: Document


class WithdrawListing(Command):
    """A listing is taken out of the directory."""

    model_config = example(reason="closed")

    reason: WithdrawalReason
    # Kept behind the reason's code, in one column of 500.
    words: Annotated[Text, Field(max_length=480)] | None = None


class RestoreListing(Command):
    """A listing that was taken out stands again."""

    model_config = example(words="The service runs again.")

    words: Words


class AssureListing(Command):
    """Somebody said that a listing holds."""

    model_config = example(assured_on="2026-11-03")

    assured_on: Annotated[Day, Field(examples=["2026-11-03"])]


class StateCapacity(Command):
    """How many places a service has for the programme."""

    model_config = example(maximum=10)

    maximum: Annotated[
        int,
        Field(
            strict=True,
            ge=0,
            le=10_000,
            description="Places in all, held and free; not fewer than are held now. 0: it takes "
            "nobody of the programme. It is published as `maximum` of the service's capacity.",
            examples=[10],
        ),
    ]
    description: Annotated[
        Words | None, Field(description="What a place is. It is published, too.")
    ] = None


class ChaseListing(Command):
    """A provider was asked whether a listing still holds."""

    model_config = example(way="telephone")

    way: ChaseWay


class MapTerm(Command):
    """What a term of another taxonomy means, or no longer means, from a day on."""

    model_config = example(
        term="Open Eligibility:Housing",
        pathway="accommodation",
        valid_from="2026-11-03",
        basis="own_reading",
        words="Read as the assessment reads it.",
    )

    term: Annotated[
        Text,
        Field(
            max_length=TERM_LIMIT,
            description="Its URI; or its taxonomy's name, a colon, and its code or name.",
            examples=["Open Eligibility:Housing"],
        ),
        AfterValidator(_indexed),
    ]
    pathway: Pathway
    holds: Annotated[YesNo, Field(description="False takes back what was said before.")] = True
    valid_from: Annotated[Day, Field(examples=["2026-11-24"])]
    basis: MappingBasis
    words: Annotated[Words, Field(description="Where it is published, or why it is read so.")]


class CapacityView(View):
    """How many places a service has, and how many are free."""

    maximum: Annotated[int, Field(description="Places in all, as staff stated them.")]
    held: Annotated[int, Field(description="Places that are held or taken.")]
    free: Annotated[int, Field(description="Places in all without those that are held.")]
    description: str | None
    updated_at: Moment
    version: Annotated[int, Field(description="Counts what staff stated; its ETag.")]


class ChaseView(View):
    """Somebody was asked whether a listing still holds."""

    id: UUID
    way: ChaseWay
    asked_at: Moment
    asked_by: UUID
    due_on: date
    answered_at: Moment | None
    answered_by: UUID | None


class ListingLineView(View):
    """One listing in a list."""

    id: UUID
    kind: ListingKind
    source: str
    external_id: str
    name: str
    state: ListingState
    version: int
    assured_on: date | None
    stale: bool
    last_modified: Moment


class ListingView(ListingLineView):
    """One listing, whole."""

    valid_from: date | None
    valid_until: date | None
    modified_offset_known: bool
    document: dict[str, Any]
    capacity: CapacityView | None
    chases: list[ChaseView]


class VersionView(View):
    """What a listing said at one version."""

    version: int
    state: ListingState
    reason: str | None
    digest: str
    recorded_at: Moment
    recorded_by: UUID
    import_run: UUID | None
    document: dict[str, Any]


class HistoryView(View):
    """What a listing ever said, the last first, page by page."""

    id: UUID
    kind: ListingKind
    versions: list[VersionView]
    next: Annotated[
        str | None, Field(description="Send as `after` for the next page; null on the last.")
    ]


class MappingView(View):
    """What was said of one term and one pathway; of several the last that has begun holds."""

    term: str
    pathway: Pathway
    number: int
    holds: bool
    valid_from: date
    basis: MappingBasis
    words: str
    recorded_at: Moment
    recorded_by: UUID


class CrosswalkView(View):
    """What other taxonomies' terms mean, all that was ever said."""

    items: list[MappingView]


class SourceView(View):
    """Whose listings there are."""

    code: str
    name: str
    url: str | None
    dialect: str | None
    is_local: bool


class SourcesView(View):
    """Whose listings there are, and the number of the directory's state."""

    edition: int
    changed_at: Moment
    items: list[SourceView]


class StaleLineView(ListingLineView):
    """A stale listing, and the last time somebody was asked."""

    asked_at: Moment | None
    due_on: date | None
    overdue: bool


class StaleView(View):
    """What nobody has vouched for lately, the longest ago first, and whether they were asked."""

    assured_for_days: int
    rule: str
    items: list[StaleLineView]
