"""Who is asking, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person is here to do. One role a token; ``operator`` exists only at the shell."""

    CUSTODY_OFFICER = "custody_officer"
    SUPERVISOR = "supervisor"
    NAVIGATOR = "navigator"
    EVALUATOR = "evaluator"
    STATISTICIAN = "statistician"
    AUDITOR = "auditor"
    OPERATOR = "operator"


# What an identity provider may vouch for: everything but the shell's own role.
TOKEN_ROLES = tuple(role for role in Role if role is not Role.OPERATOR)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever is asking, as the identity provider vouches for them.

    ``strong_since`` is when they last proved themselves with a strong method; None if they
    never did in this login.
    """

    id: UUID
    role: Role
    suites: frozenset[str] = frozenset()
    client: str | None = None
    strong_since: datetime | None = None
