"""Back door of the demo: one command, from an empty database to the funnel."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from checkpoint.demo.funnel import came_in, declines, funnel, given, refusals
from checkpoint.demo.offers import offered
from checkpoint.demo.office import Office
from checkpoint.demo.programme import Programme
from checkpoint.demo.service import started
from checkpoint.demo.week import Step, week
from checkpoint.foundation.clock import utc_now

# The week ends a little before now, so that clocks may differ.
BEFORE_NOW = timedelta(minutes=5)
OPENS_AFTER = 3  # the trial opens after a third of the days, so that some are enrolled before it


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
    with _service(url, folder, told) as (address, place), Programme(address) as player:
        suites, before = player.open_suites(), player.people()
        if before:
            told.print(f"{before} made-up people are there already; another week is added to them.")
        office = Office(place, seed) if place else None
        until = utc_now() - BEFORE_NOW
        steps = offered(week(seed, days=days, suites=suites, until=until), seed, until=until)
        opening = until - timedelta(days=days - days // OPENS_AFTER)
        _play(player, steps, told, office=office, opening=opening)
        proof = _closed(office, told) if office else None
        counts, by_suite = player.counts(), player.of_suites()
    shown = Console(highlight=False)
    shown.print(f"\nEverybody here is made up, and so is every share. Seed {seed}, days {days}.\n")
    for table in (funnel(counts), refusals(counts), declines(counts), came_in(by_suite)):
        shown.print(table)
    if proof:
        shown.print(f"The test trial is closed. {proof}")
        shown.print("Arms are shown here because it is a test and closed; of a live trial, never.")
        shown.print(given(player.arms, player.given))
    if folder is not None:
        shown.print(f"\nTo look around: CHECKPOINT_DATA_FOLDER={folder} make run")


def _closed(office: Office, told: Console) -> str:
    told.print("Closing the test trial, and proving its list ...")
    return office.close()


@contextmanager
def _service(
    url: str | None, folder: Path | None, told: Console
) -> Iterator[tuple[str, Path | None]]:
    """The address to play to, and the folder of a service that is started here."""
    if url is not None:
        yield url.rstrip("/"), None
        return
    told.print("Starting a service of its own ...")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        with started(folder.resolve()) as address:
            yield address, folder.resolve()
        return
    with (
        tempfile.TemporaryDirectory(prefix="checkpoint-demo-") as name,
        started(Path(name)) as address,
    ):
        yield address, Path(name)


def _play(
    player: Programme,
    steps: list[Step],
    told: Console,
    *,
    office: Office | None,
    opening: datetime,
) -> None:
    """Until the opening whoever agrees is enrolled; from then on they are allocated."""
    if office is None and not any(state == "open" for _, state in player.trials()):
        told.print(
            "No trial is open there: whoever agrees is enrolled, where the programme runs. "
            "How to open one: docs/trial.md."
        )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=told) as progress:
        task = progress.add_task("Playing", total=len(steps))

        def play(part: list[Step]) -> None:
            for step in player.play(part):
                progress.update(task, advance=1, description=f"Playing {step.at:%A}")

        play([step for step in steps if step.at < opening])
        if office is not None:
            progress.update(task, description="Opening a trial")
            office.open(player.trials())
        play([step for step in steps if step.at >= opening])
