"""Days as they are lived in England. Pure."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")


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
    """
    return BANK_HOLIDAYS.get_nth_working_day(day, days) if days else day
