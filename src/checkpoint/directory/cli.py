"""Back door of the directory: what look-ups read, made anew; lists of places; the starter data."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.directory import loading
from checkpoint.directory.lookups import loading as places_loading
from checkpoint.directory.lookups.states import PlacesRefused
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


@app.command()
@at_the_shell
async def places(
    file: Annotated[Path, typer.Argument(help="A list of places (TOML).", metavar="FILE")],
) -> None:
    """Use a list of places from now on, instead of the one in use; that one stays on record."""
    text = read(file)
    async with shell_engine() as engine, transaction(engine) as session:
        own = await places_loading.publish(session, text, by=shell_actor(), at=utc_now())
    typer.echo(f"Look-ups use {own.version} from now on. SHA-256 {own.digest}")


def read(file: Path) -> str:
    """The text of a list.

    Raises:
        PlacesRefused: there is no such file, or it is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise PlacesRefused(f"The file is not UTF-8: look at byte {error.start}.") from error
    except OSError as error:
        raise PlacesRefused(f"{file.name}: {error.strerror}.") from error


async def load_starter(session: AsyncSession) -> None:
    """Load the pathways, the crosswalk and the places that ship with this, where none stand yet."""
    await loading.load(session, by=shell_actor(), at=utc_now())
    await places_loading.load(session, by=shell_actor(), at=utc_now())
