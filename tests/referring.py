"""Offers of the directory, written as they stand, and referrals into them through the front door."""

import hashlib
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel

from assessing import a_pathway, all_pathways, assessed
from builders import a_key
from checkpoint.directory.lists import DirectoryOffer, DirectoryOfferPlace, DirectoryOpening
from checkpoint.directory.states import ListingKind, ListingState
from checkpoint.directory.tables import DirectoryCapacity, DirectoryListing
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.foundation.identifiers import new_id
from conftest import NOON, Clients
from keeping import SESSIONS, Running, running, started
from navigating import Someone, assigned, registered

NUMBERS = itertools.count(1)
TODAY = "2026-11-03"
CONTACT = {"way": "telephone", "value": "01632 960000"}


@dataclass(frozen=True)
class Listed:
    """A service of the directory, and whose it is."""

    service_id: str
    organization_id: str
    name: str


async def listed(
    engine: AsyncEngine,
    *,
    maximum: int | None = None,
    places: tuple[str, ...] = ("DL1",),
    days: tuple[int, ...] = (),
    organization_id: str | None = None,
    **offer: Any,
) -> Listed:
    """A service that is listed for the finance pathway, unless ``pathways`` says otherwise."""
    number = next(NUMBERS)
    name = offer.pop("name", f"Synthetic offer {number}")
    organization = organization_id or str(new_id())
    service = UUID(str(new_id()))
    rows: list[SQLModel] = []
    if organization_id is None:
        rows.append(_listing(UUID(organization), ListingKind.ORGANIZATION, f"Provider {number}"))
    rows.append(_listing(service, ListingKind.SERVICE, name, organization_id=UUID(organization)))
    fields = {"pathways": ["finance"], "state": ListingState.LISTED, "is_active": True} | offer
    rows.append(DirectoryOffer(service_id=service, name=name, search_text=name.lower(), **fields))
    rows += [
        DirectoryOfferPlace(
            service_id=service, position=place, service_at_location_id=new_id(), district=district
        )
        for place, district in enumerate(places)
    ]
    rows += [
        DirectoryOpening(service_id=service, position=place, weekday=day)
        for place, day in enumerate(days)
    ]
    if maximum is not None:
        rows.append(DirectoryCapacity(service_id=service, maximum=maximum, held=0, updated_at=NOON))
    async with transaction(engine) as session:
        for row in rows:
            session.add(row)
            await session.flush()
    return Listed(str(service), organization, name)


def _listing(id: UUID, kind: ListingKind, name: str, **more: Any) -> DirectoryListing:
    document = {"id": str(id), "name": name, "status": "active"}
    return DirectoryListing(
        id=id,
        source="local",
        kind=kind,
        external_id=str(id),
        document=document,
        digest=hashlib.sha256(json.dumps(document).encode()).hexdigest(),
        state=ListingState.LISTED,
        last_modified=NOON,
        **more,
    )


async def places(engine: AsyncEngine, offer: Listed) -> tuple[int, int]:
    """How many places an offer has, and how many are held."""
    async with transaction(engine) as session:
        found = await session.get(DirectoryCapacity, UUID(offer.service_id))
        return (found.maximum, found.held) if found else (0, 0)


def provider(clients: Clients, offer: Listed, name: str = "provider") -> Any:
    """A client with a token for the offer's organization alone."""
    token = clients.app.state.local_issuer.token(
        Role.PROVIDER,
        [],
        name=f"{name}-{offer.organization_id}",
        at=datetime.now(UTC),
        organization_id=UUID(offer.organization_id),
    )
    return clients.bare(Authorization=f"Bearer {token}")


class Desk:
    """A case with needs and a contract that runs, its navigator, their supervisor and offers."""

    def __init__(
        self, clients: Clients, record: Any, navigator: Someone, contract: Running
    ) -> None:
        self.clients, self.record = clients, record
        self.navigator, self.contract = navigator, contract
        self.engine: AsyncEngine = clients.app.state.engine
        self.boss = clients(Role.SUPERVISOR, name="boss")

    @property
    def here(self) -> str:
        return f"/v1/custody-records/{self.record['id']}"

    @property
    def condition(self) -> str:
        return self.contract.keys["sessions"]

    async def refer(self, offer: Listed, *, by: Any = None, **body: Any) -> Any:
        what = {} if "condition_key" in body else {"pathway": "finance"}
        told = {"service_id": offer.service_id, "name": "initials", "contact": CONTACT}
        client = by or self.navigator.client
        return await client.post(f"{self.here}/referrals", json=told | what | body, headers=a_key())

    async def referred(self, offer: Listed, **body: Any) -> dict[str, Any]:
        answer = await self.refer(offer, **body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def stepped(client: Any, referral: Any, noun: str, door: str = "/v1", **body: Any) -> Any:
    """What is done to a referral, as it was seen."""
    seen = body.pop("seen", referral["version"])
    headers = a_key() | {"If-Match": f'"{seen}"'}
    address = f"{door}/referrals/{referral['id']}/{noun}"
    said = body if noun == "wait-correction" else {"happened_on": TODAY} | body
    return await client.post(address, json=said, headers=headers)


async def answered(client: Any, referral: Any, noun: str, **body: Any) -> Any:
    """The same as a provider."""
    return await stepped(client, referral, noun, "/v1/provider", **body)


@pytest.fixture
def a_desk(clients: Clients) -> Callable[..., Awaitable[Desk]]:
    async def make(**booking: Any) -> Desk:
        record = await started(clients, **booking)
        needs = all_pathways(0, finance=a_pathway("finance", -1))
        await assessed(clients(), record, pathways=needs)
        navigator = await registered(clients)
        boss = clients(Role.SUPERVISOR, name="boss")
        assert (await assigned(boss, record, navigator)).status_code == 201
        contract = await running(clients, SESSIONS, record=record)
        return Desk(clients, record, navigator, contract)

    return make
