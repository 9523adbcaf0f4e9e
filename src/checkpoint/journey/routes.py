"""Front door of the journey: for now, the ledger for auditors."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from checkpoint.access.guards import LoginTooWeak, holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger, queries
from checkpoint.audit.operations import AuditEvent, Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.paging import MalformedCursor, Page, Turning
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Instant
from checkpoint.journey.schemas import LedgerEntryView

router = APIRouter(prefix="/v1", tags=["ledger"])


@router.get(
    "/ledger-entries",
    response_model=Page[LedgerEntryView],
    responses=problems(MalformedCursor, LoginTooWeak),
)
async def list_ledger_entries(
    by: Annotated[Actor, holding(Permission.READ_LEDGER)],
    session: Transaction,
    now: Now,
    turn: Turning,
    subject: Annotated[UUID | None, Query(description="A person, record or decision.")] = None,
    actor: Annotated[UUID | None, Query(description="Who did it.")] = None,
    operation: Annotated[Operation | None, Query(description="One operation only.")] = None,
    since: Annotated[Instant | None, Query(description="At or after.")] = None,
    until: Annotated[Instant | None, Query(description="Before.")] = None,
) -> Response:
    """Who did or saw what, latest first. Reading the ledger stands in the ledger too."""
    rows, following = await queries.entries(
        session,
        turn=turn,
        subject=subject,
        actor=actor,
        operation=operation,
        since=since,
        until=until,
    )
    page = Page[LedgerEntryView](
        items=[LedgerEntryView.model_validate(row) for row in rows], next=following
    )
    subjects = [subject] if subject else []
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AuditEvent.READ,
        *subjects,
        kind="audit_entry",
        by=by,
        at=now,
    )
    return shown(page, headers=turn.links(following))
