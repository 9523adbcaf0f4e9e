"""What is measured. A new operation is one entry here, and its door in limit.py and django_app.py."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType, SimpleNamespace
from typing import Any
from uuid import UUID

from starlette.requests import Request

from checkpoint.foundation.paging import Turn
from cursors import cursor_of
from load import Plan
from seed import SUITE, Sender, World, database

SIZE = 50
PAGE = 1_000
DECISIONS = 2_000
RECORDS = "/v1/custody-records"

Target = tuple[str, int]


@dataclass(frozen=True)
class Operation:
    """One request, put to all three servers.

    Args:
        name: as the table calls it.
        targets: for one server, by name, the paths to ask for, each with the number of its sender.
        method: of the request.
        headers: besides those that every request has.
        body: of the request, JSON.
        once: send a fresh Idempotency-Key each time.
        of_limit: at least this part of the limit's rate is aimed for; None where there is no aim.
        of_django: at least so many times Django's rate.
        beside: the operation whose median latency this one's must stay near.
        near: at most so many times that latency.
    """

    name: str
    targets: Callable[[World, str], Awaitable[list[Target]]]
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    once: bool = False
    of_limit: float | None = None
    of_django: float | None = None
    beside: str | None = None
    near: float | None = None

    async def plan(self, world: World, server: str) -> Plan:
        """The load that puts this operation to one server."""
        targets = await self.targets(world, server)
        heads = [self._head(sender) for sender in world.senders]
        return Plan(self.method, targets, heads, self.body, self.once)

    def _head(self, sender: Sender) -> str:
        headers = {"Host": "127.0.0.1", "Authorization": f"Bearer {sender.token}", **self.headers}
        if self.once:
            headers["Idempotency-Key"] = "@KEY@"
        if self.body:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f" HTTP/1.1\r\n{lines}\r\n"


async def cases_to_decide(world: World, server: str) -> list[Target]:  # noqa: ARG001 - same for all
    """Every case in turn, so that hardly any is decided twice."""
    return _in_turn(world, [f"{RECORDS}/{case}/eligibility-decisions" for case in world.cases])


async def decisions_to_read(world: World, server: str) -> list[Target]:  # noqa: ARG001
    """Decisions that were recorded before."""
    async with database(world.url) as connection:
        rows = await connection.fetch(
            "SELECT id FROM eligibility_decision ORDER BY id LIMIT $1", DECISIONS
        )
    return _in_turn(world, [f"/v1/eligibility-decisions/{row['id']}" for row in rows])


async def first_page(world: World, server: str) -> list[Target]:  # noqa: ARG001
    return _in_turn(world, [f"{RECORDS}?size={SIZE}"] * len(world.senders))


async def far_page(world: World, server: str) -> list[Target]:
    """Page 1,000: by a real cursor, sealed for each sender; with Django by its number."""
    if server == "django":
        return _in_turn(world, [f"{RECORDS}?size={SIZE}&page={PAGE}"] * len(world.senders))
    async with database(world.url) as connection:
        last = await connection.fetchrow(
            "SELECT arrested_at, id FROM custody_record WHERE suite = $1"
            " ORDER BY arrested_at DESC, id DESC OFFSET $2 LIMIT 1",
            SUITE,
            (PAGE - 1) * SIZE - 1,
        )
    seal = service_cursor if server == "service" else cursor_of
    place = (last["arrested_at"], last["id"])
    cursors = [seal(world.key, *place, sender.id) for sender in world.senders]
    return _in_turn(world, [f"{RECORDS}?size={SIZE}&after={cursor}" for cursor in cursors])


def service_cursor(key: bytes, at: datetime, id: UUID, sender: UUID) -> str:
    """The cursor that the service itself would have given this sender."""
    scope: dict[str, Any] = {
        "type": "http",
        "path": RECORDS,
        "query_string": b"",
        "headers": [],
        "state": {"actor": SimpleNamespace(id=sender)},
        "app": SimpleNamespace(state=SimpleNamespace(cursor_key=key)),
    }
    return Turn(Request(scope), after=None, size=SIZE, now=datetime.now(UTC)).cursor(at, id)


def _in_turn(world: World, paths: list[str]) -> list[Target]:
    return [(path, number % len(world.senders)) for number, path in enumerate(paths)]


RECORD_A_DECISION = "record a decision"
FIRST_PAGE, FAR_PAGE = "list, page 1", f"list, page {PAGE:,}"

OPERATIONS = (
    Operation(
        RECORD_A_DECISION,
        cases_to_decide,
        method="POST",
        headers=MappingProxyType({"If-Match": '"1"'}),
        body="{}",
        once=True,
        of_limit=0.5,
        of_django=3,
    ),
    Operation("read a decision", decisions_to_read, of_limit=0.5, of_django=3),
    Operation(FIRST_PAGE, first_page),
    Operation(FAR_PAGE, far_page, beside=FIRST_PAGE, near=1.2),
)
