"""Take a referral from step to step; making one stands in its alcove. No commits."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts.evidence import actions as evidence
from checkpoint.custody.rules import check_space
from checkpoint.directory import actions as directory
from checkpoint.directory.states import NoPlaceFree, NoPlaceHeld
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.referrals import queries, references, rules
from checkpoint.referrals.rules import Stand, Told
from checkpoint.referrals.schemas import CorrectWait, RecordSessions
from checkpoint.referrals.states import (
    Party,
    ReferralEvent,
    ReferralState,
)
from checkpoint.referrals.tables import (
    Referral,
    ReferralReading,
    ReferralSession,
    ReferralStep,
)

MOVED = sa.update(Referral.__table__).where(
    col(Referral.id) == sa.bindparam("moved_id", type_=sa.Uuid())
)
READ = upsert(ReferralReading.__table__).on_conflict_do_nothing()


def recipient_of(organization_id: UUID) -> str:
    """What the ledger calls an organization that was told something."""
    return f"organization:{organization_id}"


def party_of(by: Actor) -> Party:
    """Whether somebody tells as a provider, or as one of the programme."""
    return Party.PROVIDER if by.role is Role.PROVIDER else Party.NAVIGATOR


def stand_of(found: Any) -> Stand:
    """Where a referral that was read stands."""
    return Stand(
        state=ReferralState(found.state),
        number=found.version,
        acknowledged_on=found.acknowledged_on,
        waiting_since=found.waiting_since,
        waited_until=found.waited_until,
    )


def _check_seen(found: Any, seen: int) -> None:
    short = {name: getattr(found, name) for name in ("state", "waiting_since", "waited_until")}
    about = (found.id, found.custody_record_id, found.person_id)
    unchanged_since(seen, found.version, short=short, about=about)


async def take(
    session: AsyncSession,
    found: Any,
    event: ReferralEvent,
    told: Told,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> None:
    """A referral that was reached, and whose case is locked, takes its next step.

    Raises:
        Overtaken, StepNotAllowed, RuleBroken, RecordFull: it stands as it stood.
    """
    _check_seen(found, seen)
    stand = stand_of(found).after(event, on=told.happened_on)
    references.check_reason(event, told.reason_code, on=told.happened_on)
    await _check_day(session, found, told.happened_on, at=at)
    await _move(session, found, stand, event, told, by=by, at=at)


async def correct_wait(
    session: AsyncSession,
    found: Any,
    command: CorrectWait,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> None:
    """The days on the waiting list are put right, and with them what the contract excuses.

    Raises:
        Overtaken, NeverOnList, RuleBroken, RecordFull: it stands as it stood.
    """
    _check_seen(found, seen)
    today = london_day(at)
    references.check_reason(ReferralEvent.WAIT_CORRECTED, command.reason_code, on=today)
    since, until = command.waiting_since, command.waited_until
    stand = rules.corrected(stand_of(found), command.reason_code, since, until)
    for field, day in (("waiting_since", since), ("waited_until", until)):
        if day is not None:
            rules.check_day(day, since=found.made_on, today=today, field=f"#/{field}")
    ended_on = rules.wait_ended_on(await queries.steps_of(session, found.id))
    rules.check_wait_over(until, ended_on=ended_on)
    told = Told(happened_on=today, reason_code=command.reason_code)
    await _move(session, found, stand, ReferralEvent.WAIT_CORRECTED, told, by=by, at=at)


async def record_sessions(
    session: AsyncSession, found: Any, command: RecordSessions, *, by: Actor, at: datetime
) -> None:
    """On which days the person was expected, and whether they came.

    Raises:
        StepNotAllowed, RuleBroken, RecordFull: nothing was entered.
    """
    rules.check_attends(ReferralState(found.state))
    today = london_day(at)
    entered = await queries.sessions_of(session, found.id)
    check_space(
        len(entered) + len(command.sessions) - 1,
        most=rules.MOST_SESSIONS,
        what="entries of sessions",
        remedy="Look for a client that repeats itself, and tell your supervisor.",
    )
    for place, each in enumerate(command.sessions):
        field = f"#/sessions/{place}/session_on"
        rules.check_day(each.session_on, since=found.made_on, today=today, field=field)
    rows = [
        ReferralSession(
            referral_id=found.id,
            number=number,
            session_on=each.session_on,
            attended=each.attended,
            party=party_of(by),
            recorded_at=at,
            recorded_by=by.id,
        )
        for number, each in enumerate(command.sessions, len(entered) + 1)
    ]
    await insert(session, *rows)
    about = (found.id, found.custody_record_id, found.person_id)
    event = ReferralEvent.ATTENDED
    await tell(session, Operation.COLLECTION, event, *about, by=by, at=at)


async def read(session: AsyncSession, found: Any, *, by: Actor, at: datetime) -> None:
    """Somebody of the programme read a referral as it stands: what its provider answered, too."""
    row = {"referral_id": found.id, "version": found.version, "read_by": by.id, "read_at": at}
    await executed(session, READ, row | {"id": new_id()})
    about = (found.id, found.custody_record_id, found.person_id)
    event = ReferralEvent.READ
    await tell(session, Operation.CONSULTATION, event, *about, by=by, at=at)


async def _check_day(session: AsyncSession, found: Any, day: date, *, at: datetime) -> None:
    steps = await queries.steps_of(session, found.id)
    # A correction tells of days that it says itself, so the next step need not come after it.
    told = [s.happened_on for s in steps if s.event != ReferralEvent.WAIT_CORRECTED]
    since = max([*told, *([found.waiting_since] if found.waiting_since else [])])
    rules.check_day(day, since=since, today=london_day(at))


async def _move(
    session: AsyncSession,
    found: Any,
    stand: Stand,
    event: ReferralEvent,
    told: Told,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Take a referral where its next step leads; its place and its excuse go with it."""
    excuse_id = found.excuse_id
    if found.contract_id is not None and stand.wait != stand_of(found).wait:
        excuse_id = await evidence.excuse(
            session,
            found.contract_id,
            found.condition_key,
            stand.wait,
            instead_of=found.excuse_id,
            by=by,
            at=at,
        )
    holds = await _settle(session, found, stand, at=at)
    await record_step(session, found.id, stand, event, told, holds=holds, by=by, at=at)
    given = {
        "moved_id": found.id,
        "state": stand.state,
        "version": stand.number,
        "acknowledged_on": stand.acknowledged_on,
        "waiting_since": stand.waiting_since,
        "waited_until": stand.waited_until,
        "holds_place": holds,
        "excuse_id": excuse_id,
    }
    await executed(session, MOVED, given)
    about = (found.id, found.custody_record_id, found.person_id)
    await tell(session, Operation.ALTERATION, event, *about, by=by, at=at)


async def _settle(session: AsyncSession, found: Any, stand: Stand, *, at: datetime) -> bool:
    """Whether it holds a place from now on. What has happened is recorded even where none is free."""
    if found.holds_place and not stand.wants_place:
        with suppress(NoPlaceHeld):  # its places may be counted no longer
            await directory.release_place(session, found.service_id, at=at)
        return False
    if found.state != ReferralState.WAITING or not stand.wants_place:
        return bool(found.holds_place)
    try:
        return await directory.hold_place(session, found.service_id, at=at)
    except NoPlaceFree:
        return False


async def record_step(
    session: AsyncSession,
    referral_id: UUID,
    stand: Stand,
    event: ReferralEvent,
    told: Told,
    *,
    holds: bool,
    by: Actor,
    at: datetime,
) -> None:
    """Append one step of a referral: what was told, and where it stands after it."""
    row = ReferralStep(
        referral_id=referral_id,
        number=stand.number,
        event=event,
        state=stand.state,
        party=party_of(by),
        reason_code=told.reason_code,
        words=told.words,
        waiting_since=stand.waiting_since,
        waited_until=stand.waited_until,
        holds_place=holds,
        happened_on=told.happened_on,
        recorded_at=at,
        recorded_by=by.id,
    )
    await insert(session, row)


async def tell(
    session: AsyncSession,
    operation: Operation,
    event: ReferralEvent,
    *about: UUID,
    by: Actor,
    at: datetime,
    recipient: str | None = None,
) -> None:
    """Write the entry of a deed or a reading; a provider's says which organization was answered."""
    purpose = None
    if by.organization_id is not None:
        purpose = f"{by.role.value}:{by.organization_id}"
        recipient = recipient_of(by.organization_id)
    await ledger.record(
        session,
        operation,
        event,
        *about,
        kind="referral",
        by=by,
        at=at,
        purpose=purpose,
        recipient=recipient,
    )
