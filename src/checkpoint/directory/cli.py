"""Back door of the directory: what look-ups read, made anew; the starter data."""

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.directory import loading
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.shell import at_the_shell, shell_engine

app = typer.Typer(help="The directory of services.", no_args_is_help=True)


@app.callback()
def directory() -> None:
    """The directory of services."""


@app.command()
@at_the_shell
async def reindex() -> None:
    """Derive anew what look-ups read of every service; documents stay as they are."""
    async with shell_engine() as engine, transaction(engine) as session:
        number = await loading.reindex(session, by=shell_actor(), at=utc_now())
    typer.echo(f"Derived anew for {number} services.")


async def load_starter(session: AsyncSession) -> None:
    """Load the pathways and the crosswalk that ship with this, where they do not stand yet."""
    await loading.load(session, by=shell_actor(), at=utc_now())
