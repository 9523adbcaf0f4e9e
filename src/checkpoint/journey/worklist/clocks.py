"""From when the time of a thing on the worklist is counted, and where it stands on the list. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

from checkpoint.contracts.reviews.clocks import raise_by
from checkpoint.contracts.sessions.clocks import policy_on as contact_policy_on
from checkpoint.foundation.calendar import london_day, london_midnight
from checkpoint.journey.stages import prosecution_deadline
from checkpoint.journey.worklist.states import Kind
from checkpoint.referrals.references import policy_on as referral_policy_on

DAY = timedelta(days=1)
LAST_ID = UUID(int=2**128 - 1)
FIRST_DAY, DAYS = date(1900, 1, 1).toordinal(), range(366 * 250)


@dataclass(frozen=True)
class FromInstant:
    """Due a span after an instant."""

    span: timedelta = timedelta()

    def due(self, since: datetime) -> datetime:
        """By when."""
        return since + self.span

    place = due

    def last_due(self, by: datetime) -> datetime:
        """The last instant from which something is due by then."""
        return by - self.span

    def bound(self, at: datetime, id: UUID) -> tuple[datetime, UUID]:
        """What comes after a place on the list comes after this instant and id."""
        return at - self.span, id


@dataclass(frozen=True)
class FromDay:
    """Due by the end of a day in England that follows from another, and never goes back with it."""

    day_of: Callable[[date], date] = lambda day: day

    def due(self, since: date) -> datetime:
        """By when: the midnight after the last day."""
        return london_midnight(self.day_of(since) + DAY)

    def place(self, since: date) -> datetime:
        """Where on the list: where several days have one last day, still in the order of those days.

        Six months from the 29th, 30th and 31st of August all end with February. A microsecond a
        day keeps them apart, so that a page ends between two lines and not within them.
        """
        behind = timedelta(microseconds=(self.day_of(since) - since).days)
        return self.due(since) - behind

    def last_due(self, by: datetime) -> date:
        """The last day from which something is due by then."""
        return _last_due(self, london_day(by))

    def bound(self, at: datetime, id: UUID) -> tuple[date, UUID]:
        """What comes after a place on the list comes after this day and id."""
        day = self._last(self.place, at)
        return day, id if self.place(day) == at else LAST_ID

    def _last(self, told: Callable[[date], datetime], by: datetime) -> date:
        found = bisect_right(DAYS, by, key=lambda n: told(date.fromordinal(FIRST_DAY + n)))
        return date.fromordinal(FIRST_DAY + found - 1)


@lru_cache(maxsize=1_000)
def _last_due(reckoning: FromDay, day: date) -> date:
    """The same for a whole day: whatever is due by the end of one is due at a midnight."""
    return reckoning._last(reckoning.due, london_midnight(day))  # noqa: SLF001


Reckoning = FromInstant | FromDay


def _deadline(day: date) -> date:
    return prosecution_deadline(day) or day


def _silence_ends(day: date) -> date:
    return day + timedelta(days=contact_policy_on(day).silent_days - 1)


def _raised_by(day: date) -> date:
    return raise_by(london_midnight(day))


def _acknowledged_by(day: date) -> date:
    return day + timedelta(days=referral_policy_on(day).acknowledged_days)


def _waits_until(day: date) -> date:
    return day + timedelta(days=referral_policy_on(day).waiting_days)


FROM_DAYS: Mapping[Kind, FromDay] = MappingProxyType(
    {
        Kind.PROSECUTION_DEADLINE: FromDay(_deadline),
        Kind.CLEARANCE_EXPIRING: FromDay(),
        Kind.NAVIGATOR_ABSENT: FromDay(),
        Kind.NO_CONTACT: FromDay(_silence_ends),
        Kind.CONTRACT_ENDING: FromDay(),
        Kind.REVIEW_DUE: FromDay(),
        Kind.ARREST_UNREVIEWED: FromDay(_raised_by),
        Kind.CHALLENGE_OPEN: FromDay(),
        Kind.REFERRAL_UNACKNOWLEDGED: FromDay(_acknowledged_by),
        Kind.REFERRAL_WAITING: FromDay(_waits_until),
    }
)
