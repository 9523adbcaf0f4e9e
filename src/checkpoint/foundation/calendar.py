"""Days as they are lived in England. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def london_day(at: datetime) -> date:
    """The calendar day on which ``at`` falls in England."""
    return at.astimezone(LONDON).date()
