"""A bearer token, or a shell login, into an Actor."""

import getpass
import time
from datetime import datetime
from typing import Any, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import Request
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.access import queries
from checkpoint.access.budgets import Budgets
from checkpoint.access.keys import Keys
from checkpoint.access.tokens import (
    Trust,
    actor_from,
    claims_of,
    header_of,
    issued_at,
    refuse,
)
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.clock import Now


class Revocations:
    """Whose tokens no longer count, read again at most every few seconds."""

    def __init__(self, engine: AsyncEngine, *, seconds: float) -> None:
        self._engine, self._seconds = engine, seconds
        self._read_at = -float("inf")
        self._found: dict[UUID, datetime] = {}

    async def of(self, actor_id: UUID) -> datetime | None:
        if time.monotonic() - self._read_at > self._seconds:
            began = time.monotonic()
            self._found = await queries.revocations(self._engine)
            self._read_at = began
        return self._found.get(actor_id)


class Gate:
    """Everything that is needed to tell who sent a request."""

    def __init__(
        self, trust: Trust, keys: Keys, revocations: Revocations, budgets: Budgets
    ) -> None:
        self.trust, self.keys, self.revocations = trust, keys, revocations
        self.budgets = budgets

    async def admit(self, token: str) -> Actor:
        """The actor whom ``token`` vouches for, unless it was taken back."""
        header = header_of(token)
        key = await self.keys.find(header["kid"])
        if key is None:
            raise refuse("The token's key is not known.")
        claims: dict[str, Any] = claims_of(token, key, header, self.trust)
        actor = actor_from(claims, self.trust)
        revoked = await self.revocations.of(actor.id)
        if revoked is not None and issued_at(claims) <= revoked:
            raise refuse("This token was taken back.")
        return actor


async def current_actor(request: Request, now: Now) -> Actor:
    """Who is asking, from the one Authorization header and from nowhere else."""
    found = request.headers.getlist("authorization")
    if not found:
        raise refuse("Send the header Authorization: Bearer and your token.")
    if len(found) > 1:
        raise refuse("Send one Authorization header.")
    scheme, token = get_authorization_scheme_param(found[0])
    if scheme.lower() != "bearer" or not token:
        raise refuse("Send the header Authorization: Bearer and your token.")
    gate = cast("Gate", request.app.state.gate)
    actor = request.scope["state"]["actor"] = await gate.admit(token)
    await gate.budgets.spend(actor.id, at=now)
    return actor


def shell_actor() -> Actor:
    """Whoever is logged in at this machine, as the operator."""
    return Actor(id=uuid5(NAMESPACE_URL, f"shell:{getpass.getuser()}"), role=Role.OPERATOR)
