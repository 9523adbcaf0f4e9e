"""A bearer token, or a shell login, into an Actor."""

import hashlib
import os
import pwd
import time
from dataclasses import dataclass
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
    NotAuthenticated,
    Trust,
    actor_from,
    claims_of,
    header_of,
    issued_at,
    refuse,
    taken_back,
)
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.clock import TokenTime
from checkpoint.foundation.logs import log

GOOD_FOR_SECONDS = 60.0
KEPT_TOKENS = 10_000


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


@dataclass(frozen=True)
class Admitted:
    """What one token came to, until it has to be looked at again."""

    actor: Actor
    issued_at: datetime
    until: float


class Gate:
    """Everything that is needed to tell who sent a request.

    A token that was found good is not taken apart again for a minute, or until it expires if
    that is sooner. Whether it was taken back is asked every time.
    """

    def __init__(
        self, trust: Trust, keys: Keys, revocations: Revocations, budgets: Budgets
    ) -> None:
        self.trust, self.keys, self.revocations = trust, keys, revocations
        self.budgets = budgets
        self._admitted: dict[bytes, Admitted] = {}

    async def admit(self, token: str, *, at: datetime) -> Actor:
        """The actor whom ``token`` vouches for, unless it was taken back."""
        digest = hashlib.sha256(token.encode()).digest()
        found = self._admitted.get(digest)
        if found is None or found.until <= at.timestamp():
            found = self._keep(digest, await self._examine(token, at=at))
        revoked = await self.revocations.of(found.actor.id)
        if revoked is not None and taken_back(found.issued_at, revoked):
            raise refuse("This token was taken back.")
        return found.actor

    async def _examine(self, token: str, *, at: datetime) -> Admitted:
        header = header_of(token)
        key = await self.keys.find(header["kid"])
        if key is None:
            raise refuse("The token's key is not known.")
        claims: dict[str, Any] = claims_of(token, key, header, self.trust)
        try:
            until = min(at.timestamp() + GOOD_FOR_SECONDS, float(claims["exp"]))
        except (OverflowError, ValueError):
            raise refuse("The token's times are not in the agreed form.") from None
        try:
            return Admitted(actor_from(claims, self.trust), issued_at(claims, now=at), until)
        except NotAuthenticated as refusal:
            # The provider signed it, so how it is set up has to be put right there.
            log.warning("token_unfit", why=refusal.detail)
            raise

    def _keep(self, digest: bytes, admitted: Admitted) -> Admitted:
        if len(self._admitted) >= KEPT_TOKENS:
            self._admitted.clear()
        self._admitted[digest] = admitted
        return admitted


async def current_actor(request: Request, now: TokenTime) -> Actor:
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
    actor = request.scope["state"]["actor"] = await gate.admit(token, at=now)
    await gate.budgets.spend(actor.id, at=now)
    return actor


def shell_actor() -> Actor:
    """Whoever is logged in at this machine, as the operator.

    As the system knows them: an environment variable that says otherwise is not believed.
    """
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # a container's user without an entry
        name = f"uid {number}"
    return Actor(id=uuid5(NAMESPACE_URL, f"shell:{name}"), role=Role.OPERATOR)
