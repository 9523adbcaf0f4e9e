"""Back door of data cuts, for trials of any size."""

from datetime import datetime
from typing import Annotated

import typer

from checkpoint.access.authentication import shell_actor
from checkpoint.allocation.vault import Vault
from checkpoint.foundation.bars import bar
from checkpoint.foundation.calendar import LONDON
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.settings import Settings
from checkpoint.foundation.shell import at_the_shell, shell_engine
from checkpoint.outcomes.cuts import actions, queries, views
from checkpoint.outcomes.elsewhere.cli import app

__all__ = ["app"]  # with this command beside those of trials


@app.command()
@at_the_shell
async def cut(
    trial: Annotated[str, typer.Argument(help="The trial's name.")],
    known_until: Annotated[
        datetime | None,
        typer.Option(help="What was on record by then counts, in English time; else all of now."),
    ] = None,
    followed_until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The last day that counts, for follow-up, allocations and measures of cases; "
            "else the last of which follow-up is in.",
        ),
    ] = None,
) -> None:
    """Keep a trial as it is known: every figure and every extract is made from a data cut."""
    until = known_until.replace(tzinfo=LONDON) if known_until else None
    vault = Vault(Settings())
    async with shell_engine() as engine, transaction(engine) as session:
        with bar("Cutting") as seen:
            taken = await actions.take(
                session,
                trial,
                vault=vault,
                known_until=until,
                followed_until=followed_until.date() if followed_until else None,
                by=shell_actor(),
                at=utc_now(),
                seen=seen,
            )
        changed = await queries.changes(session, taken.id)
    typer.echo(
        f"{trial}, data cut {taken.number}: {taken.participants:,} participants, "
        f"{taken.events:,} events until {taken.followed_until:%d %B %Y}."
    )
    if taken.number > 1:
        typer.echo(views.changes(trial, taken.number, changed, shell_actor().role).in_words)
    typer.echo(f"SHA-256 {taken.digest}")
