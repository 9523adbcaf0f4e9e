"""The service as a process of its own, on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import httpx

START_SECONDS = 60  # how long a start takes is measured by the benchmark, not judged here
RUN = ("-m", "checkpoint", "run")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def environment(folder, port, **more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CHECKPOINT_")}
    return kept | {
        "CHECKPOINT_ENVIRONMENT": "development",
        "CHECKPOINT_LOCAL_ISSUER": "true",
        "CHECKPOINT_DATA_FOLDER": str(folder),
        "CHECKPOINT_PORT": str(port),
        **more,
    }


def started(folder, port, command=RUN, **more):
    """A process that answers; what it says is kept in the folder."""
    with (folder / "told.txt").open("a") as told:
        process = subprocess.Popen(
            [sys.executable, *command],
            env=environment(folder, port, **more),
            stdout=told,
            stderr=told,
            start_new_session=True,
        )
    try:
        answers(process, f"http://127.0.0.1:{port}", folder)
    except BaseException:
        stopped(process)
        raise
    return process


def stopped(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def running(folder, command=RUN, **more):
    port = free_port()
    process = started(folder, port, command, **more)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        stopped(process)


def answers(process, address, folder):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{address}/health/readiness").status_code == 200:
                return
        except httpx.TransportError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)  # an end is seen at once
    raise AssertionError((folder / "told.txt").read_text())


def postmaster(folder):
    file = folder / "postgresql" / "postmaster.pid"
    return int(file.read_text().split("\n", 1)[0]) if file.exists() else None


def token(address, name="someone", suites=("DURHAMGATE",)):
    form = {"role": "custody_officer", "suite": [*suites], "name": name}
    return httpx.post(f"{address}/local-issuer/token", data=form).json()["access_token"]


def officer(address):
    headers = {"Authorization": f"Bearer {token(address)}"}
    return httpx.Client(base_url=address, headers=headers)
