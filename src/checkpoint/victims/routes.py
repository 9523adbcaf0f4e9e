"""Front door of work with victims: add, reach, ask, tell."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.rules import RecordFull
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.problems import problems
from checkpoint.people import queries as people
from checkpoint.people.actions import PersonAlreadyKnown
from checkpoint.people.identifying import PersonProbablyKnown, identify
from checkpoint.people.queries import PersonMergedAway, PersonNotFound
from checkpoint.victims import actions, queries, rules
from checkpoint.victims.queries import VictimNotFound
from checkpoint.victims.rules import VictimWithdrawn
from checkpoint.victims.schemas import (
    AddVictim,
    RecordContact,
    RecordNotification,
    RecordViews,
    VictimCaseView,
    VictimsView,
    WithdrawVictim,
)
from checkpoint.victims.states import VictimEvent

router = APIRouter(prefix="/v1", tags=["victims"])

RecordId = Annotated[UUID, Path(description="The custody record's id.")]
VictimId = Annotated[UUID, Path(description="The victim's id.")]
OF_RECORD = "/custody-records/{record_id}/victims"
ENTERING = problems(*CREATING, RuleBroken, VictimNotFound, VictimWithdrawn, RecordFull)


@router.post(
    OF_RECORD,
    status_code=201,
    response_model=VictimCaseView,
    responses=problems(
        *CREATING,
        RuleBroken,
        CustodyRecordNotFound,
        PersonAlreadyKnown,
        PersonProbablyKnown,
        PersonNotFound,
        RecordFull,
        PersonMergedAway,
    ),
)
async def add_victim(
    by: Annotated[Actor, holding(Permission.RECORD_VICTIM)],
    record_id: RecordId,
    command: AddVictim,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Put a victim on the record; a business by the person who speaks for it."""
    deed = partial(_add, session, record_id, command, by=by, now=now)
    return await once(session, asked, deed, by=by, at=now)


async def _add(
    session: AsyncSession, record_id: UUID, command: AddVictim, *, by: Actor, now: datetime
) -> Response:
    record = await custody.one(session, record_id, actor=by, lock=True)
    if command.person_id is not None:
        # Before the person is held: whoever corrects the suspect holds them before the record.
        same = await people.same_person_ids(session, command.person_id)
        rules.check_suspect(same, suspect_id=record.person_id, field="#/person_id")
    person = await identify(session, command, by=by, at=now)
    victim = await actions.add(session, record, command, person, by=by, at=now)
    return await _answer(session, victim.id, record, by=by, at=now)


@router.get(OF_RECORD, response_model=VictimsView, responses=problems(CustodyRecordNotFound))
async def list_victims(
    by: Annotated[Actor, holding(Permission.READ_VICTIM)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
    *,
    include_withdrawn: Annotated[
        bool, Query(description="Entries that were withdrawn too; `withdrawn` says which.")
    ] = False,
) -> Response:
    """The victims of a case: what was done for each, and what they have to be told by when."""
    record = await custody.one(session, record_id, actor=by)
    asked = queries.every_entry if include_withdrawn else queries.of_record
    found = await asked(session, record_id)
    items = await queries.view_of_each(session, found, record, by=by, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        VictimEvent.READ,
        record_id,
        *(victim.id for victim in found),
        *(victim.person_id for victim in found),
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(VictimsView(items=items))


@router.get(
    "/victims/{victim_id}", response_model=VictimCaseView, responses=problems(VictimNotFound)
)
async def read_victim(
    by: Annotated[Actor, holding(Permission.READ_VICTIM)],
    victim_id: VictimId,
    session: Transaction,
    now: Now,
) -> Response:
    """One victim of one case."""
    victim = await queries.one(session, victim_id, actor=by)
    record = await custody.one(session, victim.custody_record_id, actor=by)
    view = await queries.view(session, victim, record, by=by, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        VictimEvent.READ,
        victim.id,
        victim.custody_record_id,
        victim.person_id,
        kind=actions.KIND,
        by=by,
        at=now,
    )
    return shown(view)


@router.post(
    "/victims/{victim_id}/contact-attempts",
    status_code=201,
    response_model=VictimCaseView,
    responses=ENTERING,
)
async def record_contact(
    by: Annotated[Actor, holding(Permission.RECORD_VICTIM)],
    victim_id: VictimId,
    command: RecordContact,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Somebody tried to reach the victim; an attempt that failed counts too."""

    async def deed() -> Response:
        victim, record = await actions.contact(session, victim_id, command, by=by, at=now)
        return await _answer(session, victim.id, record, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/victims/{victim_id}/views",
    status_code=201,
    response_model=VictimCaseView,
    responses=ENTERING,
)
async def record_views(
    by: Annotated[Actor, holding(Permission.RECORD_VICTIM)],
    victim_id: VictimId,
    command: RecordViews,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """What the victim says, and whether they wish for a restorative approach. No veto."""

    async def deed() -> Response:
        victim, record = await actions.give_views(session, victim_id, command, by=by, at=now)
        return await _answer(session, victim.id, record, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/victims/{victim_id}/notifications",
    status_code=201,
    response_model=VictimCaseView,
    responses=ENTERING,
)
async def record_notification(
    by: Annotated[Actor, holding(Permission.RECORD_VICTIM)],
    victim_id: VictimId,
    command: RecordNotification,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """The victim was told of something; it is no longer due."""

    async def deed() -> Response:
        victim, record = await actions.notify(session, victim_id, command, by=by, at=now)
        return await _answer(session, victim.id, record, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/victims/{victim_id}/withdrawal",
    status_code=201,
    response_model=VictimCaseView,
    responses=problems(*CREATING, VictimNotFound, VictimWithdrawn),
)
async def withdraw_victim(
    by: Annotated[Actor, holding(Permission.RECORD_VICTIM)],
    victim_id: VictimId,
    command: WithdrawVictim,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Somebody was entered by mistake. Nothing is due to them; what was done can still be read."""

    async def deed() -> Response:
        victim, record = await actions.withdraw(session, victim_id, command, by=by, at=now)
        return await _answer(session, victim.id, record, by=by, at=now)

    return await once(session, asked, deed, by=by, at=now)


async def _answer(
    session: AsyncSession, victim_id: UUID, record: CustodyRecord, *, by: Actor, at: datetime
) -> Response:
    victim = await queries.one(session, victim_id, actor=by)
    view = await queries.view(session, victim, record, by=by, at=at)
    return shown(view, status=201, headers={"Location": f"{router.prefix}/victims/{victim_id}"})
