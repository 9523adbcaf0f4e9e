"""From when until when an appointment is, and who else is to be elsewhere then. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from checkpoint.contracts.sessions.states import ClashOf, ClashWhy
from checkpoint.foundation.calendar import london_day, london_midnight

LEAST_MINUTES, MOST_MINUTES = 5, 480


@dataclass(frozen=True, kw_only=True)
class Span:
    """From when until when; the end is not in it."""

    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, starts_at: datetime, minutes: int) -> "Span":
        return cls(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))

    def meets(self, other: "Span") -> bool:
        """Whether both share an instant."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Who is to be elsewhere, why, and when."""

    of: ClashOf
    why: ClashWhy
    starts_at: datetime
    ends_at: datetime | None


def clashes(
    span: Span,
    *,
    of_person: Iterable[Any],
    of_navigator: Iterable[Any],
    absences: Iterable[tuple[date, date | None]],
) -> list[Clash]:
    """Who else is to be elsewhere at that time.

    Args:
        span: when the appointment is.
        of_person: the person's other appointments that stand, with starts_at and minutes.
        of_navigator: the same of the navigator; one of both is told of both.
        absences: the navigator's, by first day and last day in England; None is not known.

    Returns:
        The person's clashes, then the navigator's, then the absences, each in the order given.
    """
    found = []
    for whose, rows in ((ClashOf.PERSON, of_person), (ClashOf.NAVIGATOR, of_navigator)):
        for row in rows:
            other = Span.of(row.starts_at, row.minutes)
            if span.meets(other):
                found.append(_clash(whose, ClashWhy.APPOINTMENT, other.starts_at, other.ends_at))
    first, last = london_day(span.starts_at), london_day(span.ends_at)
    for absent_from, last_day in absences:
        if absent_from <= last and (last_day is None or last_day >= first):
            ends = london_midnight(last_day + timedelta(days=1)) if last_day else None
            begins = london_midnight(absent_from)
            found.append(_clash(ClashOf.NAVIGATOR, ClashWhy.ABSENCE, begins, ends))
    return found


def _clash(of: ClashOf, why: ClashWhy, starts_at: datetime, ends_at: datetime | None) -> Clash:
    return Clash(of=of, why=why, starts_at=starts_at, ends_at=ends_at)
