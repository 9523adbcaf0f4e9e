"""Back door of the suite: load the national list of offences, and the starter data."""

import csv
import hashlib
import io
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.custody import loading, queries
from checkpoint.custody.references import OffenceRow, Remark, UnreadableFile, rows_of
from checkpoint.custody.states import ModeOfTrial, OffenceClass
from checkpoint.custody.suites.loading import add_hours
from checkpoint.custody.suites.rules import parse
from checkpoint.custody.tables import OffenceClassification, Suite
from checkpoint.foundation import errors
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.shell import at_the_shell, shell_engine

app = typer.Typer(help="Custody suites and offences.", no_args_is_help=True)
CHUNK_LINES = 500


class OffenceListRejected(errors.Unprocessable):
    slug = "offence-list-rejected"
    title = "The list was not loaded; nothing was changed"


@app.callback()
def custody() -> None:
    """Reference data of the suites."""


@app.command()
@at_the_shell
async def load_offences(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8.")],
    report: Annotated[
        Path | None, typer.Option(help="Write what became of each line to this CSV file.")
    ] = None,
) -> None:
    """Load a national list of offences: all of it, or nothing."""
    content = file.read_bytes()
    rows, remarks = read_list(content)
    if report is not None:
        try:
            write_report(report, remarks, taken=len(rows))
        except OSError as error:
            raise OffenceListRejected(f"The report cannot be written: {error.strerror}.") from error
    rejected = [remark for remark in remarks if remark.rejected]
    tell(rows, remarks)
    if rejected or not rows:
        raise OffenceListRejected(f"{len(rejected)} lines were rejected. Mend them and load again.")
    async with shell_engine() as engine, transaction(engine) as session:
        loaded = await store(session, rows, name=file.name, content=content)
    typer.echo("Loaded." if loaded else "This very file was loaded before; nothing was changed.")


def read_list(content: bytes) -> tuple[list[OffenceRow], list[Remark]]:
    """Every line of a list, sorted into offences and remarks, with a bar while it reads.

    Raises:
        OffenceListRejected: the file as a whole cannot be read.
    """
    columns = (TextColumn("Reading"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    rows: list[OffenceRow] = []
    remarks: list[Remark] = []
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("read", total=len(content))
        try:
            lines = io.StringIO(content.decode("utf-8-sig"), newline="")
            for found in rows_of(_counted(lines, progress, task)):
                (rows if isinstance(found, OffenceRow) else remarks).append(found)  # type: ignore[arg-type]
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


def tell(rows: list[OffenceRow], remarks: list[Remark]) -> None:
    """What became of the lines, in a few words; the first rejected ones by number."""
    rejected = [remark for remark in remarks if remark.rejected]
    typer.echo(
        f"{len(rows):,} offences, {len(remarks) - len(rejected):,} lines passed over, "
        f"{len(rejected):,} rejected."
    )
    for remark in rejected[:20]:
        typer.echo(f"  line {remark.line}: {remark.why}", err=True)


def write_report(path: Path, remarks: list[Remark], *, taken: int) -> None:
    """One line for each line not taken, and how many were."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "result", "why"])
        for remark in remarks:
            writer.writerow(
                [remark.line, "rejected" if remark.rejected else "passed over", remark.why]
            )
        writer.writerow(["", "taken", taken])


async def store(
    session: AsyncSession, rows: list[OffenceRow], *, name: str, content: bytes
) -> bool:
    """Load the rows; False when this very file was loaded before."""
    digest = hashlib.sha256(content).hexdigest()
    if await queries.offence_list(session, digest) is not None:
        return False
    await loading.load_offences(
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
    try:
        openings = [*parse(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))]
    except (ValueError, csv.Error) as error:
        raise SuiteHoursRejected(f"{error}.".capitalize()) from error
    async with shell_engine() as engine, transaction(engine) as session:
        known = {suite.code for suite in await queries.suites(session)}
        if strangers := sorted({each.suite for each in openings} - known):
            raise SuiteHoursRejected(f"There is no suite {', '.join(strangers)}.")
        added = await add_hours(session, openings, by=shell_actor(), at=utc_now())
    typer.echo(f"{added} openings added, {len(openings) - added} were there.")


async def load_starter(session: AsyncSession) -> None:
    """The suites and the hand-written offences that ship with the package, where they are new."""
    folder = files("checkpoint.custody") / "reference"
    content = (folder / "offences.csv").read_bytes()
    listed = [*csv.DictReader(io.StringIO(content.decode()))]
    rows = [OffenceRow(r["code"], r["title"], ModeOfTrial(r["mode_of_trial"])) for r in listed]
    await store(session, rows, name=queries.STARTER_LIST, content=content)
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
