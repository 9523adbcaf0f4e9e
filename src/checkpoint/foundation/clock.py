"""The only place that asks what time it is."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends

LONDON = ZoneInfo("Europe/London")


def utc_now() -> datetime:
    return datetime.now(UTC)


def london_day(at: datetime) -> date:
    """The calendar day on which ``at`` falls in England."""
    return at.astimezone(LONDON).date()


async def now() -> datetime:
    return utc_now()


Now = Annotated[datetime, Depends(now)]
