"""Back door of eligibility: rule files are checked, proposed, approved, and tried on old cases."""

import csv
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import track
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.eligibility import actions, loading, lookups, queries
from checkpoint.eligibility.references import rule_files
from checkpoint.eligibility.replays import UNREADABLE, change_of, same_again
from checkpoint.eligibility.rules import RuleSet, RulesUnreadable, digest, parse
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation import errors
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.shell import at_the_shell, shell_engine

app = typer.Typer(help="Eligibility rules and decisions.", no_args_is_help=True)
BATCH = 500
SHOWN = 20
RULES = Annotated[str, typer.Argument(help="A rule file (TOML), or the version of a packaged one.")]


class ReplayDiffers(errors.Conflict):
    slug = "replay-differs"
    title = "A stored decision does not come out the same again"


@app.command()
@at_the_shell
async def check(rules: RULES) -> None:
    """Say whether a rule file could be proposed, and where it is wrong. Changes nothing."""
    text = read(rules)
    if faults := faults_of(text):
        raise loading.RulesRefused("\n".join([f"Faults: {len(faults)}.", *faults]))
    parsed, today = parse(text), london_day(utc_now())
    typer.echo(f"{parsed.version}, {parsed.title}: {len(parsed.criteria)} criteria, no fault.")
    typer.echo(f"In force from {parsed.in_force_from:%d %B %Y}.")
    typer.echo(f"SHA-256 {digest(text)}")
    packed = text in packaged().values()
    loading.check_first_day(parsed.in_force_from, on=today, packaged=packed)


@app.command()
@at_the_shell
async def propose(rules: RULES) -> None:
    """Ask for a rule set to be published; somebody else approves it by its digest."""
    text = read(rules)
    async with shell_engine() as engine, transaction(engine) as session:
        proposal = await loading.propose(
            session,
            text,
            packaged=text in packaged().values(),
            by=shell_actor(),
            at=utc_now(),
        )
    typer.echo(
        f"Proposed {proposal.version}, to be in force from {proposal.in_force_from:%d %B %Y}."
    )
    typer.echo(f"Another login approves it: checkpoint eligibility approve {proposal.digest}")


@app.command()
@at_the_shell
async def approve(
    named: Annotated[str, typer.Argument(metavar="DIGEST", help="SHA-256 of the proposed file.")],
) -> None:
    """Publish what somebody else proposed; it is in force from its first day and never changes."""
    own = {digest(text) for text in packaged().values()}
    async with shell_engine() as engine, transaction(engine) as session:
        rules = await loading.approve(
            session, named.lower(), packaged=named.lower() in own, by=shell_actor(), at=utc_now()
        )
    typer.echo(f"Published {rules.version}, in force from {rules.in_force_from:%d %B %Y}.")
    typer.echo(f"SHA-256 {rules.digest}")


@app.command()
@at_the_shell
async def replay(
    against: Annotated[
        str | None,
        typer.Option(help="A rule file, or a version: who would have been decided otherwise?"),
    ] = None,
    out: Annotated[
        typer.FileTextWrite | None,
        typer.Option(help="With --against: every such decision, as CSV; ids and codes only."),
    ] = None,
) -> None:
    """Decide every stored decision again: from its own rules, or as other rules would have it."""
    async with shell_engine() as engine:
        async with transaction(engine) as session:
            published = {rules.version: rules.content for rules in await lookups.rule_sets(session)}
            rules = loading.readable(read(against, published)) if against else None
            await actions.note_replay(session, by=shell_actor(), at=utc_now())
        async with transaction(engine) as session:
            await (await session.connection()).execute(sa.text(SNAPSHOT))
            total = await queries.count(session)
            if rules is not None:
                await replay_against(session, rules, total, out)
                return
            different = await replayed(session, total)
    typer.echo(f"{total:,} decisions replayed, {len(different):,} came out differently.")
    if different:
        raise ReplayDiffers("Their ids: " + ", ".join(different[:SHOWN]))


# One moment for all batches, and nothing can be written by mistake.
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


async def replayed(session: AsyncSession, total: int) -> list[str]:
    """The ids of stored decisions that do not come out the same from their own facts and rules."""
    decisions = each_stored(session, total)
    return [str(decision.id) async for decision in decisions if not same_again(decision)]


async def each_stored(session: AsyncSession, total: int) -> AsyncIterator[Any]:
    """Every stored decision with its rules, some at a time, while the bar moves."""
    last = None
    console = Console(stderr=True)
    for _ in track(range(-(-total // BATCH)), "Replaying", console=console):
        for decision in await queries.stored(session, after=last, size=BATCH):
            last = decision.id
            yield decision


async def replay_against(
    session: AsyncSession, rules: RuleSet, total: int, out: Any | None
) -> None:
    """Say who would have been decided otherwise, and by which criterion."""
    verdicts: Counter[tuple[Verdict, Verdict]] = Counter()
    criteria: Counter[tuple[str, str, str]] = Counter()
    changed: list[str] = []
    unread: list[str] = []
    lines = csv.writer(out, lineterminator="\n") if out else None
    if lines:
        lines.writerow(["decision_id", "verdict", "verdict_then", "criteria"])
    async for decision in each_stored(session, total):
        try:
            change = change_of(decision.verdict, decision.findings, decision.facts, rules)
        except UNREADABLE:
            unread.append(str(decision.id))
            continue
        if change is None:
            continue
        verdicts[change.verdicts] += 1
        criteria.update((code, *pair) for code, pair in change.criteria.items())
        changed += [str(decision.id)][: SHOWN - len(changed)]
        if lines:
            lines.writerow([decision.id, *change.verdicts, " ".join(change.criteria)])
    say(rules, total, verdicts, criteria)
    if changed and out is None:
        typer.echo(f"The first of them (--out names all): {', '.join(changed)}")
    if unread:
        raise ReplayDiffers("These cannot be read: " + ", ".join(unread[:SHOWN]))


def say(
    rules: RuleSet,
    total: int,
    verdicts: Counter[tuple[Verdict, Verdict]],
    criteria: Counter[tuple[str, str, str]],
) -> None:
    """The counts, the greatest first."""
    typer.echo(
        f"{total:,} decisions replayed against {rules.version}; "
        f"{verdicts.total():,} would come out differently."
    )
    for (before, after), count in verdicts.most_common():
        typer.echo(f"  {count:,} from {before} to {after}")
    if criteria:
        typer.echo("By criterion; one decision may differ in several:")
    for (code, was, now), count in criteria.most_common():
        typer.echo(f"  {count:,} {code}: {was} -> {now}")


def read(rules: str, also: Mapping[str, str] | None = None) -> str:
    """A rule file's text as it stands, line ends and all; or the text of a version that is known."""
    file, known = Path(rules), packaged() | dict(also or {})
    if not _is_file(file):
        if rules in known:
            return known[rules]
        raise lookups.RuleSetNotFound("Name a rule file, or the version of a rule set.")
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise loading.RulesRefused(f"The file is not UTF-8: look at byte {error.start}.") from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for one
        return False


def faults_of(text: str) -> list[str]:
    """Where a rule file is wrong, each fault with its line where there is one."""
    try:
        parse(text)
    except RulesUnreadable as error:
        if not isinstance(error.__cause__, ValidationError):
            return [str(error)]
        found = error.__cause__.errors()
        return [
            f"{place_of(fault['loc'], text)}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in found
            if not any(follows_from(fault["loc"], other["loc"]) for other in found)
        ]
    return []


def follows_from(where: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    """Whether a whole is at fault only because a part of it is: "at least 1 item", for one."""
    return len(where) < len(other) and other[: len(where)] == where


def place_of(where: tuple[str | int, ...], text: str) -> str:
    """A fault's place as people look for it: the criterion's line, number and code, and the part."""
    if len(where) < 2 or where[0] != "criteria":
        return ".".join(map(str, where)) or "the file"
    number = int(where[1])
    starts = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[criteria]]"]
    line = f"line {starts[number]}, " if number < len(starts) else ""
    criterion = tomllib.loads(text)["criteria"][number]
    code = criterion.get("code") if isinstance(criterion, dict) else None
    part = "".join(f" {p + 1}" if isinstance(p, int) else f", {p}" for p in where[2:])
    return f"{line}criterion {number + 1} ({code or 'without a code'})" + part


def packaged() -> dict[str, str]:
    """The rule files that ship with the package, by version, in the order of their first days.

    Raises:
        RulesRefused: a file is not sound by itself or beside the others.
    """
    folder = files("checkpoint.eligibility") / "rulesets"
    texts = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    try:
        sets = rule_files(texts)
    except RulesUnreadable as error:
        raise loading.RulesRefused(str(error)) from error
    return {name.removesuffix(".toml"): text for name, text in sets.items()}


async def load_starter(session: AsyncSession, *, trial: bool = False) -> list[str]:
    """Publish the package's own rule sets where nothing stands yet, or where the service is tried.

    Returns the versions that are left for two people to publish.

    Raises:
        RulesRefused: a file is not sound, or was published with other bytes.
    """
    published = {rules.version: rules.digest for rules in await lookups.rule_sets(session)}
    own = packaged()
    for version, text in own.items():
        if published.get(version, digest(text)) != digest(text):
            raise loading.RulesRefused(f"{version}.toml: it was published with other bytes")
    left = {version: text for version, text in own.items() if version not in published}
    if published and not trial:
        return [*left]
    for text in reversed(left.values()):  # each finds the one that follows it in place
        await loading.publish(session, text, by=shell_actor(), at=utc_now())
    return []
