"""Front door of who navigators are."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.preconditions import (
    IfMatchMissing,
    Overtaken,
    SeenVersion,
    etag,
)
from checkpoint.foundation.problems import problems
from checkpoint.navigators.staff import actions, queries
from checkpoint.navigators.staff.schemas import (
    AddProvider,
    ChangeNavigator,
    ColleaguesView,
    NavigatorLineView,
    NavigatorView,
    ProviderView,
    RecordAbsence,
    RecordClearance,
    RegisterNavigator,
)
from checkpoint.navigators.staff.states import (
    NavigatorFullOfEntries,
    NavigatorNotFound,
    NotOfYourself,
    ProviderThere,
    RegisteredAlready,
    StaffEvent,
)

router = APIRouter(prefix="/v1", tags=["navigators"])
NavigatorId = Annotated[UUID, Path(description="The navigator's id.")]
ONE = "/navigators/{navigator_id}"
Manager = Annotated[Actor, holding(Permission.MANAGE_NAVIGATORS)]


@router.post(
    "/navigator-providers",
    status_code=201,
    response_model=ProviderView,
    responses=problems(*CREATING, ProviderThere),
)
async def add_navigator_provider(
    by: Manager, command: AddProvider, session: Transaction, now: Now, asked: Once
) -> Response:
    """Add an employer of navigators; what is there already is never edited."""

    async def deed() -> Response:
        row = await actions.add_provider(session, command, by=by, at=now)
        place = {"Location": f"{router.prefix}/reference/navigator-providers"}
        return shown(ProviderView.model_validate(row), status=201, headers=place)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/navigators",
    status_code=201,
    response_model=NavigatorView,
    responses=problems(*CREATING, NotOfYourself, RegisteredAlready, RuleBroken),
)
async def register_navigator(
    by: Manager, command: RegisterNavigator, session: Transaction, now: Now, asked: Once
) -> Response:
    """Register somebody whom the identity provider knows; they are given no case before induction
    and vetting stand.
    """

    async def deed() -> Response:
        navigator_id = await actions.register(session, command, by=by, at=now)
        return await _answer(session, navigator_id, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    "/navigators", response_model=Page[NavigatorLineView], responses=problems(MalformedCursor)
)
async def list_navigators(by: Manager, session: Transaction, now: Now, turn: Turning) -> Response:
    """The navigators who are based at your suites, who was registered last first."""
    rows, following = await queries.page(session, actor=by, turn=turn)
    await _record(session, StaffEvent.LISTED, *(row.id for row in rows), by=by, now=now)
    items = [NavigatorLineView.model_validate(row) for row in rows]
    page = Page[NavigatorLineView](items=items, next=following)
    return shown(page, headers=links(turn.request, following))


@router.get(ONE, response_model=NavigatorView, responses=problems(NavigatorNotFound))
async def read_navigator(
    by: Manager, navigator_id: NavigatorId, session: Transaction, now: Now
) -> Response:
    """A navigator with their clearances and absences, and how they stand today."""
    await queries.one(session, navigator_id, actor=by)
    await _record(session, StaffEvent.READ, navigator_id, by=by, now=now)
    return await _answer(session, navigator_id, by=by, now=now)


@router.put(
    ONE,
    response_model=NavigatorView,
    responses=problems(NavigatorNotFound, IfMatchMissing, Overtaken, RuleBroken),
)
async def change_navigator(
    by: Manager,
    navigator_id: NavigatorId,
    command: ChangeNavigator,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Change a navigator's particulars, whole; their cases stay with them."""
    await actions.change(session, navigator_id, command, seen=seen, by=by, at=now)
    return await _answer(session, navigator_id, by=by, now=now)


@router.post(
    f"{ONE}/clearances",
    status_code=201,
    response_model=NavigatorView,
    responses=problems(
        *CREATING, NavigatorNotFound, NotOfYourself, NavigatorFullOfEntries, RuleBroken
    ),
)
async def record_navigator_clearance(
    by: Manager,
    navigator_id: NavigatorId,
    command: RecordClearance,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record an induction or a vetting; of each kind the last one recorded counts."""

    async def deed() -> Response:
        await actions.record_clearance(session, navigator_id, command, by=by, at=now)
        return await _answer(session, navigator_id, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{ONE}/absences",
    status_code=201,
    response_model=NavigatorView,
    responses=problems(*CREATING, NavigatorNotFound, NavigatorFullOfEntries, RuleBroken),
)
async def record_navigator_absence(
    by: Manager,
    navigator_id: NavigatorId,
    command: RecordAbsence,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record days on which they are given no case, or put right what was recorded of them."""

    async def deed() -> Response:
        await actions.record_absence(session, navigator_id, command, by=by, at=now)
        return await _answer(session, navigator_id, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get("/me/colleagues", response_model=ColleaguesView)
async def list_colleagues(
    by: Annotated[Actor, holding(Permission.READ_CASELOAD)], session: Transaction, now: Now
) -> Response:
    """Whom you may offer a case to: who is based where you are and may be given one today."""
    own = await queries.of_actor(session, by)
    found = await queries.colleagues(session, own, on=london_day(now)) if own else []
    about = [each.id for each in found]
    await _record(session, StaffEvent.COLLEAGUES_LISTED, *about, by=by, now=now)
    return shown(ColleaguesView(items=found))


async def _answer(
    session: AsyncSession, navigator_id: UUID, *, by: Actor, now: datetime, status: int = 200
) -> Response:
    found = await queries.one(session, navigator_id, actor=by)
    view = await queries.view(session, found, on=london_day(now))
    headers = {"ETag": etag(found.version)}
    if status == 201:
        headers["Location"] = f"{router.prefix}/navigators/{navigator_id}"
    return shown(view, status=status, headers=headers)


async def _record(
    session: AsyncSession, event: StaffEvent, *about: UUID, by: Actor, now: datetime
) -> None:
    await ledger.record(
        session, Operation.CONSULTATION, event, *about, kind="navigator", by=by, at=now
    )
