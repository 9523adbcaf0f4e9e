"""The back door: the same actions, for people with a shell; and the way to start the service."""

import asyncio
import errno
import fcntl
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

import typer

from checkpoint.foundation import errors, logs
from checkpoint.foundation.actors import TOKEN_ROLES, Role
from checkpoint.foundation.clock import follow
from checkpoint.foundation.embedded import CannotStart, NoDatabase, serving
from checkpoint.foundation.mishaps import MISHAPS, told
from checkpoint.foundation.settings import Environment, Settings

# For scripts: one exit code for each kind of refusal, as for HTTP there is one status.
EXIT = {
    errors.Malformed: 10,
    errors.Unauthenticated: 11,
    errors.Forbidden: 13,
    errors.NotFound: 14,
    errors.Conflict: 19,
    errors.Stale: 20,
    errors.Unprocessable: 22,
    errors.Unavailable: 75,
}
# What a role's line asks for beside the role, in the shell's words.
WANTED = {
    Role.CUSTODY_OFFICER: " -d suite=DURHAMGATE",
    Role.SUPERVISOR: " -d suite=DURHAMGATE",
    Role.PROVIDER: " -d 'organization=<id>'",
}
MIGRATIONS = Path(__file__).parents[2] / "alembic.ini"

# By a command's first word, where the commands are. To import them all takes a second or two.
ROOMS = {
    "custody": "checkpoint.custody.cli",
    "eligibility": "checkpoint.eligibility.cli",
    "needs": "checkpoint.needs.cli",
    "directory": "checkpoint.directory.imports.cli",
    "trials": "checkpoint.outcomes.cuts.cli",
    "allocation": "checkpoint.allocation.cli",
    "consent": "checkpoint.consent.cli",
    "navigators": "checkpoint.navigators.cli",
    "outcomes": "checkpoint.outcomes.cli",
    "extracts": "checkpoint.extracts.cli",
    "evaluation": "checkpoint.evaluation.pictures.cli",
    "access": "checkpoint.access.cli",
    "trial": "checkpoint.outcomes.cuts.cli",  # whoever means one trial need not think of it
    "housekeeping": "checkpoint.housekeeping",
}
# Rooms whose tables are pointed at from there, and which that room has no other need of.
POINTED_AT = {
    "consent": ("people", "custody", "custody.circumstances", "eligibility"),
    "navigators": ("people", "custody"),
    "outcomes": (
        "custody.suites",
        "custody",
        "custody.circumstances",
        "eligibility",
        "consent",
        "allocation",
    ),
    "trials": ("consent",),
    "trial": ("consent",),
}
HIDDEN = frozenset({"trial"})
DEMO = "demo"
SERVING = frozenset({"run", "serve"})
STOPPED = 128 + signal.SIGTERM  # as shells tell of a command that a signal ended


def commands(words: Sequence[str]) -> typer.Typer:
    """The shell's commands; of the rooms those alone that the words ask for, if they name one.

    Args:
        words: of the command line, behind the program's name.
    """
    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,  # they print the values of variables
        help="Checkpoint: from the custody suite to evaluation.",
    )
    own = {each.__name__: each for each in (run, serve, migrate)}
    for each in own.values():
        app.command()(each)
    named = {*words[:1]} & {*ROOMS, *own, DEMO}
    for name, module in ROOMS.items():
        if name in (named or ROOMS):
            for room in POINTED_AT.get(name, ()):
                import_module(f"checkpoint.{room}.tables")
            app.add_typer(import_module(module).app, name=name, hidden=name in HIDDEN)
    if DEMO in (named or {DEMO}):
        app.command()(import_module("checkpoint.demo.cli").demo)
    return app


def run() -> None:
    """Start everything on this machine: database, migrations, starter data, the service."""
    settings = Settings()
    follow(settings.clock_file)
    check_port(settings)
    with (
        sole_user(settings),
        serving(settings, keep=False, make=True) as addresses,
        suppress(KeyboardInterrupt),
    ):
        prepare(addresses.owner, trial=in_development(settings))
        os.environ["CHECKPOINT_DATABASE_URL"] = addresses.api
        welcome(settings)
        listen(Settings())
    typer.echo("Stopped. What was entered is kept.")


def serve() -> None:
    """Serve the API, on a database that is migrated already."""
    settings = Settings()
    if settings.database_url is None:
        raise NoDatabase(
            "`checkpoint serve` needs CHECKPOINT_DATABASE_URL; `checkpoint run` brings its own."
        )
    check_port(settings)
    listen(settings)


def migrate() -> None:
    """Bring the database up to date, and load the starter data it lacks."""
    settings = Settings()
    follow(settings.clock_file)
    with serving(settings, make=True) as addresses:
        left = prepare(addresses.owner, trial=in_development(settings))
    typer.echo("The database is up to date.")
    for version in left:
        typer.echo(
            f"The rule set {version} ships with this version and is not published; two people do "
            f"that: checkpoint eligibility propose {version}"
        )


def in_development(settings: Settings) -> bool:
    return settings.environment is Environment.DEVELOPMENT


def check_port(settings: Settings) -> None:
    """Say so before anything is started, if it cannot listen there."""
    address = (settings.host, settings.port)
    try:
        family, *_, where = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(where)
    except OSError as error:
        remedy = {
            errno.EADDRINUSE: f"Port {settings.port} is taken; choose another with CHECKPOINT_PORT.",
            errno.EACCES: "CHECKPOINT_PORT: only root may listen below 1024.",
        }.get(error.errno or 0, "CHECKPOINT_HOST is no address of this machine.")
        raise CannotStart(remedy) from None


@contextmanager
def sole_user(settings: Settings) -> Iterator[None]:
    """Nobody else runs on this data folder: whoever stops would stop the other's database."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    with (settings.folder / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                "The service runs on this data folder already; "
                "choose another with CHECKPOINT_DATA_FOLDER."
            ) from None
        yield


def prepare(url: str, *, trial: bool = False) -> list[str]:
    """Migrate to the newest revision and load the starter reference data.

    Returns the rule sets of the package that only two people may publish here.
    """
    from alembic import command  # noqa: PLC0415 - only where it migrates: it is slow to import
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script.revision import ResolutionError  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    from checkpoint.starter import load_starter  # noqa: PLC0415 - it imports nearly every room

    if not MIGRATIONS.exists():
        raise CannotStart(
            "The migrations stand beside the package in its repository, and not here: install it "
            "in place, with `pip install --editable`."
        )
    config = Config(str(MIGRATIONS))
    config.attributes["url"] = url
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if not isinstance(error.__cause__, ResolutionError):
            raise
        raise CannotStart(
            "The database was brought up to date by a later version of this software; run that one."
        ) from error
    return asyncio.run(load_starter(url, trial=trial))


def listen(settings: Settings) -> None:
    """Serve until told to stop."""
    import uvicorn  # noqa: PLC0415 - only the commands that serve need it
    from uvicorn.supervisors import Multiprocess  # noqa: PLC0415

    from checkpoint.foundation.server import server_for  # noqa: PLC0415

    config = server_for(
        "checkpoint.api:worker", host=settings.host, port=settings.port, workers=settings.workers
    )
    if settings.workers > 1:
        Multiprocess(config, sockets=[config.bind_socket()]).run()
    else:
        uvicorn.Server(config).run()


def welcome(settings: Settings) -> None:
    """Where the docs are, and how to become each role."""
    address = f"http://{settings.host}:{settings.port}"
    typer.echo(f"\nCheckpoint starts at {address} - read and try it at {address}/docs\n")
    if not settings.local_issuer:
        return
    typer.echo("To act as one of the roles, paste its line; it puts a token into $TOKEN:\n")
    for role in TOKEN_ROLES:
        typer.echo(
            f"  TOKEN=$(curl -s -H 'Accept: text/plain' {address}/local-issuer/token "
            f"-d role={role.value}{WANTED.get(role, '')})"
        )
    typer.echo(f"\nA provider's <id> is one of {address}/open-referral/v3/organizations.")
    typer.echo("For evaluators there are counts of referrals, and extracts: see docs/extracts.md.")
    typer.echo("\nCtrl-C stops the service and its database.\n")


@contextmanager
def _stopped_by_signal(command: str) -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does, so that the database is always stopped cleanly.

    Of what serves that is the end it waits for; anything else had more to do, and says so.
    """
    code = 0 if command in SERVING else STOPPED

    def stop(*_: object) -> None:
        raise SystemExit(code)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def main() -> None:
    """Run a command; a refusal is one line and an exit code of its kind."""
    logs.configure(human=sys.stderr.isatty())
    try:
        with _stopped_by_signal("".join(sys.argv[1:2])):
            commands(sys.argv[1:])(standalone_mode=True)
    except errors.Refusal as refusal:
        typer.echo(f"{refusal.title}. {refusal}", err=True)
        sys.exit(next(EXIT[kind] for kind in type(refusal).__mro__ if kind in EXIT))
    except MISHAPS as fault:
        mishap = told(fault)
        if mishap is None:
            raise
        typer.echo(mishap.words, err=True)
        sys.exit(mishap.code)
