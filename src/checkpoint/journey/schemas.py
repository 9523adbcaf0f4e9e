"""The ledger, as auditors read it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.audit.operations import Operation
from checkpoint.eligibility.schemas import StandingSummary
from checkpoint.foundation.actors import Rank, Role
from checkpoint.foundation.schemas import Moment, NextStep, View


class MeView(View):
    """The caller, as the identity provider vouches for them."""

    id: UUID
    role: Role
    rank: Rank | None
    suites: list[str]
    permissions: Annotated[list[str], Field(examples=[["custody-record:read"]])]


class NextStepsView(View):
    """What may be done with a case, and why not where it may not."""

    standing: Annotated[
        StandingSummary | None, Field(description="The present decision's; null before the first.")
    ]
    next_steps: list[NextStep]


class LedgerEntryView(View):
    """One entry: who did or saw what, and when. Ids only; never a name."""

    id: UUID
    stream: int
    sequence: int
    at: Moment
    recorded_at: Moment
    request_id: UUID
    operation: Operation
    event: str
    outcome: str
    door: str
    subject_kind: str
    subject_ids: list[UUID]
    changed_fields: list[str]
    actor_id: UUID | None
    actor_role: Role | None
    client: str | None
    purpose: str | None
    recipient: str | None
