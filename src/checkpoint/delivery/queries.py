"""What is on record of what a case was given; and whether somebody may be started."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.allocation import queries as allocation
from checkpoint.allocation.rules import check_consent
from checkpoint.allocation.states import EARLIER_CASE, AllocationNotFound
from checkpoint.allocation.tables import Allocation
from checkpoint.allocation.vault import Vault
from checkpoint.consent import queries as consent
from checkpoint.consent.states import ConsentKind, ConsentState
from checkpoint.custody import queries as custody
from checkpoint.custody.tables import AllegedOffence, CustodyRecord
from checkpoint.delivery import rules, views
from checkpoint.delivery.facts import Delivery, Entry, Permit
from checkpoint.delivery.references import known
from checkpoint.delivery.schemas import DeliveryView, DisposalsView
from checkpoint.delivery.states import (
    CrossoverNotFound,
    CrossoverState,
    EarlierAllocationStands,
    NotInProgramme,
    delivered,
)
from checkpoint.delivery.tables import (
    Crossover,
    CrossoverAnswer,
    Deviation,
    Disposal,
    ProgrammeStart,
)
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import NextStep
from checkpoint.oversight.rules import policy_on

RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
START = sa.select(*ProgrammeStart.__table__.c).where(
    col(ProgrammeStart.custody_record_id) == RECORD_ID
)
CROSSED = (
    sa.select(
        *Crossover.__table__.c,
        col(Allocation.custody_record_id),
        col(CrossoverAnswer.outcome),
        col(CrossoverAnswer.words).label("answer_words"),
        col(CrossoverAnswer.answered_at),
        col(CrossoverAnswer.answered_by),
    )
    .join(Allocation, col(Allocation.id) == col(Crossover.allocation_id))
    .outerjoin(CrossoverAnswer, col(CrossoverAnswer.crossover_id) == col(Crossover.id))
)
CROSSOVERS = CROSSED.where(col(Allocation.custody_record_id) == RECORD_ID).order_by(
    col(Crossover.number).desc()
)
# The only way to reach one by its id: by a case of the reader's suites.
CROSSOVER = (
    CROSSED.join(CustodyRecord, col(CustodyRecord.id) == col(Allocation.custody_record_id))
    .where(custody.IN_REACH)
    .where(col(Crossover.id) == sa.bindparam("crossover_id", type_=sa.Uuid()))
)
DEVIATION = (
    sa.select(*Deviation.__table__.c)
    .join(Allocation, col(Allocation.id) == col(Deviation.allocation_id))
    .where(col(Allocation.custody_record_id) == RECORD_ID)
)
DISPOSALS = (
    sa.select(*Disposal.__table__.c)
    .where(col(Disposal.custody_record_id) == RECORD_ID)
    .order_by(col(Disposal.first_entry_id), col(Disposal.number).desc())
)
ENTRIES = sa.select(col(AllegedOffence.id), col(AllegedOffence.replaces_id)).where(
    col(AllegedOffence.custody_record_id) == RECORD_ID
)


async def entry_of(session: AsyncSession, record: Any) -> Entry:
    """How a case that was reached in scope came in.

    Raises:
        NotInProgramme: it did not.
        EarlierAllocationStands: its person turned out to be somebody allocated before.
    """
    found = await allocation.of_record(session, record.id)
    if found is None:
        enrolment = await allocation.enrolment(session, record.id)
        if enrolment is None:
            raise NotInProgramme("Allocate the case first, or enrol it where no trial is open.")
        return Entry(None, enrolment)
    if not await allocation.stands(session, found):
        raise EarlierAllocationStands(EARLIER_CASE)
    return Entry(found, None)


async def delivery_of(session: AsyncSession, record_id: UUID) -> Delivery:
    """What a case that was reached in scope was given."""
    starts = await rows_of(session, START, record_id=record_id)
    deviations = await rows_of(session, DEVIATION, record_id=record_id)
    return Delivery(
        start=starts[0] if starts else None,
        crossovers=await rows_of(session, CROSSOVERS, record_id=record_id),
        deviation=deviations[0] if deviations else None,
        disposed=await is_disposed(session, record_id),
    )


async def has_read(session: AsyncSession, entry: Entry, *, actor: Actor) -> bool:
    """Whether somebody has been shown a case's arm; so where it has none."""
    found = entry.allocation
    return found is None or await allocation.has_seen(session, found.id, actor=actor)


def check_allocated(entry: Entry) -> None:
    """A case was allocated: only what was assigned can be departed from.

    Raises:
        AllocationNotFound: it was enrolled directly.
    """
    if entry.allocation is None:
        raise AllocationNotFound("It was enrolled directly, so there is no arm to depart from.")


async def arm_of(session: AsyncSession, entry: Entry, *, vault: Vault) -> str | None:
    """The arm, for a deed of somebody who has been shown it; None where the case has none."""
    if entry.allocation is None:
        return None
    return await allocation.arm_of(session, entry.allocation.id, vault=vault)


async def check_may_start(
    session: AsyncSession, record: Any, *, at: datetime, vault: Vault
) -> Permit:
    """Somebody may be started on the programme, by whoever holds the case's lock.

    What it says of a control case tells the arm. Let nobody hear it who has not been shown the arm
    (``rules.check_has_read``).

    Args:
        session: of a transaction after the one that allocated.
        record: the case, reached in scope.
        at: the instant of the start; consent has to stand then.
        vault: opens the arm.

    Raises:
        NotInProgramme, EarlierAllocationStands, StartedAlready, ControlNotStartable, ConsentNeeded.
    """
    entry = await entry_of(session, record)
    found = await delivery_of(session, record.id)
    arm = await arm_of(session, entry, vault=vault)
    rules.check_startable(arm, crossover=found.crossover, started=found.start is not None)
    given = await consent.last_answers(session, record.id)
    states = consent.states_of(given)
    last = given.get(ConsentKind.PROGRAMME)
    if last and last.withdrawn_at and at < last.withdrawn_at:
        states |= {ConsentKind.PROGRAMME: ConsentState.GIVEN}
    check_consent(states, for_research=False)
    crossed = found.crossovers[0] if found.crossover is CrossoverState.CONFIRMED else None
    since = [entry.entered_at, given[ConsentKind.PROGRAMME].answered_at]
    return Permit(
        entry=entry,
        crossover=crossed,
        programme_consent_id=given[ConsentKind.PROGRAMME].consent_id,
        since=max([*since, *([crossed.answered_at] if crossed else [])]),
    )


async def crossover(session: AsyncSession, crossover_id: UUID, *, actor: Actor) -> Any:
    """A proposed crossover of a case within reach, and what became of it.

    Raises:
        CrossoverNotFound: there is none.
    """
    scope = custody.reach_of(actor)
    found = await rows_of(session, CROSSOVER, **scope, crossover_id=crossover_id)
    if not found:
        raise CrossoverNotFound("Check the id, or ask a colleague in that suite.")
    return found[0]


async def disposals_of(session: AsyncSession, record_id: UUID) -> dict[UUID, list[Any]]:
    """A case's disposals by the first entry of each offence, the one that counts first."""
    found: dict[UUID, list[Any]] = {}
    for row in await rows_of(session, DISPOSALS, record_id=record_id):
        found.setdefault(row.first_entry_id, []).append(row)
    return found


async def first_entries(session: AsyncSession, record_id: UUID) -> dict[UUID, UUID]:
    """The first entry of each of a case's alleged offences, by every entry of it."""
    return {**rules.first_entries(await rows_of(session, ENTRIES, record_id=record_id))}


async def is_disposed(session: AsyncSession, record_id: UUID) -> bool:
    """Whether an outcome stands for every alleged offence of a case."""
    disposals = await disposals_of(session, record_id)
    entries = {*(await first_entries(session, record_id)).values()}
    return all(is_outcome(disposals.get(entry, ())) for entry in entries)


def is_outcome(disposals: Sequence[Any]) -> bool:
    """Whether the disposal of an offence that counts is an outcome."""
    return bool(disposals) and disposals[0].outcome_code not in known().open_codes


async def disposals(session: AsyncSession, record_id: UUID, *, by: Actor) -> DisposalsView:
    """How each offence of a case that was reached in scope was disposed of, as far as its reader
    may know.
    """
    drawn = await allocation.of_record(session, record_id)
    knows_arm = await has_read(session, Entry(drawn, None), actor=by)
    offences = await custody.offences_of(session, record_id)
    entries = await first_entries(session, record_id)
    found = await disposals_of(session, record_id)
    return views.disposals_view(record_id, offences, entries, found, knows_arm=knows_arm, by=by)


async def view(
    session: AsyncSession, record: Any, *, vault: Vault, by: Actor, on: date
) -> DeliveryView:
    """What a case was given, for somebody who has been shown its arm."""
    found = await delivery_of(session, record.id)
    return DeliveryView(
        custody_record_id=record.id,
        delivered=delivered(found.events),
        start=views.start_view(found.start) if found.start else None,
        crossovers=[views.crossover_view(each) for each in found.crossovers],
        deviation=views.deviation_view(found.deviation) if found.deviation else None,
        next_steps=await next_steps(session, record, vault=vault, by=by, on=on),
    )


async def next_steps(
    session: AsyncSession, record: Any, *, vault: Vault, by: Actor, on: date
) -> list[NextStep]:
    """What this reader may do next with a case's delivery, and with its disposals.

    Whoever has not been shown the arm hears the same of every arm.
    """
    try:
        entry = await entry_of(session, record)
    except (NotInProgramme, EarlierAllocationStands):
        return []
    found = await delivery_of(session, record.id)
    disposing = views.next_disposal(record.id, complete=found.disposed, by=by)
    if not holds(by.role, Permission.READ_ARM):
        return disposing
    if not await has_read(session, entry, actor=by):
        return [views.read_first(record.id), *disposing]
    least = policy_on(on).least_rank
    steps = views.next_steps(
        record.id,
        found,
        arm=await arm_of(session, entry, vault=vault),
        ranks_enough=by.rank is not None and by.rank.is_at_least(least),
        by=by,
    )
    return [*steps, *disposing]
