"""Front door of the suite: book in, read, screen."""

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
from checkpoint.custody import actions, queries
from checkpoint.custody.actions import NotYourSuite
from checkpoint.custody.detention import actions as detention
from checkpoint.custody.movements.rules import PersonDetainedAlready
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.rules import RecordFull
from checkpoint.custody.schemas import (
    AddOffence,
    CustodyRecordSummary,
    CustodyRecordView,
    OpenCustodyRecord,
    Reference,
    SaveScreening,
)
from checkpoint.custody.states import CustodyEvent, CustodyState
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion, etag
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Code
from checkpoint.people import identifying as people
from checkpoint.people.actions import PersonAlreadyKnown
from checkpoint.people.identifying import PersonProbablyKnown
from checkpoint.people.queries import PersonMergedAway, PersonNotFound
from checkpoint.people.tables import Person

router = APIRouter(prefix="/v1/custody-records", tags=["custody"])

RecordId = Annotated[UUID, Path(description="The custody record's id.")]


@router.post(
    "",
    status_code=201,
    response_model=CustodyRecordView,
    responses=problems(
        *CREATING,
        RuleBroken,
        NotYourSuite,
        PersonAlreadyKnown,
        PersonDetainedAlready,
        PersonProbablyKnown,
        PersonNotFound,
        PersonMergedAway,
    ),
)
async def open_custody_record(
    by: Annotated[Actor, holding(Permission.OPEN_CUSTODY_RECORD)],
    command: OpenCustodyRecord,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Book a person in: who, where, when, and what is alleged."""
    deed = partial(_open, session, command, by=by, now=now)
    return await once(session, asked, deed, by=by, at=now)


async def _open(
    session: AsyncSession, command: OpenCustodyRecord, *, by: Actor, now: datetime
) -> Response:
    checked = await actions.check_opening(session, command, by=by, at=now)
    person = await people.identify(session, command, by=by, at=now)
    record = await actions.open(session, checked, person, by=by, at=now)
    times = command.model_dump(include={"relevant_time", "authorised_at", "late_reason"})
    given = any(times.values())
    if given:
        await detention.begin(session, record, **times, by=by, at=now)
    return await answered(session, record, by=by, at=now, person=person, new=not given, status=201)


@router.get("", response_model=Page[CustodyRecordSummary], responses=problems(MalformedCursor))
async def list_custody_records(
    by: Annotated[Actor, holding(Permission.LIST_CUSTODY_RECORDS)],
    session: Transaction,
    now: Now,
    turn: Turning,
    suite: Annotated[Code | None, Query(description="One suite only.")] = None,
    state: Annotated[CustodyState | None, Query(description="One state only.")] = None,
    reference: Annotated[Reference | None, Query(description="As it was read or heard.")] = None,
) -> Response:
    """The records of your suites, latest arrest first."""
    rows, following = await queries.page(
        session, actor=by, turn=turn, suite=suite, state=state, reference=reference
    )
    page = Page[CustodyRecordSummary].model_validate({"items": rows, "next": following})
    await ledger.record(
        session,
        Operation.CONSULTATION,
        CustodyEvent.LISTED,
        *(row.id for row in rows),
        *(row.person_id for row in rows),
        kind=actions.KIND,
        by=by,
        at=now,
    )
    return shown(page, headers=links(turn.request, following))


@router.get(
    "/{record_id}", response_model=CustodyRecordView, responses=problems(CustodyRecordNotFound)
)
async def read_custody_record(
    by: Annotated[Actor, holding(Permission.READ_CUSTODY_RECORD)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
) -> Response:
    """One custody record, with what you may do next."""
    record = await queries.one(session, record_id, actor=by)
    answer = await answered(session, record, by=by, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        CustodyEvent.READ,
        record,
        record.person_id,
        kind=actions.KIND,
        by=by,
        at=now,
    )
    return answer


@router.put(
    "/{record_id}/screening",
    response_model=CustodyRecordView,
    responses=problems(RuleBroken, CustodyRecordNotFound, IfMatchMissing, Overtaken, RecordFull),
)
async def save_screening(
    by: Annotated[Actor, holding(Permission.SAVE_SCREENING)],
    record_id: RecordId,
    command: SaveScreening,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Save what is known so far, whole; whatever you leave out is not known."""
    record = await actions.save_screening(session, record_id, command, seen=seen, by=by, at=now)
    return await answered(session, record, by=by, at=now)


@router.post(
    "/{record_id}/offences",
    status_code=201,
    response_model=CustodyRecordView,
    responses=problems(*CREATING, RuleBroken, CustodyRecordNotFound, RecordFull),
)
async def add_offence(
    by: Annotated[Actor, holding(Permission.SAVE_SCREENING)],
    record_id: RecordId,
    command: AddOffence,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Put another alleged offence on the record, or one that puts an earlier one right."""

    async def deed() -> Response:
        record = await actions.add_offence(session, record_id, command, by=by, at=now)
        return await answered(session, record, by=by, at=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


async def answered(
    session: AsyncSession,
    record: CustodyRecord,
    *,
    by: Actor,
    at: datetime,
    person: Person | None = None,
    new: bool = False,
    status: int = 200,
) -> Response:
    view = await queries.view(session, record, by=by, at=at, person=person, new=new)
    headers = {"ETag": etag(record.version)}
    if status == 201:
        headers["Location"] = f"{router.prefix}/{record.id}"
    return shown(view, status=status, headers=headers)
