"""Front door of restricted cases and of break-glass access."""

from typing import Annotated, Any
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
from checkpoint.custody.reach import actions, queries, states
from checkpoint.custody.reach.rules import policy_on
from checkpoint.custody.reach.schemas import (
    BreakGlass,
    GlassBrokenView,
    GlassListedView,
    GlassView,
    LiftRestriction,
    NamedView,
    NameSomebody,
    RestrictCase,
    RestrictionsView,
    RestrictionView,
    ReviewGlass,
)
from checkpoint.custody.reach.states import GlassState, ReachEvent
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1", tags=["custody"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
CASE = "/custody-records/{record_id}"
Restricting = Annotated[Actor, holding(Permission.RESTRICT_CASE)]
Reviewing = Annotated[Actor, holding(Permission.REVIEW_GLASS)]
CHANGING = (*CREATING, CustodyRecordNotFound, states.CaseNotRestricted)


@router.get(
    f"{CASE}/restrictions",
    response_model=RestrictionsView,
    responses=problems(CustodyRecordNotFound),
)
async def list_restrictions(
    by: Restricting, record_id: RecordId, session: Transaction, now: Now
) -> Response:
    """Whether a case is restricted, why, and who is named or was."""
    record = await custody.one(session, record_id, actor=by)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ReachEvent.RESTRICTIONS_READ,
        record,
        record.person_id,
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(await _view(session, record_id))


@router.post(
    f"{CASE}/restrictions",
    status_code=201,
    response_model=RestrictionsView,
    responses=problems(*CREATING, CustodyRecordNotFound, states.CaseRestrictedAlready),
)
async def restrict_case(
    by: Restricting,
    record_id: RecordId,
    command: RestrictCase,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Restrict a case: from now on it is as absent to everybody who is not named."""

    async def deed() -> Response:
        await actions.restrict(session, record_id, command, by=by, at=now)
        return shown(await _view(session, record_id), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{CASE}/restrictions/names",
    status_code=201,
    response_model=RestrictionsView,
    responses=problems(*CHANGING, states.NamedAlready, states.NamesFull),
)
async def name_for_case(
    by: Restricting,
    record_id: RecordId,
    command: NameSomebody,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Name somebody more who reaches a restricted case."""

    async def deed() -> Response:
        await actions.name(session, record_id, command.actor_id, by=by, at=now)
        return shown(await _view(session, record_id), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{CASE}/restrictions/removals",
    status_code=201,
    response_model=RestrictionsView,
    responses=problems(*CHANGING, states.OwnName, states.NotNamed),
)
async def remove_from_case(
    by: Restricting,
    record_id: RecordId,
    command: NameSomebody,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Take somebody off a restricted case; another named supervisor does it for yourself."""

    async def deed() -> Response:
        await actions.remove(session, record_id, command.actor_id, by=by, at=now)
        return shown(await _view(session, record_id), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{CASE}/restrictions/lifting",
    status_code=201,
    response_model=RestrictionsView,
    responses=problems(*CHANGING),
)
async def lift_restriction(
    by: Restricting,
    record_id: RecordId,
    command: LiftRestriction,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Lift a restriction: the case is open to its suite again."""

    async def deed() -> Response:
        await actions.lift(session, record_id, command, by=by, at=now)
        return shown(await _view(session, record_id), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{CASE}/break-glass",
    status_code=201,
    response_model=GlassBrokenView,
    responses=problems(*CREATING, CustodyRecordNotFound, states.GlassNotNeeded),
)
async def break_glass(
    by: Annotated[Actor, holding(Permission.BREAK_GLASS)],
    record_id: RecordId,
    command: BreakGlass,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Read a case of another suite for a while, with a reason; its supervisors review that."""

    async def deed() -> Response:
        row = await actions.break_glass(session, record_id, command, by=by, at=now)
        policy = policy_on(london_day(now))
        told = {name: getattr(row, name) for name in GlassView.model_fields}
        view = GlassBrokenView(**told, hours=policy.hours, source=policy.source)
        return shown(view, status=201, headers={"Location": f"/v1/custody-records/{record_id}"})

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    "/break-glass", response_model=Page[GlassListedView], responses=problems(MalformedCursor)
)
async def list_broken_glass(
    by: Reviewing,
    session: Transaction,
    now: Now,
    turn: Turning,
    state: Annotated[
        GlassState | None, Query(description="Reviewed or not; both if left out.")
    ] = None,
) -> Response:
    """Break-glass access to cases of your suites, the first one first."""
    rows, following = await queries.page(session, actor=by, turn=turn, state=state)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ReachEvent.GLASS_LISTED,
        *(row.id for row in rows),
        *(row.custody_record_id for row in rows),
        kind="broken_glass",
        by=by,
        at=now,
    )
    page = Page[GlassListedView](
        items=[GlassListedView.model_validate(row) for row in rows], next=following
    )
    return shown(page, headers=links(turn.request, following))


@router.post(
    "/break-glass/{glass_id}/review",
    status_code=201,
    response_model=GlassListedView,
    responses=problems(
        *CREATING, states.BrokenGlassNotFound, states.OwnGlass, states.GlassReviewedAlready
    ),
)
async def review_broken_glass(
    by: Reviewing,
    glass_id: Annotated[UUID, Path(description="The break-glass access's id.")],
    command: ReviewGlass,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Say whether there was good reason; of others, never of yourself."""

    async def deed() -> Response:
        await actions.review(session, glass_id, command, by=by, at=now)
        found = await queries.glass(session, glass_id, actor=by)
        return shown(GlassListedView.model_validate(found), status=201)

    return await once(session, asked, deed, by=by, at=now)


async def _view(session: AsyncSession, record_id: UUID) -> RestrictionsView:
    rows = await queries.restrictions(session, record_id)
    named: dict[UUID, list[Any]] = {row.id: [] for row in rows}
    for row in await queries.names(session, named):
        named[row.case_restriction_id].append(NamedView.model_validate(row))
    return RestrictionsView(
        restricted=any(row.ended_at is None for row in rows),
        items=[
            RestrictionView(
                id=row.id,
                reason_code=row.reason_code,
                words=row.words,
                restricted_at=row.restricted_at,
                restricted_by=row.restricted_by,
                lifted_at=row.ended_at,
                lifted_by=row.ended_by,
                lifted_because=row.end_reason,
                named=named[row.id],
            )
            for row in rows
        ],
    )
