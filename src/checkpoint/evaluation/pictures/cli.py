"""Back door of the evaluation: the whole of it as files."""

from pathlib import Path
from typing import Annotated

import typer

from checkpoint.access.authentication import shell_actor
from checkpoint.allocation.vault import Vault
from checkpoint.evaluation.pictures.writing import parts_of, report
from checkpoint.evaluation.queries import opened
from checkpoint.evaluation.routes import recorded
from checkpoint.evaluation.states import EvaluationEvent
from checkpoint.foundation.bars import bar
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.settings import Settings
from checkpoint.foundation.shell import at_the_shell, shell_engine

app = typer.Typer(no_args_is_help=True, help="What came of a trial, from its data cuts.")


@app.callback()
def evaluation() -> None:
    """What came of a trial, from its data cuts."""


@app.command("report")
@at_the_shell
async def write_report(
    trial: Annotated[str, typer.Argument(help="The trial's name.")],
    folder: Annotated[
        Path, typer.Option(file_okay=False, help="Where to; made where it is not there.")
    ],
    cut: Annotated[int | None, typer.Option(help="The data cut's number; else the last.")] = None,
) -> None:
    """Write every figure (JSON) and every picture (SVG, PNG, words) of a data cut into a folder.

    Small counts are withheld as from an evaluator. Nothing of it is for release.
    """
    vault, by, at = Vault(Settings()), shell_actor(), utc_now()
    async with shell_engine() as engine, transaction(engine) as session:
        found = await opened(session, trial, cut, vault=vault, at=at)
        await recorded(session, EvaluationEvent.REPORTED, found, by=by, at=at)
        with bar("Evaluating", parts_of(found)) as seen:
            files = await report(session, found, folder, role=by.role, seen=seen)
    typer.echo(f"{trial}, data cut {found.cut.number}: {len(files)} files in {folder}")
