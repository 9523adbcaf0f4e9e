"""Contracts to test with: a case that was started, its navigator and their supervisor."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from builders import a_key
from checkpoint.contracts.agreements.schemas import FINANCE, OFFENDING
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Role
from conftest import Clients
from delivering import STARTED, place, said
from navigating import Someone, assigned, registered
from trialling import consenting

TODAY = "2026-11-03T12:00:00Z"
CONTRACT = {"fallback": "charge", "conditions": [OFFENDING, FINANCE]}
VICTIM = {
    "kind": "victim",
    "rule": "contact",
    "objective": "To hear what it did to the victim",
    "measure": "A letter was written",
}
WORK = {
    "kind": "community",
    "rule": "hours",
    "amount": 20,
    "objective": "To give something back",
    "measure": "Hours signed for by the host",
}
TAG = {
    "kind": "tag",
    "rule": "tag_dates",
    "tag_from": "2026-11-10",
    "tag_until": "2026-12-10",
    "objective": "To stay at home at night",
    "measure": "The tag's own record",
}


async def enrolled(client: Any, booking: dict[str, Any] | None = None) -> dict[str, Any]:
    """A case that takes part, in no trial."""
    record, decision = await consenting(client, booking=booking)
    body = {"eligibility_decision_id": decision["id"]}
    answer = await client.put(place(record, "enrolment"), json=body)
    assert answer.status_code == 201, answer.text
    return record


class Bench:
    """A case that was started on the programme, its navigator and a supervisor; and its contract."""

    def __init__(self, clients: Clients, record: dict[str, Any], navigator: Someone) -> None:
        self.clients, self.record, self.navigator = clients, record, navigator
        self.boss = clients(Role.SUPERVISOR, name="boss")
        self.officer = clients()
        self.contract: dict[str, Any] = {}

    def clock_to(self, moment: str) -> None:
        """From now on the service's clock stands still there."""
        at = datetime.fromisoformat(moment)

        async def now() -> datetime:
            return at

        self.clients.app.dependency_overrides[clock.now] = now

    async def draft(self, client: Any = None, **body: Any) -> Any:
        answer = await (client or self.navigator.client).post(
            place(self.record, "contracts"), json=CONTRACT | body, headers=a_key()
        )
        return self._kept(answer)

    async def post(
        self, noun: str, body: Any = None, *, by: Any = None, seen: int | None = None
    ) -> Any:
        seen = self.contract["version"] if seen is None else seen
        answer = await (by or self.navigator.client).post(
            f"/v1/contracts/{self.contract['id']}/{noun}",
            json={} if body is None else body,
            headers=a_key() | {"If-Match": f'"{seen}"'},
        )
        return self._kept(answer)

    def _kept(self, answer: Any) -> Any:
        if answer.status_code < 300:
            self.contract = answer.json()
        return answer

    async def read(self, client: Any = None) -> dict[str, Any]:
        answer = await (client or self.navigator.client).get(f"/v1/contracts/{self.contract['id']}")
        assert answer.status_code == 200, answer.text
        self.contract = answer.json()
        return self.contract

    async def sign(self, role: str, at: str = TODAY, by: Any = None, **more: Any) -> Any:
        who = by or (self.boss if role == "supervisor" else self.navigator.client)
        body = {"role": role, "how": "paper", "signed_at": at} | more
        return await self.post("signatures", body, by=who)

    async def sign_all(self, at: str = TODAY) -> dict[str, Any]:
        for role in ("person", "navigator", "supervisor"):
            answer = await self.sign(role, at)
            assert answer.status_code == 201, answer.text
        return self.contract

    async def active(self, **body: Any) -> dict[str, Any]:
        """Drafted, offered and signed by all three."""
        for answer in (await self.draft(**body), await self.post("offer")):
            assert answer.status_code in (200, 201), answer.text
        return await self.sign_all()

    async def take(self, noun: str, reason: str, at: str = TODAY, **more: Any) -> Any:
        """A step of the contract's life, for a reason."""
        by = more.pop("by", None)
        body = {"reason_code": reason, "happened_at": at} | more
        return await self.post(noun, body, by=by)


@pytest.fixture
def a_bench(clients: Clients) -> Callable[..., Awaitable[Bench]]:
    async def make(**booking: Any) -> Bench:
        record = await enrolled(clients(), booking or None)
        answer = await said(clients(), record, "programme-start", STARTED)
        assert answer.status_code == 201, answer.text
        navigator = await registered(clients)
        answer = await assigned(clients(Role.SUPERVISOR, name="boss"), record, navigator)
        assert answer.status_code == 201, answer.text
        return Bench(clients, record, navigator)

    return make
