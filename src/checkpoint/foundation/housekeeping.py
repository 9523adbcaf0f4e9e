"""What is kept only for a while, and then removed."""

from datetime import timedelta
from typing import Any, cast

import sqlalchemy as sa
import typer
from sqlmodel import col

from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.idempotency import KeptAnswer
from checkpoint.foundation.shell import at_the_shell, shell_engine

KEEP_ANSWERS = timedelta(days=7)

app = typer.Typer(help="Remove what has served its time.", no_args_is_help=True)


@app.callback()
def housekeeping() -> None:
    """Keep `answers` a command of its own while it is the only one."""


@app.command()
@at_the_shell
async def answers() -> None:
    """Remove kept answers to creating requests that are older than seven days."""
    old = sa.delete(KeptAnswer).where(col(KeptAnswer.kept_at) < utc_now() - KEEP_ANSWERS)
    async with shell_engine() as engine, transaction(engine) as session:
        removed = await session.exec(old)
    count = cast("sa.CursorResult[Any]", removed).rowcount
    typer.echo(f"{count:,} kept answers removed.")
