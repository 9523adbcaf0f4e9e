"""What is asked for and shown of the offers that fit a case, and of there being none."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from checkpoint.foundation.schemas import Command, Day, Moment, NextStep, View, example
from checkpoint.needs.states import NeedLevel, OffendingLink, Pathway
from checkpoint.referrals.offers.fits import Point
from checkpoint.referrals.offers.states import NoProviderReason, NoProviderWithdrawal
from checkpoint.referrals.schemas import District, Words


class PointView(View):
    """One point on which the person and the offer were compared."""

    point: Point
    words: str


class FitView(View):
    """One offer: why it fits, what is unknown, puts it behind others, or excludes it."""

    service_id: UUID
    organization_id: UUID | None
    name: str
    organization_name: str | None
    access: Annotated[str | None, Field(description="walk_in, referral or both; null: not said.")]
    districts: list[str]
    maximum: Annotated[int | None, Field(description="Places in all; null: not said.")]
    free_places: int | None
    assured_on: date | None
    fits: Annotated[bool, Field(description="Nothing excludes it.")]
    why: list[PointView]
    unknown: list[PointView]
    behind: Annotated[list[PointView], Field(description="That no place is free now.")]
    excludes: list[PointView]


class NeedOffersView(View):
    """A need, and the offers of its pathway, the best first."""

    pathway: Pathway
    label: str
    level: NeedLevel
    linked_to_offending: OffendingLink | None
    items: list[FitView]
    more: Annotated[bool, Field(description="There are others; ask for more with most.")]


class CaseOffersView(View):
    """The offers for one case's needs, the worst need first."""

    needs_assessment_id: Annotated[
        UUID | None, Field(description="The assessment they rest on; null: there is none.")
    ]
    age: Annotated[int | None, Field(description="In years, today; null: not known.")]
    items: list[NeedOffersView]
    next_steps: list[NextStep]


class RecordNoProvider(Command):
    """There was nobody to refer the person to."""

    model_config = example(pathway="finance", reason_code="none_exists", district="DL1")

    pathway: Pathway
    reason_code: Annotated[
        NoProviderReason, Field(description="See /v1/reference/no-provider-reasons.")
    ]
    district: Annotated[
        District | None, Field(description="Postcode district where one is missing, e.g. DL1.")
    ] = None
    words: Annotated[Words | None, Field(description="Wanted with other.")] = None
    happened_on: Annotated[Day | None, Field(description="Left out, today.")] = None

    @model_validator(mode="after")
    def words_with_other(self) -> Self:
        if self.reason_code is NoProviderReason.OTHER and self.words is None:
            raise ValueError("Send words with other.")
        return self


class WithdrawNoProvider(Command):
    """It counts no longer that there was none."""

    model_config = example(reason_code="found_since")

    reason_code: Annotated[
        NoProviderWithdrawal, Field(description="See /v1/reference/no-provider-withdrawals.")
    ]


class NoProviderView(View):
    """There was nobody to refer the person to."""

    id: UUID
    pathway: Pathway
    need_level: NeedLevel | None
    district: str | None
    reason_code: NoProviderReason
    label: str
    words: str | None
    happened_on: date
    recorded_at: Moment
    recorded_by: UUID
    withdrawn_at: Annotated[Moment | None, Field(description="Null: it stands.")]
    withdrawn_by: UUID | None
    withdrawal_reason: NoProviderWithdrawal | None


class NoProvidersView(View):
    """Where a case had no provider, the last entry first."""

    items: list[NoProviderView]
