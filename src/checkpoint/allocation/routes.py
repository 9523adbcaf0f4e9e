"""Front door of allocation. The arm leaves only after the draw is committed."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.allocation import actions, queries, views
from checkpoint.allocation.schemas import (
    Allocate,
    AllocationView,
    Annotate,
    AnnotationsView,
    AnnotationView,
    Enrol,
    EnrolmentView,
)
from checkpoint.allocation.states import (
    LABELS,
    AllocationEvent,
    AllocationNotFound,
    AlreadyAllocated,
    AlreadyEnrolled,
    AnnotationsFull,
    ConsentNeeded,
    DecisionNeeded,
    DecisionSuperseded,
    EnrolmentNotFound,
    ListNotSealed,
    NotBlind,
    NoTrialOpen,
    OutsideEveryStratum,
    ProgrammeNotLive,
    SealedListChanged,
    StratumExhausted,
    TrialIsClosed,
    TrialIsOpen,
)
from checkpoint.allocation.vault import Opening, Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.codelists import list_doors
from checkpoint.foundation.database import Transaction, Transactions
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.problems import problems
from checkpoint.oversight.states import DecisionOvertaken
from checkpoint.people.queries import PersonMergedAway

router = APIRouter(prefix="/v1", tags=["allocation"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
PLACE = "/custody-records/{record_id}/allocation"
DIRECT = "/custody-records/{record_id}/enrolment"
BEFORE = (
    CustodyRecordNotFound,
    PersonMergedAway,
    DecisionNeeded,
    DecisionSuperseded,
    DecisionOvertaken,
    ConsentNeeded,
)


@router.put(
    PLACE,
    response_model=AllocationView,
    responses=problems(
        *BEFORE,
        OutsideEveryStratum,
        NoTrialOpen,
        TrialIsClosed,
        AlreadyEnrolled,
        ListNotSealed,
        SealedListChanged,
        StratumExhausted,
    )
    | {201: {"model": AllocationView, "description": "Drawn now."}},
)
async def allocate(
    by: Annotated[Actor, holding(Permission.ALLOCATE)],
    record_id: RecordId,
    command: Allocate,
    transactions: Transactions,
    vault: Opening,
    now: Now,
) -> Response:
    """Draw the case's arm: 201 at first, 200 with the same arm however often it is asked again."""
    async with transactions() as session:
        found, drawn = await actions.draw(session, record_id, command, vault=vault, by=by, at=now)
    # Only here is it committed, and only now does the database give the arm out.
    return await _told(transactions, found, record_id, vault=vault, by=by, drawn=drawn)


@router.get(
    PLACE,
    response_model=AllocationView,
    responses=problems(CustodyRecordNotFound, AllocationNotFound, SealedListChanged, ListNotSealed),
)
async def read_allocation(
    by: Annotated[Actor, holding(Permission.READ_ARM)],
    record_id: RecordId,
    transactions: Transactions,
    vault: Opening,
    now: Now,
) -> Response:
    """A case's arm; whoever reads it is blind to it no longer."""
    async with transactions() as session:
        found = await actions.read(session, record_id, by=by, at=now)
    return await _told(transactions, found, record_id, vault=vault, by=by)


async def _told(
    transactions: Callable[[], AbstractAsyncContextManager[AsyncSession]],
    found: Any,
    record_id: UUID,
    *,
    vault: Vault,
    by: Actor,
    drawn: bool = False,
) -> Response:
    async with transactions() as session:
        arm = await queries.arm_of(session, found.id, vault=vault)
        is_first = await queries.stands(session, found)
        seen = bool(await custody.reached(session, [found.custody_record_id], actor=by))
        is_theirs = await queries.is_theirs(session, found, record_id)
    view = views.view(
        found, arm, record_id=record_id, is_first=is_first, is_theirs=is_theirs, seen=seen
    )
    place = {"Location": f"{router.prefix}{PLACE.format(record_id=record_id)}"} if drawn else None
    return shown(view, status=201 if drawn else 200, headers=place)


@router.post(
    f"{PLACE}/annotations",
    status_code=201,
    response_model=AnnotationView,
    responses=problems(
        *CREATING, CustodyRecordNotFound, AllocationNotFound, NotBlind, AnnotationsFull
    ),
)
async def annotate_allocation(
    by: Annotated[Actor, holding(Permission.ANNOTATE_ALLOCATION)],
    record_id: RecordId,
    command: Annotate,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Note that a case was ineligible, say, without having seen its arm; the draw stands."""

    async def deed() -> Response:
        noted = await actions.annotate(session, record_id, command, by=by, at=now)
        return shown(views.annotation_view(noted), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    f"{PLACE}/annotations",
    response_model=AnnotationsView,
    responses=problems(CustodyRecordNotFound, AllocationNotFound),
)
async def list_annotations(
    by: Annotated[Actor, holding(Permission.ANNOTATE_ALLOCATION)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
) -> Response:
    """What was noted of a case's allocation; never its arm."""
    record = await custody.one(session, record_id, actor=by)
    found = await queries.needed(session, record_id)
    noted = await queries.annotations(session, found.id)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AllocationEvent.ANNOTATIONS_READ,
        found.id,
        record.id,
        record.person_id,
        kind="allocation",
        by=by,
        at=now,
    )
    return shown(AnnotationsView(items=[views.annotation_view(each) for each in noted]))


@router.put(
    DIRECT,
    response_model=EnrolmentView,
    responses=problems(*BEFORE, TrialIsOpen, ProgrammeNotLive, AlreadyAllocated)
    | {201: {"model": EnrolmentView, "description": "Enrolled now."}},
)
async def enrol(
    by: Annotated[Actor, holding(Permission.ALLOCATE)],
    record_id: RecordId,
    command: Enrol,
    session: Transaction,
    now: Now,
) -> Response:
    """Take a case into the programme directly, where no trial is open: 201 at first, then 200."""
    found, made = await actions.enrol(session, record_id, command, by=by, at=now)
    place = {"Location": f"{router.prefix}{DIRECT.format(record_id=record_id)}"} if made else None
    return shown(views.enrolment_view(found), status=201 if made else 200, headers=place)


@router.get(
    DIRECT,
    response_model=EnrolmentView,
    responses=problems(CustodyRecordNotFound, EnrolmentNotFound),
)
async def read_enrolment(
    by: Annotated[Actor, holding(Permission.READ_ARM)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
) -> Response:
    """A case's direct enrolment."""
    record = await custody.one(session, record_id, actor=by)
    found = await queries.needed_enrolment(session, record_id)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AllocationEvent.ENROLMENT_READ,
        found.id,
        record.id,
        record.person_id,
        kind="enrolment",
        by=by,
        at=now,
    )
    return shown(views.enrolment_view(found))


reference = APIRouter(prefix="/v1/reference", tags=["reference"])
list_doors(
    reference,
    holding(Permission.READ_REFERENCE),
    {
        "allocation-annotation-kinds": (
            "What may be noted of an allocation",
            "This software (domain notes, section 5)",
            [(kind.value, label) for kind, label in LABELS.items()],
        )
    },
)
