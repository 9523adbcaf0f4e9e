"""Back door of the demo: one command, from an empty database to the funnel."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from checkpoint.demo.funnel import funnel, refusals
from checkpoint.demo.player import Player
from checkpoint.demo.service import started
from checkpoint.demo.week import Step, week
from checkpoint.foundation.clock import utc_now

# The week ends a little before now, so that clocks may differ.
BEFORE_NOW = timedelta(minutes=5)


def demo(
    seed: Annotated[int, typer.Option(help="The same seed gives the same funnel.")] = 2015,
    days: Annotated[int, typer.Option(min=1, max=28, help="How many days are played.")] = 7,
    url: Annotated[
        str | None, typer.Option(help="A service that runs, with its local issuer, for trying.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Where to keep what is played; else it is thrown away."),
    ] = None,
) -> None:
    """Play a made-up week of the suites through the real API, and show who came how far."""
    if url is not None and folder is not None:
        raise typer.BadParameter("Give --url or --folder: a service that runs has its own.")
    told = Console(stderr=True)
    with _service(url, folder, told) as address, Player(address) as player:
        suites, before = player.open_suites(), player.people()
        if before:
            told.print(f"{before} made-up people are there already; another week is added to them.")
        steps = week(seed, days=days, suites=suites, until=utc_now() - BEFORE_NOW)
        _play(player, steps, told)
        counts = player.counts()
    shown = Console(highlight=False)
    shown.print(f"\nEverybody here is made up, and so is every share. Seed {seed}, days {days}.\n")
    shown.print(funnel(counts))
    shown.print(refusals(counts))
    if folder is not None:
        shown.print(f"\nTo look around: CHECKPOINT_DATA_FOLDER={folder} make run")


@contextmanager
def _service(url: str | None, folder: Path | None, told: Console) -> Iterator[str]:
    """The address to play to, of a service that is started here unless one was named."""
    if url is not None:
        yield url.rstrip("/")
        return
    told.print("Starting a service of its own ...")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        with started(folder.resolve()) as address:
            yield address
        return
    with (
        tempfile.TemporaryDirectory(prefix="checkpoint-demo-") as name,
        started(Path(name)) as address,
    ):
        yield address


def _play(player: Player, steps: list[Step], told: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=told) as progress:
        task = progress.add_task("Playing", total=len(steps))
        for step in player.play(steps):
            progress.update(task, advance=1, description=f"Playing {step.at:%A}")
