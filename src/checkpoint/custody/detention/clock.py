"""The PACE clock: how long a person may be held, and when that must be reviewed. Pure.

All of it counts hours that pass, so a night on which the clocks change has no more of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from checkpoint.custody.detention.spans import Span, counted, deadline, without
from checkpoint.custody.detention.states import Authority, EntryKind, EntryReason
from checkpoint.custody.movements.states import MovementKind, ReturnReason

BASIC = timedelta(hours=24)
LIMITS = {
    Authority.SUPERINTENDENT: timedelta(hours=36),
    Authority.MAGISTRATES_COURT: timedelta(hours=96),
}
FIRST_REVIEW, NEXT_REVIEW = timedelta(hours=6), timedelta(hours=9)


@dataclass(frozen=True)
class Stays:
    """When a person was held, from their record and its movements.

    Args:
        earliest: before this the relevant time cannot lie: the arrest, or the release before it.
        arrived_at: the arrival with which the present clock began.
        period_began: the arrival with which the present or last period of detention began.
        spans: each time the person was held on the present clock.
    """

    earliest: datetime
    arrived_at: datetime
    period_began: datetime
    spans: tuple[Span, ...]

    @property
    def detained(self) -> bool:
        return self.spans[-1].ended is None

    def holds(self, moment: datetime) -> bool:
        return any(span.holds(moment) for span in self.spans)


def stays(arrested_at: datetime, arrived_at: datetime, movements: Sequence[Any]) -> Stays:
    """When the person was held.

    Whoever answers bail, or is arrested because they did not, goes on with the hours they had
    left; whoever is arrested again on new evidence begins anew. A transfer changes nothing.

    Args:
        arrested_at: the arrest.
        arrived_at: arrival at the first suite.
        movements: in their order, with kind, left_at, arrived_at and return_reason.

    Returns:
        The stays of the present clock; a last one without an end is a person still held.

    Source:
        PACE 1984 ss.34(7), 47(6) and (7), own reading: confirm with the force.
    """
    earliest, began, spans = arrested_at, arrived_at, [Span(arrived_at)]
    for movement in movements:
        if movement.kind == MovementKind.RELEASED:
            spans[-1] = Span(spans[-1].began, movement.left_at)
        elif movement.return_reason == ReturnReason.ARRESTED_AGAIN:
            earliest, began = spans[-1].ended or earliest, movement.arrived_at
            spans = [Span(movement.arrived_at)]
        elif _detained_again(movement):
            spans.append(Span(movement.arrived_at))
    return Stays(earliest, began, spans[-1].began, tuple(spans))


def _detained_again(movement: Any) -> bool:
    attended = movement.return_reason == ReturnReason.VOLUNTARY_ATTENDANCE
    return bool(movement.kind == MovementKind.RETURNED and not attended)


@dataclass(frozen=True)
class Clock:
    """Where the clock stands at one moment.

    Args:
        relevant_time: from when the hours count.
        authorised_at: when detention was authorised in this period; None is not known.
        running: whether the hours count at this moment.
        counted: hours used.
        allowed: hours authorised.
        ends_at: when detention must end; None while the clock stands still.
        reviews: how many were held in this period.
        review_due_at: by when the next must be held; None after release.
        postponed: why that one was put off, if it was.
        at: the moment.
    """

    relevant_time: datetime
    authorised_at: datetime | None
    running: bool
    counted: timedelta
    allowed: timedelta
    ends_at: datetime | None
    reviews: int
    review_due_at: datetime | None
    postponed: EntryReason | None
    at: datetime
    remarks: tuple[str, ...] = field(default=())

    @property
    def overdue(self) -> bool:
        return self.ends_at is not None and self.at > self.ends_at

    @property
    def review_overdue(self) -> bool:
        return self.review_due_at is not None and self.at > self.review_due_at


def clock(held: Stays, entries: Sequence[Any], *, at: datetime) -> Clock:
    """Where the clock stands.

    Args:
        held: when the person was held.
        entries: those that stand, with kind, happened_at, until_at, authority and reason.
        at: the moment asked about.

    Returns:
        Deadlines as instants. Detention may last 24 hours from the relevant time, up to 36 where
        a superintendent authorised it, up to 96 where magistrates did; time in hospital does not
        count. The first review is due 6 hours after authorisation, each later one 9 hours after
        the one before.

    Source:
        PACE 1984 ss.40 to 44; how bail, hospital and late reviews count is an own reading.
    """
    relevant = _relevant_time(held, entries)
    first, *later = held.spans
    spans = [Span(relevant, first.ended), *later]
    pauses = [*_pauses(spans, entries)]
    counting = [*without(spans, pauses)]
    extensions = [e for e in _of(entries, EntryKind.EXTENDED) if e.happened_at >= relevant]
    allowed = max([BASIC, *(_allowed(e, spans, pauses) for e in extensions)])
    used = counted(counting, at)
    authorised = [
        e.happened_at
        for e in _of(entries, EntryKind.AUTHORISED)
        if e.happened_at >= held.period_began
    ]
    authorised_at = authorised[-1] if authorised else None
    due, reviews, postponed = _reviews(authorised_at or held.period_began, entries)
    return Clock(
        relevant_time=relevant,
        authorised_at=authorised_at,
        running=any(span.holds(at) and span.ended != at for span in counting),
        counted=used,
        allowed=allowed,
        ends_at=deadline(counting, allowed) if held.detained else None,
        reviews=reviews,
        review_due_at=due if held.detained else None,
        postponed=postponed if held.detained else None,
        at=at,
        remarks=tuple(_remarks(counting, extensions, entries, used, allowed, authorised_at)),
    )


def beyond_power(
    held: Stays, entries: Sequence[Any], authority: Authority, until: datetime
) -> bool:
    """Whether ``until`` is later than ``authority`` may allow.

    Args:
        held: when the person was held.
        entries: those that stand on the record.
        authority: who allows more than 24 hours.
        until: the instant until which it would be allowed.

    Returns:
        True above 36 hours of detention for a superintendent, above 96 for magistrates; a pause
        that has not ended takes nothing off them.

    Source:
        PACE 1984 ss.42 to 44.
    """
    first, *later = held.spans
    spans = [Span(_relevant_time(held, entries), first.ended), *later]
    pauses = [*_pauses(spans, entries)]
    return counted([*without(spans, _ended(pauses))], until) > LIMITS[authority]


def _of(entries: Sequence[Any], kind: EntryKind) -> list[Any]:
    return [entry for entry in entries if entry.kind == kind]


def _pauses(spans: Sequence[Span], entries: Sequence[Any]) -> Iterator[Span]:
    """When the clock stood still: a pause is over at the latest with the stay in which it began.

    So one that nobody ended before the release stops no later hours.
    """
    for entry in _of(entries, EntryKind.PAUSED):
        for span in spans:
            if span.holds(entry.happened_at):
                ends = [end for end in (entry.until_at, span.ended) if end is not None]
                yield Span(entry.happened_at, min(ends, default=None))
                break


def _ended(pauses: Sequence[Span], by: datetime | None = None) -> list[Span]:
    return [p for p in pauses if p.ended is not None and (by is None or p.ended <= by)]


def _relevant_time(held: Stays, entries: Sequence[Any]) -> datetime:
    """The last one given for this clock; else the arrival with which it began."""
    given = [
        entry.happened_at
        for entry in _of(entries, EntryKind.RELEVANT_TIME)
        if held.earliest <= entry.happened_at <= held.arrived_at
    ]
    return given[-1] if given else held.arrived_at


def _allowed(extension: Any, spans: Sequence[Span], pauses: Sequence[Span]) -> timedelta:
    """The hours an extension allows, as they were counted when it was granted."""
    known = _ended(pauses, extension.happened_at)
    hours = counted([*without(spans, known)], extension.until_at)
    return min(hours, LIMITS[extension.authority])


def _reviews(start: datetime, entries: Sequence[Any]) -> tuple[datetime, int, EntryReason | None]:
    """When the next review is due, how many were held since ``start``, and why one is put off.

    A review that was put off and held late leaves the later ones where they were (s.40(7)).
    """
    due, held, postponed = start + FIRST_REVIEW, 0, None
    for entry in sorted(entries, key=lambda entry: entry.happened_at):
        if entry.happened_at < start:
            continue
        if entry.kind == EntryKind.REVIEW_POSTPONED:
            postponed = entry.reason
        elif entry.kind == EntryKind.REVIEWED:
            late = postponed is not None and entry.happened_at > due
            due = (due if late else entry.happened_at) + NEXT_REVIEW
            held, postponed = held + 1, None
    return due, held, postponed


def _remarks(
    counting: Sequence[Span],
    extensions: Sequence[Any],
    entries: Sequence[Any],
    used: timedelta,
    allowed: timedelta,
    authorised_at: datetime | None,
) -> Iterator[str]:
    if authorised_at is None:
        yield "When detention was authorised is not known: reviews are counted from arrival."
    if used > allowed:
        yield "Detention has lasted longer than was authorised."
    reviews = [e.happened_at for e in _of(entries, EntryKind.REVIEWED)]
    before = BASIC
    for extension in sorted(extensions, key=lambda extension: extension.happened_at):
        if counted(counting, extension.happened_at) > before:
            yield "Detention was extended after its time had run out."
        first = extension.authority == Authority.SUPERINTENDENT
        if first and len([at for at in reviews if at <= extension.happened_at]) < 2:
            yield "A superintendent extended detention before the second review was held."
        before = max(before, counted(counting, extension.until_at))
