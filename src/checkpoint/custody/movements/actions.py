"""People come and go. One function per event; no commits."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody import queries as custody
from checkpoint.custody import rules as custody_rules
from checkpoint.custody.actions import NotYourSuite, check_one_place, tell
from checkpoint.custody.detention import queries as detention
from checkpoint.custody.detention.rules import check_not_held, check_nothing_later
from checkpoint.custody.movements import queries, rules
from checkpoint.custody.movements.schemas import (
    Release,
    TakeBack,
    Transfer,
    VaryBail,
    WithdrawMovement,
)
from checkpoint.custody.movements.states import BailChange, MovementKind, ReturnReason
from checkpoint.custody.movements.tables import BailVariation, Movement, MovementWithdrawal
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.states import CustodyEvent, CustodyState, step
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.foundation.preconditions import Overtaken, unchanged_since


async def transfer(
    session: AsyncSession, record_id: UUID, command: Transfer, *, by: Actor, at: datetime
) -> CustodyRecord:
    """The person is taken to another suite; screening, clock and record go with them."""
    record = await custody.one(session, record_id, actor=by, lock=True)
    record.state = step(record.state, CustodyEvent.TRANSFERRED)
    await _check_suite(session, command.suite, field="#/suite", on=london_day(command.arrived_at))
    if command.suite == record.suite:
        raise errors.RuleBroken("#/suite", "same-suite", "They are at this suite already.")
    entered = await queries.all_of_record(session, record_id)
    rules.check_movements(entered)
    movements = queries.standing(entered)
    since = queries.last_moment(record, movements)
    rules.check_leaving(command.left_at, since=since, now=at, field="#/left_at")
    rules.check_arriving(command.arrived_at, since=command.left_at, now=at)
    before, record.suite = record.suite, command.suite
    movement = Movement(
        custody_record_id=record.id,
        number=len(entered) + 1,
        kind=MovementKind.TRANSFERRED,
        from_suite=before,
        to_suite=command.suite,
        left_at=command.left_at,
        arrived_at=command.arrived_at,
        late_reason=command.late_reason,
        recorded_at=at,
        recorded_by=by.id,
    )
    change = {"suite": (before, command.suite)}
    await _write(session, record, movement, CustodyEvent.TRANSFERRED, change, by=by, at=at)
    return record


async def release(
    session: AsyncSession, record_id: UUID, command: Release, *, by: Actor, at: datetime
) -> CustodyRecord:
    """The person leaves the suite; the record can still be screened and decided."""
    record = await custody.one(session, record_id, actor=by, lock=True)
    before, after = record.state, step(record.state, CustodyEvent.RELEASED)
    entered = await queries.all_of_record(session, record_id)
    rules.check_movements(entered)
    movements = queries.standing(entered)
    since = queries.last_moment(record, movements)
    rules.check_leaving(command.released_at, since=since, now=at, field="#/released_at")
    entries = detention.standing(await detention.of_record(session, record_id))
    check_nothing_later(entries, command.released_at)
    movement = Movement(
        custody_record_id=record.id,
        number=len(entered) + 1,
        kind=MovementKind.RELEASED,
        from_suite=record.suite,
        left_at=command.released_at,
        release_kind=command.release_kind,
        late_reason=command.late_reason,
        recorded_at=at,
        recorded_by=by.id,
        **await _bail(session, record, command),
    )
    record.state, record.released_at, record.released_by = after, command.released_at, by.id
    change = {
        "state": (before, after),
        "released_at": (None, command.released_at),
        "release_kind": (None, command.release_kind),
    }
    await _write(session, record, movement, CustodyEvent.RELEASED, change, by=by, at=at)
    return record


async def _bail(session: AsyncSession, record: CustodyRecord, command: Release) -> dict[str, Any]:
    """When and where bail is to be answered, if they are bailed."""
    bail = command.bail
    if bail is None:
        return {}
    rules.check_bail(bail.return_at, released_at=command.released_at)
    suite = bail.suite or record.suite
    await _check_suite(session, suite, field="#/bail/suite", on=london_day(bail.return_at))
    return {
        "bail_return_at": bail.return_at,
        "bail_suite": suite,
        "bail_conditional": bail.conditional,
    }


async def vary_bail(
    session: AsyncSession, record_id: UUID, command: VaryBail, *, by: Actor, at: datetime
) -> CustodyRecord:
    """Bail is extended, ends sooner, or is to be answered elsewhere; what was granted is kept."""
    record = await custody.one(session, record_id, actor=by, lock=True)
    release = rules.bail_that_stands(await queries.of_record(session, record_id))
    varied = await queries.variations(session, release)
    custody_rules.check_space(
        len(varied),
        most=rules.MOST_VARIATIONS,
        what="variations of this bail",
        remedy="Go by the one that was entered last.",
    )
    present = queries.bails(release, varied)[-1]
    kept = command.model_dump(include={"suite", "conditional"}, exclude_none=True)
    changed = replace(present, return_at=command.return_at, **kept)
    puts_right = bool(varied) and command.reason is BailChange.ENTERED_WRONGLY
    rules.check_variation(
        present,
        changed,
        authorised_at=command.authorised_at,
        since=rules.varied_since(release.left_at, varied, puts_right=puts_right),
        puts_right=puts_right,
        now=at,
    )
    await _check_suite(session, changed.suite, field="#/suite", on=london_day(command.return_at))
    row = BailVariation(
        movement_id=release.id,
        number=len(varied) + 1,
        **asdict(changed),
        **command.model_dump(include=AUTHORISED),
        recorded_at=at,
        recorded_by=by.id,
    )
    record.version += 1
    await insert(session, row)
    change = {
        f"bail_{name}": (getattr(present, name), value) for name, value in asdict(changed).items()
    }
    await tell(session, record, CustodyEvent.BAIL_VARIED, change=change, by=by, at=at)
    return record


AUTHORISED = {"authorised_at", "authority", "reason", "words", "late_reason"}


async def take_back(
    session: AsyncSession, command: TakeBack, *, by: Actor, at: datetime
) -> CustodyRecord:
    """A released person is in a suite again, and their record comes to it from wherever it was."""
    await _check_suite(session, command.suite, field="#/suite", on=london_day(command.arrived_at))
    if command.suite not in by.suites:
        yours = ", ".join(sorted(by.suites)) or "none"
        raise NotYourSuite(f"Your suites: {yours}. Ask a colleague there.")
    record = await queries.by_reference(session, command.reference, actor=by)
    if record is None or (record.state is CustodyState.DETAINED and record.suite not in by.suites):
        raise CustodyRecordNotFound("Check the reference, or ask a colleague in that suite.")
    voluntary = command.reason is ReturnReason.VOLUNTARY_ATTENDANCE
    event = CustodyEvent.ATTENDED if voluntary else CustodyEvent.RETURNED
    before, after = record.state, step(record.state, event)
    if not voluntary:
        await check_one_place(session, record.person_id, besides=record.id, by=by)
    entered = await queries.all_of_record(session, record.id)
    rules.check_movements(entered)
    movements = queries.standing(entered)
    rules.check_arriving(command.arrived_at, since=queries.last_moment(record, movements), now=at)
    movement = Movement(
        custody_record_id=record.id,
        number=len(entered) + 1,
        kind=MovementKind.RETURNED,
        from_suite=record.suite,
        to_suite=command.suite,
        arrived_at=command.arrived_at,
        return_reason=command.reason,
        late_reason=command.late_reason,
        recorded_at=at,
        recorded_by=by.id,
    )
    change: dict[str, tuple[Any, Any]] = {"suite": (record.suite, command.suite)}
    record.suite = command.suite
    if not voluntary:
        change |= {"state": (before, after), "released_at": (record.released_at, None)}
        record.state, record.released_at, record.released_by = after, None, None
    await _write(session, record, movement, event, change, by=by, at=at)
    return record


async def withdraw(
    session: AsyncSession,
    record_id: UUID,
    command: WithdrawMovement,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> CustodyRecord:
    """The last movement never was one; state, clock and suite follow from those before it."""
    record, movements = await queries.to_withdraw(session, record_id, actor=by)
    if record is None:
        raise CustodyRecordNotFound("Check the id, or ask a colleague in that suite.")
    _check_seen(seen, record, by=by)
    rules.check_withdrawal(command.number, movements)
    *earlier, withdrawn = movements
    await _check_left(session, record, withdrawn, by=by)
    left = rules.release_that_stands(earlier)
    now: dict[str, Any] = {
        "suite": withdrawn.from_suite,
        "state": CustodyState.DETAINED if left is None else CustodyState.RELEASED,
        "released_at": None if left is None else left.left_at,
        "released_by": None if left is None else left.recorded_by,
    }
    change = {name: (getattr(record, name), value) for name, value in now.items()}
    for name, value in now.items():
        setattr(record, name, value)
    record.version += 1
    row = MovementWithdrawal(
        movement_id=withdrawn.id,
        reason=command.reason,
        words=command.words,
        withdrawn_at=at,
        withdrawn_by=by.id,
    )
    await insert(session, row)
    await tell(session, record, CustodyEvent.MOVEMENT_WITHDRAWN, change=change, by=by, at=at)
    return record


def _check_seen(seen: int, record: CustodyRecord, *, by: Actor) -> None:
    """Who has sent the record away is not told its version: there it was changed, and stays."""
    if record.suite in by.suites:
        short = {"state": record.state, "suite": record.suite}
        unchanged_since(seen, record.version, short=short, about=(record.id, record.person_id))
    elif seen != record.version:
        raise Overtaken(
            "The suite that has the record now has changed it since: ask a colleague there to "
            "withdraw the transfer."
        )


async def _check_left(
    session: AsyncSession, record: CustodyRecord, withdrawn: Any, *, by: Actor
) -> None:
    """What is left without it does not contradict what was entered since."""
    if withdrawn.kind == MovementKind.RELEASED:
        await check_one_place(session, record.person_id, besides=record.id, by=by)
    elif withdrawn.kind == MovementKind.RETURNED:
        entries = detention.standing(await detention.of_record(session, record.id))
        check_not_held(entries, withdrawn.arrived_at)


async def _write(
    session: AsyncSession,
    record: CustodyRecord,
    movement: Movement,
    event: CustodyEvent,
    change: Mapping[str, tuple[Any, Any]],
    *,
    by: Actor,
    at: datetime,
) -> None:
    record.version += 1
    await insert(session, movement)
    await tell(session, record, event, change=change, by=by, at=at)


async def _check_suite(session: AsyncSession, code: str, *, field: str, on: date) -> None:
    suite = await custody.suite(session, code)
    if suite is None:
        raise errors.RuleBroken(
            field, "suite-unknown", "There is no such suite; see /v1/reference/suites."
        )
    custody_rules.check_suite(suite.available_from, suite.available_until, on=on, field=field)
