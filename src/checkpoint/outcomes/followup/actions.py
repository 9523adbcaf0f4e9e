"""Take follow-up in: whole or not at all, once, and without a look at any arm."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.copying import copied
from checkpoint.foundation.counting import so_many
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.identifiers import new_id
from checkpoint.outcomes.followup import matching, queries
from checkpoint.outcomes.followup.reports import refused
from checkpoint.outcomes.followup.rules import Fault, Told
from checkpoint.outcomes.followup.states import (
    NOT_MATCHED,
    FollowUpEvent,
    FollowUpUnmatched,
    FollowUpUnreadable,
    RowOutcome,
)
from checkpoint.outcomes.followup.tables import FollowUpBatch, FollowUpEntry, FollowUpRow

ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtext('follow-up'), hashtext(:trial))")
AT_ONCE = 5000
ROW = ("id", "batch_id", "number", "outcome", "allocation_id")
ENTRY = (
    "id", "batch_id", "trial_id", "source", "version", "digest", "allocation_id", *matching.SAYS,
)  # fmt: skip
WHY = {
    RowOutcome.UNMATCHED: (
        "nobody-allocated",
        "Nobody of that PNC ID was allocated in the trial. Check it, or leave the row out.",
    ),
    RowOutcome.AMBIGUOUS: (
        "two-people",
        "Two people on record may have that PNC ID. Write its year with four digits.",
    ),
}


@dataclass(frozen=True)
class Sent:
    """What a batch says of itself."""

    source: str
    followed_until: date
    allowed_percent: int


@dataclass(frozen=True)
class Matched:
    """One row, whose it is, and what becomes of it."""

    row: Told
    outcome: RowOutcome
    said: str
    allocation_id: UUID | None = None
    version: int = 0


async def take_in(
    session: AsyncSession,
    trial: Any,
    sent: Sent,
    rows: Sequence[Told],
    *,
    by: Actor,
    at: datetime,
    seen: Callable[[int], None] = lambda _: None,
) -> tuple[Any, bool]:
    """Take a batch in.

    Args:
        session: the caller's; all of it happens in one transaction.
        trial: the trial, with ``id`` and ``code``.
        sent: where it is from, until when it tells, and how much of it may be lost.
        rows: at least one, each in order, no key twice.
        by: who.
        at: when.
        seen: told after each part how many rows are done.

    Returns:
        The batch; and whether it is new. Sent again, the same rows are the same batch.

    Raises:
        RuleBroken: it tells of days to come.
        FollowUpUnmatched: more rows than allowed are about nobody, or about two people.
        FollowUpUnreadable: somebody died, emigrated or was lost before they were allocated.
    """
    check_day(sent.followed_until, today=london_day(at))
    await executed(session, ALONE, {"trial": trial.code})
    digest = matching.digest(
        rows, trial=trial.code, source=sent.source, followed_until=sent.followed_until
    )
    there = await queries.by_digest(session, trial.id, digest)
    if there is not None:
        await _record(session, FollowUpEvent.READ, there.id, trial.id, by=by, at=at)
        return there, False
    cohort = await queries.cohort(session, trial.id)
    matched = await _matched(session, trial.id, sent.source, rows, cohort, today=london_day(at))
    _check_matched(matched, cohort, sent.allowed_percent)
    batch = _batch(trial, sent, matched, cohort, digest=digest, by=by, at=at)
    batch.number = await queries.last_number(session, trial.id) + 1
    await insert(session, batch)
    for first in range(0, len(matched), AT_ONCE):
        part = matched[first : first + AT_ONCE]
        await copied(session, FollowUpRow, ROW, [_row(batch, each) for each in part])
        await copied(session, FollowUpEntry, ENTRY, [*_entries(batch, part)])
        seen(first + len(part))
    await _record(session, FollowUpEvent.TAKEN_IN, batch.id, trial.id, by=by, at=at)
    return await queries.one(session, batch.id), True


def _batch(
    trial: Any,
    sent: Sent,
    matched: Sequence[Matched],
    cohort: queries.Cohort,
    *,
    digest: str,
    by: Actor,
    at: datetime,
) -> FollowUpBatch:
    covered = {each.allocation_id for each in matched if each.allocation_id is not None}
    due = {id for id, day in cohort.days.items() if day <= sent.followed_until}
    counts = Counter(each.outcome for each in matched)
    by_outcome: dict[str, Any] = {outcome.value: counts[outcome] for outcome in RowOutcome}
    return FollowUpBatch(
        trial_id=trial.id,
        source=sent.source,
        followed_until=sent.followed_until,
        digest=digest,
        allowed_percent=sent.allowed_percent,
        rows=len(matched),
        covered=len(covered),
        lacking=len(due - covered),
        received_at=at,
        received_by=by.id,
        **by_outcome,
    )


async def roster(
    session: AsyncSession, trial: Any, *, recipient: str, by: Actor, at: datetime
) -> tuple[list[str], int]:
    """The PNC IDs of everybody who was allocated in a trial, in order; and how many have none.

    Each is there once under every number of theirs, whatever was drawn for them. Whoever agrees to
    the research no longer is left out: they are not looked up.
    """
    cohort = await queries.cohort(session, trial.id)
    numbers = {number: id for number, id in cohort.numbers.items() if id in cohort.days}
    without = len(cohort.days) - len({*numbers.values()})
    await ledger.record(
        session,
        Operation.DISCLOSURE,
        FollowUpEvent.ROSTER_WRITTEN,
        trial.id,
        kind="trial",
        by=by,
        at=at,
        recipient=recipient,
    )
    return sorted(numbers), without


def check_day(followed_until: date, *, today: date) -> None:
    """Nobody tells of days to come.

    Raises:
        RuleBroken: in-the-future.
    """
    if followed_until > today:
        raise errors.RuleBroken(
            "#/followed_until", "in-the-future", "Give today or an earlier day."
        )


async def _matched(
    session: AsyncSession,
    trial_id: UUID,
    source: str,
    rows: Sequence[Told],
    cohort: queries.Cohort,
    *,
    today: date,
) -> list[Matched]:
    readings = {row.pnc_id: matching.people_of(row.pnc_id, today=today) for row in rows}
    unsure = [number for read in readings.values() if len(read) > 1 for number in read]
    known = await queries.on_record(session, unsure)
    before = await queries.versions(session, trial_id, source, [row.row_key for row in rows])
    found = []
    for row in rows:
        read = readings[row.pnc_id]
        likely = read if len(read) == 1 else [number for number in read if number in known]
        allocation_id = cohort.numbers.get(likely[0]) if len(likely) == 1 else None
        if allocation_id in cohort.left_out:
            found.append(Matched(row, RowOutcome.LEFT_OUT, ""))
        else:
            found.append(_became(row, likely, allocation_id, before.get(row.row_key)))
    return found


def _became(
    row: Told, likely: Sequence[str], allocation_id: UUID | None, before: Any | None
) -> Matched:
    said = matching.said(row)
    if allocation_id is None:
        lost = RowOutcome.AMBIGUOUS if len(likely) > 1 else RowOutcome.UNMATCHED
        return Matched(row, lost, said)
    if before is None:
        return Matched(row, RowOutcome.NEW, said, allocation_id, 1)
    if (before.digest, before.allocation_id) == (said, allocation_id):
        return Matched(row, RowOutcome.REPEATED, said, allocation_id, before.version)
    return Matched(row, RowOutcome.CORRECTS, said, allocation_id, before.version + 1)


def _check_matched(
    matched: Sequence[Matched], cohort: queries.Cohort, allowed_percent: int
) -> None:
    """Enough rows are about somebody, of whom none is gone before they are allocated.

    Raises:
        FollowUpUnmatched: too few are; the rows that tell of an end too early are told as well.
        FollowUpUnreadable: rows tell of such an end alone: the day is wrong, or it is somebody else.
    """
    checked = (
        matching.gone_before(each.row, allocated_on=cohort.days[each.allocation_id])
        for each in matched
        if each.allocation_id is not None
    )
    gone = [fault for fault in checked if fault is not None]
    tell = "tells" if len(gone) == 1 else "tell"
    told = f"{so_many(len(gone), 'row')} {tell} of an end before allocation." if gone else ""
    outcomes = [each.outcome for each in matched]
    if not matching.is_too_many(outcomes, allowed_percent=allowed_percent):
        if gone:
            raise refused(FollowUpUnreadable, gone, told)
        return
    lost = [
        Fault(each.row.number, "pnc_id", *WHY[each.outcome])
        for each in matched
        if each.outcome in NOT_MATCHED
    ]
    counts = Counter(outcomes)
    percent = math.ceil(len(lost) * 100 / len(outcomes))
    words = (
        f"Rows about nobody who was allocated in the trial: {counts[RowOutcome.UNMATCHED]:,} of "
        f"{len(outcomes):,}; rows that may be about two people: {counts[RowOutcome.AMBIGUOUS]:,}. "
        f"Allowed are {allowed_percent} in a hundred. Mend them; or allow {percent} in a "
        f"hundred, and they are left out and counted. {told}".rstrip()
    )
    raise refused(FollowUpUnmatched, sorted([*lost, *gone], key=lambda each: each.row), words)


def _row(batch: FollowUpBatch, each: Matched) -> tuple[Any, ...]:
    return new_id(), batch.id, each.row.number, each.outcome.value, each.allocation_id


def _entries(batch: FollowUpBatch, matched: Iterable[Matched]) -> Iterable[tuple[Any, ...]]:
    for each in matched:
        if each.outcome in (RowOutcome.NEW, RowOutcome.CORRECTS):
            said = (getattr(each.row, name) for name in matching.SAYS)
            of = (new_id(), batch.id, batch.trial_id, batch.source)
            yield *of, each.version, each.said, each.allocation_id, *said


async def _record(
    session: AsyncSession, event: FollowUpEvent, *subjects: UUID, by: Actor, at: datetime
) -> None:
    operation = Operation.COLLECTION if event is FollowUpEvent.TAKEN_IN else Operation.CONSULTATION
    await ledger.record(session, operation, event, *subjects, kind="follow_up_batch", by=by, at=at)
