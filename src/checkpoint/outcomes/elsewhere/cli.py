"""Back door of trials that ran elsewhere: brought in from files, whole or not at all."""

from pathlib import Path
from typing import Annotated

import typer

from checkpoint.access.authentication import shell_actor
from checkpoint.allocation.vault import Vault
from checkpoint.foundation.bars import bar
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.settings import Settings
from checkpoint.foundation.shell import at_the_shell, shell_engine
from checkpoint.outcomes.elsewhere.applying import Files, Told, bring_in
from checkpoint.outcomes.elsewhere.rules import Manifest, read_manifest
from checkpoint.outcomes.elsewhere.states import EditionRefused
from checkpoint.trials.cli import app

__all__ = ["app"]  # with this command beside those of the trials that run here
MANIFESTS = ("manifest.toml", "manifest.json")
PARTICIPANTS, FOLLOW_UP = "participants.csv", "follow-up.csv"
FOLDER = Annotated[
    Path,
    typer.Argument(
        exists=True, file_okay=False, help=f"Holds manifest.toml, {PARTICIPANTS}, {FOLLOW_UP}."
    ),
]


@app.command("import")
@at_the_shell
async def import_trial(folder: FOLDER) -> None:
    """Bring in a trial that ran elsewhere: whole, or not at all. See docs/trials-elsewhere.md."""
    files = files_of(folder)
    manifest = read_manifest(files.manifest.read_text("utf-8-sig", errors="replace"))
    vault = Vault(Settings())
    async with shell_engine() as engine, transaction(engine) as session:
        with bar("Reading", manifest.participants + manifest.events) as seen:
            told = await bring_in(
                session,
                files,
                vault=vault,
                by=shell_actor(),
                at=utc_now(),
                seen=seen,
            )
    _tell(told, manifest)


def _tell(told: Told, manifest: Manifest) -> None:
    what = f"{told.code}, edition {told.edition}"
    if not told.is_new:
        typer.echo(f"{what}: these very files are here already; nothing was changed.")
        return
    typer.echo(
        f"{what}: {told.participants:,} participants, {told.events:,} rows of follow-up until "
        f"{manifest.followed_until:%d %B %Y}."
    )
    typer.echo(f"SHA-256 {told.digest}")
    typer.echo(f"Take a data cut of it next: checkpoint trial cut {told.code}")


def files_of(folder: Path) -> Files:
    """The three files of a folder.

    Raises:
        EditionRefused: one is missing.
    """
    manifest = next((folder / name for name in MANIFESTS if (folder / name).exists()), None)
    missing = [name for name in (PARTICIPANTS, FOLLOW_UP) if not (folder / name).is_file()]
    if manifest is None or missing:
        missing += [] if manifest else [MANIFESTS[0]]
        raise EditionRefused(f"The folder lacks {' and '.join(missing)}.")
    return Files(manifest, folder / PARTICIPANTS, folder / FOLLOW_UP)
