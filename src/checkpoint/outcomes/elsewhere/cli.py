"""Back door of trials that ran elsewhere: brought in from files, whole or not at all."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from checkpoint.access.authentication import shell_actor
from checkpoint.allocation.vault import Vault
from checkpoint.foundation import errors, reportfiles
from checkpoint.foundation.bars import bar
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.counting import so_many
from checkpoint.foundation.csvfiles import as_csv
from checkpoint.foundation.database import transaction
from checkpoint.foundation.settings import Settings
from checkpoint.foundation.shell import at_the_shell, shell_engine
from checkpoint.outcomes.elsewhere.applying import Files, Told, bring_in
from checkpoint.outcomes.elsewhere.reading import manifest_of
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

REPORT = Annotated[Path | None, typer.Option(help="Write everything that is wrong, as CSV.")]
OF_REPORT = ("file", "line", "detail")
CHANGE_UNTOLD = (
    "Whoever reads the trial's record later cannot know why it was replaced. Say so in the manifest, "
    'as changed = "Ages of two corrected", and import it once more.'
)


@app.command("import")
@at_the_shell
async def import_trial(folder: FOLDER, report: REPORT = None) -> None:
    """Bring in a trial that ran elsewhere: whole, or not at all. See docs/trials-elsewhere.md."""
    reportfiles.check(report, [folder / name for name in (*MANIFESTS, PARTICIPANTS, FOLLOW_UP)])
    try:
        files = files_of(folder)
        manifest = manifest_of(files.manifest)
        vault = Vault(Settings())
        async with shell_engine() as engine, transaction(engine) as session:
            with bar("Reading", manifest.participants + manifest.events) as seen:
                told = await bring_in(
                    session, files, vault=vault, by=shell_actor(), at=utc_now(), seen=seen
                )
    except errors.Refusal as refusal:
        reportfiles.write_beside(report, as_csv(OF_REPORT, _found(refusal)))
        raise
    _tell(told)
    if report is not None:  # nothing is wrong: what an earlier import told there holds no longer
        reportfiles.write(report, as_csv(OF_REPORT, ()))


def _found(refusal: errors.Refusal) -> Sequence[tuple[str, int, str]]:
    """Every fault; nothing of what the files say is in it."""
    found = refusal.found if isinstance(refusal, EditionRefused) else ()
    return found or [("", 0, str(refusal))]


def _tell(told: Told) -> None:
    manifest = told.manifest
    what = f"{manifest.code}, edition {told.edition}"
    if not told.is_new:
        typer.echo(f"{what}: these very files are here already; nothing was changed.")
        return
    typer.echo(
        f"{what}: {manifest.participants:,} participants, {so_many(manifest.events, 'row')} of follow-up "
        f"until {manifest.followed_until:%d %B %Y}."
    )
    if told.replaces is not None:
        typer.echo(
            f"It takes the place of edition {told.replaces}: {manifest.change(told.edition)}"
        )
        if manifest.changed is None:
            typer.echo(CHANGE_UNTOLD, err=True)
    typer.echo(f"SHA-256 {told.digest}")
    typer.echo(f"Take a data cut of it next: checkpoint trial cut {manifest.code}")


def files_of(folder: Path) -> Files:
    """The three files of a folder.

    Raises:
        EditionRefused: one is missing, or there are two manifests.
    """
    manifests = [folder / name for name in MANIFESTS if (folder / name).exists()]
    if len(manifests) > 1:
        raise EditionRefused(f"The folder holds {' and '.join(MANIFESTS)}. Leave one of them.")
    manifest = manifests[0] if manifests else None
    missing = [name for name in (PARTICIPANTS, FOLLOW_UP) if not (folder / name).is_file()]
    if manifest is None or missing:
        missing += [] if manifest else [MANIFESTS[0]]
        raise EditionRefused(f"The folder lacks {' and '.join(missing)}.")
    return Files(manifest, folder / PARTICIPANTS, folder / FOLLOW_UP)
