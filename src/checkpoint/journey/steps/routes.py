"""Front door of what comes next with one case, out of every room."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission, holds
from checkpoint.allocation.vault import Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import AuditEvent, Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.detention import queries as detention
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.eligibility import queries as eligibility
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.problems import problems
from checkpoint.journey import queries as things
from checkpoint.journey.rules import late_entries
from checkpoint.journey.schemas import LateEntryView, NextStepsView
from checkpoint.journey.states import PRINTED
from checkpoint.journey.steps.queries import of_field
from checkpoint.oversight import queries as oversight

router = APIRouter()
READS_ONLY = "Broken glass opens a case for reading only; ask a colleague in its suite."


async def the_vault(request: Request) -> Vault:
    vault: Vault = request.app.state.vault
    return vault


Opening = Annotated[Vault, Depends(the_vault)]


@router.get(
    "/custody-records/{record_id}/next-steps",
    response_model=NextStepsView,
    responses=problems(CustodyRecordNotFound),
)
async def read_next_steps(
    by: Annotated[Actor, holding(Permission.READ_NEXT_STEPS)],
    record_id: Annotated[UUID, Path(description="The custody record's id.")],
    session: Transaction,
    vault: Opening,
    now: Now,
) -> Response:
    """What you may do with a case now, from every room, or may not yet, and why. A navigator is told
    of the work of a case of theirs, and of nothing that is the suite's.
    """
    record = await custody.one(session, record_id, actor=by)
    if holds(by.role, Permission.READ_ELIGIBILITY):
        view, about = await _of_suite(session, record, vault=vault, by=by, now=now)
    else:
        ahead = await of_field(session, record, by=by, at=now)
        view, about = NextStepsView(standing=None, next_steps=ahead.steps), ahead.about
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AuditEvent.NEXT_STEPS_READ,
        record,
        record.person_id,
        *about,
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(view)


async def _of_suite(
    session: AsyncSession, record: Any, *, vault: Vault, by: Actor, now: datetime
) -> tuple[NextStepsView, list[UUID]]:
    record_id: UUID = record.id
    present = await oversight.present(session, record_id, actor=by)
    history = await detention.history(session, record, by=by, at=now)
    steps = custody.next_steps(record, history.detention, by)
    steps.append(eligibility.next_decision(record_id, present, by))
    if present is not None:
        steps += oversight.next_steps(present, by=by, on=london_day(now))
    ahead = await things.programme_steps(session, record, present, vault=vault, by=by, at=now)
    steps += ahead.steps
    if not await custody.may_work(session, record_id, actor=by):
        only = {"allowed": False, "why_not": READS_ONLY}
        steps = [step.model_copy(update=only) for step in steps]
    view = NextStepsView(
        standing=oversight.summary(present) if present else None,
        next_steps=steps,
        overtaken=present is not None and bool(present.overtaken_by),
        overtaken_by=present.overtaken_by if present else [],
        entered_late=[LateEntryView(**entry) for entry in late_entries(record, history)],
        record=PRINTED.format(decision_id=present.id) if present else None,
    )
    return view, ahead.about
