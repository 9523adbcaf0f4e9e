"""What may be asked, as plain values; and what is answered beside the listings themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from checkpoint.directory.published.rules import Postcode, moment_of, postcode_of, size_of
from checkpoint.directory.published.states import Form, Format
from checkpoint.foundation.schemas import View, harmless, in_range

Entity = TypeVar("Entity")
# A reasonable distance, as Open Referral UK 1.0 has it, without naming one: our own reading.
FURTHEST_METRES, REASONABLE_METRES = 100_000, 20_000
MOST_WORDS = 12


def _few(text: str) -> str:
    if len(text.split()) > MOST_WORDS:
        raise ValueError(f"Search for at most {MOST_WORDS} words.")
    return text


def _moment(text: Any) -> Any:
    return moment_of(text) if isinstance(text, str) else text


def _postcode(text: Any) -> Any:
    return postcode_of(text) if isinstance(text, str) else text


Words = Annotated[
    str,
    Field(max_length=200, description="Words that the listing must hold, every one of them."),
    AfterValidator(harmless),
    AfterValidator(_few),
]
Since = Annotated[
    datetime,
    BeforeValidator(_moment, json_schema_input_type=str),
    AfterValidator(in_range),
    Field(
        description="Changed at this instant or later, with its offset; without one it is London's "
        "time, and a day alone is its beginning.",
        examples=["2026-03-31T09:30:00Z"],
    ),
]
Place = Annotated[
    Postcode,
    BeforeValidator(_postcode, json_schema_input_type=str),
    Field(
        description="A postcode, or its first half. Services whose areas are told in postcodes and "
        "leave this one out are left out. With `proximity` it is the middle of the circle. Without, "
        f"places of services whose areas hold it are shown however far they are; of others, those "
        f"within {REASONABLE_METRES:,} metres, and those of which it is not known where they are.",
        examples=["DH1 3AF"],
    ),
]


class Asked(BaseModel):
    """What every list takes. Conditions add up; a name that is not known is refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )

    search: Words | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000, description="From 1.")] = 1
    per_page: Annotated[
        int | None,
        Field(
            ge=1,
            le=1_000_000,
            description="Listings on a page: 50 unless told, at most 100; more is taken for the "
            "most. With `minimal` it is 10,000 unless told, and at most.",
        ),
    ] = None
    format: Annotated[
        Format,
        Field(
            description="`json`, or `ndjson`: one listing a line, all of them, without pages; then "
            "`per_page` says nothing."
        ),
    ] = Format.JSON

    @model_validator(mode="before")
    @classmethod
    def without_blanks(cls, given: Any) -> Any:
        """A form that is sent half-filled leaves its other names empty."""
        if isinstance(given, Mapping):
            return {name: value for name, value in given.items() if value != ""}
        return given

    @field_validator("format")
    @classmethod
    def one_stream(cls, format: Format, others: ValidationInfo) -> Format:
        """Whoever turns pages of a stream would get all of it again and again."""
        if format is Format.NDJSON and others.data.get("page", 1) != 1:
            raise ValueError("`ndjson` has no pages: leave out `page`, or ask for `json`.")
        return format

    @property
    def form(self) -> Form:
        if getattr(self, "full", False):
            return Form.FULL
        return Form.MINIMAL if getattr(self, "minimal", False) else Form.BRIEF

    @property
    def size(self) -> int:
        return size_of(self.per_page, minimal=self.form is Form.MINIMAL)


Minimal = Annotated[
    bool,
    Field(description="Of each only what a schema requires, and when it changed. Not with `full`."),
]
Full = Annotated[bool, Field(description="With everything nested in it.")]
FullService = Annotated[
    bool, Field(description="With the services it provides, everything nested in them.")
]


class ServicesAsked(Asked):
    taxonomy_term_id: Annotated[UUID | None, Field(description="Classified by this term.")] = None
    taxonomy_id: Annotated[
        UUID | None, Field(description="Classified by any term of this taxonomy.")
    ] = None
    organization_id: Annotated[UUID | None, Field(description="Provided by this organisation.")] = (
        None
    )
    modified_after: Since | None = None
    minimal: Minimal = False
    full: Full = False

    @field_validator("full")
    @classmethod
    def one_form(cls, full: bool, others: ValidationInfo) -> bool:  # noqa: FBT001 - its one value
        if full and others.data.get("minimal"):
            raise ValueError("A listing is shown in one form: leave out `minimal` or `full`.")
        return full


class PlacesAsked(ServicesAsked):
    postcode: Place | None = None
    proximity: Annotated[
        float | None,
        Field(
            gt=0,
            le=FURTHEST_METRES,
            allow_inf_nan=False,
            description="Metres from the middle of the postcode, as far as it is known from the "
            "directory's own addresses. Only together with `postcode`.",
        ),
    ] = None

    @field_validator("proximity")
    @classmethod
    def from_somewhere(cls, metres: float | None, others: ValidationInfo) -> float | None:
        if metres is not None and others.data.get("postcode", "wrong") is None:
            raise ValueError("A distance is counted from a postcode: add `postcode`.")
        return metres


class OrganizationsAsked(Asked):
    full_service: FullService = False
    full: Full = False


class OrganizationAsked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    full_service: FullService = False


class NothingAsked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TaxonomiesAsked(Asked): ...


class TermsAsked(Asked):
    taxonomy_id: Annotated[UUID | None, Field(description="Of this taxonomy.")] = None
    top_only: Annotated[
        bool, Field(description="Only terms at the top of their taxonomy: those without a parent.")
    ] = False
    parent_id: Annotated[UUID | None, Field(description="Right below this term.")] = None


class DetailsView(View):
    """Which standard this is, and where it is described."""

    version: Annotated[str, Field(examples=["HSDS-UK-3.0"])]
    profile: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    openapi_url: Annotated[str, Field(json_schema_extra={"format": "uri"})]


class PageView(View, Generic[Entity]):
    """Some of a list, as HSDS and Open Referral UK page it."""

    total_items: Annotated[int, Field(description="On all pages.")]
    total_pages: int
    page_number: Annotated[int, Field(description="From 1.")]
    size: Annotated[int, Field(description="On this page.")]
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[Entity]
