"""Front door of what cases were given. It tells an arm to nobody who has not been shown it."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.allocation.states import (
    AllocationNotFound,
    ConsentNeeded,
    ListNotSealed,
    SealedListChanged,
)
from checkpoint.allocation.vault import Opening, Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.delivery import actions, cases, queries, rules
from checkpoint.delivery.schemas import (
    ConfirmCrossover,
    DeclineCrossover,
    DeliveryView,
    DisposalDueView,
    DisposalsView,
    DueCountsView,
    ProposeCrossover,
    RecordDeviation,
    RecordDisposal,
    StartProgramme,
)
from checkpoint.delivery.states import (
    ArmNotRead,
    ControlNotStartable,
    CrossoverNotAllowed,
    CrossoverNotFound,
    DeliveryEvent,
    DeviationNotPossible,
    DisposalStands,
    EarlierAllocationStands,
    NotAControlCase,
    NotInProgramme,
    StartedAlready,
)
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Code
from checkpoint.oversight.rules import RankTooLow, SecondPersonNeeded
from checkpoint.oversight.states import Outcome

router = APIRouter(prefix="/v1", tags=["delivery"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
CrossoverId = Annotated[UUID, Path(description="The crossover's id.")]
CASE = "/custody-records/{record_id}"
CROSSOVER = "/crossovers/{crossover_id}"
OPENING = (SealedListChanged, ListNotSealed)
ENTERED = (*OPENING, CustodyRecordNotFound, NotInProgramme, EarlierAllocationStands, ArmNotRead)
DEPARTING = (*CREATING, *ENTERED, AllocationNotFound, RuleBroken)
ANSWERED = (*CREATING, *ENTERED, CrossoverNotFound, CrossoverNotAllowed, SecondPersonNeeded)


@router.post(
    f"{CASE}/programme-start",
    status_code=201,
    response_model=DeliveryView,
    responses=problems(
        *CREATING, *ENTERED, StartedAlready, ControlNotStartable, ConsentNeeded, RuleBroken
    ),
)
async def start_programme(
    by: Annotated[Actor, holding(Permission.RECORD_DELIVERY)],
    record_id: RecordId,
    command: StartProgramme,
    session: Transaction,
    vault: Opening,
    now: Now,
    asked: Once,
) -> Response:
    """Record that the person was started; a control case only after a confirmed crossover."""

    async def deed() -> Response:
        await actions.start(session, record_id, command, vault=vault, by=by, at=now)
        return await _answer(session, record_id, vault=vault, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(f"{CASE}/delivery", response_model=DeliveryView, responses=problems(*ENTERED))
async def read_delivery(
    by: Annotated[Actor, holding(Permission.READ_ARM)],
    record_id: RecordId,
    session: Transaction,
    vault: Opening,
    now: Now,
) -> Response:
    """What a case was really given, for whoever has been shown its arm."""
    record = await custody.one(session, record_id, actor=by)
    entry = await queries.entry_of(session, record)
    rules.check_has_read(has_read=await queries.has_read(session, entry, actor=by))
    await _record(session, DeliveryEvent.READ, record.id, record.person_id, by=by, now=now)
    return await _answer(session, record_id, vault=vault, by=by, now=now)


@router.post(
    f"{CASE}/crossovers",
    status_code=201,
    response_model=DeliveryView,
    responses=problems(
        *DEPARTING, RankTooLow, NotAControlCase, StartedAlready, CrossoverNotAllowed
    ),
)
async def propose_crossover(
    by: Annotated[Actor, holding(Permission.PROPOSE_CROSSOVER)],
    record_id: RecordId,
    command: ProposeCrossover,
    session: Transaction,
    vault: Opening,
    now: Now,
    asked: Once,
) -> Response:
    """Propose to give a control case the programme; an inspector or above may, nothing holds yet."""

    async def deed() -> Response:
        await actions.propose_crossover(session, record_id, command, vault=vault, by=by, at=now)
        return await _answer(session, record_id, vault=vault, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{CROSSOVER}/confirmation", response_model=DeliveryView, responses=problems(*ANSWERED)
)
async def confirm_crossover(
    by: Annotated[Actor, holding(Permission.ANSWER_CROSSOVER)],
    crossover_id: CrossoverId,
    session: Transaction,
    vault: Opening,
    now: Now,
    asked: Once,
    command: ConfirmCrossover | None = None,  # noqa: ARG001 - there is nothing in it to read
) -> Response:
    """Confirm, as the second person, what somebody else proposed; it is counted from now on."""
    answering = partial(actions.answer_crossover, session, crossover_id, Outcome.CONFIRMED)
    return await _answered(session, asked, answering, vault=vault, by=by, now=now)


@router.post(f"{CROSSOVER}/refusal", response_model=DeliveryView, responses=problems(*ANSWERED))
async def decline_crossover(
    by: Annotated[Actor, holding(Permission.ANSWER_CROSSOVER)],
    crossover_id: CrossoverId,
    command: DeclineCrossover,
    session: Transaction,
    vault: Opening,
    now: Now,
    asked: Once,
) -> Response:
    """Decline, as the second person, what somebody else proposed; the case stays as it was."""
    answering = partial(
        actions.answer_crossover, session, crossover_id, Outcome.DECLINED, words=command.words
    )
    return await _answered(session, asked, answering, vault=vault, by=by, now=now)


async def _answered(
    session: AsyncSession, asked: Once, answering: Any, *, vault: Vault, by: Actor, now: datetime
) -> Response:
    async def deed() -> Response:
        record_id = await answering(by=by, at=now)
        return await _answer(session, record_id, vault=vault, by=by, now=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{CASE}/deviations",
    status_code=201,
    response_model=DeliveryView,
    responses=problems(*DEPARTING, DeviationNotPossible),
)
async def record_deviation(
    by: Annotated[Actor, holding(Permission.RECORD_DELIVERY)],
    record_id: RecordId,
    command: RecordDeviation,
    session: Transaction,
    vault: Opening,
    now: Now,
    asked: Once,
) -> Response:
    """Record that a treatment case went the control's way; its allocation stays as it is."""

    async def deed() -> Response:
        await actions.deviate(session, record_id, command, vault=vault, by=by, at=now)
        return await _answer(session, record_id, vault=vault, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{CASE}/disposals",
    status_code=201,
    response_model=DisposalsView,
    responses=problems(*CREATING, CustodyRecordNotFound, DisposalStands, RuleBroken),
)
async def record_disposal(
    by: Annotated[Actor, holding(Permission.RECORD_DISPOSAL)],
    record_id: RecordId,
    command: RecordDisposal,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Record how an offence was disposed of, whatever its case was assigned; what stood is kept."""

    async def deed() -> Response:
        await actions.dispose(session, record_id, command, by=by, at=now)
        return shown(await queries.disposals(session, record_id, by=by), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    f"{CASE}/disposals", response_model=DisposalsView, responses=problems(CustodyRecordNotFound)
)
async def list_disposals(
    by: Annotated[Actor, holding(Permission.READ_DISPOSAL)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
) -> Response:
    """Every offence of a case and how it was disposed of, with what was recorded before. Of an
    allocated case whose arm you have not been shown, only that it was.
    """
    record = await custody.one(session, record_id, actor=by)
    event = DeliveryEvent.DISPOSALS_READ
    await _record(session, event, record.id, record.person_id, by=by, now=now)
    return shown(await queries.disposals(session, record_id, by=by))


@router.get(
    "/disposals-due", response_model=Page[DisposalDueView], responses=problems(MalformedCursor)
)
async def list_disposals_due(
    by: Annotated[Actor, holding(Permission.READ_DISPOSAL)],
    session: Transaction,
    now: Now,
    turn: Turning,
    suite: Annotated[Code | None, Query(description="Only this suite.")] = None,
) -> Response:
    """Cases of your suites whose disposal is missing, the oldest first. No arm can be told from it."""
    rows, following = await cases.page(session, actor=by, turn=turn, suite=suite, at=now)
    items = await cases.views(session, rows, on=london_day(now))
    about = [*(row.id for row in rows), *(row.person_id for row in rows)]
    await _record(session, DeliveryEvent.DUE_LISTED, *about, by=by, now=now)
    return shown(
        Page[DisposalDueView](items=items, next=following), headers=links(turn.request, following)
    )


@router.get("/disposals-due/counts", response_model=DueCountsView)
async def count_disposals_due(
    by: Annotated[Actor, holding(Permission.READ_DISPOSAL)], session: Transaction, now: Now
) -> Response:
    """How many cases of each of your suites miss a disposal that is due."""
    view = await cases.counts(session, actor=by, at=now)
    await _record(session, DeliveryEvent.DUE_COUNTED, by=by, now=now)
    return shown(view)


async def _answer(
    session: AsyncSession, record_id: UUID, *, vault: Vault, by: Actor, now: datetime, **how: Any
) -> Response:
    record = await custody.one(session, record_id, actor=by)
    return shown(await queries.view(session, record, vault=vault, by=by, on=london_day(now)), **how)


async def _record(
    session: AsyncSession, event: DeliveryEvent, *about: UUID, by: Actor, now: datetime
) -> None:
    await ledger.record(
        session, Operation.CONSULTATION, event, *about, kind="custody_record", by=by, at=now
    )
