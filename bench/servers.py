"""Starts the three servers, one process each, and ends them: these and no others."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from seed import AUDIENCE, ISSUER, World

HERE = Path(__file__).parent
PATIENCE_SECONDS = 60
# As many threads as there are connections, so that Django waits for PostgreSQL without idling.
GUNICORN = "--workers 1 --worker-class gthread --threads {threads} --log-level warning"


class DidNotStart(RuntimeError):
    """A server ended, or did not answer in time."""


@dataclass(frozen=True)
class Server:
    """One server under measurement."""

    port: int
    process: psutil.Popen

    def cpu_seconds(self) -> float:
        """Processor time that it and its workers have used."""
        family = [self.process, *self.process.children(recursive=True)]
        times = [member.cpu_times() for member in family]
        return sum(used.user + used.system for used in times)


def environment(world: World) -> dict[str, str]:
    """What production would set; the addresses of the issuer are never asked."""
    return {
        "CHECKPOINT_ENVIRONMENT": "production",
        "CHECKPOINT_DATABASE_URL": world.url,
        "CHECKPOINT_DATA_FOLDER": str(world.folder),
        "CHECKPOINT_ISSUER": ISSUER,
        "CHECKPOINT_JWKS_URL": f"{ISSUER}/jwks",
        "CHECKPOINT_PUBLIC_URL": "http://127.0.0.1:8000",
        "CHECKPOINT_AUDIENCE": AUDIENCE,
        "CHECKPOINT_CURSOR_KEY": world.key.decode(),
        "BENCH_JWKS": str(world.jwks),
    }


def commands(threads: int) -> dict[str, list[str]]:
    """How each server is started; the port comes last."""
    gunicorn = [sys.executable, "-m", "gunicorn", "django_app:application"]
    return {
        "service": [sys.executable, "service.py", "{port}"],
        "limit": [sys.executable, "limit.py", "{port}"],
        "django": [*gunicorn, *GUNICORN.format(threads=threads).split(), "-b", "127.0.0.1:{port}"],
    }


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def started(world: World, *, threads: int) -> Iterator[dict[str, Server]]:
    """All three, by name."""
    variables = os.environ | environment(world)
    with ExitStack() as stack:
        found = {}
        for name, command in commands(threads).items():
            port = free_port()
            filled = [part.format(port=port) for part in command]
            running = _running(name, filled, port, world.folder, variables)
            found[name] = stack.enter_context(running)
        yield found


@contextmanager
def one(world: World, label: str) -> Iterator[Server]:
    """The service alone, on a database of its own."""
    port = free_port()
    command = [part.format(port=port) for part in commands(1)["service"]]
    with _running(label, command, port, world.folder, os.environ | environment(world)) as found:
        yield found


@contextmanager
def _running(
    name: str, command: list[str], port: int, folder: Path, variables: Mapping[str, str]
) -> Iterator[Server]:
    with (folder / f"{name}.log").open("w") as output:
        process = psutil.Popen(command, cwd=HERE, env=variables, stdout=output, stderr=output)
        try:
            _wait_until_it_answers(name, process, port)
            yield Server(port, process)
        except Exception as fault:
            fault.add_note(f"{name} said: {end_of_log(folder, name)}")
            raise
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_until_it_answers(name: str, process: psutil.Popen, port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise DidNotStart(f"{name} did not start.")


def end_of_log(folder: Path, name: str) -> str:
    """The last that a server had to say, but for the service's line about each request."""
    lines = (folder / f"{name}.log").read_text(errors="replace").splitlines()
    return "\n".join(line for line in lines[-2_000:] if '"event": "request"' not in line)[-3_000:]
