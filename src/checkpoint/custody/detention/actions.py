"""What the detention clock hears of. One function per event; no commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody import queries as custody
from checkpoint.custody.actions import tell
from checkpoint.custody.detention import queries, rules
from checkpoint.custody.detention.schemas import Extend, Pause, RecordReview, SetTimes
from checkpoint.custody.detention.spans import Span
from checkpoint.custody.detention.states import Authority, EntryKind, EntryReason
from checkpoint.custody.detention.tables import DetentionEntry
from checkpoint.custody.movements.states import LateReason
from checkpoint.custody.states import CustodyEvent, step
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert
from checkpoint.foundation.preconditions import unchanged_since

REVIEWS = frozenset({EntryKind.REVIEWED, EntryKind.REVIEW_POSTPONED})


async def begin(
    session: AsyncSession,
    record: CustodyRecord,
    *,
    relevant_time: datetime | None = None,
    authorised_at: datetime | None = None,
    late_reason: LateReason | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """What was given when a period of detention began; told by the entry of whoever asked."""
    held = await queries.stays_of(session, record)
    times = {"relevant_time": relevant_time, "authorised_at": authorised_at}
    rules.check_times(held, **times, now=at)
    arrived = {"arrived_at": held.period_began if late_reason else None}
    await _enter_times(session, record, times | arrived, late_reason, by=by, at=at)


async def set_times(
    session: AsyncSession,
    record_id: UUID,
    command: SetTimes,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> CustodyRecord:
    """The relevant time, or when detention was authorised, becomes known or is put right."""
    record = await custody.one(session, record_id, actor=by, lock=True)
    times = {"relevant_time": command.relevant_time, "authorised_at": command.authorised_at}
    unchanged_since(
        seen,
        record.version,
        sent={name: moment for name, moment in times.items() if moment is not None},
        stands=_times_of(await queries.of_record(session, record.id)),
        about=(record.id, record.person_id),
    )
    record.state = step(record.state, CustodyEvent.TIMES_SET)
    held = await queries.stays_of(session, record)
    rules.check_times(held, **times, now=at)
    record.version += 1
    await _enter_times(session, record, times, command.late_reason, by=by, at=at)
    changed = {name: (None, moment) for name, moment in times.items() if moment is not None}
    await tell(session, record, CustodyEvent.TIMES_SET, change=changed, by=by, at=at)
    return record


KINDS = {
    "relevant_time": EntryKind.RELEVANT_TIME,
    "authorised_at": EntryKind.AUTHORISED,
    "arrived_at": EntryKind.ARRIVED,
}


def _times_of(entered: Sequence[Any]) -> dict[str, datetime]:
    """The times that stand, by the field that sets them; of each kind the last one."""
    fields = {kind: name for name, kind in KINDS.items()}
    standing = queries.standing(entered)
    return {fields[row.kind]: row.happened_at for row in standing if row.kind in fields}


async def _enter_times(
    session: AsyncSession,
    record: CustodyRecord,
    times: dict[str, datetime | None],
    late_reason: LateReason | None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    entered = await queries.of_record(session, record.id)
    rules.check_entries(entered, kinds=KINDS.values(), what="detention times")
    for name, moment in times.items():
        if moment is not None:
            entry: dict[str, Any] = {
                "kind": KINDS[name],
                "happened_at": moment,
                "late_reason": late_reason,
            }
            await _enter(session, record, entry, by=by, at=at)


async def review(
    session: AsyncSession, record_id: UUID, command: RecordReview, *, by: Actor, at: datetime
) -> CustodyRecord:
    """Detention was reviewed, or the review was put off."""
    record = await custody.one(session, record_id, actor=by, lock=True)
    record.state = step(record.state, CustodyEvent.REVIEWED)
    entered = await queries.of_record(session, record_id)
    rules.check_entries(entered, kinds=REVIEWS, what="reviews")
    entries = queries.standing(entered)
    rules.check_replaces(command.replaces, entries, kinds=REVIEWS)
    held = await queries.stays_of(session, record)
    field = "postponed_at" if command.held_at is None else "held_at"
    rules.check_held(held, command.moment, now=at, field=f"#/{field}")
    kind = EntryKind.REVIEW_POSTPONED if command.held_at is None else EntryKind.REVIEWED
    others, code = queries.standing(entries, without=command.replaces), "review-already"
    rules.check_once(others, kind=kind, moment=command.moment, field=f"#/{field}", code=code)
    record.version += 1
    entry = {
        "kind": kind,
        "happened_at": command.moment,
        "authority": Authority(command.authority) if command.authority else None,
        "reason": EntryReason(command.reason) if command.reason else None,
        "replaces_id": command.replaces,
        "late_reason": command.late_reason,
    }
    await _enter(session, record, entry, by=by, at=at)
    changed = {field: (None, command.moment)}
    await tell(session, record, CustodyEvent.REVIEWED, change=changed, by=by, at=at)
    return record


async def extend(
    session: AsyncSession, record_id: UUID, command: Extend, *, by: Actor, at: datetime
) -> CustodyRecord:
    """A superintendent or the magistrates allow a longer detention."""
    record = await custody.one(session, record_id, actor=by, lock=True)
    record.state = step(record.state, CustodyEvent.EXTENDED)
    entered = await queries.of_record(session, record_id)
    rules.check_entries(entered, kinds={EntryKind.EXTENDED}, what="extensions")
    entries = queries.standing(entered)
    rules.check_replaces(command.replaces, entries, kinds={EntryKind.EXTENDED})
    held, authority = await queries.stays_of(session, record), Authority(command.authority)
    rules.check_held(held, command.granted_at, now=at, field="#/granted_at")
    rules.check_extension(
        held, entries, authority=authority, granted_at=command.granted_at, until=command.until
    )
    rules.check_once(
        queries.standing(entries, without=command.replaces),
        kind=EntryKind.EXTENDED,
        moment=command.granted_at,
        field="#/granted_at",
        code="extension-already",
    )
    record.version += 1
    entry = {
        "kind": EntryKind.EXTENDED,
        "happened_at": command.granted_at,
        "until_at": command.until,
        "authority": authority,
        "replaces_id": command.replaces,
        "late_reason": command.late_reason,
    }
    await _enter(session, record, entry, by=by, at=at)
    changed = {"granted_at": (None, command.granted_at), "until": (None, command.until)}
    await tell(session, record, CustodyEvent.EXTENDED, change=changed, by=by, at=at)
    return record


async def pause(
    session: AsyncSession, record_id: UUID, command: Pause, *, by: Actor, at: datetime
) -> CustodyRecord:
    """The clock stood still for a while, or stands still."""
    record = await custody.one(session, record_id, actor=by, lock=True)
    record.state = step(record.state, CustodyEvent.PAUSED)
    entered = await queries.of_record(session, record_id)
    rules.check_entries(entered, kinds={EntryKind.PAUSED}, what="pauses")
    entries = queries.standing(entered)
    rules.check_replaces(command.replaces, entries, kinds={EntryKind.PAUSED})
    held = await queries.stays_of(session, record)
    others = queries.standing(entries, without=command.replaces)
    rules.check_pause(held, others, Span(command.paused_at, command.resumed_at), now=at)
    record.version += 1
    entry = {
        "kind": EntryKind.PAUSED,
        "happened_at": command.paused_at,
        "until_at": command.resumed_at,
        "reason": EntryReason(command.reason),
        "replaces_id": command.replaces,
        "late_reason": command.late_reason,
    }
    await _enter(session, record, entry, by=by, at=at)
    changed = {"paused_at": (None, command.paused_at), "resumed_at": (None, command.resumed_at)}
    await tell(session, record, CustodyEvent.PAUSED, change=changed, by=by, at=at)
    return record


async def _enter(
    session: AsyncSession, record: CustodyRecord, entry: dict[str, Any], *, by: Actor, at: datetime
) -> None:
    number = len(await queries.of_record(session, record.id)) + 1
    stamp: dict[str, Any] = {"number": number, "recorded_at": at, "recorded_by": by.id}
    await insert(session, DetentionEntry(custody_record_id=record.id, **entry, **stamp))
