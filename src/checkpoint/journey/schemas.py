"""The ledger, as auditors read it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.audit.operations import Operation
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Role
from checkpoint.foundation.schemas import Moment, NextStep, View
from checkpoint.people.states import CorrectionReason


class MeView(View):
    """The caller, as the identity provider vouches for them."""

    id: UUID
    role: Role
    suites: list[str]
    permissions: Annotated[list[str], Field(examples=[["custody-record:read"]])]


class NextStepsView(View):
    """What may be done with a case, and why not where it may not."""

    next_steps: list[NextStep]


class ReliedView(View):
    """A decision that rested on what was put right later."""

    id: UUID
    custody_record_id: UUID
    number: int
    verdict: Verdict
    decided_at: Moment
    superseded_by_id: Annotated[
        UUID | None, Field(description="The decision that took its place; null if it still stands.")
    ]


class CorrectionView(View):
    """One thing put right about a person, or about whom a record is about."""

    id: UUID
    field: Annotated[str, Field(examples=["date_of_birth"])]
    before: str | None
    after: str | None
    reason: CorrectionReason
    words: str | None
    corrected_at: Moment
    corrected_by: UUID
    custody_record_id: Annotated[UUID, Field(description="From which record it was put right.")]
    decisions: Annotated[
        list[ReliedView], Field(description="Taken before, on what stood there; in your suites.")
    ]


class CorrectionsView(View):
    """Everything that was put right, the earliest first."""

    items: list[CorrectionView]


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
