"""Front door of whose case it is. It tells nobody an arm who has not been shown it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.allocation import actions as allocation
from checkpoint.allocation.states import ConsentNeeded, ListNotSealed, SealedListChanged
from checkpoint.allocation.vault import Opening
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.delivery.states import (
    ArmNotRead,
    ControlNotStartable,
    EarlierAllocationStands,
    NotInProgramme,
)
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenTag, etag
from checkpoint.foundation.problems import problems
from checkpoint.navigators import actions, cases, queries, states
from checkpoint.navigators.caseload import suggest
from checkpoint.navigators.handovers import queries as handovers
from checkpoint.navigators.schemas import (
    AssignNavigator,
    CaseloadItemView,
    CaseNavigatorView,
    EndAssignment,
    PlannedView,
    PlanReassignment,
    PlanView,
    ReassignCaseload,
    ReassignedView,
    SuggestionsView,
)
from checkpoint.navigators.staff import queries as staff
from checkpoint.navigators.staff.states import NavigatorNotFound, Specialism
from checkpoint.navigators.states import NavigatorEvent
from checkpoint.navigators.views import planned_view, suggestion_view

router = APIRouter(prefix="/v1", tags=["navigators"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
NavigatorId = Annotated[UUID, Path(description="The navigator's id.")]
CASE = "/custody-records/{record_id}"
ONE = "/navigators/{navigator_id}"
READ = (CustodyRecordNotFound, ArmNotRead)
WORKED = (
    *READ,
    SealedListChanged,
    ListNotSealed,
    NotInProgramme,
    EarlierAllocationStands,
    ControlNotStartable,
    ConsentNeeded,
)
TAKING = (
    states.NavigatorLeft,
    states.NotCleared,
    states.NavigatorAbsent,
    states.NavigatorConflicted,
    states.NavigatorFull,
    states.OverrideNotYours,
)
Assigner = Annotated[Actor, holding(Permission.ASSIGN_NAVIGATOR)]
Manager = Annotated[Actor, holding(Permission.MANAGE_NAVIGATORS)]


@router.get(
    "/me/caseload", response_model=Page[CaseloadItemView], responses=problems(MalformedCursor)
)
async def read_caseload(
    by: Annotated[Actor, holding(Permission.READ_CASELOAD)],
    session: Transaction,
    now: Now,
    turn: Turning,
) -> Response:
    """Your live cases, of any suite: your own and those you cover, the longest held first."""
    rows, following = await cases.page(session, actor=by, turn=turn, at=now)
    about = [*(row.custody_record_id for row in rows), *(row.person_id for row in rows)]
    await _record(session, NavigatorEvent.CASELOAD_READ, *about, by=by, now=now)
    page = Page[CaseloadItemView](items=[cases.item_view(row) for row in rows], next=following)
    return shown(page, headers=links(turn.request, following))


@router.get(
    f"{CASE}/navigator-suggestions", response_model=SuggestionsView, responses=problems(*WORKED)
)
async def suggest_navigators(
    by: Assigner,
    record_id: RecordId,
    session: Transaction,
    vault: Opening,
    now: Now,
    specialism: Annotated[
        list[Specialism], Query(max_length=6, description="What the case asks for, if known.")
    ] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Who is next for a case, with the reasons; and why the others are not offered."""
    record = await custody.one(session, record_id, actor=by)
    await queries.check_read(session, record, by=by)
    await queries.check_workable(session, record, vault=vault, at=now)
    case = await queries.case(session, record, wanted=specialism, at=now)
    found = suggest(case, await queries.working(session, at=now))
    await _record(session, NavigatorEvent.SUGGESTED, record.id, record.person_id, by=by, now=now)
    items = [suggestion_view(each) for each in found]
    return shown(SuggestionsView(custody_record_id=record.id, items=items))


@router.get(f"{CASE}/navigator", response_model=CaseNavigatorView, responses=problems(*READ))
async def read_navigator_of_case(
    by: Assigner, record_id: RecordId, session: Transaction, now: Now
) -> Response:
    """Whose case it is, who covers it, what was offered, and whose it was."""
    record = await custody.one(session, record_id, actor=by)
    await queries.check_read(session, record, by=by)
    await _record(session, NavigatorEvent.CASE_READ, record.id, record.person_id, by=by, now=now)
    return shown(await handovers.view(session, record_id, at=now))


@router.post(
    f"{CASE}/navigator",
    status_code=201,
    response_model=CaseNavigatorView,
    responses=problems(*CREATING, *WORKED, *TAKING, states.NavigatorThere, RuleBroken),
)
async def assign_navigator(
    by: Assigner,
    record_id: RecordId,
    command: AssignNavigator,
    session: Transaction,
    vault: Opening,
    now: Now,
    asked: Once,
) -> Response:
    """Assign a case that was started on the programme, or may be, to a navigator who can take it."""

    async def deed() -> Response:
        await actions.assign(session, record_id, command, vault=vault, by=by, at=now)
        return shown(await handovers.view(session, record_id, at=now), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{CASE}/navigator/end",
    response_model=CaseNavigatorView,
    responses=problems(*CREATING, *READ, states.NoNavigator),
)
async def end_assignment(
    by: Manager,
    record_id: RecordId,
    command: EndAssignment,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """End an assignment without another; from now on nobody has the case in their caseload."""

    async def deed() -> Response:
        await actions.end(session, record_id, command, by=by, at=now)
        return shown(await handovers.view(session, record_id, at=now))

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/reassignment-plan",
    response_model=PlanView,
    responses=problems(NavigatorNotFound, RuleBroken),
)
async def plan_reassignment(
    by: Manager,
    navigator_id: NavigatorId,
    session: Transaction,
    now: Now,
    command: PlanReassignment | None = None,
) -> Response:
    """Where a navigator's whole caseload would go, by your mapping or as suggested. Changes nothing,
    but that you are shown these cases' arms and are blind to them no longer.
    """
    found = await staff.one(session, navigator_id, actor=by)
    plan = await cases.plan(session, found, command.mapping if command else None, by=by, at=now)
    await _show(session, plan, NavigatorEvent.PLANNED, found.id, by=by, now=now)
    items, covers = _told(plan)
    view = PlanView(
        navigator_id=found.id,
        tag=plan.tag,
        holds=all(each.holds for each in items),
        items=items,
        covers_ended=covers,
    )
    return shown(view, headers={"ETag": etag(plan.tag)})


@router.post(
    f"{ONE}/reassignments",
    status_code=201,
    response_model=ReassignedView,
    responses=problems(
        *CREATING,
        NavigatorNotFound,
        IfMatchMissing,
        Overtaken,
        states.CaseloadEmpty,
        states.NotPlaceable,
        RuleBroken,
    ),
)
async def reassign_caseload(
    by: Manager,
    navigator_id: NavigatorId,
    command: ReassignCaseload,
    session: Transaction,
    now: Now,
    seen: SeenTag,
    asked: Once,
) -> Response:
    """Give a navigator's whole caseload to others, all of it or none, as the plan says that you saw.
    From then on they see none of it.
    """

    async def deed() -> Response:
        done, plan = await actions.reassign(
            session, navigator_id, command, seen=seen, by=by, at=now
        )
        ids = [row.custody_record_id for row in plan.rows]
        await allocation.show_arms(session, ids, by=by, at=now)
        items, covers = _told(plan)
        view = ReassignedView(
            id=done.id,
            navigator_id=navigator_id,
            reassigned_at=now,
            items=items,
            covers_ended=covers,
        )
        return shown(view, status=201)

    return await once(session, asked, deed, by=by, at=now)


def _told(plan: cases.Plan) -> tuple[list[PlannedView], list[UUID]]:
    pairs = zip(plan.rows, plan.placed, strict=True)
    covers = [row.custody_record_id for row in plan.covers]
    return [planned_view(row, placed) for row, placed in pairs], covers


async def _show(
    session: AsyncSession,
    plan: cases.Plan,
    event: NavigatorEvent,
    navigator_id: UUID,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Put on record that somebody is shown whose these cases are, and so their arms."""
    rows = (*plan.rows, *plan.covers)
    ids = [row.custody_record_id for row in rows]
    await allocation.show_arms(session, ids, by=by, at=now)
    people = {row.person_id for row in rows}
    await _record(session, event, navigator_id, *ids, *people, by=by, now=now)


async def _record(
    session: AsyncSession, event: NavigatorEvent, *about: UUID, by: Actor, now: datetime
) -> None:
    await ledger.record(
        session, Operation.CONSULTATION, event, *about, kind="navigator_assignment", by=by, at=now
    )
