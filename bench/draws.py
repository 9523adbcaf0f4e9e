"""Measures draws of arms a second, beside a plain handler with the same statements.

    python bench/draws.py [--rounds 4] [--draws 400]

A database of its own, a live trial at one suite, so that all draws pass one turnstile: the worst
case. One worker process each; 16 connections in a closed loop; the two in turn, round by round.
Afterwards every draw of either must be the next of the sealed list.
"""

import argparse
import asyncio
import os
import secrets
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
from pydantic import SecretStr

import seed
import servers
from checkpoint.allocation import loading as sealing
from checkpoint.allocation.vault import Vault, lodge
from checkpoint.cli import prepare
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from checkpoint.foundation.embedded import embedded
from checkpoint.foundation.settings import Settings
from checkpoint.trials import loading as trials

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from crowd import Ready, crowd  # the tests' own way to many consenting cases

CONNECTIONS, WARM, TRIES = 16, 50, 20
PROTOCOL = """
trial = "BENCH"
kind = "live"
number = 1
version = "1.0"
title = "A trial to be measured"
changed = "First version"
source = "Made up"
in_effect_from = 2020-01-01
opens_on = 2020-01-01
target = 1000
strata = ["DURHAMGATE"]
[arms]
treatment = 1
control = 1
[holders]
sponsor = "Synthetic Police"
trial_manager = "Trial office"
statistician = "Trials unit"
data_monitor = "Monitoring committee"
"""


async def trial(url: str, settings: Settings, places: int) -> None:
    """A live trial, adopted and sealed by two people, its digests lodged."""
    manager, statistician = (Actor(id=uuid4(), role=Role.OPERATOR) for _ in range(2))
    at, engine = datetime.now(UTC), engine_for(url, role=OWNER_ROLE)
    async with transaction(engine) as session:
        await trials.adopt(session, PROTOCOL, by=manager, at=at)
    async with transaction(engine) as session:
        sealed, _ = await sealing.seal_blocks(
            session, "BENCH", secrets.token_bytes(32), sizes=(4, 6, 8), places=places,
            vault=Vault(settings), by=statistician, at=at,
        )  # fmt: skip
    lodge(Path(str(settings.trial_file)), sealed, trial="BENCH")
    await engine.dispose()


def settings_of(world: seed.World) -> dict[str, str]:
    return servers.environment(world) | {
        "CHECKPOINT_SEALING_KEY": secrets.token_hex(32),
        "CHECKPOINT_TRIAL_FILE": str(world.folder / "trial.json"),
    }


async def load(server: servers.Server, senders: list[seed.Sender], cases: list[Ready]) -> float:
    """Every case drawn once, by so many at once; draws a second."""
    waiting = [*cases]

    async def draw(number: int) -> None:
        headers = {"Authorization": f"Bearer {senders[number].token}"}
        base = f"http://127.0.0.1:{server.port}"
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=30) as client:
            while waiting:
                case = waiting.pop()
                await insist(
                    client,
                    f"/v1/custody-records/{case.record_id}/allocation",
                    {"eligibility_decision_id": str(case.decision_id)},
                )

    began = time.perf_counter()
    await asyncio.gather(*(draw(number) for number in range(CONNECTIONS)))
    return len(cases) / (time.perf_counter() - began)


async def insist(client: httpx.AsyncClient, address: str, body: dict[str, str]) -> None:
    """Until it is drawn; a busy machine may say that it is unavailable."""
    for _ in range(TRIES):
        answer = await client.put(address, json=body)
        if answer.status_code in (200, 201):
            return
        if answer.status_code != 503:
            break
    raise SystemExit(f"A draw was answered {answer.status_code}: {answer.text}")


async def in_order(url: str) -> int:
    """How many were drawn; each place once, from the first on, each with its entry."""
    async with seed.database(url) as connection:
        drawn, last, entries = await connection.fetchrow(
            "SELECT count(DISTINCT place), max(place), (SELECT count(*) FROM audit_entry"
            " WHERE event = 'allocation.drawn') FROM allocation"
        )
    if not drawn == last == entries:
        raise SystemExit(f"{drawn} places, the last {last}, {entries} entries")
    return int(drawn)


def measured(stack: ExitStack, rounds: int, draws: int) -> dict[str, list[float]]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="checkpoint-bench-")))
    url = stack.enter_context(embedded(folder / "postgresql"))
    prepare(url)
    at = datetime.now(UTC)
    senders = seed.senders_of(folder, at=at)
    world = seed.World(url, folder, senders, [], secrets.token_hex(32).encode())
    os.environ |= (variables := settings_of(world))
    many = 2 * (WARM + rounds * draws)
    asyncio.run(trial(url, Settings(database_url=SecretStr(url)), many))
    cases = asyncio.run(crowd(url, [seed.SUITE], many, at=at - timedelta(minutes=1)))
    found = {}
    for name, file in (("service", "service.py"), ("limit", "draws_limit.py")):
        port = servers.free_port()
        command = [sys.executable, file, str(port)]
        found[name] = stack.enter_context(
            servers._running(name, command, port, folder, os.environ | variables)  # noqa: SLF001
        )
    rates: dict[str, list[float]] = {name: [] for name in found}
    for number in range(rounds + 1):
        for name, server in found.items():
            taken = [cases.pop() for _ in range(draws if number else WARM)]
            try:
                rate = asyncio.run(load(server, world.senders, taken))
            except SystemExit as fault:
                sys.exit(f"{fault}\n{name} said: {servers.end_of_log(folder, name)}")
            rates[name] += [rate] if number else []
    print(f"{asyncio.run(in_order(url)):,} draws, each the next of the sealed list.")
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure draws of arms.")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--draws", type=int, default=400, help="in one measurement")
    asked = parser.parse_args()
    with ExitStack() as stack:
        rates = measured(stack, asked.rounds, asked.draws)
    for name, each in rates.items():
        low, high = min(each), max(each)
        print(f"{name:8} {statistics.median(each):6,.0f} draws a second ({low:,.0f}-{high:,.0f})")
    pairs = zip(rates["service"], rates["limit"], strict=True)
    print(f"the service does {statistics.median(a / b for a, b in pairs):.2f} of its limit")


if __name__ == "__main__":
    main()
