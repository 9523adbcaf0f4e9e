"""Back door of extracts: build them here, and see how far they are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from checkpoint.access.authentication import shell_actor
from checkpoint.extracts import actions, queries
from checkpoint.extracts.builds import actions as builds
from checkpoint.extracts.builds import queries as register
from checkpoint.extracts.builds import shelf
from checkpoint.extracts.states import (
    LABELS,
    LIVE,
    BuildStage,
    BuildState,
    ExtractNotReleased,
    RequestState,
)
from checkpoint.foundation.clock import follow, utc_now
from checkpoint.foundation.database import engine_for, transaction
from checkpoint.foundation.embedded import serving
from checkpoint.foundation.settings import Settings
from checkpoint.foundation.shell import at_the_shell

if TYPE_CHECKING:
    from checkpoint.extracts.builds.building import Workshop

app = typer.Typer(help="Extracts for evaluators.", no_args_is_help=True)
EXTRACT = Annotated[UUID, typer.Argument(help="The extract's id.")]
LOOKED_EVERY = 1.0


@asynccontextmanager
async def workshop() -> AsyncIterator["Workshop"]:
    """Where a shell builds: with the API's rights and those of evaluators, and no others."""
    from checkpoint.extracts.builds.building import Workshop  # noqa: PLC0415 - slow to import

    settings = Settings()
    follow(settings.clock_file)
    with serving(settings) as addresses:
        engine = engine_for(addresses.api, pool_size=4, settings={"statement_timeout": "10min"})
        try:
            yield Workshop(engine, addresses.api, settings, shell_actor(), utc_now)
        finally:
            await engine.dispose()


@app.command()
@at_the_shell
async def build(extract: EXTRACT) -> None:
    """Build an approved extract here and now, with a bar."""
    from checkpoint.extracts.builds import working  # noqa: PLC0415 - slow to import
    from checkpoint.extracts.builds.building import Going  # noqa: PLC0415

    async with workshop() as shop:
        async with transaction(shop.engine) as session:
            asked = await builds.ask(session, extract, by=shop.by, at=shop.clock())
        with bar() as progress:
            task = progress.add_task(LABELS[BuildStage.WAITING], total=None)

            def heard(going: Going) -> None:
                progress.update(
                    task,
                    description=LABELS[going.stage],
                    completed=min(going.done, going.total),
                    total=going.total or None,
                )

            fault = await working.one(shop, asked.id, going=Going(heard=heard))
        found = await _read(shop, extract)
        row = next(each for each in found.builds if each.id == asked.id)
        if row.state != BuildState.RELEASED:
            raise ExtractNotReleased(f"{LABELS[fault or row.state]}.")
        release = found.releases[0]
    typer.echo(f"{LABELS[release.label]}: {release.kept:,} of {release.people:,} people.")
    typer.echo(f"SHA-256 {release.digest}")
    typer.echo(str(shelf.place(shop.settings, release.digest)))


@app.command()
@at_the_shell
async def status(
    extract: EXTRACT,
    follow_it: Annotated[  # noqa: FBT002 - an option of the shell
        bool, typer.Option("--follow", help="Show a bar until the build has ended.")
    ] = False,
) -> None:
    """Where an extract stands, and how far its last build is."""
    async with workshop() as shop:
        found = await _read(shop, extract)
        typer.echo(f"{found.request.trial}, data cut {found.request.cut}: {LABELS[found.state]}.")
        if follow_it and found.builds and found.builds[0].state in LIVE:
            found = await _followed(shop, extract)
    for row in found.builds:
        typer.echo(f"Build {row.number}: {told(row)}")
    for release in found.releases[:1]:
        typer.echo(f"SHA-256 {release.digest}, {release.bytes:,} bytes")


def told(row: Any) -> str:
    """A build in one line."""
    why = f" - {LABELS[row.fault]}" if row.fault else ""
    rows = f" ({row.done:,} of {row.total:,} rows)" if row.state == BuildState.RUNNING else ""
    return f"{LABELS[row.state]}{rows}{why}."


@app.command()
@at_the_shell
async def work() -> None:
    """Build whatever waits, and end; the service calls this when a build is asked for."""
    from checkpoint.extracts.builds import working  # noqa: PLC0415 - slow to import

    async with workshop() as shop:
        ended = await working.work(shop)
    for build_id, fault in ended.items():
        typer.echo(f"{build_id}: {LABELS[fault] if fault else 'done'}.")


async def remove_expired(shop: "Workshop") -> int:
    """End every extract whose last day is over: its key is destroyed, and its packages removed.

    So are those of extracts that were ended before, and what a killed build put beside them.

    Returns:
        How many were ended.
    """
    async with transaction(shop.engine) as session:
        over = await queries.expired(session, at=shop.clock())
    for extract_id in over:
        async with transaction(shop.engine) as session:
            await actions.expire(session, extract_id, by=shop.by, at=shop.clock())
    async with transaction(shop.engine) as session:
        await builds.hold_register(session)
        shelf.keep_only(shop.settings, await register.given_out(session))
    return len(over)


async def _read(shop: "Workshop", extract: UUID) -> queries.Extract:
    async with transaction(shop.engine) as session:
        return await queries.one(session, extract, actor=shop.by, at=shop.clock())


async def _followed(shop: "Workshop", extract: UUID) -> queries.Extract:
    with bar() as progress:
        task = progress.add_task(LABELS[BuildStage.WAITING], total=None)
        while True:
            found = await _read(shop, extract)
            row = found.builds[0]
            progress.update(
                task, description=LABELS[row.stage], completed=row.done, total=row.total or None
            )
            if row.state not in LIVE or found.state is RequestState.ENDED:
                return found
            await asyncio.sleep(LOOKED_EVERY)


def bar() -> Progress:
    """How far a build is, on the error stream, so that what is told may be piped."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
