"""Front door by which somebody is referred."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.contracts.evidence.states import ContractNotRunning
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.rules import RecordFull
from checkpoint.delivery.states import ArmNotRead
from checkpoint.directory.states import NoPlaceFree
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.problems import problems
from checkpoint.referrals.making import actions
from checkpoint.referrals.routes import RecordId, answer
from checkpoint.referrals.schemas import MakeReferral, ReferralView
from checkpoint.referrals.states import (
    NotInProgramme,
    ReferralOpen,
    SharingConsentNeeded,
)

router = APIRouter(prefix="/v1", tags=["referrals"])


@router.post(
    "/custody-records/{record_id}/referrals",
    status_code=201,
    response_model=ReferralView,
    responses=problems(
        *CREATING,
        CustodyRecordNotFound,
        ArmNotRead,
        NotInProgramme,
        SharingConsentNeeded,
        ContractNotRunning,
        ReferralOpen,
        NoPlaceFree,
        RuleBroken,
        RecordFull,
    ),
)
async def make_referral(
    by: Annotated[Actor, holding(Permission.REFER)],
    record_id: RecordId,
    command: MakeReferral,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Refer the person to a service of the directory, for a condition or an assessed need. A place is
    held if the offer says how many it has, and the provider is told what is sent here and no more.
    """

    async def deed() -> Response:
        id = await actions.make(session, record_id, command, by=by, at=now)
        response = await answer(session, id, by=by, at=now, status=201)
        response.headers["Location"] = f"/v1/referrals/{id}"
        return response

    return await once(session, asked, deed, by=by, at=now)
