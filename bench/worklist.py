"""Measures the worklist, a caseload and a case's story among few open cases and among many.

    python bench/worklist.py [--cases 1000 100000]

For each number it fills a database of its own with made-up cases that came in within five months,
in two suites, each navigator with thirty, with something of every kind that is due from a
navigator, a custody officer or a supervisor. Then it asks all of them in turns, in one process
without a socket, so that whatever else this machine does meets all alike; and prints the median and
the 95th percentile of each, and how often they are the first number's. The aims: no more than twice
as much among 100,000 as among 1,000, and 50 ms at the 95th percentile. Judges nothing.
"""

import argparse
import asyncio
import logging
import os
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import structlog
from pydantic import SecretStr

from checkpoint.api import create_app
from checkpoint.cli import prepare
from checkpoint.foundation.actors import Role
from checkpoint.foundation.embedded import embedded
from checkpoint.foundation.settings import Environment, Settings
from open_cases import ISSUER, SUITES, Seeds

ROUNDS, WARMING = 40, 8  # the first ones are planned anew
# What the triggers would have kept.
KEPT = """
    INSERT INTO open_matter (id, matter, custody_record_id, suite, since, source_id, thing_id, words,
                             allocation_id, set_off_by, last_day)
    SELECT gen_random_uuid(), * FROM open_matter_now
"""
SIZES = {"": {}, ", 200 lines": {"size": 200}}

OF_TEAMS = """
    INSERT INTO team_matter (id, open_matter_id, matter, suite, since, until)
    SELECT gen_random_uuid(), open_matter_id, matter, suite, since, until FROM team_matter_now
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the worklist among open cases.")
    parser.add_argument("--cases", type=int, nargs="+", default=[1000, 100_000])
    return parser.parse_args()


async def filled(url: str, cases: int, at: datetime) -> Any:
    """The database with so many cases; and the id of one of them."""
    connection = await asyncpg.connect(url)
    offences = {
        row["code"]: row["id"] for row in await connection.fetch("SELECT id, code FROM offence")
    }
    rules = await connection.fetchval("SELECT id FROM rule_set_version LIMIT 1")
    seeds = Seeds(offences, rules, at, cases)
    for number in range(cases):
        seeds.case(number)
    await connection.execute("SET session_replication_role = replica")
    for table, rows in seeds.rows.items():
        columns = list({name: None for row in rows for name in row})
        await connection.copy_records_to_table(
            table,
            columns=columns,
            records=[tuple(row.get(name) for name in columns) for row in rows],
        )
    await connection.execute("ANALYZE")
    await connection.execute(KEPT)
    await connection.execute("ANALYZE open_matter")
    await connection.execute(OF_TEAMS)
    await connection.execute("VACUUM ANALYZE")
    print(*(f"{len(rows):,} {table}" for table, rows in seeds.rows.items()), sep=", ")
    await connection.close()
    mine = seeds.navigators[0]
    worked = seeds.rows["navigator_assignment"]
    return next(each["custody_record_id"] for each in worked if each["navigator_id"] == mine)


@dataclass
class Service:
    """The service in front of one database, and whoever asks it."""

    app: Any
    record: Any

    def asking(self, role: Role) -> httpx.AsyncClient:
        name = "nav-0" if role is Role.NAVIGATOR else "bench"
        token = self.app.state.local_issuer.token(
            role, [SUITES[0]], name=name, at=datetime.now(UTC)
        )
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://bench",
            headers={"Authorization": f"Bearer {token}"},
        )


def served(url: str, folder: Path, record: Any) -> Service:
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(url),
        local_issuer=True,
        issuer=ISSUER,
        data_folder=folder,
        requests_per_minute=1_000_000,
    )
    return Service(create_app(settings), record)


# By what is asked and by how many cases there are.
Found = dict[str, dict[int, list[float]]]


async def measured(services: dict[int, Service]) -> Found:
    """Milliseconds of every request."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    found: Found = defaultdict(dict)
    for role in (Role.NAVIGATOR, Role.CUSTODY_OFFICER, Role.SUPERVISOR):
        async with AsyncExitStack() as stack:
            clients = {
                cases: await stack.enter_async_context(service.asking(role))
                for cases, service in services.items()
            }
            for name, pages in (await asked(role, clients, services)).items():
                found[name] = await took(
                    {cases: (clients[cases], *pages[cases]) for cases in pages}
                )
    for service in services.values():
        await service.app.state.engine.dispose()
    return found


async def asked(
    role: Role, clients: dict[int, httpx.AsyncClient], services: dict[int, Service]
) -> dict[str, dict[int, tuple[str, dict[str, Any]]]]:
    """What is asked of each service: by name, then by how many cases it has."""
    found: dict[str, dict[int, tuple[str, dict[str, Any]]]] = defaultdict(dict)
    for cases, client in clients.items():
        for words, params in SIZES.items():
            found[f"{role}: worklist{words}"][cases] = ("/v1/worklist", params)
            page = (await client.get("/v1/worklist", params=params)).raise_for_status().json()
            if page["next"]:
                after = params | {"after": page["next"]}
                found[f"{role}: its page 2{words}"][cases] = ("/v1/worklist", after)
            if not words:
                kinds = [each["kind"] for each in page["counts"]["kinds"]]
                print(f"{role}, {cases:,} cases, {len(kinds)} kinds:", *kinds)
        if role is Role.NAVIGATOR:
            story = f"/v1/custody-records/{services[cases].record}/timeline"
            found[f"{role}: caseload"][cases] = ("/v1/me/caseload", {})
            found[f"{role}: a story"][cases] = (story, {})
    return found


async def took(
    pages: dict[int, tuple[httpx.AsyncClient, str, dict[str, Any]]],
) -> dict[int, list[float]]:
    times: dict[int, list[float]] = {cases: [] for cases in pages}
    for _ in range(ROUNDS + WARMING):
        for cases, (client, path, params) in pages.items():
            began = time.perf_counter()
            answer = await client.get(path, params=params)
            times[cases].append(1000 * (time.perf_counter() - began))
            answer.raise_for_status()
    return {cases: each[WARMING:] for cases, each in times.items()}


def told(found: Found) -> None:
    first = min(cases for by_cases in found.values() for cases in by_cases)
    for name, by_cases in found.items():
        print(f"{name:44}", *(_told(times, by_cases.get(first)) for times in by_cases.items()))
    print(f"Load average: {', '.join(f'{each:.1f}' for each in os.getloadavg())}.")


def _told(times: tuple[int, list[float]], first: list[float] | None) -> str:
    cases, each = times
    middle = statistics.median(each)
    ratio = f" ({middle / statistics.median(first):.1f}x)" if first else ""
    return f"{cases:>9,}: {middle:6.1f} / {statistics.quantiles(each, n=20)[-1]:6.1f} ms{ratio}"


async def main() -> None:
    with ExitStack() as stack:
        services = {}
        for cases in arguments().cases:
            made = tempfile.TemporaryDirectory(prefix="checkpoint-worklist-")
            folder = Path(stack.enter_context(made))
            url = stack.enter_context(embedded(folder / "postgresql"))
            await asyncio.to_thread(prepare, url)
            services[cases] = served(url, folder, await filled(url, cases, datetime.now(UTC)))
        told(await measured(services))


if __name__ == "__main__":
    asyncio.run(main())
