"""The only place that asks what time it is."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


def utc_now() -> datetime:
    return datetime.now(UTC)


async def now() -> datetime:
    return utc_now()


async def token_time() -> datetime:
    return utc_now()


Now = Annotated[datetime, Depends(now)]
# Apart from the programme's time: a test may stop that, and people must still be able to log in.
TokenTime = Annotated[datetime, Depends(token_time)]
