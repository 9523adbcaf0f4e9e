"""Protocols to test with, and trials that are open, sealed and drawn from."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from builders import asked_for_consent, eligible
from checkpoint.allocation import loading as sealing
from checkpoint.allocation.tables import SealedList
from checkpoint.allocation.vault import Vault
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.trials import loading as adopting
from conftest import NOON

HOLDERS = {
    "sponsor": "Synthetic Police",
    "trial_manager": "Trial office",
    "statistician": "Trials unit",
    "data_monitor": "Monitoring committee",
}


def a_protocol(**overrides: Any) -> str:
    """A test trial's protocol as TOML; None leaves a key out."""
    protocol: dict[str, Any] = {
        "trial": "TEST-TRIAL",
        "kind": "test",
        "number": 1,
        "version": "1.0",
        "title": "A trial to try the service with",
        "changed": "First version",
        "source": "Made up for tests",
        "in_effect_from": date(2026, 11, 1),
        "opens_on": date(2026, 11, 1),
        "target": 800,
        "arms": {"treatment": 1, "control": 1},
        "strata": ["DURHAMGATE", "PETERLEE"],
        "holders": HOLDERS,
    } | overrides
    plain = {k: v for k, v in protocol.items() if v is not None and not isinstance(v, dict)}
    lines = [f"{key} = {_toml(value)}" for key, value in plain.items()]
    for key, value in protocol.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]", *(f"{k} = {_toml(v)}" for k, v in value.items())]
    return "\n".join([*lines, ""])


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


SEED = bytes(range(32))


async def open_trial(
    engine: AsyncEngine,
    vault: Vault,
    seed: bytes,
    *,
    places: int = 400,
    at: datetime = NOON,
    **protocol: Any,
) -> SealedList:
    """A trial that is adopted and sealed, by two people."""
    manager, statistician = (Actor(id=uuid4(), role=Role.OPERATOR) for _ in range(2))
    text = a_protocol(**protocol)
    async with transaction(engine) as session:
        await adopting.adopt(session, text, by=manager, at=at)
    async with transaction(engine) as session:
        sealed, _ = await sealing.seal_blocks(
            session,
            protocol.get("trial", "TEST-TRIAL"),
            seed,
            sizes=(4, 6, 8),
            places=places,
            vault=vault,
            by=statistician,
            at=at,
        )
    return sealed


async def consenting(
    client: httpx.AsyncClient, *, booking: dict[str, Any] | None = None, **answers: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A record whose person is eligible and consents, as it stands, and its present decision."""
    record = await eligible(client, booking=booking)
    await asked_for_consent(client, record, **answers)
    record = (await client.get(f"/v1/custody-records/{record['id']}")).json()
    listed = await client.get(f"/v1/custody-records/{record['id']}/eligibility-decisions")
    return record, listed.json()["items"][0]
