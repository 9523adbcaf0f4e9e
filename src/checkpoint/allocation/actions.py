"""Draw an arm, enrol without one, note something blind to it. None of it is ever undone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation import queries, rules
from checkpoint.allocation.schemas import Allocate, Annotate, Enrol
from checkpoint.allocation.states import (
    AllocationEvent,
    AlreadyAllocated,
    AlreadyEnrolled,
    ListNotSealed,
    StratumExhausted,
    TrialIsClosed,
)
from checkpoint.allocation.tables import Allocation, AllocationAnnotation, ArmReading, Enrolment
from checkpoint.allocation.vault import Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.consent import queries as consent
from checkpoint.consent.states import ConsentKind
from checkpoint.custody import queries as custody
from checkpoint.custody.movements.queries import suite_of_case
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.logs import log
from checkpoint.oversight import queries as oversight
from checkpoint.people import queries as people
from checkpoint.trials import queries as trials
from checkpoint.trials.queries import Standing

SHOWN_TO = sa.dialects.postgresql.insert(ArmReading.__table__).on_conflict_do_nothing()


async def draw(
    session: AsyncSession,
    record_id: UUID,
    command: Allocate,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> tuple[Any, bool]:
    """Give a case the next sealed place of its stratum, or find the one its person has.

    Args:
        session: of a transaction that commits before anybody is told the arm.
        record_id: the case.
        command: names the decision that is acted on.
        vault: knows which lists may be drawn from.
        by: who draws; from now on they have seen the arm.
        at: when.

    Returns:
        The allocation without its arm, and whether it was drawn now.
    """
    record = await custody.held(session, record_id, actor=by)
    if (found := await queries.of_record(session, record_id)) is not None:
        return await _told(session, found, record, by=by, at=at), False
    same = await _same_people(session, record.person_id)
    await people.check_stands(session, record.person_id)
    decision, suite = await _decided(session, record, command.eligibility_decision_id, by=by)
    trial = await _open_trial(session, suite, at=at)
    if (found := await queries.of_people(session, same, trial.id)) is not None:
        return await _told(session, found, record, by=by, at=at), False
    given = await _consent(session, record_id, for_research=True)
    if await queries.enrolment(session, record_id) is not None:
        raise AlreadyEnrolled("It stays as it is; the trial takes other cases.")
    await _check_lists(session, trial, vault=vault)
    slot_id = await _next_slot(session, trial, suite, vault=vault)
    drawn = (trial, suite, slot_id, record, decision, given)
    allocation = _allocation(*drawn, vault=vault, by=by, at=at)
    await insert(session, allocation)
    await _shown_to(session, allocation.id, by=by, at=at)
    await ledger.record(
        session,
        Operation.COLLECTION,
        AllocationEvent.DRAWN,
        allocation,
        record.id,
        record.person_id,
        decision.id,
        kind="allocation",
        by=by,
        at=at,
    )
    return await queries.needed(session, record_id), True


def _allocation(
    trial: Standing,
    suite: str,
    slot_id: UUID,
    record: Any,
    decision: Any,
    given: Mapping[ConsentKind, Any],
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> Allocation:
    return Allocation(
        trial_id=trial.id,
        trial_protocol_id=trial.protocol_id,
        trial_stratum_id=trial.strata[suite],
        slot_id=slot_id,
        custody_record_id=record.id,
        person_id=record.person_id,
        eligibility_decision_id=decision.id,
        programme_consent_id=given[ConsentKind.PROGRAMME].consent_id,
        research_consent_id=given[ConsentKind.RESEARCH].consent_id,
        software=vault.software,
        allocated_at=at,
        allocated_by=by.id,
    )


async def read(session: AsyncSession, record_id: UUID, *, by: Actor, at: datetime) -> Any:
    """A case's allocation, for somebody who is shown its arm and is blind to it no longer."""
    record = await custody.one(session, record_id, actor=by)
    found = await queries.needed(session, record_id)
    return await _told(session, found, record, by=by, at=at)


async def enrol(
    session: AsyncSession, record_id: UUID, command: Enrol, *, by: Actor, at: datetime
) -> tuple[Any, bool]:
    """Take a case into the programme directly, where it runs and no trial is open.

    Returns:
        The enrolment, and whether it was made now.
    """
    record = await custody.held(session, record_id, actor=by)
    if (found := await queries.enrolment(session, record_id)) is not None:
        await _record(
            session, Operation.CONSULTATION, AllocationEvent.ENROLMENT_READ, found, record, by, at
        )
        return found, False
    if await queries.of_record(session, record_id) is not None:
        raise AlreadyAllocated("Its allocation stands.")
    same = await _same_people(session, record.person_id)
    await people.check_stands(session, record.person_id)
    names = await queries.trials_of(session, same)
    rules.check_in_no_trial([(await trials.one(session, name, at=at)).state for name in names])
    decision, suite = await _decided(session, record, command.eligibility_decision_id, by=by)
    states = {each.code: each.state for each in await trials.of_suite(session, suite, at=at)}
    rules.check_direct(states, live=await trials.is_live(session, suite, london_day(at)))
    given = await _consent(session, record_id, for_research=False)
    enrolment = Enrolment(
        custody_record_id=record.id,
        person_id=record.person_id,
        suite=suite,
        eligibility_decision_id=decision.id,
        programme_consent_id=given[ConsentKind.PROGRAMME].consent_id,
        enrolled_at=at,
        enrolled_by=by.id,
    )
    await insert(session, enrolment)
    await _record(
        session, Operation.COLLECTION, AllocationEvent.ENROLLED, enrolment, record, by, at
    )
    return enrolment, True


async def annotate(
    session: AsyncSession, record_id: UUID, command: Annotate, *, by: Actor, at: datetime
) -> AllocationAnnotation:
    """Note something of an allocation, by somebody who has not been shown its arm."""
    record = await custody.held(session, record_id, actor=by)
    found = await queries.needed(session, record_id)
    rules.check_blind(has_seen=await queries.has_seen(session, found.id, actor=by))
    rules.check_annotations(len(await queries.annotations(session, found.id)))
    noted = AllocationAnnotation(
        allocation_id=found.id, noted_at=at, noted_by=by.id, **command.model_dump()
    )
    await insert(session, noted)
    await ledger.record(
        session,
        Operation.COLLECTION,
        AllocationEvent.ANNOTATED,
        noted,
        found.id,
        record.id,
        record.person_id,
        kind="allocation_annotation",
        by=by,
        at=at,
    )
    return noted


async def _same_people(session: AsyncSession, person_id: UUID) -> frozenset[UUID]:
    """Whoever this is by all their records, locked: merged identities are one person."""
    while True:
        same = await people.same_person_ids(session, person_id)
        async with session.begin_nested() as attempt:
            await queries.hold_people(session, same)
            # Whoever waited for a merge lets go first, or two who did would wait for each other.
            if await people.same_person_ids(session, person_id) == same:
                return same
            await attempt.rollback()


async def _decided(
    session: AsyncSession, record: Any, named: UUID, *, by: Actor
) -> tuple[Any, str]:
    """The locked decision that was named, and the suite the case belonged to when it was locked."""
    decisions = await oversight.of_case(session, record.id, actor=by)
    present = next(iter(decisions), None)
    rules.check_decision(
        named,
        present=present.id if present else None,
        known=frozenset(decision.id for decision in decisions),
        verdict=oversight.summary(present).verdict if present else None,
    )
    decision: Any = present
    oversight.check_current(decision)
    return decision, await suite_of_case(session, record, decision.decided_at)


async def _consent(
    session: AsyncSession, record_id: UUID, *, for_research: bool
) -> Mapping[ConsentKind, Any]:
    given = await consent.last_answers(session, record_id)
    rules.check_consent(consent.states_of(given), for_research=for_research)
    return given


async def _open_trial(session: AsyncSession, suite: str, *, at: datetime) -> Standing:
    found = {each.code: each for each in await trials.of_suite(session, suite, at=at)}
    within = trials.open_at([*found.values()], suite)
    states = {code: each.state for code, each in found.items()}
    return found[rules.check_open(states, within=within)]


async def _check_lists(session: AsyncSession, trial: Standing, *, vault: Vault) -> None:
    if not (lists := await queries.lists(session, trial.id)):
        raise ListNotSealed("Nothing was drawn. The statistician has yet to seal the trial's list.")
    for each in lists:
        await vault.check(session, each)


async def _next_slot(session: AsyncSession, trial: Standing, suite: str, *, vault: Vault) -> UUID:
    stratum = trial.strata[suite]
    slot_id = await queries.next_slot(session, stratum, trial.protocol_id)
    if await trials.has_closing(session, trial.id):  # while this waited at the turnstile
        raise TrialIsClosed("Nobody is allocated any more.")
    if slot_id is None:
        raise StratumExhausted("Nothing was drawn. Tell the statistician: the suite needs a list.")
    if trial.protocol.number > 1:  # the list may be of an earlier version
        listed = await queries.listed_arms(session, stratum, trial.protocol_id)
        rules.check_ratio(listed, trial.protocol.arms)
    left = await queries.places_left(session, stratum, trial.protocol_id) - 1
    warn = trial.protocol.warn_below
    if rules.runs_low(left, warn_below=warn, key=vault.key(), stratum=stratum):
        log.warning("stratum_runs_low", trial=trial.code, suite=suite)
    return slot_id


async def _told(session: AsyncSession, found: Any, record: Any, *, by: Actor, at: datetime) -> Any:
    """Put on record that somebody is shown an arm."""
    await _shown_to(session, found.id, by=by, at=at)
    await _record(session, Operation.CONSULTATION, AllocationEvent.READ, found, record, by, at)
    return found


async def show_arms(
    session: AsyncSession, records: Iterable[UUID], *, by: Actor, at: datetime
) -> None:
    """Somebody is shown what tells these cases' arms; who shows it writes the entry."""
    for allocation_id in await queries.of_records(session, records):
        await _shown_to(session, allocation_id, by=by, at=at)


async def _shown_to(session: AsyncSession, allocation_id: UUID, *, by: Actor, at: datetime) -> None:
    row = {"id": new_id(), "allocation_id": allocation_id, "read_by": by.id, "read_at": at}
    await executed(session, SHOWN_TO, row)


async def _record(
    session: AsyncSession,
    operation: Operation,
    event: AllocationEvent,
    found: Any,
    record: Any,
    by: Actor,
    at: datetime,
) -> None:
    kind = "enrolment" if event.value.startswith("enrolment") else "allocation"
    await ledger.record(
        session, operation, event, found.id, record.id, record.person_id, kind=kind, by=by, at=at
    )
