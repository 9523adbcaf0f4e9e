"""Front door of the journey: for now, the ledger for auditors."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from checkpoint.access.guards import LoginTooWeak, holding
from checkpoint.access.permissions import GRANTS, Permission
from checkpoint.audit import ledger, queries
from checkpoint.audit.operations import AuditEvent, Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.schemas import Reference
from checkpoint.eligibility import queries as eligibility
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Instant
from checkpoint.journey import queries as things
from checkpoint.journey.schemas import CorrectionsView, LedgerEntryView, MeView, NextStepsView

router = APIRouter(prefix="/v1", tags=["journey"])


@router.get("/me", response_model=MeView)
async def read_me(
    by: Annotated[Actor, holding(Permission.READ_REFERENCE)],
) -> Response:
    """Who you are to this service, and what your role may do."""
    held = sorted(permission.value for permission in GRANTS[by.role])
    return shown(MeView(id=by.id, role=by.role, suites=sorted(by.suites), permissions=held))


@router.get(
    "/custody-records/{record_id}/next-steps",
    response_model=NextStepsView,
    responses=problems(CustodyRecordNotFound),
)
async def read_next_steps(
    by: Annotated[Actor, holding(Permission.READ_CUSTODY_RECORD)],
    record_id: Annotated[UUID, Path(description="The custody record's id.")],
    session: Transaction,
    now: Now,
) -> Response:
    """What you may do with a case now, from every room, or may not yet, and why."""
    record = await custody.one(session, record_id, actor=by)
    decisions = await eligibility.of_case(session, record_id, actor=by)
    decide = eligibility.next_decision(record_id, decisions, by)
    steps = [*custody.next_steps(record, by), decide]
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AuditEvent.NEXT_STEPS_READ,
        record,
        record.person_id,
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(NextStepsView(next_steps=steps))


@router.get(
    "/custody-records/{record_id}/corrections",
    response_model=CorrectionsView,
    responses=problems(CustodyRecordNotFound),
)
async def read_corrections(
    by: Annotated[Actor, holding(Permission.READ_CUSTODY_RECORD)],
    record_id: Annotated[UUID, Path(description="The custody record's id.")],
    session: Transaction,
    now: Now,
) -> Response:
    """What was put right about the person, and which decisions had rested on what stood before."""
    record = await custody.one(session, record_id, actor=by)
    items = await things.corrections(session, record, actor=by)
    decisions = {decision.id for item in items for decision in item.decisions}
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AuditEvent.CORRECTIONS_READ,
        record,
        record.person_id,
        *sorted(decisions),
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(CorrectionsView(items=items))


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
    subject: Annotated[
        UUID | None,
        Query(description="A person, record or decision; with all that belongs to it."),
    ] = None,
    reference: Annotated[
        Reference | None, Query(description="A record, as people call it.")
    ] = None,
    actor: Annotated[UUID | None, Query(description="Who did it.")] = None,
    operation: Annotated[Operation | None, Query(description="One operation only.")] = None,
    since: Annotated[Instant | None, Query(description="At or after.")] = None,
    until: Annotated[Instant | None, Query(description="Before.")] = None,
) -> Response:
    """Who did or saw what, latest first. Reading the ledger stands in the ledger too."""
    about = await things.asked_about(session, subject=subject, reference=reference)
    rows, following = await queries.entries(
        session,
        turn=turn,
        subjects=about,
        actor=actor,
        operation=operation,
        since=since,
        until=until,
    )
    page = Page[LedgerEntryView](
        items=[LedgerEntryView.model_validate(row) for row in rows], next=following
    )
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AuditEvent.READ,
        *(about or [])[:1],
        kind="audit_entry",
        by=by,
        at=now,
    )
    return shown(page, headers=links(turn.request, following))
