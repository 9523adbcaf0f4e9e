"""The load: a closed loop of connections, in a process of its own; wrk where it is installed.

Each connection sends its next request when the answer to the last one is whole. An answer that is
not a success ends the run.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import httptools
import uvloop

WRK = shutil.which("wrk")
SCRIPT = """
local heads, body, prefix, once = {heads}, {body}, {prefix}, {once}
local paths, whose, count, sent = {{}}, {{}}, 0, {first}
for line in io.lines({targets}) do
  local path, sender = line:match("^(%S+) (%d+)$")
  count = count + 1
  paths[count], whose[count] = path, tonumber(sender) + 1
end
function request()
  local place = sent % count + 1
  sent = sent + 1
  local head = heads[whose[place]]
  if once then head = head:gsub("@KEY@", string.format("%s-%09d", prefix, sent)) end
  return {method} .. " " .. paths[place] .. head .. body
end
function done(summary, latency, requests)
  local bad = summary.errors
  io.write(string.format('\\n{{"answered": %d, "seconds": %f, "p50_ms": %f, "p95_ms": %f, "failed": %d}}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3,
    bad.status + bad.connect + bad.read + bad.write + bad.timeout))
end
"""


class LoadFailed(RuntimeError):
    """Some answer was not a success, or a connection broke."""


@dataclass(frozen=True)
class Plan:
    """What to send: targets in turn, each a path and the number of its sender.

    ``heads`` holds, for each sender, all that follows the path, with ``@KEY@`` where a fresh
    idempotency key belongs.
    """

    method: str
    targets: list[tuple[str, int]]
    heads: list[str]
    body: str = ""
    once: bool = False
    first: int = 0


@dataclass(frozen=True)
class Sample:
    """What one run came to; ``cpu_ms`` is the server's processor time for one answer."""

    answered: int
    seconds: float
    p50_ms: float
    p95_ms: float
    failed: int = 0
    cpu_ms: float = 0

    @property
    def rate(self) -> float:
        return self.answered / self.seconds


def measure(plan: Plan, port: int, *, seconds: float, connections: int, wrk: bool) -> Sample:
    """Put the load on a server and wait for its end.

    Args:
        plan: what to send.
        port: the server's, on this machine.
        seconds: how long; whole ones with wrk.
        connections: how many send at once.
        wrk: whether wrk sends, or this module.

    Raises:
        LoadFailed: not every answer was a success.
    """
    with tempfile.TemporaryDirectory() as folder:
        run = _with_wrk if wrk else _with_own
        output = run(plan, Path(folder), port, seconds, connections)
    try:
        sample = Sample(**json.loads(output.strip().splitlines()[-1]))
    except (ValueError, IndexError, TypeError) as fault:
        raise LoadFailed(f"The load gave no account of itself: {output[-2000:]}") from fault
    if sample.failed or not sample.answered:
        raise LoadFailed(f"{sample.failed} failed of {sample.answered}: {output[-2000:]}")
    return sample


def _with_own(plan: Plan, folder: Path, port: int, seconds: float, connections: int) -> str:
    file = folder / "plan.json"
    file.write_text(json.dumps(asdict(plan)))
    command = [sys.executable, __file__, str(file), str(port), str(seconds), str(connections)]
    return _output(command, seconds)


def _with_wrk(plan: Plan, folder: Path, port: int, seconds: float, connections: int) -> str:
    targets, script = folder / "targets", folder / "script.lua"
    targets.write_text("".join(f"{path} {sender}\n" for path, sender in plan.targets))
    heads = ", ".join(json.dumps(head) for head in plan.heads)
    filled = SCRIPT.format(
        heads=f"{{{heads}}}",
        body=json.dumps(plan.body),
        prefix=json.dumps(token_hex(6)),
        once=str(plan.once).lower(),
        first=plan.first,
        targets=json.dumps(str(targets)),
        method=json.dumps(plan.method),
    )
    script.write_text(filled)
    # Whole seconds are all that wrk knows.
    options = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
    return _output([str(WRK), *options, "-s", str(script), f"http://127.0.0.1:{port}"], seconds)


def _output(command: list[str], seconds: float) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=seconds + 60, check=False
    )
    if done.returncode:
        raise LoadFailed((done.stdout + done.stderr)[-2000:])
    return done.stdout


class Run:
    """One run: what is to be sent, and what came back."""

    def __init__(self, plan: Plan, seconds: float, connections: int) -> None:
        self.plan, self.prefix, self.sent = plan, token_hex(6), plan.first
        self.began = time.perf_counter()
        self.deadline = self.began + seconds
        self.times: list[float] = []
        self.open = connections
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def next(self) -> bytes | None:
        if time.perf_counter() >= self.deadline:
            return None
        path, sender = self.plan.targets[self.sent % len(self.plan.targets)]
        self.sent += 1
        head = self.plan.heads[sender]
        if self.plan.once:
            head = head.replace("@KEY@", f"{self.prefix}-{self.sent:09d}")
        return f"{self.plan.method} {path}{head}{self.plan.body}".encode()

    def finish(self, fault: str | None = None) -> None:
        self.open -= 1
        if fault and not self.over.done():
            self.over.set_exception(LoadFailed(fault))
        if self.open == 0 and not self.over.done():
            self.over.set_result(None)

    def sample(self) -> Sample:
        times = sorted(self.times)
        p50, p95 = (times[int(len(times) * part)] * 1000 for part in (0.5, 0.95))
        return Sample(len(times), time.perf_counter() - self.began, p50, p95)


class Connection(asyncio.Protocol):
    """One connection that asks, waits for the whole answer, and asks again."""

    def __init__(self, run: Run) -> None:
        self.run, self.asked_at, self.wrong = run, 0.0, b""
        self.ended = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        request = self.run.next()
        if request is None:
            self.end()
            return
        self.parser = httptools.HttpResponseParser(self)
        self.asked_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        if not 200 <= self.parser.get_status_code() < 400:
            self.wrong += body

    def on_message_complete(self) -> None:
        status = self.parser.get_status_code()
        if not 200 <= status < 400:
            self.end(f"answered {status}: {self.wrong.decode(errors='replace')[:800]}")
            return
        self.run.times.append(time.perf_counter() - self.asked_at)
        self.ask()

    def connection_lost(self, fault: Exception | None) -> None:
        if not self.ended:
            self.ended = True
            self.run.finish(f"the server closed the connection ({fault})")

    def end(self, fault: str | None = None) -> None:
        self.ended = True
        self.transport.close()
        self.run.finish(fault)


async def run(plan: Plan, port: int, seconds: float, connections: int) -> Sample:
    """Load one server."""
    loop = asyncio.get_running_loop()
    current = Run(plan, seconds, connections)
    for _ in range(connections):
        await loop.create_connection(lambda: Connection(current), "127.0.0.1", port)
    await asyncio.wait_for(current.over, seconds + 30)
    return current.sample()


def main() -> None:
    file, port, seconds, connections = sys.argv[1:]
    given = json.loads(Path(file).read_text())
    plan = replace(Plan(**given), targets=[(path, sender) for path, sender in given["targets"]])
    sample = uvloop.run(run(plan, int(port), float(seconds), int(connections)))
    sys.stdout.write(json.dumps(asdict(sample)) + "\n")


if __name__ == "__main__":
    main()
