"""Days as they are lived in England. Pure."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def london_day(at: datetime) -> date:
    """The calendar day on which ``at`` falls in England."""
    return at.astimezone(LONDON).date()


def london_midnight(on: date) -> datetime:
    """The instant at which the day ``on`` begins in England, in UTC."""
    return datetime.combine(on, time(), LONDON).astimezone(UTC)
