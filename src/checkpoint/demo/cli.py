"""Back door of the demo: one command, from an empty database to a trial's evaluation and its extracts."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Annotated

import typer
from dateutil.relativedelta import relativedelta
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from checkpoint.demo.afterwards import STAGES, evaluated
from checkpoint.demo.board import board
from checkpoint.demo.fates import Duty
from checkpoint.demo.findings import NOTHING, Findings, in_words
from checkpoint.demo.funnel import came_in, declines, funnel, given, refusals
from checkpoint.demo.listings import PROVIDERS, SERVICES
from checkpoint.demo.loop import loop
from checkpoint.demo.offers import offered
from checkpoint.demo.office import Office
from checkpoint.demo.overview import Overview
from checkpoint.demo.player import NotADemoDatabase
from checkpoint.demo.programme import Programme
from checkpoint.demo.releasing import Releasing
from checkpoint.demo.service import started, turn
from checkpoint.demo.stocking import LISTINGS
from checkpoint.demo.term import term
from checkpoint.demo.week import Step, week
from checkpoint.foundation.calendar import london_day, london_midnight
from checkpoint.foundation.clock import utc_now

# What is played ends a little before now, so that clocks may differ.
BEFORE_NOW = timedelta(minutes=5)
OPENS_AFTER = 3  # the trial opens after a third of the time, so that some are enrolled before it
COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
MADE_UP = "\nEverybody here is made up, and so is every share and every length."


def demo(
    seed: Annotated[int, typer.Option(help="The same seed gives the same funnel.")] = 2015,
    cases: Annotated[int, typer.Option(min=5, max=600, help="How many are arrested.")] = 200,
    months: Annotated[int, typer.Option(min=1, max=6, help="How many months are played.")] = 4,
    url: Annotated[
        str | None,
        typer.Option(
            help="A service that runs, with its local issuer, for trying. It keeps its own time, so "
            "one week is played to it."
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=28, help="With --url: how many days.")] = 7,
    folder: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="Where to keep what is played; else the evaluation and the extracts alone are kept.",
        ),
    ] = None,
) -> None:
    """Play some months of the suites and the navigators through the real API, and show what came of
    it. Everybody is made up, and so is every rate: none is the programme's.
    """
    if url is not None and folder is not None:
        raise typer.BadParameter("Give --url or --folder: a service that runs has its own.")
    told, shown = Console(stderr=True), Console(highlight=False)
    until = utc_now() - BEFORE_NOW
    if url is not None:
        _play_week(url.rstrip("/"), seed, days, until, told=told, shown=shown)
        return
    since = london_midnight(london_day(until) - relativedelta(months=months))
    results = _results(folder)
    told.print("Starting a service of its own ...")
    with _place(folder) as place, started(place, since) as address:
        _play_term(address, (place, results), seed, cases, (since, until), told=told, shown=shown)
    if folder is not None:
        shown.print(f"\nTo look around: CHECKPOINT_DATA_FOLDER={folder} make run")
        shown.print("As a navigator: role=navigator, name=demo-navigator-1 (to 5).")


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    """A folder for a service that is started here."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="checkpoint-demo-") as name:
            yield Path(name)
        return
    folder.mkdir(parents=True, exist_ok=True)
    yield folder.resolve()


def _results(folder: Path | None) -> Path:
    """Where the evaluation and the extracts are kept, whatever becomes of the rest."""
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="checkpoint-demo-evaluation-"))
    return folder.resolve() / "evaluation"


def _play_week(
    address: str, seed: int, days: int, until: datetime, *, told: Console, shown: Console
) -> None:
    """A week, to a service that is somebody else's; it keeps its own time and its own trials."""
    with Programme(address) as player:
        suites, before = player.open_suites(), player.people()
        if before:
            told.print(f"{before} made-up people are there already; another week is added to them.")
        if not any(state == "open" for _, state in player.trials()):
            told.print(
                "No trial is open there: whoever agrees is enrolled, where the programme runs. "
                "How to open one: docs/trial.md."
            )
        steps = offered(week(seed, days=days, suites=suites, until=until), seed, until=until)
        with Progress(*COLUMNS, TimeElapsedColumn(), console=told) as progress:
            task = progress.add_task("Playing", total=len(steps))
            for step in player.play(steps):
                progress.update(task, advance=1, description=f"Playing {step.at:%A}")
        shown.print(f"{MADE_UP} Seed {seed}, days {days}.\n")
        _show_funnel(player, shown)


def _play_term(
    address: str,
    places: tuple[Path, Path],
    seed: int,
    cases: int,
    span: tuple[datetime, datetime],
    *,
    told: Console,
    shown: Console,
) -> None:
    """Months, to a service whose time is turned with them; a test trial opens after a third."""
    (place, results), (since, until) = places, span
    opening = since + timedelta(days=(until - since).days // OPENS_AFTER)
    office = Office(place, seed)
    with Releasing(address, seed=seed, turn=partial(turn, place)) as player:
        suites = player.open_suites()
        if player.people():
            raise NotADemoDatabase("A demo was played there already; give an empty --folder.")
        _plan(player, suites, seed, cases, span)
        office.define(london_day(since) + timedelta(days=1))
        with Progress(*COLUMNS, TimeElapsedColumn(), console=told) as progress:
            listings = player.stock(at=since)
            for _ in progress.track(listings, LISTINGS, description="Filling the directory"):
                pass
            diary = Diary(progress, player, since=since, until=until)
            diary.follow(player.play_until(opening))
            office.open(player.trials(), london_day(opening))
            diary.follow(player.play_until(until))
            diary.close()
        told.print("Closing the test trial, and proving its list ...")
        proof = office.close()
        looked_at = (london_day(opening), london_day(until))
        with Progress(*COLUMNS, TimeElapsedColumn(), console=told) as progress:
            seen = _stages(progress)
            found = evaluated(player, office, results, seed=seed, span=looked_at, seen=seen)
        shown.print(f"{MADE_UP} Seed {seed}, cases {cases}.\n")
        _show_term(player, suites, proof, at=until, shown=shown)
        _show_findings(found, shown)


def _plan(
    player: Releasing, suites: Sequence[str], seed: int, cases: int, span: tuple[datetime, datetime]
) -> None:
    """Who is arrested when, who works there, who falls sick, and what the directory's editor does."""
    since, until = span
    player.register(suites, capacity=max(3, cases // 20), at=since)
    player.plan(term(seed, cases=cases, suites=suites, since=since, until=until))
    days = (until - since).days
    sick = since + timedelta(days=days * 3 // 5, hours=8)
    player.plan([Step(-1, suites[0], sick, Duty.FALL_SICK, {"suites": suites})])
    player.plan_upkeep(since=since, until=until)


def _show_term(
    player: Releasing, suites: Sequence[str], proof: str, *, at: datetime, shown: Console
) -> None:
    """How far everybody came, how the trial ended, and what the navigators have in hand."""
    _show_funnel(player, shown)
    shown.print(f"The test trial is closed. {proof}")
    shown.print("Arms are shown here because it is a test and closed; of a live trial, never.")
    shown.print(given(player.arms, player.given))
    shown.print(board(player.lines(suites, at=at)))
    _show_referrals(player, suites, shown)


def _stages(progress: Progress) -> Callable[[str], None]:
    """A bar that is told of each stage of the trial's end as it begins."""
    task = progress.add_task("Evaluating", total=STAGES)
    begun = count()
    return lambda what: progress.update(task, completed=next(begun) + 1, description=what)


class Diary:
    """The days that have passed, as a bar; and one line a month, but for the last, of which all that
    follows tells.
    """

    def __init__(
        self, progress: Progress, player: Overview, *, since: datetime, until: datetime
    ) -> None:
        self._progress, self._player = progress, player
        self._since, self._until = since, until
        self._task = progress.add_task("Playing", total=(until - since).days)
        self._months, self._last = 0, relativedelta(until, since).months

    def follow(self, steps: Iterable[Step]) -> None:
        """Go through the steps as they are done."""
        for step in steps:
            passed = relativedelta(step.at, self._since).months
            if self._months < passed < self._last:
                self._months = passed
                self._progress.print(f"{step.at:%d %B}: {self._player.month()}")
            days = (step.at - self._since).days
            said = f"Playing {step.at:%d %B}"
            self._progress.update(self._task, completed=days, description=said)

    def close(self) -> None:
        """The last day is over, whatever was done on it."""
        self._progress.update(self._task, completed=(self._until - self._since).days)


def _show_funnel(player: Programme, shown: Console) -> None:
    counts, by_suite = player.counts(), player.of_suites()
    for table in (funnel(counts), refusals(counts), declines(counts), came_in(by_suite)):
        shown.print(table)


def _show_referrals(player: Overview, suites: Sequence[str], shown: Console) -> None:
    shown.print(loop(*player.came_of_referrals(suites)))
    shown.print(
        f"The directory: {len(SERVICES)} services of {len(PROVIDERS)} providers, every one made "
        f"up; for {len(player.stale())} of them nobody vouched lately."
    )


def _show_findings(found: Findings | None, shown: Console) -> None:
    for paragraph in in_words(found) if found else [NOTHING]:
        shown.print(f"\n{paragraph}", soft_wrap=True)
