"""A shell command's event loop, and the end of its connections."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.foundation.clock import follow
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from checkpoint.foundation.embedded import serving
from checkpoint.foundation.settings import Settings

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def at_the_shell(
    command: Callable[Given, Coroutine[object, object, Answer]],
) -> Callable[Given, Answer]:
    """Run an async command to its end, for a caller who has no event loop."""

    @wraps(command)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        return asyncio.run(command(*args, **kwargs))

    return run


@asynccontextmanager
async def shell_engine() -> AsyncIterator[AsyncEngine]:
    """The owner's connections, for one command; a bulk load may take its time."""
    settings = Settings()
    follow(settings.clock_file)
    with serving(settings) as addresses:
        engine = engine_for(
            addresses.owner,
            role=OWNER_ROLE,
            pool_size=2,
            settings={"statement_timeout": "10min", "idle_in_transaction_session_timeout": "10min"},
        )
        try:
            yield engine
        finally:
            await engine.dispose()  # connections end with the loop that opened them
