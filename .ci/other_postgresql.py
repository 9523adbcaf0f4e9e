"""Run a command with CHECKPOINT_DATABASE_URL at a PostgreSQL of another major version."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EMBEDDED = 18
LEAST = 15
# It goes when the command ends, so it waits for no disk and tidies nothing up.
PASSING = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit")
ROOM_BYTES = 8 * 2**30


def roomy_memory() -> str | None:
    """Where files are kept in memory, if there is room."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES
    return str(memory) if roomy and os.access(memory, os.W_OK) else None


def installed() -> Path | None:
    """The folder of an installed PostgreSQL's programs, of another version than the embedded."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    on_path = shutil.which("initdb")
    folders += [Path(on_path).resolve().parent] if on_path else []
    for folder in sorted(folders, reverse=True):
        programs = [folder / name for name in ("initdb", "pg_ctl", "postgres")]
        if all(program.exists() for program in programs) and LEAST <= major(folder) != EMBEDDED:
            return folder
    return None


def major(folder: Path) -> int:
    told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    found = re.search(r"(\d+)", told.stdout)
    return int(found[1]) if found else 0


@contextmanager
def started(programs: Path) -> Iterator[str]:
    """A throwaway server made by these programs, on a socket of its own."""
    with tempfile.TemporaryDirectory(prefix="checkpoint-", dir=roomy_memory()) as name:
        folder, run = Path(name), unprivileged(Path(name))
        run([programs / "initdb", "-A", "trust", "-U", "postgres", "-D", folder / "data"])
        options = " ".join(
            [
                f"-h '' -k {folder} -c max_connections=200 -c log_error_verbosity=terse",
                *(f"-c {setting}=off" for setting in PASSING),
            ]
        )
        pg_ctl = [programs / "pg_ctl", "-w", "-D", folder / "data", "-l", folder / "log"]
        run([*pg_ctl, "-o", options, "start"])
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run([*pg_ctl, "-m", "fast", "stop"])


def unprivileged(folder: Path):
    """Runs a program, as somebody else where we are root: PostgreSQL refuses to be root."""
    user = None
    if os.geteuid() == 0:
        user = "nobody"
        shutil.chown(folder, user)

    def run(command: list) -> None:
        subprocess.run(
            [str(part) for part in command],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )

    return run


def main() -> int:
    programs = installed()
    if programs is not None:
        with started(programs) as url:
            return under(url, f"PostgreSQL {major(programs)} of this machine")
    from checkpoint.foundation.embedded import embedded

    with tempfile.TemporaryDirectory() as name, embedded(Path(name) / "16", version=16) as url:
        return under(url, "PostgreSQL 16 of the wheel: no other is installed here")


def under(url: str, which: str) -> int:
    print(which, flush=True)
    environment = os.environ | {"CHECKPOINT_DATABASE_URL": url, "CHECKPOINT_TEST_PASSING": "true"}
    return subprocess.run(sys.argv[1:], env=environment).returncode


sys.exit(main())
