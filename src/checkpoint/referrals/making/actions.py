"""Refer somebody: hold a place, tell the provider what consent allows. No commits."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.contracts.evidence import actions as evidence
from checkpoint.custody import queries as custody
from checkpoint.delivery import queries as delivery
from checkpoint.directory import actions as directory
from checkpoint.directory.states import NoPlaceFree
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert, insert_row
from checkpoint.foundation.identifiers import new_reference
from checkpoint.referrals import queries, references
from checkpoint.referrals.actions import recipient_of, record_step, tell
from checkpoint.referrals.making import rules
from checkpoint.referrals.making.queries import purpose_of
from checkpoint.referrals.making.rules import Purpose
from checkpoint.referrals.offers import queries as offers
from checkpoint.referrals.offers.fits import Offer, Seeker, fit
from checkpoint.referrals.rules import Stand, Told, began, check_day
from checkpoint.referrals.schemas import MakeReferral
from checkpoint.referrals.states import (
    OPEN,
    NotInProgramme,
    ReferralEvent,
    ReferralOpen,
    SharingConsentNeeded,
)
from checkpoint.referrals.tables import Referral, ReferralDisclosure

MOST_OTHERS = 3


async def make(
    session: AsyncSession, record_id: UUID, command: MakeReferral, *, by: Actor, at: datetime
) -> UUID:
    """Somebody is referred to a service, which is told what their consent allows.

    Returns:
        The referral's id.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NotInProgramme, SharingConsentNeeded, RuleBroken,
        ContractNotRunning, ReferralOpen, NoPlaceFree, RecordFull: nobody was referred, and nothing
            was told.
    """
    record = await contracts.case(session, record_id, by=by, at=at, lock=True)
    made_on = await _check_day(session, record, command, at=at)
    consent = await _consent(session, record.id)
    key, pathway = command.condition_key, command.pathway
    purpose = await purpose_of(session, record, condition_key=key, pathway=pathway, by=by)
    offer, seeker = await _offer(session, record, command, purpose, at=at)
    event, holds = await _place(session, offer, purpose, seeker, wait=command.wait, at=at)
    stand = began(event, on=made_on)
    excuse_id = await _excuse(session, purpose, stand, by=by, at=at)
    row = await insert_row(
        session,
        Referral,
        **_chosen(record, command, purpose, offer),
        **_standing(stand),
        holds_place=holds,
        excuse_id=excuse_id,
        made_on=made_on,
        made_at=at,
        made_by=by.id,
    )
    told = Told(happened_on=made_on)
    await record_step(session, row.id, stand, event, told, holds=holds, by=by, at=at)
    person = await custody.person_of(session, record)
    sent = ReferralDisclosure(
        referral_id=row.id,
        organization_id=row.organization_id,
        consent_id=consent.consent_id,
        content=rules.told(person, command, purpose),
        disclosed_at=at,
        disclosed_by=by.id,
    )
    await insert(session, sent)
    about = (row.id, record.id, record.person_id)
    to = recipient_of(row.organization_id)
    await tell(session, Operation.DISCLOSURE, event, *about, by=by, at=at, recipient=to)
    made: UUID = row.id
    return made


async def _check_day(
    session: AsyncSession, record: Any, command: MakeReferral, *, at: datetime
) -> date:
    """The day it was made: of somebody who takes part, since they do."""
    started = (await delivery.delivery_of(session, record.id)).start
    if started is None:
        raise NotInProgramme("Record the start of the programme first.")
    made_on, since = command.made_on or london_day(at), london_day(started.started_at)
    check_day(made_on, since=since, today=london_day(at), field="#/made_on")
    references.check_risks(command.risks, on=made_on)
    return made_on


async def _consent(session: AsyncSession, record_id: UUID) -> Any:
    found = await queries.sharing(session, record_id)
    if found is None:
        raise SharingConsentNeeded(
            "The person is to be asked for information_sharing at the case's consents, by an officer "
            "or a supervisor; then send it again.",
            remedy=f"/v1/custody-records/{record_id}/consents",
        )
    return found


async def _offer(
    session: AsyncSession, record: Any, command: MakeReferral, purpose: Purpose, *, at: datetime
) -> tuple[Offer, Seeker]:
    """An offer that the person may be referred to, and that they are not referred to already."""
    today = london_day(at)
    offer, pathways = await offers.offer_of(session, command.service_id, on=today)
    seeker = await offers.seeker_of(session, record, on=today, district=command.district)
    rules.check_offer(
        fit(seeker, offer).excludes,
        on_pathway=purpose.pathway.value in pathways,
        words=command.excluded_words,
    )
    for each in await queries.of_case(session, record.id):
        if each.service_id == offer.service_id and each.state in OPEN:
            raise ReferralOpen(
                "Read it; end it before you make another one.", remedy=f"/v1/referrals/{each.id}"
            )
    return offer, seeker


async def _place(
    session: AsyncSession,
    offer: Offer,
    purpose: Purpose,
    seeker: Seeker,
    *,
    wait: bool,
    at: datetime,
) -> tuple[ReferralEvent, bool]:
    """A place is held where the offer says how many it has; else nothing is known of places."""
    try:
        held = await directory.hold_place(session, offer.service_id, at=at)
    except NoPlaceFree:
        if wait:
            return ReferralEvent.MADE_TO_WAIT, False
        found = await offers.fits(session, purpose.pathway, seeker, on=london_day(at))
        raise NoPlaceFree(
            "Send wait to put the person on the waiting list, choose another offer, or record "
            "that no provider is available.",
            free_places=0,
            others=[_other(each) for each in offers.free_at(found, most=MOST_OTHERS)],
        ) from None
    # Whoever withdrew the offer while this waited for its places has gone first.
    await offers.stands(session, offer.service_id, on=london_day(at))
    return ReferralEvent.MADE, held


def _other(offer: Offer) -> Any:
    return {
        "service_id": str(offer.service_id),
        "name": offer.name,
        "free_places": offer.free_places,
    }


async def _excuse(
    session: AsyncSession, purpose: Purpose, stand: Stand, *, by: Actor, at: datetime
) -> UUID | None:
    """Whoever begins on the waiting list is excused from then on, where the contract waits for it."""
    if purpose.contract_id is None or purpose.condition is None or stand.wait is None:
        return None
    return await evidence.excuse(
        session,
        purpose.contract_id,
        purpose.condition.key,
        stand.wait,
        instead_of=None,
        by=by,
        at=at,
    )


def _chosen(record: Any, command: MakeReferral, purpose: Purpose, offer: Offer) -> dict[str, Any]:
    """Who was referred where, and what for."""
    return {
        "custody_record_id": record.id,
        "service_id": offer.service_id,
        "organization_id": offer.organization_id,
        "reference": new_reference(),
        "basis": purpose.basis,
        "pathway": purpose.pathway,
        "need_level": purpose.level,
        "contract_id": purpose.contract_id,
        "condition_key": purpose.condition.key if purpose.condition else None,
        "needs_assessment_id": purpose.assessment_id,
        "district": command.district,
        "excluded_words": command.excluded_words,
    }


def _standing(stand: Stand) -> dict[str, Any]:
    return {
        "state": stand.state,
        "version": stand.number,
        "acknowledged_on": stand.acknowledged_on,
        "waiting_since": stand.waiting_since,
        "waited_until": stand.waited_until,
    }
