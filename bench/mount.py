"""The open mount: whether the directory has changed, asked beside a ping of the same process.

Run by itself, it starts a database and one server of its own.
"""

import argparse
import asyncio
import http.client
import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

import report
import seed
import servers
from checkpoint.cli import prepare
from checkpoint.foundation.embedded import embedded
from load import WRK, LoadFailed, Plan, Sample, measure

CONDITIONAL, PING = "ask whether the directory has changed (304)", "ping"
AIM = 0.5
LISTED = "/open-referral/v3/services"
HOST = "127.0.0.1"
UNCHANGED = re.compile(
    r'^checkpoint_requests_total{[^}]*status="304"[^}]*} ([\d.e+]+)$', re.MULTILINE
)
CONNECTIONS, WARM_SECONDS = 16, 1.0
Measured = Mapping[str, Sequence[Sample]]


def got(port: int, path: str) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": HOST})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    if answer.status != 200:
        raise LoadFailed(f"{path} was answered {answer.status}: {body[:500]}")
    return answer, body


def unchanged(port: int) -> float:
    """How many answers of this process were 304 so far."""
    return sum(float(number) for number in UNCHANGED.findall(got(port, "/metrics")[1]))


def plans(port: int) -> dict[str, Plan]:
    """The same request line and host; one holds the tag that the mount just gave."""
    tag = got(port, LISTED)[0].headers["ETag"]
    head = f" HTTP/1.1\r\nHost: {HOST}\r\n"
    return {
        PING: Plan("GET", [("/ping", 0)], [f"{head}\r\n"]),
        CONDITIONAL: Plan("GET", [(LISTED, 0)], [f"{head}If-None-Match: {tag}\r\n\r\n"]),
    }


def measured(
    port: int, say: Callable[[str], None], *, rounds: int, seconds: float, wrk: bool
) -> Measured:
    """Both in turn, round by round; every answer to the one must have been a 304.

    Raises:
        LoadFailed: some were whole answers.
    """
    found: dict[str, list[Sample]] = {PING: [], CONDITIONAL: []}
    asked = plans(port)
    for number in range(rounds + 1):
        for name, plan in asked.items():
            say(f"{name}: round {number or 'to warm up'}")
            before = unchanged(port)
            length = seconds if number else WARM_SECONDS
            sample = measure(plan, port, seconds=length, connections=CONNECTIONS, wrk=wrk)
            if name == CONDITIONAL and unchanged(port) - before < sample.answered:
                raise LoadFailed("Not every conditional request was answered 304.")
            if number:
                found[name].append(sample)
    return found


def table(samples: Measured) -> Table:
    """One row: the rate beside a ping's, round by round."""
    found = Table(title="The open mount", show_lines=True)
    for heading in ("operation", "rate\np50 / p95", "a ping's", "of a ping", "aim"):
        found.add_column(heading, no_wrap=True)
    ours, ping = samples[CONDITIONAL], samples[PING]
    part = report.ratio(report.rates(ours), report.rates(ping))
    aims = report.verdict([(f">= {AIM} of a ping", part.middle >= AIM)])
    told = (report.told(each).rpartition("\n")[0] for each in (ours, ping))
    found.add_row(CONDITIONAL, *told, str(part), aims)
    return found


def show(samples: Measured, folder: Path) -> None:
    """Print the row, and keep every sample."""
    Console(width=max(Console().width, 140)).print(table(samples))
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: [asdict(sample) for sample in found] for name, found in samples.items()}
    (folder / "mount.json").write_text(json.dumps(kept, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the open mount beside a ping.")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--own", action="store_true", help="use bench/load.py and not wrk")
    asked, console = parser.parse_args(), Console(stderr=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="checkpoint-mount-")))
        url = stack.enter_context(embedded(folder / "postgresql"))
        prepare(url)
        world = asyncio.run(seed.seeded(url, folder))
        server = stack.enter_context(servers.one(world, "mount"))
        wrk = WRK is not None and not asked.own
        found = measured(
            server.port, console.print, rounds=asked.rounds, seconds=asked.seconds, wrk=wrk
        )
    show(found, Path(__file__).parent / "results")


if __name__ == "__main__":
    main()
