"""Back door of the suite: load national lists of offences and of schedules; the starter data."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.custody import loading, lookups, queries
from checkpoint.custody.lists import OffenceClassification, Suite
from checkpoint.custody.references import (
    DATES,
    OffenceRow,
    Remark,
    ScheduleRow,
    UnreadableFile,
    rows_of,
    schedules_of,
)
from checkpoint.custody.states import ModeOfTrial, OffenceCategory, OffenceClass, OffenceSchedule
from checkpoint.custody.suites.loading import add_hours
from checkpoint.custody.suites.rules import COLUMNS, Hours, HoursUnreadable, parse
from checkpoint.foundation import errors
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.shell import at_the_shell, shell_engine

app = typer.Typer(help="Custody suites and offences.", no_args_is_help=True)
CHUNK_LINES, SHOWN = 500, 20
Row = TypeVar("Row", OffenceRow, ScheduleRow)


class OffenceListRejected(errors.Unprocessable):
    slug = "offence-list-rejected"
    title = "The list was not loaded; nothing was changed"


File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8.")]
Report = Annotated[
    Path | None, typer.Option(help="Write what became of each line to this CSV file.")
]


@app.command()
@at_the_shell
async def load_offences(file: File, report: Report = None) -> None:
    """Load a national list of offences: all of it, or nothing."""
    content = file.read_bytes()
    rows = accepted(*read_list(content), report, named="offences")
    async with shell_engine() as engine, transaction(engine) as session:
        loaded = await store(session, rows, name=file.name, content=content)
    typer.echo(told_of(loaded))


@app.command()
@at_the_shell
async def load_schedules(file: File, report: Report = None) -> None:
    """Load the schedules that offences stand in: all of the list, or nothing."""
    content = file.read_bytes()
    rows = accepted(*read_list(content, schedules_of), report, named="offences in schedules")
    async with shell_engine() as engine, transaction(engine) as session:
        loaded = await store_schedules(session, rows, name=file.name, content=content)
    typer.echo(told_of(loaded))


def told_of(loaded: bool) -> str:  # noqa: FBT001 - one thing is said of one thing
    return "Loaded." if loaded else "This very file was loaded before; nothing was changed."


def accepted(
    rows: list[Row], remarks: list[Remark], report: Path | None, *, named: str
) -> list[Row]:
    """The rows, if no line was rejected; and the report, either way.

    Raises:
        OffenceListRejected: a line was rejected, no row is left, or the report cannot be written.
    """
    if report is not None:
        try:
            write_report(report, remarks, taken=len(rows))
        except OSError as error:
            raise OffenceListRejected(f"The report cannot be written: {error.strerror}.") from error
    rejected = [remark for remark in remarks if remark.rejected]
    tell(rows, remarks, named=named)
    if rejected:
        raise OffenceListRejected(f"{len(rejected)} lines were rejected. Mend them and load again.")
    if not rows:
        raise OffenceListRejected(f"The file holds no {named}.")
    return rows


def read_list(
    content: bytes,
    read: Callable[[Iterator[str]], Iterator[Row | Remark]] = rows_of,  # type: ignore[assignment]
) -> tuple[list[Row], list[Remark]]:
    """Every line of a list, sorted into rows and remarks, with a bar while it reads.

    Raises:
        OffenceListRejected: the file as a whole cannot be read.
    """
    columns = (TextColumn("Reading"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    rows: list[Row] = []
    remarks: list[Remark] = []
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("read", total=len(content))
        try:
            lines = io.StringIO(content.decode("utf-8-sig"), newline="")
            for found in read(_counted(lines, progress, task)):
                (remarks if isinstance(found, Remark) else rows).append(found)  # type: ignore[arg-type]
        except UnicodeDecodeError as error:
            raise OffenceListRejected("The file is not UTF-8.") from error
        except UnreadableFile as error:
            raise OffenceListRejected(f"The file cannot be read: {error}.") from error
        progress.update(task, completed=len(content))
    return rows, remarks


def _counted(lines: Iterator[str], progress: Progress, task: TaskID) -> Iterator[str]:
    """The same lines, with the bar moved now and then: at each one it would cost more than reading."""
    read = 0
    for number, line in enumerate(lines):
        read += len(line)
        if number % CHUNK_LINES == 0:
            progress.update(task, completed=read)
        yield line


def tell(rows: Sequence[Row], remarks: list[Remark], *, named: str) -> None:
    """What became of the lines, in a few words; the first rejected ones by number and column."""
    rejected = [remark for remark in remarks if remark.rejected]
    typer.echo(
        f"{len(rows):,} {named}, {len(remarks) - len(rejected):,} lines passed over, "
        f"{len(rejected):,} rejected."
    )
    for told in first_of([place_of(remark) for remark in rejected]):
        typer.echo(f"  {told}", err=True)


def place_of(remark: Remark) -> str:
    return f"line {remark.line}, {remark.column}: {remark.why}".replace(", :", ":")


def first_of(faults: Sequence[str]) -> list[str]:
    """The first faults, and how many more there are."""
    more = len(faults) - SHOWN
    return [*faults[:SHOWN], *([f"and {more:,} more"] if more > 0 else [])]


def write_report(path: Path, remarks: list[Remark], *, taken: int) -> None:
    """One line for each line not taken, and how many were."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "column", "result", "why"])
        for remark in remarks:
            result = "rejected" if remark.rejected else "passed over"
            writer.writerow([remark.line, remark.column, result, remark.why])
        writer.writerow(["", "", "taken", taken])


async def store(
    session: AsyncSession, rows: list[OffenceRow], *, name: str, content: bytes
) -> bool:
    """Load the rows; False when this very file was loaded before."""
    digest = hashlib.sha256(content).hexdigest()
    if await lookups.offence_list(session, digest) is not None:
        return False
    await loading.load_offences(
        session, rows, name=name, digest=digest, by=shell_actor(), at=utc_now()
    )
    return True


async def store_schedules(
    session: AsyncSession, rows: list[ScheduleRow], *, name: str, content: bytes
) -> bool:
    """Load the schedules; False when this very file was loaded before."""
    digest = hashlib.sha256(content).hexdigest()
    if await lookups.schedule_list(session, digest) is not None:
        return False
    await loading.load_schedules(
        session, rows, name=name, digest=digest, by=shell_actor(), at=utc_now()
    )
    return True


class SuiteHoursRejected(errors.Unprocessable):
    slug = "suite-hours-rejected"
    title = "The hours were not loaded; nothing was changed"


@app.command()
@at_the_shell
async def load_hours(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8.")],
) -> None:
    """Load the opening hours of suites: those that are new, or nothing."""
    openings = read_hours(file.read_bytes())
    async with shell_engine() as engine, transaction(engine) as session:
        known = {suite.code for suite in await queries.suites(session)}
        if strangers := sorted({each.suite for each in openings} - known):
            raise SuiteHoursRejected(f"There is no suite {', '.join(strangers)}.")
        added = await add_hours(session, openings, by=shell_actor(), at=utc_now())
    typer.echo(f"{added} openings added, {len(openings) - added} were there.")


def read_hours(content: bytes) -> list[Hours]:
    """The openings of a file.

    Raises:
        SuiteHoursRejected: the file as a whole cannot be read, or some line of it.
    """
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
            raise SuiteHoursRejected(f"The header lacks {', '.join(missing)}.")
        return [*parse(rows)]
    except UnicodeDecodeError as error:
        raise SuiteHoursRejected("The file is not UTF-8.") from error
    except csv.Error as error:
        raise SuiteHoursRejected(f"The file is not CSV: {error}.") from error
    except HoursUnreadable as error:
        told = "\n".join(f"  {fault}" for fault in first_of(error.faults))
        raise SuiteHoursRejected(f"Lines to mend: {len(error.faults)}.\n{told}") from error


async def load_starter(session: AsyncSession) -> None:
    """The suites and the hand-written offences that ship with the package, where they are new."""
    folder = files("checkpoint.custody") / "reference"
    content = (folder / "offences.csv").read_bytes()
    listed = [*csv.DictReader(io.StringIO(content.decode()))]
    rows = [
        OffenceRow(
            r["code"],
            r["title"],
            ModeOfTrial(r["mode_of_trial"]),
            OffenceCategory(r["category"]),
            *(date.fromisoformat(r[name]) if r[name] else None for name in DATES),
        )
        for r in listed
    ]
    await store(session, rows, name=lookups.STARTER_LIST, content=content)
    content = (folder / "schedules.csv").read_bytes()
    stands = [
        ScheduleRow(r["code"], OffenceSchedule(r["schedule"]))
        for r in csv.DictReader(io.StringIO(content.decode()))
    ]
    await store_schedules(session, stands, name=lookups.STARTER_LIST, content=content)
    suites = [
        Suite.model_validate({k: v or None for k, v in row.items()})
        for row in csv.DictReader(io.StringIO((folder / "suites.csv").read_text("utf-8")))
    ]
    classes = [
        OffenceClassification(
            code=r["code"], offence_class=OffenceClass(r["offence_class"]), source=r["source"]
        )
        for r in listed
    ]
    await loading.add_reference_data(session, suites, classes, by=shell_actor(), at=utc_now())
