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
    TRIAL_MANAGER = "trial_manager"
    AUDITOR = "auditor"
    DIRECTORY_EDITOR = "directory_editor"
    PROVIDER = "provider"  # of a service that people are referred to; of one organization
    OPERATOR = "operator"


class Rank(StrEnum):
    """A police officer's rank, the lowest first; staff who are no officers have none.

    Source: Police Act 1996 s.13 and the regulations under s.50.
    """

    CONSTABLE = "constable"
    SERGEANT = "sergeant"
    INSPECTOR = "inspector"
    CHIEF_INSPECTOR = "chief_inspector"
    SUPERINTENDENT = "superintendent"
    CHIEF_SUPERINTENDENT = "chief_superintendent"
    ASSISTANT_CHIEF_CONSTABLE = "assistant_chief_constable"
    DEPUTY_CHIEF_CONSTABLE = "deputy_chief_constable"
    CHIEF_CONSTABLE = "chief_constable"

    def is_at_least(self, other: "Rank") -> bool:
        """Whether this rank is ``other`` or above it."""
        ranks = [*Rank]
        return ranks.index(self) >= ranks.index(other)


# What an identity provider may vouch for: everything but the shell's own role.
TOKEN_ROLES = tuple(role for role in Role if role is not Role.OPERATOR)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever is asking, as the identity provider vouches for them.

    ``strong_since`` is when they last proved themselves with a strong method; None if they
    never did in this login. ``rank`` is None for staff who are no police officers, and where
    the provider does not say. ``asks_at`` is the request's moment by the programme's clock: what
    somebody reaches depends on it. None is no moment, so whatever ends by itself has ended.
    ``organization_id`` is whose referrals a provider reaches, and None for everybody else.
    """

    id: UUID
    role: Role
    suites: frozenset[str] = frozenset()
    client: str | None = None
    strong_since: datetime | None = None
    rank: Rank | None = None
    asks_at: datetime | None = None
    organization_id: UUID | None = None
