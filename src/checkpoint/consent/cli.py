"""Back door of consent: publish information sheets; the starter data."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.consent import loading, lookups
from checkpoint.consent.references import packaged
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.datedfiles import digest
from checkpoint.foundation.shell import at_the_shell, shell_engine

app = typer.Typer(help="Information sheets.", no_args_is_help=True)


@app.callback()
def consent() -> None:
    """Keep `publish` a command of its own while it is the only one."""


@app.command()
@at_the_shell
async def publish(
    sheet: Annotated[
        str, typer.Argument(help="A sheet (TOML), or the version of one that ships with this.")
    ],
) -> None:
    """Publish an information sheet; it is given from its first day on, and never changes."""
    own = packaged()
    text = own.get(sheet) or read(Path(sheet))
    async with shell_engine() as engine, transaction(engine) as session:
        published = await loading.publish(
            session, text, packaged=text in own.values(), by=shell_actor(), at=utc_now()
        )
    typer.echo(f"Published {published.version}, given from {published.valid_from:%d %B %Y}.")
    typer.echo(f"SHA-256 {published.digest}")


def read(file: Path) -> str:
    """The text of a sheet.

    Raises:
        SheetRefused: there is no such file, or it is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise loading.SheetRefused(f"The file is not UTF-8: look at byte {error.start}.") from error
    except OSError as error:
        raise loading.SheetRefused(f"{file.name}: {error.strerror}.") from error


async def load_starter(session: AsyncSession, *, trial: bool = False) -> None:
    """Publish the package's own sheets where nothing stands yet, or where the service is tried.

    A force's own sheets are never superseded by the package's: there somebody publishes them.

    Raises:
        SheetRefused: one was published with other bytes.
    """
    published = {row.sheet_version: row.sheet_digest for row in await lookups.sheets(session)}
    own = packaged()
    for version, text in own.items():
        if published.get(version, digest(text)) != digest(text):
            raise loading.SheetRefused(f"{version}.toml: it was published with other bytes")
    if published and not trial:
        return
    for version, text in own.items():
        if version not in published:
            await loading.publish(session, text, packaged=True, by=shell_actor(), at=utc_now())
