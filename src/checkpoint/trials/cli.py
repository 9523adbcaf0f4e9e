"""Back door of trials: protocols are checked and adopted, trials closed."""

import csv
import io
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.shell import at_the_shell, shell_engine
from checkpoint.trials import loading, queries
from checkpoint.trials.rules import Phase, digest

app = typer.Typer(help="Trials: protocols and their ends.", no_args_is_help=True)
FILE = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A protocol file (TOML).")]
TRIAL = Annotated[str, typer.Argument(help="The trial's name.")]


@app.command()
def check(protocol: FILE) -> None:
    """Say whether a protocol file can be read, and where it is wrong. Changes nothing."""
    text = read(protocol)
    found = loading.readable(text)
    ratio = ", ".join(f"{arm} {parts}" for arm, parts in found.arms.items())
    typer.echo(f"{found.trial} ({found.kind.value}), version {found.version}: no fault.")
    typer.echo(f"Opens on {found.opens_on:%d %B %Y}; {ratio}; strata: {', '.join(found.strata)}.")
    typer.echo(f"SHA-256 {digest(text)}")


@app.command()
@at_the_shell
async def adopt(protocol: FILE) -> None:
    """Make a protocol file its trial's next version; what was drawn before stays as it is."""
    text = read(protocol)
    async with shell_engine() as engine, transaction(engine) as session:
        adopted = await loading.adopt(session, text, by=shell_actor(), at=utc_now())
    typer.echo(f"Adopted version {adopted.version}, from {adopted.in_effect_from:%d %B %Y} on.")
    typer.echo(f"SHA-256 {adopted.digest}")


@app.command()
@at_the_shell
async def close(
    trial: TRIAL,
    why: Annotated[str, typer.Option(help="Why, in words; about no case.", prompt=True)],
) -> None:
    """Close a trial for good: nobody is allocated in it any more."""
    async with shell_engine() as engine, transaction(engine) as session:
        await loading.close(session, trial, words=why, by=shell_actor(), at=utc_now())
    typer.echo(f"{trial} is closed. Its list can be proved now: checkpoint allocation verify.")


@app.command()
@at_the_shell
async def show() -> None:
    """Every trial with its version and how it stands."""
    async with shell_engine() as engine, transaction(engine) as session:
        for each in await queries.every(session, at=utc_now()):
            typer.echo(
                f"{each.code}  {each.kind.value}  {each.state.value}  "
                f"version {each.protocol.version}  target {each.protocol.target:,}"
            )


def read(file: Path) -> str:
    """A protocol file's text as it stands, line ends and all."""
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise loading.ProtocolRefused(
            f"The file is not UTF-8: look at byte {error.start}."
        ) from error


async def load_starter(session: AsyncSession) -> None:
    """The phases that ship with the package, where they are new."""
    content = (files("checkpoint.trials") / "reference" / "phases.csv").read_text("utf-8")
    phases = [
        Phase(
            row["suite"],
            date.fromisoformat(row["live_from"]),
            date.fromisoformat(row["live_until"]) if row["live_until"] else None,
            row["source"],
        )
        for row in csv.DictReader(io.StringIO(content))
    ]
    await loading.add_phases(session, phases, by=shell_actor(), at=utc_now())
