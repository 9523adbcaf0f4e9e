"""Access from the shell: take somebody's tokens back."""

from typing import Annotated
from uuid import UUID

import typer

from checkpoint.access import actions
from checkpoint.access.authentication import shell_actor
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.shell import at_the_shell, shell_engine

app = typer.Typer(help="Who may do what.", no_args_is_help=True)


@app.callback()
def access() -> None:
    """Keep `revoke` a command of its own while it is the only one."""


@app.command()
@at_the_shell
async def revoke(
    actor: Annotated[UUID, typer.Argument(help="The actor's id, as the ledger shows it.")],
) -> None:
    """Refuse every token this person holds; they must log in again."""
    async with shell_engine() as engine, transaction(engine) as session:
        await actions.revoke(session, actor, by=shell_actor(), at=utc_now())
    typer.echo("Done: their present tokens are refused within the promised seconds.")
