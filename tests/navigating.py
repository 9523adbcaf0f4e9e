"""Navigators to test with, and cases that are theirs."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from builders import a_key, make_record
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import insert, transaction
from checkpoint.navigators.staff.states import ClearanceKind
from checkpoint.navigators.staff.tables import Clearance, Navigator
from checkpoint.navigators.states import How
from checkpoint.navigators.tables import Assignment
from conftest import NOON, Clients

NUMBERS = itertools.count(1)
INDUCTION = {"kind": "induction", "given_on": "2026-10-01", "last_day": "2027-09-30"}
VETTING = {"kind": "vetting", "given_on": "2026-10-01", "last_day": "2027-09-30"}


def particulars(**overrides: Any) -> dict[str, Any]:
    found = {
        "name": "Synthetic Navigator",
        "provider": "NECA",
        "base_suites": ["DURHAMGATE"],
        "capacity": 30,
        "specialisms": [],
    }
    return found | overrides


def actor_id(clients: Clients, name: str) -> str:
    """Who a token of the local issuer is for."""
    issuer = clients.app.state.local_issuer.issuer
    return str(uuid5(NAMESPACE_URL, f"{issuer}/{Role.NAVIGATOR}/{name}"))


class Someone:
    """A navigator, and a client of theirs."""

    def __init__(self, id: str, name: str, client: Any) -> None:
        self.id, self.name, self.client = id, name, client

    async def caseload(self) -> list[dict[str, Any]]:
        answer = await self.client.get("/v1/me/caseload", params={"size": 200})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def cases(self) -> dict[str, str]:
        """Which cases, and whether as their own or to cover."""
        return {each["custody_record_id"]: each["place"] for each in await self.caseload()}


async def registered(
    clients: Clients, *clearances: dict[str, Any], suite: str = "DURHAMGATE", **overrides: Any
) -> Someone:
    """A navigator who is inducted and vetted, unless other clearances are given."""
    name = f"nav-{next(NUMBERS)}-{uuid4().hex[:6]}"
    boss = clients(Role.SUPERVISOR, suite, name="boss")
    body = particulars(**{"name": name, "base_suites": [suite]} | overrides) | {
        "actor_id": actor_id(clients, name)
    }
    answer = await boss.post("/v1/navigators", json=body, headers=a_key())
    assert answer.status_code == 201, answer.text
    found = answer.json()
    for clearance in clearances or (INDUCTION, VETTING):
        if clearance:
            address = f"/v1/navigators/{found['id']}/clearances"
            told = await boss.post(address, json=clearance, headers=a_key())
            assert told.status_code == 201, told.text
    return Someone(found["id"], name, clients(Role.NAVIGATOR, "NOWHERE", name=name))


async def in_caseload(clients: Clients, record: Any, to: Someone) -> Assignment:
    """A case is this navigator's, however it came into the programme."""
    row = Assignment(
        custody_record_id=UUID(record["id"]),
        navigator_id=UUID(to.id),
        number=1,
        how=How.ASSIGNED,
        assigned_at=NOON,
        assigned_by=uuid4(),
    )
    async with transaction(clients.app.state.engine) as session:
        await insert(session, row)
    return row


@pytest.fixture
def a_navigator(at_trial: Clients) -> Callable[..., Awaitable[Someone]]:
    async def make(*clearances: dict[str, Any], **overrides: Any) -> Someone:
        return await registered(at_trial, *clearances, **overrides)

    return make


async def make_navigator(session: AsyncSession, **overrides: Any) -> Navigator:
    """A navigator who may be given cases, written as they stand."""
    fields = {
        "actor_id": uuid4(),
        "name": f"Synthetic {next(NUMBERS)}",
        "provider": "NECA",
        "base_suites": ["DURHAMGATE"],
        "capacity": 30,
        "specialisms": [],
        "registered_at": NOON,
        "registered_by": uuid4(),
    } | overrides
    row = Navigator(**fields)
    await insert(session, row)
    cleared = {"navigator_id": row.id, "number": 1, "recorded_at": NOON, "recorded_by": uuid4()}
    days = {"given_on": date(2000, 1, 1), "last_day": date(2099, 12, 31)}  # whatever the clock says
    rows = [Clearance(kind=kind, **cleared, **days) for kind in ClearanceKind]
    await insert(session, *rows)
    return row


async def make_assigned(
    session: AsyncSession, navigator: UUID, *, at: datetime = NOON, **record: Any
) -> CustodyRecord:
    """A case that is a navigator's, however it came into the programme."""
    case = await make_record(session, **record)
    row = Assignment(
        custody_record_id=case.id,
        navigator_id=navigator,
        number=1,
        how=How.ASSIGNED,
        assigned_at=at,
        assigned_by=uuid4(),
    )
    await insert(session, row)
    return case


def here(record: Any, noun: str) -> str:
    id = record["id"] if isinstance(record, dict) else record.id
    return f"/v1/custody-records/{id}/{noun}"


async def assigned(client: Any, record: Any, to: Someone, **more: Any) -> Any:
    body = {"navigator_id": to.id} | more
    return await client.post(here(record, "navigator"), json=body, headers=a_key())


async def offered(
    client: Any, record: Any, to: Someone, kind: str = "hand_over", **more: Any
) -> Any:
    body = {"navigator_id": to.id, "kind": kind} | more
    return await client.post(here(record, "navigator-handovers"), json=body, headers=a_key())


async def answered(client: Any, offer: Any, how: str = "acceptance", **body: Any) -> Any:
    address = f"/v1/navigator-handovers/{offer['id']}/{how}"
    return await client.post(address, json=body, headers=a_key())
