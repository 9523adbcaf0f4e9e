"""Front door of hand-overs and covers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.delivery.states import ArmNotRead
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.problems import problems
from checkpoint.navigators import states
from checkpoint.navigators.handovers import actions, queries
from checkpoint.navigators.handovers.schemas import (
    AcceptOffer,
    DeclineOffer,
    EndCover,
    OfferCase,
    OfferToMeView,
)
from checkpoint.navigators.schemas import AnsweredView, OfferView
from checkpoint.navigators.states import NavigatorEvent, OfferOutcome, OfferState

router = APIRouter(prefix="/v1", tags=["navigators"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
OfferId = Annotated[UUID, Path(description="The offer's id.")]
TAKING = (
    states.NavigatorLeft,
    states.HoldsAlready,
    states.NotCleared,
    states.NavigatorAbsent,
    states.NavigatorConflicted,
    states.NavigatorFull,
)
REACHED = (*CREATING, CustodyRecordNotFound, ArmNotRead, states.NoNavigator)
ANSWERED = (*CREATING, states.OfferNotFound, states.OfferNotOpen)
Offering = Annotated[Actor, holding(Permission.OFFER_HANDOVER)]
Answering = Annotated[Actor, holding(Permission.ANSWER_HANDOVER)]


@router.post(
    "/custody-records/{record_id}/navigator-handovers",
    status_code=201,
    response_model=OfferView,
    responses=problems(
        *REACHED,
        *TAKING,
        states.CoverOnly,
        states.CoveredAlready,
        states.OverrideNotYours,
        RuleBroken,
    ),
)
async def offer_case(
    by: Offering,
    record_id: RecordId,
    command: OfferCase,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Offer a case to another navigator, for good or for a while; it stays where it is until they
    take it.
    """

    async def deed() -> Response:
        row = await actions.offer(session, record_id, command, by=by, at=now)
        view = OfferView(
            **row.model_dump(include={*OfferView.model_fields}),
            state=OfferState.OPEN,
            answer_words=None,
        )
        return shown(view, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/custody-records/{record_id}/navigator-cover/end",
    response_model=AnsweredView,
    responses=problems(*REACHED, states.NotCovered),
)
async def end_cover(
    by: Offering,
    record_id: RecordId,
    session: Transaction,
    now: Now,
    asked: Once,
    command: EndCover | None = None,  # noqa: ARG001 - there is nothing in it to read
) -> Response:
    """End a cover before its day; whoever covered sees the case no longer."""

    async def deed() -> Response:
        await actions.end_cover(session, record_id, by=by, at=now)
        return shown(AnsweredView(at=now))

    return await once(session, asked, deed, by=by, at=now)


@router.get(
    "/me/handovers", response_model=Page[OfferToMeView], responses=problems(MalformedCursor)
)
async def list_offers(
    by: Annotated[Actor, holding(Permission.READ_CASELOAD)],
    session: Transaction,
    now: Now,
    turn: Turning,
) -> Response:
    """The open offers to you, the first one made first. Who a case is about is told once you have it."""
    rows, following = await queries.page(session, by=by, turn=turn, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        NavigatorEvent.OFFERS_READ,
        *(row.id for row in rows),
        *(row.custody_record_id for row in rows),
        kind="navigator_handover",
        by=by,
        at=now,
    )
    items = [OfferToMeView.model_validate(row) for row in rows]
    page = Page[OfferToMeView](items=items, next=following)
    return shown(page, headers=links(turn.request, following))


@router.post(
    "/navigator-handovers/{handover_id}/acceptance",
    response_model=AnsweredView,
    responses=problems(*ANSWERED, *TAKING, states.CoveredAlready),
)
async def accept_offer(
    by: Answering,
    handover_id: OfferId,
    session: Transaction,
    now: Now,
    asked: Once,
    command: AcceptOffer | None = None,  # noqa: ARG001 - there is nothing in it to read
) -> Response:
    """Take a case that you were offered; from now on it stands in your caseload."""

    async def deed() -> Response:
        await actions.accept(session, handover_id, by=by, at=now)
        return shown(AnsweredView(at=now, outcome=OfferOutcome.ACCEPTED))

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/navigator-handovers/{handover_id}/refusal",
    response_model=AnsweredView,
    responses=problems(*ANSWERED),
)
async def decline_offer(
    by: Answering,
    handover_id: OfferId,
    command: DeclineOffer,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Leave a case that you were offered where it is, and say why."""

    async def deed() -> Response:
        await actions.decline(session, handover_id, command.words, by=by, at=now)
        return shown(AnsweredView(at=now, outcome=OfferOutcome.DECLINED))

    return await once(session, asked, deed, by=by, at=now)
