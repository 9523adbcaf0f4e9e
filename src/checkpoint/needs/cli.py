"""Back door of needs: check and publish instruments; the starter data."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.datedfiles import digest
from checkpoint.foundation.shell import at_the_shell, shell_engine
from checkpoint.needs import loading, lookups
from checkpoint.needs.references import packaged

app = typer.Typer(help="Instruments of the needs assessment.", no_args_is_help=True)
FILE = typer.Argument(help="An instrument (TOML), or the version of one that ships with this.")


@app.command()
def check(instrument: Annotated[str, FILE]) -> None:
    """Say where an instrument is wrong, and what its SHA-256 is. Nothing is published."""
    text = packaged().get(instrument) or read(Path(instrument))
    found = loading.readable(text)
    for part in found.pathways:
        typer.echo(f"{part.pathway.value}: {len(part.questions)} questions, 0 to {part.highest}")
    typer.echo(f"SHA-256 {digest(text)}")


@app.command()
@at_the_shell
async def publish(instrument: Annotated[str, FILE]) -> None:
    """Publish an instrument; it is used from its first day on, and never changes."""
    own = packaged()
    text = own.get(instrument) or read(Path(instrument))
    async with shell_engine() as engine, transaction(engine) as session:
        published = await loading.publish(
            session, text, packaged=text in own.values(), by=shell_actor(), at=utc_now()
        )
    typer.echo(f"Published {published.version}, used from {published.valid_from:%d %B %Y}.")
    typer.echo(f"SHA-256 {published.digest}")


def read(file: Path) -> str:
    """The text of an instrument.

    Raises:
        InstrumentRefused: there is no such file, or it is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise loading.InstrumentRefused(
            f"The file is not UTF-8: look at byte {error.start}."
        ) from error
    except OSError as error:
        raise loading.InstrumentRefused(f"{file.name}: {error.strerror}.") from error


async def load_starter(session: AsyncSession, *, trial: bool = False) -> None:
    """Publish the package's own instrument where nothing stands yet, or where the service is tried.

    A force's own instruments are never superseded by the package's.

    Raises:
        InstrumentRefused: one was published with other bytes.
    """
    published = {row.version: row.digest for row in await lookups.instruments(session)}
    own = packaged()
    for version, text in own.items():
        if published.get(version, digest(text)) != digest(text):
            raise loading.InstrumentRefused(f"{version}.toml: it was published with other bytes")
    if published and not trial:
        return
    for version, text in own.items():
        if version not in published:
            await loading.publish(session, text, packaged=True, by=shell_actor(), at=utc_now())
