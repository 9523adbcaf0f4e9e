"""Back door of imports: take a feed over, and write the directory out."""

import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from checkpoint.access.authentication import shell_actor
from checkpoint.directory.cli import app
from checkpoint.directory.imports import packages, staging
from checkpoint.directory.imports.addresses import AddressRefused, Place, place_of
from checkpoint.directory.imports.crawling import Crawl
from checkpoint.directory.imports.exporting import export as exported
from checkpoint.directory.imports.fetching import Fetcher
from checkpoint.directory.imports.loading import Import, Origin, Told, importing
from checkpoint.directory.imports.reading import (
    CHUNK,
    Document,
    FeedBroken,
    FeedFacts,
    FeedItem,
    lines_of,
    parsed,
)
from checkpoint.directory.imports.reports import Report, ending, first_of, summary
from checkpoint.directory.imports.states import FeedNotRead, Format, RowChange, RunState
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.shell import at_the_shell, shell_engine

__all__ = ["app"]  # with these commands beside the room's own
CODE = re.compile(r"^[a-z][a-z0-9-]{0,39}$")
SHOWN = 20
NOTHING_TAKEN = "Nothing of it can be taken, so the source is not put on record."


@app.command("import")
@at_the_shell
async def import_feed(
    feed: Annotated[
        str, typer.Argument(help="An address, a file of JSON, NDJSON, a zip or folder.")
    ],
    source: Annotated[
        str | None,
        typer.Option(help="Whose listings they are, e.g. durham; else made of the feed."),
    ] = None,
    dry_run: Annotated[  # noqa: FBT002 - an option of the shell
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="Another host that it may redirect to. Repeatable.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write what became of each row to this CSV file.")
    ] = None,
) -> None:
    """Import listings from a feed that is read to its end, or nothing of it; rows that cannot be
    taken are told one by one.
    """
    origin, places = origin_of(feed, source), places_of(feed, allow_host or [])
    fetcher = Fetcher(places) if places else None
    try:
        async with shell_engine() as engine:
            await run(engine, feed, origin, fetcher, dry_run=dry_run, report=report)
    finally:
        if fetcher is not None:
            await fetcher.close()


async def run(
    engine: Any,
    feed: str,
    origin: Origin,
    fetcher: Fetcher | None,
    *,
    dry_run: bool,
    report: Path | None,
) -> Told:
    """One import from its beginning to its report.

    Raises:
        FeedNotRead: the feed could not be read to its end, or the report cannot be written.
    """
    with ExitStack() as stack:
        store = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="checkpoint-import-")))
        lines = stack.enter_context(reporting(report))
        async with importing(engine, origin, by=shell_actor(), at=utc_now()) as (work, session):
            with bar() as progress:
                task = progress.add_task("Reading", total=None)
                await work.stage(
                    items_of(feed, fetcher, work.facts, store),
                    seen=lambda read: progress.update(task, completed=read, total=work.facts.total),
                )
            await work.compare()
            await _tell(work, session, lines, dry_run=dry_run)
            if not dry_run:
                if not await work.alone():
                    typer.echo("The directory was changed meanwhile; this is how it compares now.")
                    await _tell(work, session, lines, dry_run=False)
                if not await work.apply(ended=utc_now()):
                    typer.echo(NOTHING_TAKEN)
                await session.commit()
    if work.told.state is RunState.BROKEN_OFF:
        raise FeedNotRead(str(work.told.why))
    return work.told


async def _tell(work: Import, session: Any, lines: Report | None, *, dry_run: bool) -> None:
    """The counts, the first differences, and each row into the report."""
    told = work.told
    if lines is not None:
        lines.begin()
    differences = [line async for line in _reported(work, session, lines)]
    typer.echo(summary(told.outcomes, told.changes, told.vanished, told.pathless))
    for line in first_of(iter(differences), SHOWN) if dry_run else ():
        typer.echo(line)
    if told.why is not None and told.state is RunState.APPLIED:
        typer.echo(f"It is not surely all, so nothing vanishes: {told.why}.")
    if dry_run:
        typer.echo("A dry run: nothing was changed.")
    if lines is not None:
        lines.end(ending(told.state, told.why, dry_run=dry_run))


async def _reported(work: Import, session: Any, lines: Report | None) -> AsyncIterator[str]:
    """The first differences, while each row goes into the report."""
    shown = 0
    async for row in staging.rows(session):
        if lines is not None:
            lines.row(row)
        if shown <= SHOWN and (line := _difference(row)):
            shown += 1
            yield line
    async for row in work.gone():
        if lines is not None:
            lines.gone(row)
        if shown <= SHOWN:
            shown += 1
            yield f"  vanished: {row.kind} {row.external_id}"


def _difference(row: Any) -> str | None:
    """What a row changes, or why it is rejected, in one line that holds nothing it said."""
    if row.outcome == "rejected":
        return f"  rejected: {row.place}: {'; '.join(row.notes[:3])}"
    if row.change in (None, RowChange.UNCHANGED):
        return None
    fields = f": {', '.join(row.fields)}" if row.fields else ""
    return f"  {row.change}: {row.kind} {row.external_id}{fields}"


@contextmanager
def reporting(path: Path | None) -> Iterator[Report | None]:
    """A report, if one is wanted.

    Raises:
        FeedNotRead: it cannot be written.
    """
    if path is None:
        yield None
        return
    try:
        file = path.open("w", newline="", encoding="utf-8")
    except OSError as fault:
        raise FeedNotRead(f"The report cannot be written: {fault.strerror}.") from fault
    with file:
        yield Report(file)


def bar() -> Progress:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    return Progress(*columns, console=Console(stderr=True))


def origin_of(feed: str, source: str | None) -> Origin:
    """Whose a feed is: as was said, or as its host or file is called."""
    remote = "://" in feed
    name = (urlsplit(feed).hostname or "") if remote else Path(feed).stem
    code = source or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    if not CODE.match(code):
        raise typer.BadParameter(
            "Give a --source of small letters, figures and hyphens, e.g. durham."
        )
    # What stands after the question mark may be a key.
    address = feed.partition("?")[0].partition("#")[0] if remote else Path(feed).name
    return Origin(code, name[:200] or code, address[:2000])


def places_of(feed: str, hosts: list[str]) -> list[Place]:
    """The allow-list: the host that was typed, and those beside it; none for a file."""
    if "://" not in feed:
        return []
    try:
        own = place_of(feed)
        others = [place_of(host if "://" in host else f"https://{host}") for host in hosts]
    except AddressRefused as fault:
        raise typer.BadParameter(str(fault)) from None
    return [own, *others]


async def items_of(
    feed: str, fetcher: Fetcher | None, facts: FeedFacts, store: Path
) -> AsyncIterator[FeedItem]:
    """The items of a feed, wherever it is."""
    if fetcher is not None:
        async for item in Crawl(fetcher, feed, facts).items():
            yield item
        return
    path = Path(feed)
    if path.is_dir() or path.suffix.lower() == ".zip":  # noqa: ASYNC240 - as below
        for item in packages.items_of(path, facts, store):
            yield item
        return
    try:
        file = path.open("rb")  # noqa: ASYNC230 - a command reads nothing else meanwhile
    except OSError as fault:
        raise FeedBroken(f"The file cannot be read: {fault.strerror}.") from None
    with file:
        for item in _file_items(file, path, facts):
            yield item


def _file_items(file: BinaryIO, path: Path, facts: FeedFacts) -> Iterator[FeedItem]:
    if _is_lines(file, path):
        yield from lines_of(iter(lambda: file.read(CHUNK), b""), facts)
        return
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        yield from Document(lambda: text.read(CHUNK), facts).items()


def _is_lines(file: BinaryIO, path: Path) -> bool:
    """Whether each line is a thing by itself: by the file's name, or since its first line is one."""
    if path.suffix.lower() in (".ndjson", ".jsonl"):
        return True
    first = file.readline(CHUNK)
    more = bool(file.read(1))
    file.seek(0)
    try:
        return more and isinstance(parsed(first.decode("utf-8-sig")), dict)
    except (FeedBroken, UnicodeDecodeError):
        return False


@app.command()
@at_the_shell
async def export(
    format: Annotated[
        Format, typer.Option(help="As one page, as lines, or as tables.")
    ] = Format.JSON,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; else it is printed.")
    ] = None,
) -> None:
    """Write the directory out, as an import takes it: JSON, NDJSON, or tables of CSV in a zip."""
    async with shell_engine() as engine, transaction(engine) as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        if output is None:
            await exported(session, format, sys.stdout.buffer.write)
            return
        try:
            with output.open("wb") as file:
                written = await exported(session, format, file.write)
        except OSError as fault:
            raise FeedNotRead(f"The file cannot be written: {fault.strerror}.") from fault
    typer.echo(f"{written:,} services written.", err=True)
