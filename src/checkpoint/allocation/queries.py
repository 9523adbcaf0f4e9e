"""Reach allocations through the cases the reader may see; the arm only of what is committed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation import rules, views
from checkpoint.allocation.states import AllocationNotFound, EnrolmentNotFound
from checkpoint.allocation.tables import (
    Allocation,
    AllocationAnnotation,
    ArmReading,
    Enrolment,
    SealedList,
)
from checkpoint.allocation.vault import Vault
from checkpoint.consent import queries as consent
from checkpoint.consent.states import ConsentKind
from checkpoint.custody.movements.queries import suite_of_case
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import NextStep
from checkpoint.foundation.statements import Prepared
from checkpoint.oversight import queries as oversight
from checkpoint.people import queries as people_queries
from checkpoint.people.tables import Person
from checkpoint.trials import queries as trials
from checkpoint.trials.tables import Trial, TrialProtocol, TrialStratum

ALLOCATIONS = (
    sa.select(
        *(
            col(getattr(Allocation, name))
            for name in (
                "id",
                "trial_id",
                "custody_record_id",
                "person_id",
                "eligibility_decision_id",
                "allocated_at",
            )
        ),
        col(Trial.code).label("trial"),
        col(Trial.kind),
        col(TrialProtocol.version).label("protocol_version"),
        col(TrialStratum.suite).label("stratum"),
        col(CustodyRecord.suite).label("record_suite"),
        col(CustodyRecord.person_id).label("record_person_id"),
    )
    .join(Trial, col(Trial.id) == col(Allocation.trial_id))
    .join(TrialProtocol, col(TrialProtocol.id) == col(Allocation.trial_protocol_id))
    .join(TrialStratum, col(TrialStratum.id) == col(Allocation.trial_stratum_id))
    .join(CustodyRecord, col(CustodyRecord.id) == col(Allocation.custody_record_id))
)
OF_RECORD = Prepared(
    ALLOCATIONS.where(
        col(Allocation.custody_record_id) == sa.bindparam("record_id", type_=sa.Uuid())
    )
)
PERSON_ID = sa.bindparam("person_id", type_=sa.Uuid())
RECORDS = sa.any_(sa.bindparam("records", type_=ARRAY(sa.Uuid())))
OF_RECORDS = sa.select(col(Allocation.id)).where(col(Allocation.custody_record_id) == RECORDS)
PEOPLE = sa.any_(sa.bindparam("people", type_=ARRAY(sa.Uuid())))
# Drawn in their name, or for a case that turned out to be about them.
THEIRS = sa.union(
    sa.select(col(Allocation.id)).where(col(Allocation.person_id) == PEOPLE),
    sa.select(col(Allocation.id))
    .join(CustodyRecord, col(CustodyRecord.id) == col(Allocation.custody_record_id))
    .where(col(CustodyRecord.person_id) == PEOPLE),
)
# The first of them stands, whatever was drawn for whoever turned out to be the same person.
OF_PEOPLE = Prepared(
    ALLOCATIONS.where(
        col(Allocation.id).in_(THEIRS),
        col(Allocation.trial_id) == sa.bindparam("trial_id", type_=sa.Uuid()),
    )
    .order_by(col(Allocation.allocated_at), col(Allocation.id))
    .limit(1)
)
TRIALS_OF = (
    sa.select(col(Trial.code))
    .distinct()
    .join(Allocation, col(Allocation.trial_id) == col(Trial.id))
    .where(col(Allocation.id).in_(THEIRS))
)
PEOPLE_LOCKED = (
    sa.select(col(Person.id))
    .where(col(Person.id) == PEOPLE)
    .order_by(col(Person.id))
    .with_for_update(key_share=True)
)
ARM = Prepared(
    sa.select(
        sa.func.sealed_arm(
            sa.bindparam("allocation_id", type_=sa.Uuid()), type_=sa.LargeBinary
        ).label("arm"),
        col(Allocation.slot_id),
    ).where(col(Allocation.id) == sa.bindparam("allocation_id", type_=sa.Uuid()))
)
LISTS = (
    sa.select(*SealedList.__table__.c)
    .where(col(SealedList.trial_id) == sa.bindparam("trial_id", type_=sa.Uuid()))
    .order_by(col(SealedList.number))
)
NEXT = sa.select(
    sa.func.draw_slot(
        sa.bindparam("stratum", type_=sa.Uuid()),
        sa.bindparam("protocol", type_=sa.Uuid()),
        type_=sa.Uuid(),
    ).label("slot_id")
)
LISTED = sa.select(col(TrialProtocol.digest), col(TrialProtocol.content)).where(
    col(TrialProtocol.id)
    == sa.func.listed_protocol(
        sa.bindparam("stratum", type_=sa.Uuid()), sa.bindparam("protocol", type_=sa.Uuid())
    )
)
LEFT = sa.select(
    sa.func.places_left(
        sa.bindparam("stratum", type_=sa.Uuid()),
        sa.bindparam("protocol", type_=sa.Uuid()),
        type_=sa.BigInteger,
    ).label("places_left")
)
IS_THEIRS = sa.select(
    col(CustodyRecord.person_id).in_(people_queries.same_person(PERSON_ID)).label("it")
).where(col(CustodyRecord.id) == sa.bindparam("record_id", type_=sa.Uuid()))
HAS_SEEN = sa.select(
    sa.exists()
    .where(
        col(ArmReading.allocation_id) == sa.bindparam("allocation_id", type_=sa.Uuid()),
        col(ArmReading.read_by) == sa.bindparam("read_by", type_=sa.Uuid()),
    )
    .label("has_seen")
)
ENROLMENT = sa.select(*Enrolment.__table__.c).where(
    col(Enrolment.custody_record_id) == sa.bindparam("record_id", type_=sa.Uuid())
)
ANNOTATIONS = (
    sa.select(*AllocationAnnotation.__table__.c)
    .where(
        col(AllocationAnnotation.allocation_id) == sa.bindparam("allocation_id", type_=sa.Uuid())
    )
    .order_by(col(AllocationAnnotation.noted_at), col(AllocationAnnotation.id))
)


async def of_record(session: AsyncSession, record_id: UUID) -> Any | None:
    """The allocation that was drawn for a case; never its arm."""
    found = await rows_of(session, OF_RECORD, record_id=record_id)
    return found[0] if found else None


async def of_records(session: AsyncSession, records: Iterable[UUID]) -> list[UUID]:
    """The ids of the allocations that were drawn for cases."""
    return [row.id for row in await rows_of(session, OF_RECORDS, records=[*records])]


async def of_people(session: AsyncSession, people: Iterable[UUID], trial_id: UUID) -> Any | None:
    """The first allocation in a trial of whoever these ids are; never its arm."""
    found = await rows_of(session, OF_PEOPLE, people=[*people], trial_id=trial_id)
    return found[0] if found else None


async def trials_of(session: AsyncSession, people: Iterable[UUID]) -> list[str]:
    """The names of the trials in which whoever these ids are was allocated."""
    return [row.code for row in await rows_of(session, TRIALS_OF, people=[*people])]


async def stands(session: AsyncSession, found: Any) -> bool:
    """Whether an allocation is the first of its person in its trial, as far as is known today."""
    same = await people_queries.same_person_ids(session, found.record_person_id)
    first = await of_people(session, same, found.trial_id)
    return first is None or first.id == found.id


async def is_theirs(session: AsyncSession, found: Any, record_id: UUID) -> bool:
    """Whether an allocation's own case is, as far as is known today, about a case's person."""
    given = {"person_id": found.record_person_id, "record_id": record_id}
    return bool((await rows_of(session, IS_THEIRS, **given))[0].it)


async def needed(session: AsyncSession, record_id: UUID) -> Any:
    """The same as ``of_record``, or a refusal."""
    found = await of_record(session, record_id)
    if found is None:
        raise AllocationNotFound("Nobody was allocated for this case.")
    return found


async def hold_people(session: AsyncSession, people: Iterable[UUID]) -> None:
    """Lock these people until the transaction ends, so that nobody is allocated twice at once."""
    await rows_of(session, PEOPLE_LOCKED, people=[*people])


async def arm_of(session: AsyncSession, allocation_id: UUID, *, vault: Vault) -> str:
    """The arm of an allocation that another transaction committed.

    Raises:
        SealedListChanged: it does not open.
    """
    (found,) = await rows_of(session, ARM, allocation_id=allocation_id)
    return vault.open(found.arm or b"", place=str(found.slot_id))


async def lists(session: AsyncSession, trial_id: UUID) -> Sequence[Any]:
    """A trial's sealed lists, by their digests."""
    return await rows_of(session, LISTS, trial_id=trial_id)


async def next_slot(session: AsyncSession, stratum: UUID, protocol: UUID) -> UUID | None:
    """The stratum's next place, its turnstile locked until the transaction ends; None if used up."""
    found = await rows_of(session, NEXT, stratum=stratum, protocol=protocol)
    return found[0].slot_id  # type: ignore[no-any-return]


async def listed_arms(session: AsyncSession, stratum: UUID, protocol: UUID) -> Mapping[str, int]:
    """The ratio that a stratum's list keeps: that of the version it was sealed for."""
    (found,) = await rows_of(session, LISTED, stratum=stratum, protocol=protocol)
    return trials.protocol_of(found.digest, found.content).arms


async def places_left(session: AsyncSession, stratum: UUID, protocol: UUID) -> int:
    """How many places a stratum still has."""
    return int((await rows_of(session, LEFT, stratum=stratum, protocol=protocol))[0].places_left)


async def has_seen(session: AsyncSession, allocation_id: UUID, *, actor: Actor) -> bool:
    """Whether somebody was shown an allocation's arm."""
    (found,) = await rows_of(session, HAS_SEEN, allocation_id=allocation_id, read_by=actor.id)
    return bool(found.has_seen)


async def enrolment(session: AsyncSession, record_id: UUID) -> Any | None:
    """A case's direct enrolment."""
    found = await rows_of(session, ENROLMENT, record_id=record_id)
    return found[0] if found else None


async def needed_enrolment(session: AsyncSession, record_id: UUID) -> Any:
    """The same, or a refusal."""
    found = await enrolment(session, record_id)
    if found is None:
        raise EnrolmentNotFound("This case was not enrolled directly.")
    return found


async def annotations(session: AsyncSession, allocation_id: UUID) -> Sequence[Any]:
    """What was noted of an allocation, in order."""
    return await rows_of(session, ANNOTATIONS, allocation_id=allocation_id)


async def next_steps(
    session: AsyncSession,
    record: Any,
    decision: Any,
    given: Mapping[ConsentKind, Any],
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> list[NextStep]:
    """How a case that stands as eligible comes in, or why it does not yet; none once it has.

    Args:
        session: of the request.
        record: the case, reached in scope.
        decision: its present decision, with what was said of it.
        given: where each of the three consents stands.
        vault: knows which lists may be drawn from.
        by: the reader.
        at: now.
    """
    if await of_record(session, record.id) or await enrolment(session, record.id):
        return []
    suite = await suite_of_case(session, record, decision.decided_at)
    found = {each.code: each for each in await trials.of_suite(session, suite, at=at)}
    within = trials.open_at([*found.values()], suite)
    states = {code: each.state for code, each in found.items()}
    live = await trials.is_live(session, suite, london_day(at))
    way, closed = rules.way_in(states, within=within, live=live)
    unsealed = None
    if way == "allocate" and closed is None and within is not None:
        sealed = await lists(session, found[within].id)
        unsealed = rules.unsealed([each.kind for each in sealed], wanted=vault.kind)
    overtaken = partial(oversight.check_current, decision)
    states_of = partial(rules.check_consent, consent.states_of(given))
    consented = partial(states_of, for_research=way == "allocate")
    refusals = (closed, unsealed, errors.refusal_of(overtaken), errors.refusal_of(consented))
    return [views.way_in_step(record.id, way, refusals, by=by)]
