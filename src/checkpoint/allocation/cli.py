"""Back door of allocation: the statistician seals lists, and proves them once the trial is closed."""

import csv
import os
import re
import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.allocation import loading, proving, queries
from checkpoint.allocation.sequence import SEED_BYTES, Place
from checkpoint.allocation.tables import SealedList
from checkpoint.allocation.vault import Vault, lodge
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.settings import Settings
from checkpoint.foundation.shell import at_the_shell, shell_engine
from checkpoint.trials import queries as trials

app = typer.Typer(help="Sealed lists of trials.", no_args_is_help=True)
TRIAL = Annotated[str, typer.Argument(help="The trial's name.")]
SIZES = (4, 6, 8)
Sealed = tuple[SealedList, dict[str, int]]
COLUMNS = ["stratum", "position", "arm"]
POSITION = re.compile(r"[0-9]{1,6}")
HEX_SEED = re.compile(rf"[0-9a-f]{{{2 * SEED_BYTES}}}")


@app.command()
@at_the_shell
async def seal(
    trial: TRIAL,
    seed_file: Annotated[
        Path | None,
        typer.Option(help="Where the secret seed is, or is to be made; keep it off this machine."),
    ] = None,
    own_list: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Your own list instead: CSV of stratum,position,arm."
        ),
    ] = None,
    places: Annotated[
        int, typer.Option(min=1, max=100_000, help="Places in each stratum, at least.")
    ] = 400,
    block: Annotated[
        list[int] | None,
        typer.Option(min=1, max=100, help="A size that blocks may have; repeat it. 4, 6 and 8."),
    ] = None,
    stratum: Annotated[
        list[str] | None, typer.Option(help="Of this suite alone; repeat it. Else of all.")
    ] = None,
    trial_file: Annotated[
        Path | None, typer.Option(help="Where the digests are lodged; see CHECKPOINT_TRIAL_FILE.")
    ] = None,
) -> None:
    """Seal a list: nobody can read it from then on, and everybody can check that it stays as it is."""
    settings, seal_it = Settings(), None
    if seed_file is not None and own_list is None:
        seal_it = partial(by_seed, seed_file, tuple(block or SIZES), places, tuple(stratum or ()))
    if own_list is not None and seed_file is None:
        seal_it = partial(by_file, own_list)
    if seal_it is None:
        raise loading.SealRefused("Name either --seed-file or --own-list.")
    lodged_at = trial_file or settings.trial_file
    async with shell_engine() as engine, transaction(engine) as session:
        listed, counts = await seal_it(session, trial, Vault(settings))
        if lodged_at:
            lodge(lodged_at, listed, trial=trial)
    say(listed, counts, trial, lodged_at)


async def by_seed(
    seed_file: Path,
    sizes: tuple[int, ...],
    places: int,
    strata: tuple[str, ...],
    session: AsyncSession,
    trial: str,
    vault: Vault,
) -> Sealed:
    """Seal permuted blocks from the seed in a file."""
    seed = seed_of(seed_file, make=True)
    return await loading.seal_blocks(
        session,
        trial,
        seed,
        sizes=sizes,
        places=places,
        strata=strata,
        vault=vault,
        by=shell_actor(),
        at=utc_now(),
    )


async def by_file(own_list: Path, session: AsyncSession, trial: str, vault: Vault) -> Sealed:
    """Seal a statistician's own list."""
    found, salt = read_list(own_list), secrets.token_bytes(SEED_BYTES)
    return await loading.seal_own(
        session, trial, found, salt, vault=vault, by=shell_actor(), at=utc_now()
    )


def say(listed: SealedList, counts: Mapping[str, int], trial: str, lodged_at: Path | None) -> None:
    """What belongs into the trial file."""
    typer.echo(f"Sealed list {listed.number} of {trial} ({listed.kind.value}).")
    for suite, count in sorted(counts.items()):
        typer.echo(f"  {suite}: {count:,} places")
    typer.echo(f"Digest of the list      {listed.digest}")
    typer.echo(f"Digest as it is sealed  {listed.sealed_digest}")
    typer.echo(f"Commitment to the seed  {listed.seed_commitment or '-'}")
    typer.echo(f"Lodged in {lodged_at}." if lodged_at else "Put these into the trial file now.")


@app.command()
@at_the_shell
async def verify(
    trial: TRIAL,
    seed_file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The seed that the lists were sealed from."),
    ] = None,
) -> None:
    """Prove a closed trial: its lists are made again from the seed, and every draw compared."""
    seed = seed_of(seed_file) if seed_file else None
    async with shell_engine() as engine, transaction(engine) as session:
        proofs = await proving.prove(
            session, trial, seed, vault=Vault(Settings()), by=shell_actor(), at=utc_now()
        )
    faults = []
    for proof in proofs:
        typer.echo(f"List {proof.number} ({proof.method.value}): {proof.places:,} places.")
        for suite, drawn in proof.drawn.items():
            left = proof.replaced.get(suite)
            unused = "" if left is None else f"; {left:,} left when another list took its place"
            typer.echo(f"  {suite}: {drawn:,} drawn, the first {drawn:,} in order{unused}")
        faults += [f"List {proof.number}: {fault}" for fault in proof.faults]
    if faults:
        raise proving.ProofFailed(" ".join(faults))
    total = sum(sum(proof.drawn.values()) for proof in proofs)
    typer.echo(f"Proved: {total:,} draws equal the sealed lists.")


@app.command()
@at_the_shell
async def digests(trial: TRIAL) -> None:
    """The digests of a trial's sealed lists, and whether the lists still have them."""
    vault = Vault(Settings())
    async with shell_engine() as engine, transaction(engine) as session:
        standing = await trials.one(session, trial, at=utc_now())
        for each in await queries.lists(session, standing.id):
            await vault.check(session, each)
            typer.echo(f"List {each.number}: {each.sealed_digest} (unchanged)")


def seed_of(file: Path, *, make: bool = False) -> bytes:
    """The secret seed in a file; a new one is made there if it is asked for and there is none.

    Raises:
        SealRefused: the file cannot be read, or holds no seed.
    """
    if make and not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(f"{secrets.token_hex(SEED_BYTES)}\n")
        typer.echo(f"A new seed is in {file}. Move it off this machine, and keep it secret.")
    try:
        text = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise loading.SealRefused("The seed file cannot be read.") from error
    if not HEX_SEED.fullmatch(text):
        raise loading.SealRefused(f"The seed file must hold {2 * SEED_BYTES} hexadecimal digits.")
    return bytes.fromhex(text)


def read_list(file: Path) -> list[Place]:
    """A statistician's own list.

    Raises:
        SealRefused: the file cannot be read; says in which line.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if rows.fieldnames != COLUMNS:
                raise loading.SealRefused(f"The first line must be {','.join(COLUMNS)}.")
            return [_place(rows.line_num, row) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise loading.SealRefused("The list is no CSV file in UTF-8.") from error


def _place(line: int, row: dict[str, str]) -> Place:
    position = row["position"] or ""
    if None in row or None in row.values() or not POSITION.fullmatch(position):
        raise loading.SealRefused(f"Line {line}: a stratum, a position from 1, and an arm.")
    return Place(row["stratum"].strip(), int(position), row["arm"].strip())
