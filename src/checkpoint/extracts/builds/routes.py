"""Front door of builds: have an extract built, see how far it is, and take it home."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.extracts import queries as extracts
from checkpoint.extracts import rules
from checkpoint.extracts.builds import actions, queries, shelf, views
from checkpoint.extracts.builds.schemas import BuildView, ReleaseView, ReportView, TablesView
from checkpoint.extracts.queries import Extract
from checkpoint.extracts.schemas import BuildExtract
from checkpoint.extracts.states import (
    BuildNotFound,
    BuildOver,
    BuildUnderWay,
    ExtractEnded,
    ExtractEvent,
    ExtractNotApproved,
    ExtractNotFound,
    ExtractNotReleased,
    KeyDestroyed,
    NoTables,
    PackageNotKept,
    Product,
)
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1", tags=["extracts"])
ExtractId = Annotated[UUID, Path(description="The extract's id.")]
Number = Annotated[int, Path(ge=1, le=1_000_000, description="Counts the extract's builds.")]
Reading = Annotated[Actor, holding(Permission.READ_EXTRACTS)]
Building = Annotated[Actor, holding(Permission.BUILD_EXTRACT)]
ONE = "/extracts/{extract_id}"
BUILD = f"{ONE}/builds/{{number}}"
GIVEN = (ExtractNotFound, ExtractEnded, ExtractNotReleased)


@router.post(
    f"{ONE}/builds",
    status_code=202,
    response_model=BuildView,
    responses=problems(
        *CREATING,
        ExtractNotFound,
        ExtractEnded,
        ExtractNotApproved,
        KeyDestroyed,
        BuildUnderWay,
        RuleBroken,
    ),
)
async def build_extract(
    by: Building,
    extract_id: ExtractId,
    request: Request,
    session: Transaction,
    now: Now,
    asked: Once,
    command: BuildExtract | None = None,  # noqa: ARG001 - there is nothing in it to read
) -> Response:
    """Have an approved extract built; the same cut and key give the same bytes each time."""

    async def deed() -> Response:
        made = await actions.ask(session, extract_id, by=by, at=now)
        view = views.build(made, by=by)
        return shown(view, status=202, headers={"Location": views.place_of(made)})

    request.app.state.builder.wake_after(session)
    return await once(session, asked, deed, by=by, at=now)


@router.get(BUILD, response_model=BuildView, responses=problems(ExtractNotFound, BuildNotFound))
async def read_extract_build(
    by: Reading, extract_id: ExtractId, number: Number, session: Transaction, now: Now
) -> Response:
    """How far a build is."""
    await extracts.one(session, extract_id, actor=by, at=now)
    row = await queries.one(session, extract_id, number)
    event = ExtractEvent.BUILD_READ
    await _tell(session, event, row.id, extract_id, kind="extract_build", by=by, at=now)
    return shown(views.build(row, by=by))


@router.post(
    f"{BUILD}/cancellation",
    response_model=BuildView,
    responses=problems(*CREATING, ExtractNotFound, BuildNotFound, BuildOver),
)
async def cancel_extract_build(
    by: Building,
    extract_id: ExtractId,
    number: Number,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Have a build stop; nothing of it is kept."""

    async def deed() -> Response:
        await actions.cancel(session, extract_id, number, by=by, at=now)
        return shown(views.build(await queries.one(session, extract_id, number), by=by))

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    f"{ONE}/package",
    response_class=FileResponse,
    responses=problems(*GIVEN, PackageNotKept)
    | {200: {"content": {"application/zip": {}}, "description": "The package, a zip file."}},
)
async def download_extract(
    by: Annotated[Actor, holding(Permission.DOWNLOAD_EXTRACT)],
    extract_id: ExtractId,
    request: Request,
    session: Transaction,
    now: Now,
) -> Response:
    """The package of the last release, for whoever asked for the extract; a disclosure each time."""
    found = await _given(session, extract_id, by=by, at=now)
    row = found.releases[0]
    path = await shelf.checked(request.app.state.settings, row)
    await _disclose(session, ExtractEvent.DOWNLOADED, found, by=by, at=now)
    name = f"{found.request.trial.lower()}-cut-{found.request.cut}-{str(row.digest)[:12]}.zip"
    headers = {"ETag": f'"{row.digest}"', "Cache-Control": "no-store"}
    return FileResponse(path, media_type="application/zip", filename=name, headers=headers)


@router.get(f"{ONE}/disclosure-report", response_model=ReportView, responses=problems(*GIVEN))
async def read_disclosure_report(
    by: Reading, extract_id: ExtractId, session: Transaction, now: Now
) -> Response:
    """What was measured and made coarser, and what was lost by arm, in the last release."""
    found = await _given(session, extract_id, by=by, at=now)
    await _disclose(session, ExtractEvent.REPORT_SHOWN, found, by=by, at=now)
    return shown(views.report(found.releases[0]))


@router.get(f"{ONE}/tables", response_model=TablesView, responses=problems(*GIVEN, NoTables))
async def read_extract_tables(
    by: Reading, extract_id: ExtractId, session: Transaction, now: Now
) -> Response:
    """The last release's counts: under 10 suppressed, the rest rounded to 5."""
    found = await _given(session, extract_id, by=by, at=now)
    if found.request.product != Product.AGGREGATES:
        raise NoTables("Rows of people are in its package; ask for aggregates to have tables.")
    await _disclose(session, ExtractEvent.TABLES_SHOWN, found, by=by, at=now)
    return shown(views.tables(found.releases[0]))


@router.get(
    "/extract-releases", response_model=Page[ReleaseView], responses=problems(MalformedCursor)
)
async def list_extract_releases(
    by: Annotated[Actor, holding(Permission.READ_EXTRACT_REGISTER)],
    session: Transaction,
    now: Now,
    turn: Turning,
) -> Response:
    """The register: every release with its digest and recipient, the last one first."""
    rows, following = await queries.register(session, turn)
    ids = [row.id for row in rows]
    event = ExtractEvent.REGISTER_READ
    await _tell(session, event, *ids, kind="extract_release", by=by, at=now)
    page = Page[ReleaseView](items=[views.release(row) for row in rows], next=following)
    return shown(page, headers=links(turn.request, following))


async def _given(session: AsyncSession, extract_id: UUID, *, by: Actor, at: datetime) -> Extract:
    found = await extracts.one(session, extract_id, actor=by, at=at)
    rules.check_released(found.state)
    return found


async def _disclose(
    session: AsyncSession, event: ExtractEvent, found: Extract, *, by: Actor, at: datetime
) -> None:
    """What the recipient sees is a disclosure to them; what colleagues look at stays in the force."""
    leaves = by.role is Role.EVALUATOR
    await ledger.record(
        session,
        Operation.DISCLOSURE if leaves else Operation.CONSULTATION,
        event,
        found.releases[0].id,
        found.request.id,
        kind="extract_release",
        by=by,
        at=at,
        recipient=found.request.recipient if leaves else None,
    )


async def _tell(
    session: AsyncSession,
    event: ExtractEvent,
    *subjects: Any,
    kind: str,
    by: Actor,
    at: datetime,
) -> None:
    await ledger.record(session, Operation.CONSULTATION, event, *subjects, kind=kind, by=by, at=at)
