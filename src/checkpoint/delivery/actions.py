"""Start somebody, cross over, deviate, dispose. No commits; nothing touches an allocation."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.vault import Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.clocks import clock_of
from checkpoint.delivery import queries, rules
from checkpoint.delivery.facts import Entry
from checkpoint.delivery.references import check_outcome, known
from checkpoint.delivery.schemas import (
    ProposeCrossover,
    RecordDeviation,
    RecordDisposal,
    StartProgramme,
)
from checkpoint.delivery.states import DeliveryEvent, crossing, crossover_state
from checkpoint.delivery.tables import (
    Crossover,
    CrossoverAnswer,
    Deviation,
    Disposal,
    ProgrammeStart,
)
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import Record, insert
from checkpoint.foundation.errors import RuleBroken
from checkpoint.oversight.rules import check_rank, check_second_person
from checkpoint.oversight.states import Outcome

ANSWERED = {
    Outcome.CONFIRMED: DeliveryEvent.CONFIRMED,
    Outcome.DECLINED: DeliveryEvent.DECLINED,
}


async def start(
    session: AsyncSession,
    record_id: UUID,
    command: StartProgramme,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> ProgrammeStart:
    """The person was started on the programme: allocated to it, enrolled, or crossed over.

    Raises:
        CustodyRecordNotFound, NotInProgramme, EarlierAllocationStands, ArmNotRead, StartedAlready,
        ControlNotStartable, ConsentNeeded, RuleBroken: nothing was recorded.
    """
    record = await custody.held(session, record_id, actor=by)
    await _read_entry(session, record, by=by)
    permit = await queries.check_may_start(session, record, at=command.started_at, vault=vault)
    rules.check_start(command.started_at, since=permit.since, now=at)
    entry = permit.entry
    row = ProgrammeStart(
        custody_record_id=record.id,
        allocation_id=entry.allocation.id if entry.allocation else None,
        enrolment_id=entry.enrolment.id if entry.enrolment else None,
        crossover_id=permit.crossover.id if permit.crossover else None,
        programme_consent_id=permit.programme_consent_id,
        **command.model_dump(),
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)
    await _record(session, DeliveryEvent.STARTED, row, record, kind="programme_start", by=by, at=at)
    return row


async def propose_crossover(
    session: AsyncSession,
    record_id: UUID,
    command: ProposeCrossover,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> Crossover:
    """Somebody of rank proposes to give a control case the programme; nothing holds yet."""
    rank = check_rank(by.rank, on=london_day(at))
    record = await custody.held(session, record_id, actor=by)
    entry = await _read_entry(session, record, by=by, allocated=True)
    found = await queries.delivery_of(session, record.id)
    arm = await queries.arm_of(session, entry, vault=vault)
    rules.check_may_cross(arm, started=found.start is not None)
    crossing(found.crossover, DeliveryEvent.PROPOSED)
    row = Crossover(
        allocation_id=entry.allocation.id,
        number=len(found.crossovers) + 1,
        **command.model_dump(),
        proposed_rank=rank,
        proposed_at=at,
        proposed_by=by.id,
    )
    await insert(session, row)
    await _record(session, DeliveryEvent.PROPOSED, row, record, kind="crossover", by=by, at=at)
    return row


async def answer_crossover(
    session: AsyncSession,
    crossover_id: UUID,
    outcome: Outcome,
    *,
    words: str | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """The second person confirms, and from then on the person may be started; or declines.

    Returns:
        The case's id.
    """
    found = await queries.crossover(session, crossover_id, actor=by)
    record = await custody.held(session, found.custody_record_id, actor=by)
    found = await queries.crossover(session, crossover_id, actor=by)
    await _read_entry(session, record, by=by)
    crossing(crossover_state([found.outcome]), ANSWERED[outcome])
    check_second_person(by.id, first=found.proposed_by)
    answer = CrossoverAnswer(
        crossover_id=found.id,
        proposed_by=found.proposed_by,
        outcome=outcome,
        words=words,
        answered_at=at,
        answered_by=by.id,
    )
    await insert(session, answer)
    await _record(session, ANSWERED[outcome], found.id, record, kind="crossover", by=by, at=at)
    case_id: UUID = record.id
    return case_id


async def deviate(
    session: AsyncSession,
    record_id: UUID,
    command: RecordDeviation,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> Deviation:
    """A treatment case went the control's way: recorded as it happened, and asked of nobody."""
    record = await custody.held(session, record_id, actor=by)
    entry = await _read_entry(session, record, by=by, allocated=True)
    found = await queries.delivery_of(session, record.id)
    arm = await queries.arm_of(session, entry, vault=vault)
    is_started, is_deviated = found.start is not None, found.deviation is not None
    rules.check_may_deviate(arm, started=is_started, deviated=is_deviated)
    rules.check_deviation(command.happened_at, since=entry.entered_at, now=at)
    row = Deviation(
        allocation_id=entry.allocation.id,
        **command.model_dump(),
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)
    await _record(session, DeliveryEvent.DEVIATED, row, record, kind="deviation", by=by, at=at)
    return row


async def dispose(
    session: AsyncSession,
    record_id: UUID,
    command: RecordDisposal,
    *,
    completed: bool = False,
    by: Actor,
    at: datetime,
) -> Disposal:
    """How one alleged offence was disposed of; whoever records it need not know any arm.

    ``completed`` says that the case's contract was completed: the room of contracts knows.
    """
    record = await custody.held(session, record_id, actor=by)
    rules.check_disposal_day(command.disposed_on, arrested_at=record.arrested_at, now=at)
    check_outcome(
        known(),
        command.outcome_code,
        on=command.disposed_on,
        completed=completed,
        last_day=await _last_day(session, record.id, command),
    )
    first = (await queries.first_entries(session, record.id))[command.offence_id]
    before = (await queries.disposals_of(session, record.id)).get(first, [])
    rules.check_replaces(command.replaces_id, standing=before[0].id if before else None)
    row = Disposal(
        custody_record_id=record.id,
        alleged_offence_id=command.offence_id,
        first_entry_id=first,
        number=len(before) + 1,
        **command.model_dump(exclude={"offence_id", "replaces_id"}, mode="python"),
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)
    event = DeliveryEvent.REPLACED if before else DeliveryEvent.DISPOSED
    await _record(session, event, row, record, kind="disposal", by=by, at=at)
    return row


async def _last_day(session: AsyncSession, record_id: UUID, command: RecordDisposal) -> date | None:
    """The last day to start proceedings for the offence that is disposed of."""
    offences = await custody.offences_of(session, record_id)
    screening = await custody.last_screening(session, record_id)
    clock = clock_of(custody.timed(offences, screening), on=command.disposed_on)
    last_days = {each.offence_id: each.last_day for each in clock.offences}
    if command.offence_id not in last_days:
        raise RuleBroken(
            "#/offence_id",
            "offence-not-here",
            "Name an alleged offence that stands on this record now, by its id.",
        )
    return last_days[command.offence_id]


async def _read_entry(
    session: AsyncSession, record: Any, *, by: Actor, allocated: bool = False
) -> Entry:
    """How the case came in, for somebody who has been shown its arm."""
    entry = await queries.entry_of(session, record)
    if allocated:
        queries.check_allocated(entry)
    rules.check_has_read(has_read=await queries.has_read(session, entry, actor=by))
    return entry


async def _record(
    session: AsyncSession,
    event: DeliveryEvent,
    subject: Record | UUID,
    record: Any,
    *,
    kind: str,
    by: Actor,
    at: datetime,
) -> None:
    await ledger.record(
        session,
        Operation.COLLECTION,
        event,
        subject,
        record.id,
        record.person_id,
        kind=kind,
        by=by,
        at=at,
    )
