"""Keep which offers were shown, and record that there was none. No commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries as contracts
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.identifiers import new_id
from checkpoint.needs.states import NeedLevel, Pathway
from checkpoint.referrals.offers import queries
from checkpoint.referrals.offers.fits import Fit
from checkpoint.referrals.offers.schemas import RecordNoProvider, WithdrawNoProvider
from checkpoint.referrals.offers.states import NoProviderRecorded, NoProviderWithdrawn, OffersEvent
from checkpoint.referrals.offers.tables import NoProvider, NoProviderTakenBack, OfferShown
from checkpoint.referrals.rules import check_day

SHOWN = upsert(OfferShown.__table__).on_conflict_do_nothing()


async def show(
    session: AsyncSession,
    record: Any,
    offers: Mapping[Pathway, Sequence[Fit]],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Offers are shown for a case that was reached; those that exclude its person do not count.

    Of each offer and pathway, the first time is kept.
    """
    rows = [
        {
            "id": new_id(),
            "custody_record_id": record.id,
            "pathway": pathway,
            "service_id": each.offer.service_id,
            "position": position,
            "shown_at": at,
            "shown_by": by.id,
        }
        for pathway, fits in offers.items()
        for position, each in enumerate(fits, 1)
        if not each.excludes
    ]
    # In one order, whatever theirs on the list: two readers at once never wait for one another.
    rows.sort(key=lambda row: (row["pathway"], row["service_id"]))
    if rows:
        await executed(session, SHOWN, rows)
    about = (record.id, record.person_id)
    await _tell(session, Operation.CONSULTATION, OffersEvent.SHOWN, *about, by=by, at=at)


async def record_none(
    session: AsyncSession, record_id: UUID, command: RecordNoProvider, *, by: Actor, at: datetime
) -> Any:
    """There was no provider for a need of a case.

    Returns:
        The case.

    Raises:
        CustodyRecordNotFound, ArmNotRead, RuleBroken, NoProviderRecorded: nothing was recorded.
    """
    record = await contracts.case(session, record_id, by=by, at=at, lock=True)
    today = london_day(at)
    happened_on = command.happened_on or today
    check_day(happened_on, since=london_day(record.arrested_at), today=today)
    for each in await queries.none_available(session, record.id):
        same = each.pathway == command.pathway and each.happened_on == happened_on
        if same and each.withdrawn_at is None:
            raise NoProviderRecorded(
                "The entry in no_provider_id says so already; withdraw it first to say another.",
                no_provider_id=str(each.id),
            )
    _, needs = await queries.assessed(session, record.id, actor=by)
    levels: dict[Pathway, NeedLevel] = {need.pathway: need.level for need in needs}
    row = NoProvider(
        custody_record_id=record.id,
        need_level=levels.get(command.pathway),
        **command.model_dump(exclude={"happened_on"}),
        happened_on=happened_on,
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)
    about = (row.id, record.id, record.person_id)
    event = OffersEvent.NO_PROVIDER
    await _tell(session, Operation.COLLECTION, event, *about, kind="no_provider", by=by, at=at)
    return record


async def withdraw_none(
    session: AsyncSession,
    record_id: UUID,
    entry_id: UUID,
    command: WithdrawNoProvider,
    *,
    by: Actor,
    at: datetime,
) -> Any:
    """It counts no longer that there was no provider.

    Returns:
        The case.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NoProviderNotFound, NoProviderWithdrawn: it stands.
    """
    record = await contracts.case(session, record_id, by=by, at=at, lock=True)
    found = await queries.one_none_available(session, record.id, entry_id)
    if found.withdrawn_at is not None:
        raise NoProviderWithdrawn("It counts no longer.")
    row = NoProviderTakenBack(
        no_provider_id=found.id,
        reason_code=command.reason_code,
        withdrawn_at=at,
        withdrawn_by=by.id,
    )
    await insert(session, row)
    about = (found.id, record.id, record.person_id)
    event = OffersEvent.NO_PROVIDER_WITHDRAWN
    await _tell(session, Operation.ALTERATION, event, *about, kind="no_provider", by=by, at=at)
    return record


async def _tell(
    session: AsyncSession,
    operation: Operation,
    event: OffersEvent,
    *about: UUID,
    kind: str = "custody_record",
    by: Actor,
    at: datetime,
) -> None:
    await ledger.record(session, operation, event, *about, kind=kind, by=by, at=at)
