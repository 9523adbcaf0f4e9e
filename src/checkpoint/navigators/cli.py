"""Back door of navigators: providers, for a shell; the starter data."""

import csv
import io
from datetime import datetime
from importlib.resources import files
from typing import Annotated

import typer
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.shell import at_the_shell, shell_engine
from checkpoint.navigators.staff import actions, loading
from checkpoint.navigators.staff.schemas import AddProvider

app = typer.Typer(help="Navigators: who employs them.", no_args_is_help=True)
DAY = typer.Option("--from", formats=["%Y-%m-%d"], help="First day, e.g. 2026-11-01.")


@app.callback()
def navigators() -> None:
    """Keep `add-provider` a command of its own while it is the only one."""


@app.command()
@at_the_shell
async def add_provider(
    code: Annotated[str, typer.Argument(help="A short name, e.g. NECA.")],
    name: Annotated[str, typer.Argument(help="Its name.")],
    available_from: Annotated[datetime, DAY],
    source: Annotated[str, typer.Option(help="Who says so.", prompt=True)],
) -> None:
    """Add an employer of navigators."""
    try:
        command = AddProvider(
            code=code, name=name, available_from=available_from.date(), source=source
        )
    except ValidationError as fault:
        field = fault.errors()[0]["loc"][0]
        raise typer.BadParameter(f"The {field} is not in the agreed form.") from None
    async with shell_engine() as engine, transaction(engine) as session:
        added = await actions.add_provider(session, command, by=shell_actor(), at=utc_now())
    typer.echo(f"Added {added.code}, from {added.available_from:%d %B %Y} on.")


async def load_starter(session: AsyncSession) -> None:
    """The providers that ship with the package, where they are new."""
    file = files("checkpoint.navigators") / "staff" / "reference" / "providers.csv"
    rows = [*csv.DictReader(io.StringIO(file.read_text("utf-8")))]
    await loading.add_providers(session, rows, by=shell_actor(), at=utc_now())
