"""Back door of eligibility: publish a rule file, and replay stored decisions."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.eligibility import actions, lookups, queries
from checkpoint.eligibility.references import rule_files
from checkpoint.eligibility.rules import Finding, RulesUnreadable, decide, digest, opened
from checkpoint.foundation import errors
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.shell import at_the_shell, shell_engine

app = typer.Typer(help="Eligibility rules and decisions.", no_args_is_help=True)
BATCH = 500


class ReplayDiffers(errors.Conflict):
    slug = "replay-differs"
    title = "A stored decision does not come out the same again"


@app.command()
@at_the_shell
async def publish(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A rule file, TOML.")],
) -> None:
    """Publish a rule set; it is in force from its own first day and never changes."""
    try:
        text = file.read_bytes().decode("utf-8")  # as it stands, line ends and all
    except UnicodeDecodeError as error:
        raise actions.RulesRefused(f"The file is not UTF-8: look at byte {error.start}.") from error
    async with shell_engine() as engine, transaction(engine) as session:
        rules = await actions.publish(session, text, by=shell_actor(), at=utc_now())
    typer.echo(f"Published {rules.version}, in force from {rules.in_force_from:%d %B %Y}.")
    typer.echo(f"SHA-256 {rules.digest}")


@app.command()
@at_the_shell
async def replay() -> None:
    """Decide every stored decision again, from its own facts and rules, and compare."""
    async with shell_engine() as engine, transaction(engine) as session:
        total = await queries.count(session)
        different = await replayed(session, total)
    typer.echo(f"{total:,} decisions replayed, {len(different):,} came out differently.")
    if different:
        raise ReplayDiffers("Their ids: " + ", ".join(different[:20]))


async def replayed(session: AsyncSession, total: int) -> list[str]:
    """The ids of stored decisions that do not come out the same from their own facts and rules."""
    different, last = [], None
    console = Console(stderr=True)
    for _ in track(range(-(-total // BATCH)), "Replaying", console=console):
        for decision in await queries.stored(session, after=last, size=BATCH):
            last = decision.id
            if not same_again(decision):
                different.append(str(decision.id))
    return different


def same_again(decision: Any) -> bool:
    """Whether the stored facts, under the stored rules, come to the stored findings."""
    try:
        stored = tuple(Finding.model_validate(found) for found in decision.findings)
        return decide(opened(decision.content, decision.digest), decision.facts) == (
            decision.verdict,
            stored,
        )
    except (ValueError, TypeError, AttributeError, KeyError):
        return False  # what cannot even be read was not written by this service


async def load_starter(session: AsyncSession) -> None:
    """Publish the rule sets that ship with the package, if they are not published yet.

    Raises:
        RulesRefused: a file is not sound by itself, beside the others, or beside what is published.
    """
    published = {rules.version: rules.digest for rules in await lookups.rule_sets(session)}
    folder = files("checkpoint.eligibility") / "rulesets"
    texts = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    try:
        sets = rule_files(texts)
    except RulesUnreadable as error:
        raise actions.RulesRefused(str(error)) from error
    for name, text in reversed(sets.items()):  # each finds the one that follows it in place
        version = name.removesuffix(".toml")
        if version not in published:
            await actions.publish(session, text, by=shell_actor(), at=utc_now())
        elif published[version] != digest(text):
            raise actions.RulesRefused(f"{name}: it was published with other bytes")
