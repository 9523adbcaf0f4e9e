"""Measures the worklist, a caseload and a case's story among few open cases and among many.

    python bench/worklist.py [--cases 1000 20000 100000]

For each number it fills a database of its own with made-up cases that came in within five months,
in two suites, each navigator with thirty; asks in one process without a socket; and prints the
median and the 95th percentile of each, and how often they are the first number's. The aim: no more
than twice as much among 100,000 as among 1,000, and 50 ms at the 95th percentile.
"""

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from contextlib import ExitStack
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

ROUNDS = 40
# What the triggers would have kept.
KEPT = """
    INSERT INTO open_matter (id, matter, custody_record_id, suite, since, source_id, thing_id, words,
                             allocation_id, set_off_by)
    SELECT gen_random_uuid(), * FROM open_matter_now
"""
SIZES = {"": {}, ", 200 lines": {"size": 200}}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the worklist among open cases.")
    parser.add_argument("--cases", type=int, nargs="+", default=[1000, 20_000])
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
    await connection.execute("VACUUM ANALYZE")
    print(*(f"{len(rows):,} {table}" for table, rows in seeds.rows.items()), sep=", ")
    await connection.close()
    mine = seeds.navigators[0]
    worked = seeds.rows["navigator_assignment"]
    return next(each["custody_record_id"] for each in worked if each["navigator_id"] == mine)


async def measured(url: str, folder: Path, record: Any) -> dict[str, tuple[float, float]]:
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(url),
        local_issuer=True,
        issuer=ISSUER,
        data_folder=folder,
        requests_per_minute=1_000_000,
    )
    app = create_app(settings)
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    found: dict[str, tuple[float, float]] = {}
    for role in (Role.NAVIGATOR, Role.CUSTODY_OFFICER, Role.SUPERVISOR):
        name = "nav-0" if role is Role.NAVIGATOR else "bench"
        token = app.state.local_issuer.token(role, [SUITES[0]], name=name, at=datetime.now(UTC))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://bench",
            headers={"Authorization": f"Bearer {token}"},
        ) as client:
            await asked(client, role, record, found)
    await app.state.engine.dispose()
    return found


async def asked(
    client: httpx.AsyncClient, role: Role, record: Any, found: dict[str, tuple[float, float]]
) -> None:
    for words, params in SIZES.items():
        page = await took(client, f"{role}: worklist{words}", "/v1/worklist", params, found)
        if page["next"]:
            after = params | {"after": page["next"]}
            await took(client, f"{role}: its page 2{words}", "/v1/worklist", after, found)
    if role is Role.NAVIGATOR:
        await took(client, f"{role}: caseload", "/v1/me/caseload", {}, found)
        await took(client, f"{role}: a story", f"/v1/custody-records/{record}/timeline", {}, found)


async def took(
    client: httpx.AsyncClient,
    name: str,
    path: str,
    params: dict[str, Any],
    found: dict[str, tuple[float, float]],
) -> Any:
    times, answer = [], None
    for _ in range(ROUNDS + 8):  # the first ones are planned anew
        began = time.perf_counter()
        answer = await client.get(path, params=params)
        times.append(1000 * (time.perf_counter() - began))
        answer.raise_for_status()
    times = times[8:]
    found[name] = (statistics.median(times), statistics.quantiles(times, n=20)[-1])
    return answer.json() if answer else None


async def main() -> None:
    results: dict[int, dict[str, tuple[float, float]]] = {}
    for cases in arguments().cases:
        with ExitStack() as stack:
            made = tempfile.TemporaryDirectory(prefix="checkpoint-worklist-")
            folder = Path(stack.enter_context(made))
            url = stack.enter_context(embedded(folder / "postgresql"))
            await asyncio.to_thread(prepare, url)
            record = await filled(url, cases, datetime.now(UTC))
            results[cases] = await measured(url, folder, record)
    first = next(iter(results.values()))
    for name in first:
        told = [
            f"{cases:>9,}: {found[name][0]:6.1f} / {found[name][1]:6.1f} ms"
            f" ({found[name][0] / first[name][0]:.1f}x)"
            for cases, found in results.items()
            if name in found
        ]
        print(f"{name:44}", *told)


if __name__ == "__main__":
    asyncio.run(main())
