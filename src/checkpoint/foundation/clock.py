"""The only place that asks what time it is."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


def utc_now() -> datetime:
    return datetime.now(UTC)


async def now() -> datetime:
    return utc_now()


Now = Annotated[datetime, Depends(now)]
