"""Measures this service beside its limit and beside Django, in one run, interleaved.

Each round puts every operation to every server in turn, so that whatever else this machine does
meets all three alike. Reports whether the aims are met and judges nothing: the exit code is 0
unless something went wrong, and an answer that is no success is something wrong.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

import bulk
import mount
import people
import report
import seed
import servers
from alike import check
from checkpoint.cli import prepare
from checkpoint.foundation.embedded import embedded
from load import WRK, LoadFailed, Plan, Sample, measure
from operations import OPERATIONS, RECORD_A_DECISION

ROOT = Path(__file__).parents[1]
CONNECTIONS = 16
WARM_SECONDS, SETTLE_SECONDS = 1.0, 0.15
# By operation, then server.
Plans = dict[str, dict[str, Plan]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure this service, its limit, and Django.")
    parser.add_argument("--rounds", type=int, default=4, help="how often everything is measured")
    parser.add_argument("--seconds", type=int, default=3, help="of load in one measurement")
    parser.add_argument(
        "--people", type=int, default=people.MANY, help="on record in the greater of two searches"
    )
    parser.add_argument("--own", action="store_true", help="use bench/load.py and not wrk")
    return parser.parse_args()


@dataclass
class Bench:
    """One run: the world, the servers, and what was measured so far."""

    world: seed.World
    servers: dict[str, servers.Server]
    wrk: bool
    bar: Progress
    steps: int
    measured: dict[str, dict[str, list[Sample]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    sent: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        self.task = self.bar.add_task("", total=self.steps)

    def say(self, what: str) -> None:
        self.bar.update(self.task, description=what, advance=1)

    def plans(self) -> Plans:
        """What is put to each server, from what the database holds now."""

        async def made() -> Plans:
            return {
                operation.name: {
                    server: await operation.plan(self.world, server) for server in self.servers
                }
                for operation in OPERATIONS
            }

        return asyncio.run(made())

    def put(self, name: str, server: str, plan: Plan, seconds: float) -> Sample:
        """One load, from where the last one left off; the ledger must grow by what was answered."""
        self.say(f"{name}: {server}")
        plan = replace(plan, first=self.sent[name])
        before = asyncio.run(seed.ledger_length(self.world.url))
        used = self.servers[server].cpu_seconds()
        sample = self.load(plan, server, seconds)
        used = self.servers[server].cpu_seconds() - used
        time.sleep(SETTLE_SECONDS)  # wrk goes while its last requests are still being answered
        written = asyncio.run(seed.ledger_length(self.world.url)) - before
        if not 0 <= written - sample.answered <= CONNECTIONS:
            raise LoadFailed(
                f"{name}, {server}: {sample.answered} answers, {written} ledger entries"
            )
        self.sent[name] += written
        return replace(sample, cpu_ms=1000 * used / sample.answered)

    def load(self, plan: Plan, server: str, seconds: float) -> Sample:
        port = self.servers[server].port
        return measure(plan, port, seconds=seconds, connections=CONNECTIONS, wrk=self.wrk)


def warm_up(bench: Bench) -> None:
    """The first decisions, to be read later; a comparison of answers; everything once, uncounted."""
    recording = bench.plans()[RECORD_A_DECISION]["service"]
    bench.put(RECORD_A_DECISION, "service", recording, 2 * WARM_SECONDS)
    plans = bench.plans()
    check(plans, {name: server.port for name, server in bench.servers.items()})
    for name, by_server in plans.items():
        for server, plan in by_server.items():
            bench.put(name, server, plan, WARM_SECONDS)


def rounds(bench: Bench, count: int, seconds: float) -> None:
    """Each operation put to each server, and the list loaded both ways, round by round."""
    plans = bench.plans()
    content = seed.offence_list(ROOT)
    load_list(bench, content, 0)  # a warm-up
    bench.measured.clear()
    for number in range(count):
        for name, by_server in plans.items():
            for server, plan in by_server.items():
                sample = bench.put(name, server, plan, seconds)
                bench.measured[name][server].append(sample)
        load_list(bench, content, number + 1)


def load_list(bench: Bench, content: bytes, number: int) -> None:
    bench.say(bulk.NAME)
    samples = bench.measured[bulk.NAME]
    samples["service"].append(asyncio.run(bulk.load(bench.world, content, number)))
    samples["limit"].append(asyncio.run(bulk.copy(bench.world, bulk.rows_of(content))))


def search(bench: Bench, asked: argparse.Namespace, stack: ExitStack) -> people.Found:
    """The same searches among few people and among many."""
    found = asyncio.run(people.worlds(bench.world, bench.say, asked.people))
    people.fill(found)
    return people.measured(found, stack, bench.say, asked.rounds)


def trivial(bench: Bench) -> Sample:
    """How fast the load itself is, against a handler that does nothing."""
    bench.say("the load itself")
    nothing = Plan("GET", [("/ping", 0)], [" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"])
    return bench.load(nothing, "limit", WARM_SECONDS)


def notes(bench: Bench, idle: Sample, count: int, seconds: int) -> list[str]:
    load = "wrk" if bench.wrk else "bench/load.py"
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}"
    return f"""\
{count} rounds of {seconds} s, interleaved; {CONNECTIONS} connections in a closed loop, {seed.SENDERS} senders; ratios: median of pairs (least-most).
One worker process each, one under load at a time, on one embedded PostgreSQL with the same {seed.CASES:,} made-up cases.
Load by {load}, which gets {idle.rate:,.0f}/s from a handler that does nothing. {machine}.
The limit: Starlette, asyncpg and hand-written SQL, the same statements and rules; for the offence list, a COPY of rows encoded beforehand.
""".splitlines()


def ready(asked: argparse.Namespace, console: Console, stack: ExitStack) -> Bench:
    """The whole world, up and running."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="checkpoint-bench-")))
    url = stack.enter_context(embedded(folder / "postgresql"))
    prepare(url)
    world = asyncio.run(seed.seeded(url, folder))
    found = stack.enter_context(servers.started(world, threads=CONNECTIONS))
    columns = (
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    bar = stack.enter_context(Progress(*columns, console=console))
    loads = len(OPERATIONS) * len(found)
    wrk = WRK is not None and not asked.own
    return Bench(world, found, wrk, bar, steps=7 + loads + asked.rounds * (loads + 3))


def main() -> None:
    asked, console = arguments(), Console(stderr=True)
    console.print("Starting PostgreSQL, seeding it, starting three servers ...")
    with ExitStack() as stack:
        bench = ready(asked, console, stack)
        warm_up(bench)
        idle = trivial(bench)
        rounds(bench, asked.rounds, asked.seconds)
        searched = search(bench, asked, stack)
        mounted = mount.measured(
            bench.servers["service"].port,
            bench.say,
            rounds=asked.rounds,
            seconds=asked.seconds,
            wrk=bench.wrk,
        )
    told = notes(bench, idle, asked.rounds, asked.seconds)
    report.show(bench.measured, searched, ROOT / "bench" / "results", told)
    mount.show(mounted, ROOT / "bench" / "results")


if __name__ == "__main__":
    try:
        main()
    except (LoadFailed, servers.DidNotStart) as fault:
        logs = "\n".join(getattr(fault, "__notes__", []))
        sys.exit(f"\nThe benchmark failed, so there is no result. {fault}\n{logs}")
