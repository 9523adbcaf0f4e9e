"""A service of the demo's own, in a folder, for as long as it is played to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx

from checkpoint.foundation.embedded import CannotStart

START_SECONDS, STOP_SECONDS, PAUSE_SECONDS = 180, 60, 0.1
CLOCK = "demo-clock"
# As `make run` is called by default: so whoever looks around later can be one of the demo's people.
ISSUER = "http://127.0.0.1:8000/local-issuer"


def turn(folder: Path, at: datetime) -> None:
    """From now on it is this instant for the service and the commands in ``folder``."""
    new = folder / f"{CLOCK}.new"
    new.write_text(f"{at.isoformat()}\n", "ascii")
    new.replace(folder / CLOCK)  # whoever reads it finds the old instant or the new one, whole


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a command on what is in ``folder``, and on nothing else.

    None of the settings that happen to stand in the environment is kept: they may name another
    database.
    """
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CHECKPOINT_")}
    given = {"ENVIRONMENT": "development", "DATA_FOLDER": str(folder)}
    given["TRIAL_FILE"] = str(folder / "trial-file.json")
    given["CLOCK_FILE"] = str(folder / CLOCK)
    return kept | {f"CHECKPOINT_{name}": text for name, text in (given | more).items()}


@contextmanager
def started(folder: Path, at: datetime) -> Iterator[str]:
    """``checkpoint run`` with the embedded database in ``folder``; gives its address.

    Its time stands at an instant, until it is turned.
    """
    turn(folder, at)
    port, log = _free_port(), folder / "demo.log"
    with log.open("w") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "checkpoint", "run"],
            env=surroundings(folder, LOCAL_ISSUER="true", PORT=str(port), ISSUER=ISSUER),
            stdout=told,
            stderr=told,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(process, address, log)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{address}/health/readiness").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(PAUSE_SECONDS)
    last = log.read_text().strip().rpartition("\n")[2]
    raise CannotStart(f"The demo's own service did not start. {last}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
