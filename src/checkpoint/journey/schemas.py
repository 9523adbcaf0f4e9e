"""The ledger, as auditors read it."""

from uuid import UUID

from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Role
from checkpoint.foundation.schemas import Moment, View


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
