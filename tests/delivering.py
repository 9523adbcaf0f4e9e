"""Cases of either arm, and people who have seen them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from builders import a_key
from checkpoint.foundation.actors import Role
from conftest import Clients
from trialling import consenting


@pytest.fixture
def a_case(at_trial: Clients) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Allocates at DurhamGate until a case of an arm comes up; its drawer is ``someone``."""

    async def make(arm: str, **booking: Any) -> dict[str, Any]:
        officer = at_trial()
        for _ in range(12):  # longer than any run that blocks of eight at most allow
            record, decision = await consenting(officer, booking=booking or None)
            answer = await officer.put(
                f"/v1/custody-records/{record['id']}/allocation",
                json={"eligibility_decision_id": decision["id"]},
            )
            assert answer.status_code == 201, answer.text
            if answer.json()["arm"] == arm:
                return record
        raise AssertionError(arm)

    return make


@pytest.fixture
def supervisor(at_trial: Clients) -> Callable[..., Awaitable[Any]]:
    """A supervisor by name, who has read a case's arm."""

    async def who(record: dict[str, Any], name: str) -> Any:
        client = at_trial(Role.SUPERVISOR, name=name)
        assert (await client.get(place(record, "allocation"))).status_code == 200
        return client

    return who


def place(record: dict[str, Any], noun: str) -> str:
    return f"/v1/custody-records/{record['id']}/{noun}"


STARTED = {"started_at": "2026-11-03T12:00:00Z"}
PROPOSED = {"reason_code": "welfare", "words": "A need that will not wait."}
DEVIATED = {
    "reason_code": "prosecuted_instead",
    "words": "Charged at once.",
    "happened_at": "2026-11-03T12:00:00Z",
}


async def said(client: Any, record: dict[str, Any], noun: str, body: dict[str, Any]) -> Any:
    return await client.post(place(record, noun), json=body, headers=a_key())


def a_disposal(record: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    return {
        "offence_id": record["offences"][0]["id"],
        "outcome_code": "1",
        "disposed_on": "2026-11-03",
        "decided_by": "police",
    } | overrides


def problem(answer: Any, status: int, slug: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}"), answer.text
    found: dict[str, Any] = answer.json()
    return found
