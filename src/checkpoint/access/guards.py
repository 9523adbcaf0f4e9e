"""The locks on the doors."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fastapi import Depends, Request

from checkpoint.access.authentication import current_actor
from checkpoint.access.permissions import STRONG, STRONG_FOR, UNLOGGED, Permission, holds
from checkpoint.access.tokens import LEEWAY_SECONDS
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.addresses import refuse_unclear
from checkpoint.foundation.clock import Now, TokenTime
from checkpoint.foundation.logs import door_of

SKEW = timedelta(seconds=LEEWAY_SECONDS)


class NotPermitted(errors.Forbidden):
    slug = "not-permitted"
    title = "Your role does not allow this"


class LoginTooWeak(errors.Unauthenticated):
    slug = "login-too-weak"
    title = "Log in again with your second factor"


@dataclass(frozen=True)
class Holding:
    """Lets through only an actor whose role holds ``permission``."""

    permission: Permission

    async def __call__(self, request: Request, now: TokenTime, moment: Now) -> Actor:
        actor = await current_actor(request, now)
        request.scope["state"]["door"] = f"{request.method} {door_of(request.scope)}"
        request.scope["state"]["unlogged"] = self.permission in UNLOGGED
        if not holds(actor.role, self.permission):
            raise NotPermitted(
                f"The role {actor.role} does not hold {self.permission}; see GET /v1/me for what it "
                "holds, and ask a colleague whose role does."
            )
        if self.permission in STRONG and not _strong_lately(actor, now):
            raise LoginTooWeak(
                "This needs a login by a strong method within the last hour.",
                error="insufficient_user_authentication",
            )
        refuse_unclear(request)
        return replace(actor, asks_at=moment)


def _strong_lately(actor: Actor, now: datetime) -> bool:
    """Within the last hour, and not in a future that no login can have."""
    since = actor.strong_since
    return since is not None and -SKEW <= now - since <= STRONG_FOR


def holding(permission: Permission) -> Any:
    return Depends(Holding(permission))
