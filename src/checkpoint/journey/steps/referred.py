"""Read what may be done next about the referrals of a case that was started."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.schemas import NextStep
from checkpoint.journey.steps.states import Position, Work
from checkpoint.journey.steps.views import case_step
from checkpoint.needs import queries as needs
from checkpoint.referrals import queries as referrals
from checkpoint.referrals.states import OPEN, ReferralState
from checkpoint.referrals.views import next_steps

RUNS = frozenset({Work.ACTIVE, Work.SUSPENDED})
NOT_WORKED = frozenset({Work.UNTOLD, Work.NOT_STARTED, Work.UNASSIGNED, Work.ENDED})
UNSHARED = "Ask the person first for their consent to share information."
# What the navigator does next with an open referral, by where it stands.
ITS_OWN = {
    ReferralState.MADE: "acknowledge_referral",
    ReferralState.ACKNOWLEDGED: "start_referral",
    ReferralState.WAITING: "start_referral",
    ReferralState.STARTED: "record_referral_sessions",
}


@dataclass
class Referred:
    """What may be done next about referrals, and whose data that shows."""

    steps: list[NextStep] = field(default_factory=list)
    about: list[UUID] = field(default_factory=list)


async def of_referrals(
    session: AsyncSession, record_id: UUID, position: Position, *, by: Actor
) -> Referred:
    """Whom to refer the person to, and how each referral that is open goes on.

    Once the contract has ended, what is left open is to be ended.

    Args:
        session: of the request.
        record_id: a case that was reached, and whose work this reader knows of.
        position: where its work stands for them.
        by: the reader.
    """
    found = Referred()
    if not holds(by.role, Permission.READ_REFERRALS):
        return found
    may = holds(by.role, Permission.REFER)
    if position.work in RUNS or (
        position.work not in NOT_WORKED and await needs.timepoints_of(session, record_id)
    ):
        found.steps = await _making(session, record_id, by=by)
    for row in await referrals.of_case(session, record_id):
        if row.state not in OPEN:
            continue
        ended = position.work is Work.ENDED
        own = "end_referral" if ended else ITS_OWN[ReferralState(row.state)]
        steps = next_steps(row, "/v1/referrals", allowed=may)
        found.steps += [each for each in steps if each.step == own]
        found.about.append(row.id)
    return found


async def _making(session: AsyncSession, record_id: UUID, *, by: Actor) -> list[NextStep]:
    offers = case_step("read_service_offers", record_id, by=by)
    making = case_step("make_referral", record_id, by=by)
    if making.allowed and await referrals.sharing(session, record_id) is None:
        making = making.model_copy(update={"allowed": False, "why_not": UNSHARED})
    none = case_step("record_no_provider", record_id, by=by)
    return [offers.model_copy(update={"method": "GET"}), making, none]
