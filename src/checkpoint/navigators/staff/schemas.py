"""What is entered of navigators, and what is shown of them."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from checkpoint.foundation.schemas import Code, Command, Day, Moment, Text, View, YesNo, example
from checkpoint.navigators.staff.states import ClearanceKind, Cleared, Specialism

Suites = Annotated[
    list[Code],
    Field(
        min_length=1,
        max_length=20,
        description="See /v1/reference/suites.",
        examples=[["DURHAMGATE"]],
    ),
]


class AddProvider(Command):
    """Another employer of navigators."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "SYNTHETIC",
                    "name": "Synthetic Provider",
                    "available_from": "2026-11-01",
                    "source": "Board paper of the day before.",
                }
            ]
        }
    )

    code: Code
    name: Annotated[Text, Field(max_length=200)]
    available_from: Annotated[Day, Field(examples=["2026-11-01"])]
    source: Annotated[Text, Field(max_length=500, description="Who says so.")]


class NavigatorParticulars(Command):
    """What may change of a navigator; sent whole."""

    name: Annotated[Text, Field(max_length=100, examples=["Synthetic Navigator"])]
    provider: Annotated[
        Code, Field(description="See /v1/reference/navigator-providers.", examples=["NECA"])
    ]
    base_suites: Suites
    capacity: Annotated[int, Field(ge=1, le=100, strict=True, examples=[30])]
    specialisms: Annotated[
        list[Specialism],
        Field(max_length=len(Specialism), description="See /v1/reference/navigator-specialisms."),
    ] = []
    last_day: Annotated[Day | None, Field(description="Their last day at work, if known.")] = None

    @model_validator(mode="after")
    def each_specialism_once(self) -> Self:
        if len({*self.specialisms}) < len(self.specialisms):
            raise ValueError("Send each specialism once.")
        return self


class RegisterNavigator(NavigatorParticulars):
    """Somebody begins to work as a navigator."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "actor_id": "019e2f6a-7c1d-7b3e-9a54-3f0d8f2b6c11",
                    "name": "Synthetic Navigator",
                    "provider": "NECA",
                    "base_suites": ["DURHAMGATE"],
                    "capacity": 30,
                }
            ]
        }
    )

    actor_id: Annotated[
        UUID,
        Field(description="Who they are at the identity provider: `id` of their GET /v1/me."),
    ]


class ChangeNavigator(NavigatorParticulars):
    """A navigator's particulars, whole."""

    model_config = example(
        name="Synthetic Navigator", provider="NECA", base_suites=["DURHAMGATE"], capacity=30
    )


class RecordClearance(Command):
    """An induction or a vetting was given; the last one recorded of a kind counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "induction", "given_on": "2026-10-01", "last_day": "2027-09-30"}]
        }
    )

    kind: Annotated[
        ClearanceKind,
        Field(description="See /v1/reference/navigator-clearances; the induction comes first."),
    ]
    given_on: Annotated[Day, Field(examples=["2026-10-01"])]
    last_day: Annotated[Day, Field(examples=["2027-09-30"], description="It expires after it.")]


class RecordAbsence(Command):
    """Days on which they are given no case. Why is not asked."""

    model_config = example(absent_from="2026-11-04", last_day="2026-11-14")

    absent_from: Annotated[Day, Field(examples=["2026-11-04"])]
    last_day: Annotated[Day | None, Field(description="Null while nobody knows.")] = None
    replaces_id: Annotated[
        UUID | None, Field(description="The absence on record whose place this takes.")
    ] = None
    taken_away: Annotated[
        YesNo, Field(description="True: what is replaced was wrong, and nothing takes its place.")
    ] = False

    @model_validator(mode="after")
    def something_to_take_away(self) -> Self:
        if self.taken_away and self.replaces_id is None:
            raise ValueError("Send replaces_id with taken_away.")
        return self


class ProviderView(View):
    """An employer of navigators."""

    code: str
    name: str
    available_from: date
    source: str


class ClearanceView(View):
    """An induction or a vetting."""

    id: UUID
    kind: ClearanceKind
    number: int
    given_on: date
    last_day: date
    recorded_at: Moment
    recorded_by: UUID


class AbsenceView(View):
    """An absence that stands."""

    id: UUID
    absent_from: date
    last_day: date | None
    recorded_at: Moment
    recorded_by: UUID


class NavigatorLineView(View):
    """A navigator in a list."""

    id: UUID
    name: str
    provider: str
    base_suites: list[str]
    capacity: int
    specialisms: list[Specialism]
    last_day: date | None


class NavigatorView(NavigatorLineView):
    """A navigator with everything that decides whether they are given a case."""

    actor_id: UUID
    induction: Cleared
    vetting: Cleared
    absent: bool
    clearances: Annotated[list[ClearanceView], Field(description="The last one first.")]
    absences: Annotated[list[AbsenceView], Field(description="Those that stand.")]
    registered_at: Moment
    version: int


class ColleagueView(View):
    """A navigator as other navigators see them; nothing of their cases."""

    id: UUID
    name: str
    provider: str
    base_suites: list[str]


class ColleaguesView(View):
    """Whom a navigator may offer a case to."""

    items: list[ColleagueView]
