"""Cases that a navigator works, and what is entered of how they are worked."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from builders import a_key
from conftest import Clients
from delivering import STARTED, said
from navigating import Someone, assigned, here

TOMORROW = "2026-11-04T10:00:00Z"
PLAN = {"kind": "session", "starts_at": TOMORROW, "minutes": 50, "place": "navigator_office"}
MOVE = {"starts_at": "2026-11-05T14:00:00Z", "asked_by": "person", "reason": "work"}
CANCEL = {"asked_by": "person", "reason": "ill"}
CALL = {"attempted_at": "2026-11-03T11:00:00Z", "channel": "telephone", "result": "no_answer"}
WARN = {"issued_at": "2026-11-03T11:30:00Z", "how": "posted", "words": "Please come next time."}
PAST = PLAN | {"starts_at": "2026-11-03T09:00:00Z"}


@pytest.fixture
def worked(
    at_trial: Clients,
    a_case: Callable[..., Awaitable[dict[str, Any]]],
    a_navigator: Callable[..., Awaitable[Someone]],
) -> Callable[..., Awaitable[tuple[dict[str, Any], Someone]]]:
    """A treatment case that was started, and the navigator whose it is."""

    async def make(to: Someone | None = None) -> tuple[dict[str, Any], Someone]:
        record, to = await a_case("treatment"), to or await a_navigator()
        assert (await said(at_trial(), record, "programme-start", STARTED)).status_code == 201
        assert (await assigned(at_trial(), record, to)).status_code == 201
        return record, to

    return make


async def planned(client: Any, record: Any, **overrides: Any) -> Any:
    body = PLAN | overrides
    return await client.post(here(record, "appointments"), json=body, headers=a_key())


async def became(client: Any, appointment: Any, noun: str, *, seen: int = 1, **body: Any) -> Any:
    """What is done to an appointment, as somebody saw it."""
    address = f"/v1/appointments/{appointment['id']}/{noun}"
    return await client.post(address, json=body, headers=a_key() | {"If-Match": f'"{seen}"'})


async def on_record(client: Any, record: Any) -> dict[str, Any]:
    answer = await client.get(here(record, "sessions"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
