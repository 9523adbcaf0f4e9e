"""Back door of outcomes: definitions are checked and published, follow-up is taken in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.delivery.references import known
from checkpoint.foundation import errors, reportfiles
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.counting import so_many
from checkpoint.foundation.database import transaction
from checkpoint.foundation.datedfiles import digest
from checkpoint.foundation.errors import Unprocessable
from checkpoint.foundation.shell import at_the_shell, shell_engine
from checkpoint.outcomes import loading, lookups
from checkpoint.outcomes.followup import actions, queries, reading, reports, rules
from checkpoint.outcomes.followup.rules import Fault, Told
from checkpoint.outcomes.followup.states import (
    DateForm,
    FollowUpRefused,
    FollowUpTooLong,
    FollowUpUnreadable,
    RowOutcome,
    Where,
)
from checkpoint.outcomes.references import packaged
from checkpoint.trials import queries as trials

app = typer.Typer(help="Outcomes: definitions and follow-up.", no_args_is_help=True)
FILE = typer.Argument(help="Definitions (TOML), or the version of some that ship with this.")
TRIAL = Annotated[str, typer.Option(help="The trial's name.")]


@app.command()
def check(definitions: Annotated[str, FILE]) -> None:
    """Say where definitions are wrong, and what their SHA-256 is. Nothing is published."""
    text = packaged().get(definitions) or read(Path(definitions))
    found = loading.readable(text)
    for counted in found.measures:
        typer.echo(f"{counted.measure.value}: {counted.title}")
    months = ", ".join(str(horizon.months) for horizon in found.horizons)
    typer.echo(f"Horizons: {months} months from allocation.")
    primary = found.primary
    fixed = "none is fixed" if primary is None else f"{primary.measure} within {primary.horizon}"
    typer.echo(f"Primary outcome: {fixed}.")
    typer.echo(f"SHA-256 {digest(text)}")


@app.command()
@at_the_shell
async def publish(definitions: Annotated[str, FILE]) -> None:
    """Publish definitions; trials that open from their first day on use them, and always will."""
    own = packaged()
    text = own.get(definitions) or read(Path(definitions))
    async with shell_engine() as engine, transaction(engine) as session:
        published = await loading.publish(
            session, text, packaged=text in own.values(), by=shell_actor(), at=utc_now()
        )
    typer.echo(f"Published {published.version}, used from {published.valid_from:%d %B %Y}.")
    typer.echo(f"SHA-256 {published.digest}")


@app.command("harm-index")
@at_the_shell
async def harm_index(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8: offence_code, days.")],
    version: Annotated[str, typer.Option(help="Its name, e.g. cambridge-2026-02.")],
    source: Annotated[str, typer.Option(help="Whose it is, in words.")],
) -> None:
    """Load your own harm index; data cuts that are taken from now on use it."""
    async with shell_engine() as engine, transaction(engine) as session:
        loaded = await loading.load_harm_index(
            session,
            content_of(file, loading.HarmIndexRefused),
            version=version,
            source=source,
            by=shell_actor(),
            at=utc_now(),
        )
    typer.echo(f"Loaded {loaded.version}: {loaded.weights:,} offences.")
    typer.echo(f"SHA-256 {loaded.digest}")


CSV = Annotated[Path, typer.Argument(help="The follow-up, as CSV in UTF-8.")]
SOURCE = Annotated[str, typer.Option(help="Where it is from, e.g. PNC.")]
UNTIL = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day of which it tells.")
]
DATES = Annotated[DateForm, typer.Option(help="How its days are written; never guessed.")]
ALLOWANCE = Annotated[
    int, typer.Option(min=0, max=100, help="Rows in a hundred that may be about nobody.")
]
COUNT = Annotated[
    int | None, typer.Option(min=1, help="How many rows it has, if its sender said so.")
]
REPORT = Annotated[
    Path | None, typer.Option(help="Write what is wrong, or what became of each row, as CSV.")
]


@app.command("import")
@at_the_shell
async def import_follow_up(
    file: CSV,
    trial: TRIAL,
    source: SOURCE,
    followed_until: UNTIL,
    dates: DATES = DateForm.ISO,
    accept_unmatched: ALLOWANCE = 0,
    rows: COUNT = None,
    report: REPORT = None,
) -> None:
    """Take in what became of everybody who was allocated: whole, or not at all."""
    sent = actions.Sent(source_code(source), followed_until.date(), accept_unmatched)
    reportfiles.check(report, [file])
    try:
        with bar() as progress:
            told = read_rows(
                file, progress, form=dates, followed_until=sent.followed_until, count=rows
            )
            batch, is_new, outcomes = await take_in(trial, sent, told, progress)
    except errors.Refusal as refusal:
        tell(refusal, report)
        raise
    typer.echo(f"Batch {batch.number} of {trial}{'' if is_new else ' was taken in before'}:")
    typer.echo(
        f"{batch.rows:,} rows: {batch.new:,} new, {batch.corrects:,} corrected, "
        f"{batch.repeated:,} repeated, {batch.left_out:,} left out, "
        f"{batch.ambiguous:,} ambiguous, {batch.unmatched:,} unmatched."
    )
    covered = "1 person" if batch.covered == 1 else f"{batch.covered:,} people"
    typer.echo(f"It tells of {covered}; of those who were allocated it lacks {batch.lacking:,}.")
    if report is not None:  # last: the batch is in, whether its report can be written or not
        reportfiles.write(report, reports.of_rows(outcomes))


async def take_in(
    trial: str, sent: actions.Sent, told: Sequence[Told], progress: Progress
) -> tuple[Any, bool, list[tuple[int, RowOutcome]]]:
    """The batch, whether it is new, and what became of each row."""
    by, at = shell_actor(), utc_now()
    task = progress.add_task("Taking in", total=len(told))
    async with shell_engine() as engine, transaction(engine) as session:
        standing = await trials.one(session, trial, at=at)
        batch, is_new = await actions.take_in(
            session,
            standing,
            sent,
            told,
            by=by,
            at=at,
            seen=lambda done: progress.update(task, completed=done),
        )
        return batch, is_new, await queries.every_row(session, batch.id)


@app.command()
@at_the_shell
async def roster(
    trial: TRIAL,
    output: Annotated[Path, typer.Option(help="The file to write: PNC IDs, one a line.")],
    recipient: Annotated[str, typer.Option(help="To whom it goes, as a code, e.g. PNC-BUREAU.")],
) -> None:
    """Write the PNC IDs of everybody who was allocated, in order, so that they can be looked up."""
    async with shell_engine() as engine, transaction(engine) as session:
        standing = await trials.one(session, trial, at=utc_now())
        numbers, without = await actions.roster(
            session, standing, recipient=source_code(recipient), by=shell_actor(), at=utc_now()
        )
        reportfiles.write(output, "".join(f"{line}\r\n" for line in ("pnc_id", *numbers)))
    have = "1 person has" if without == 1 else f"{without:,} people have"
    typer.echo(f"{so_many(len(numbers), 'PNC ID')} written; {have} none on record.")


def read_rows(
    file: Path, progress: Progress, *, form: DateForm, followed_until: date, count: int | None
) -> Sequence[Told]:
    """The rows of a file, if nothing is wrong with any of them.

    Raises:
        FollowUpUnreadable: something is, or the file cannot be read.
        FollowUpTooLong: it has more bytes or rows than are taken in at once.
    """
    cells, faults = reading.cells_of(content_of(file), count=count)
    told = (
        rules.told(number, row, form=form, followed_until=followed_until, outcomes=known())
        for number, row in progress.track(cells, description="Reading")
    )
    return reports.check_rows(told, faults, where=Where.LINE)


def content_of(file: Path, refused: type[Unprocessable] = FollowUpUnreadable) -> bytes:
    """A file's bytes.

    Args:
        file: which.
        refused: what says that it cannot be read.

    Returns:
        All of them.

    Raises:
        Unprocessable: it cannot be read.
        FollowUpTooLong: there are too many.
    """
    try:
        if file.stat().st_size > reading.MOST_BYTES:
            raise FollowUpTooLong(f"Send at most {reading.MOST_BYTES:,} bytes at once.")
        return file.read_bytes()
    except OSError as error:
        raise refused(f"{file.name}: {error.strerror}.") from error


def source_code(text: str) -> str:
    """A code as it is kept."""
    code = text.strip().upper()
    if not rules.SOURCE.match(code):
        raise typer.BadParameter("Write letters, digits, - and _ alone, 40 at most.")
    return code


def tell(refusal: errors.Refusal, report: Path | None) -> None:
    """What is wrong: the first of it here, all of it in the report."""
    found = refusal.found if isinstance(refusal, FollowUpRefused) else ()
    count = refusal.count if isinstance(refusal, FollowUpRefused) else 0
    for line in reports.in_words(found, count, report=report is not None):
        typer.echo(line, err=True)
    faults = found or [Fault(0, "", refusal.slug, str(refusal))]
    reportfiles.write_beside(report, reports.of_faults(faults))


@contextmanager
def bar() -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield progress


def read(file: Path) -> str:
    """The text of definitions.

    Raises:
        DefinitionsRefused: there is no such file, or it is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise loading.DefinitionsRefused(
            f"The file is not UTF-8: look at byte {error.start}."
        ) from error
    except OSError as error:
        raise loading.DefinitionsRefused(f"{file.name}: {error.strerror}.") from error


async def load_starter(session: AsyncSession, *, trial: bool = False) -> None:
    """Publish the package's own definitions where nothing stands yet, or where this is tried; never
    what would come too late for somebody.

    Raises:
        DefinitionsRefused: some were published with other bytes.
    """
    published = {row.version: row.digest for row in await lookups.every(session)}
    own = packaged()
    for version, text in own.items():
        if published.get(version, digest(text)) != digest(text):
            raise loading.DefinitionsRefused(
                f"{version}.toml: they were published with other bytes"
            )
    if trial or not published:
        await loading.publish_missing(session, own, by=shell_actor(), at=utc_now())
