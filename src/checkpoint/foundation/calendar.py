"""Days as they are lived in England. Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")


class Dated(Protocol):
    """Something that holds from a day on."""

    @property
    def available_from(self) -> date: ...


Policy = TypeVar("Policy", bound=Dated)


def in_force(policies: Sequence[Policy], day: date) -> Policy:
    """Which of several dated policies holds on a day.

    Args:
        policies: one or more, in the order of their first days.
        day: in England.

    Returns:
        The last one that had begun; before them all, the first.
    """
    begun = [policy for policy in policies if policy.available_from <= day]
    return (begun or [policies[0]])[-1]


def day(on: date) -> str:
    """A day as people write it: 3 November 2026."""
    return f"{on.day} {on:%B} {on.year}"


def moment(at: datetime) -> str:
    """An instant as the clock on the wall showed it: 3 November 2026 at 12:00 (GMT)."""
    local = at.astimezone(LONDON)
    return f"{day(local.date())} at {local:%H:%M} ({local.tzname()})"


def london_day(at: datetime) -> date:
    """The calendar day on which ``at`` falls in England."""
    return at.astimezone(LONDON).date()


def london_midnight(on: date) -> datetime:
    """The instant at which the day ``on`` begins in England, in UTC."""
    return datetime.combine(on, time(), LONDON).astimezone(UTC)


# Bank holidays of England and Wales; Saturdays and Sundays are its weekend.
BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG")


def working_days_after(day: date, days: int) -> date:
    """The working day that comes so many working days after ``day``, which is not counted itself.

    Args:
        day: in England.
        days: how many, 0 or more; with 0, ``day`` itself.

    Returns:
        A working day in England; with 0, whatever ``day`` is.
    """
    return BANK_HOLIDAYS.get_nth_working_day(day, days) if days else day
