"""Offers as they are shown to whoever looks for one."""

from datetime import date, time
from typing import Annotated
from uuid import UUID

from pydantic import Field, PlainSerializer

from checkpoint.directory.lookups.states import OfferPoint
from checkpoint.directory.states import AccessWay
from checkpoint.foundation.schemas import View
from checkpoint.needs.states import Pathway

Clock = Annotated[time, PlainSerializer(lambda at: f"{at:%H:%M}", return_type=str)]


class ToldView(View):
    """One point, in plain English."""

    point: OfferPoint
    words: str


class OfferPlaceView(View):
    """One place at which a service is given."""

    district: Annotated[str | None, Field(description="Postcode district, as DL14.")]
    locality: str | None
    latitude: float | None
    longitude: float | None


class OfferHoursView(View):
    """One weekly time at which it is open, by England's clock."""

    weekday: Annotated[int, Field(description="1 is Monday.")]
    opens: Clock | None
    closes: Clock | None


class ServiceOfferView(View):
    """An offer, its rank, and the reason for that."""

    service_id: UUID
    name: str
    organization_name: str | None
    rank: Annotated[int, Field(description="Its place among those compared, from 1.")]
    why: Annotated[list[ToldView], Field(description="Why it fits.")]
    unknown: Annotated[list[ToldView], Field(description="What it does not say.")]
    behind: Annotated[list[ToldView], Field(description="What puts it behind others.")]
    distance_km: Annotated[
        float | None, Field(description="To its nearest place; null: unknown or not asked.")
    ]
    distance_is_rough: Annotated[
        bool | None, Field(description="Known by its postcode district or town alone.")
    ]
    pathways: list[Pathway]
    minimum_age: float | None
    maximum_age: float | None
    sexes: list[str] | None
    residence: list[str] | None
    languages: list[str] | None
    is_free: bool | None
    access: AccessWay | None
    places: list[OfferPlaceView]
    hours: list[OfferHoursView]
    maximum_places: Annotated[int | None, Field(description="Null: nobody stated it.")]
    free_places: int | None
    valid_from: date | None
    valid_until: date | None
    assured_on: Annotated[date | None, Field(description="When somebody last said it holds.")]
    stale: Annotated[bool, Field(description="Nobody has said so for too long.")]


class ServiceOffersView(View):
    """Offers, the one that fits best first."""

    items: list[ServiceOfferView]
    next: Annotated[
        str | None, Field(description="Send as `after` for the next page; null on the last.")
    ]
    compared: Annotated[int, Field(description="How many offers were compared and not excluded.")]
    more: Annotated[
        bool, Field(description="Others were not compared: ask for less to have them compared.")
    ]
