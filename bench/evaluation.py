"""Measures the evaluation of a large trial beside a bare aggregate of the same rows.

    python bench/evaluation.py [--people 1000000] [--events 5]

Fills a database of its own with one data cut of made-up people, each with some events on average,
by SQL alone. Then it asks in turns, in one process without a socket: PostgreSQL for the plain counts
that a statistician would write by hand, with windows of so many days; and the service for its
summary and its amounts. It prints the median of each in seconds and how often the summary is the
bare aggregate. The aims: the summary no more than three times that, and within 5 s. Judges nothing.
"""

import argparse
import asyncio
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import structlog
from pydantic import SecretStr

from checkpoint.api import create_app
from checkpoint.cli import prepare
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for, insert, transaction
from checkpoint.foundation.embedded import embedded
from checkpoint.foundation.settings import Environment, Settings
from checkpoint.outcomes.cuts.states import Measure, Origin
from checkpoint.outcomes.cuts.tables import DataCut
from checkpoint.trials import loading
from checkpoint.trials import queries as trials

CODE = "TEST-LARGE"
ROUNDS = 3
LAST_DAY = date(2026, 6, 30)
MONTHS = (6, 12, 18, 24)
WINDOWS = (181, 364, 546, 729)
PROTOCOL = f"""
trial = "{CODE}"
kind = "test"
number = 1
version = "1.0"
title = "A large trial to measure with"
changed = "First version"
source = "Made up"
in_effect_from = 2026-11-01
opens_on = 2026-11-01
target = 1000000
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
# Allocated over three years; half of them arrested again, some days after a charge, and so on.
PEOPLE = """
    INSERT INTO cut_participant (id, cut_id, participant_id, mask, delivered_mask, per_protocol,
        stratum, allocated_on, sex, age, ethnicity, residence, offence_group, baseline,
        observed_days, ended_by, custody_days, arrest_day, charge_day, proven_day)
    SELECT gen_random_uuid(), $1, md5('person ' || number)::uuid, arm, arm, chance < 0.9,
           'DURHAMGATE', on_day, CASE WHEN chance < 0.85 THEN 'M' ELSE 'F' END,
           18 + number % 50, 'W', 'E06000047', 'theft', '{"prior_arrests": 3}', seen,
           CASE WHEN chance < 0.02 THEN 'death' ELSE 'data_cut' END, 0,
           CASE WHEN first <= seen THEN first END,
           CASE WHEN chance < 0.5 AND first + 20 <= seen THEN first + 20 END,
           CASE WHEN chance < 0.3 AND first + 20 <= seen - 184 THEN first + 20 END
      FROM (SELECT *, CASE WHEN chance < 0.02 THEN $3::date - on_day - 30
                           ELSE $3::date - on_day END AS seen
              FROM (SELECT number, substr('AB', 1 + number % 2, 1) AS arm,
                           $3::date - 1100 + number % 1000 AS on_day, random() AS chance,
                           (-1100 * ln(random()))::int AS first
                      FROM generate_series(1, $2) AS number) AS drawn) AS seen
"""
EVENTS = """
    INSERT INTO cut_event (id, cut_id, participant_id, measure, day, harm_days, proactively_detected)
    SELECT gen_random_uuid(), $1, md5('person ' || 1 + number % $2)::uuid,
           (ARRAY['arrest', 'arrest', 'arrest', 'charge', 'proven'])[1 + number / $2 % 5],
           (random() * 1000)::int, 10 * random(), random() < 0.1
      FROM generate_series(0, $3 - 1) AS number
"""
BARE = ", ".join(
    f"count(*) FILTER (WHERE followed >= {days}),"
    + ", ".join(
        f"count(*) FILTER (WHERE followed >= {days} AND {measure}_day <= {days}),"
        f"count(*) FILTER (WHERE followed >= {days} AND observed_days < {days}"
        f" AND {measure}_day IS NULL)"
        for measure in Measure
    )
    for days in WINDOWS
)
BARE_SUMMARY = f"""
    SELECT mask, delivered_mask, per_protocol, {BARE}
      FROM (SELECT *, $2::date - allocated_on AS followed FROM cut_participant WHERE cut_id = $1) AS p
     GROUP BY mask, delivered_mask, per_protocol
"""
INSIDE = ", ".join(
    f"count(*) FILTER (WHERE day <= {days}) AS n{days},"
    f" sum(harm_days) FILTER (WHERE day <= {days} AND NOT proactively_detected) AS h{days}"
    for days in WINDOWS
)
SUMMED = ", ".join(
    f"count(*) FILTER (WHERE n{days} > 0), sum(n{days}), sum(n{days} * n{days}), sum(h{days}),"
    f" sum(h{days} * h{days})"
    for days in WINDOWS
)
BARE_AMOUNTS = f"""
    SELECT mask, delivered_mask, per_protocol, {SUMMED}
      FROM (SELECT participant_id, {INSIDE} FROM cut_event
             WHERE cut_id = $1 AND measure = 'arrest' GROUP BY participant_id) AS happened
      JOIN cut_participant USING (participant_id)
     WHERE cut_id = $1
     GROUP BY mask, delivered_mask, per_protocol
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the evaluation of a large trial.")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=5, help="for each person")
    return parser.parse_args()


async def filled(url: str, people: int, events: int) -> DataCut:
    """The database with one cut of so many."""
    by, at = Actor(id=uuid4(), role=Role.OPERATOR), datetime(2026, 11, 3, 12, tzinfo=UTC)
    engine = engine_for(url, role=OWNER_ROLE, pool_size=1)
    async with transaction(engine) as session:
        await loading.adopt(session, PROTOCOL, by=by, at=at)
        trial = await trials.one(session, CODE, at=at)
        cut = DataCut(
            trial_id=trial.id, number=1, origin=Origin.OWN, known_until=at, followed_until=LAST_DAY,
            measures=[*Measure], definitions="made-up", definitions_digest="0" * 64,
            horizons=[{"name": f"{each} months", "months": each} for each in MONTHS],
            conviction_lag_months=6, rule_sets=[], harm_index="made-up", masks=["A", "B"],
            participants=people, events=people * events, flow={}, digest="0" * 64, software="bench",
            taken_at=at, taken_by=by.id,
        )  # fmt: skip
        await insert(session, cut)
    await engine.dispose()
    connection = await asyncpg.connect(url)
    began = time.perf_counter()
    await connection.execute("SET session_replication_role = replica")  # rows that fit, unasked
    await connection.execute(PEOPLE, cut.id, people, LAST_DAY)
    await connection.execute(EVENTS, cut.id, people, people * events)
    await connection.execute("VACUUM ANALYZE cut_participant, cut_event")
    await connection.close()
    print(f"{people:,} people, {people * events:,} events in {time.perf_counter() - began:.0f} s")
    return cut


async def measured(url: str, folder: Path, cut: DataCut) -> dict[str, list[float]]:
    """Seconds of each, in turns; the first turn, in which libraries load, is left out."""
    app = create_app(
        Settings(
            environment=Environment.DEVELOPMENT, database_url=SecretStr(url), local_issuer=True,
            data_folder=folder, requests_per_minute=1_000_000,
        )
    )  # fmt: skip
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    token = app.state.local_issuer.token(
        Role.STATISTICIAN, ["DURHAMGATE"], name="bench", at=datetime.now(UTC)
    )
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://bench", timeout=600,
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    connection = await asyncpg.connect(url)

    def asking(door: str) -> Callable[[], Awaitable[None]]:
        async def ask() -> None:
            answer = await client.get(f"/v1/trials/{CODE}/evaluation{door}")
            answer.raise_for_status()

        return ask

    def counting(statement: str, *given: object) -> Callable[[], Awaitable[None]]:
        async def count() -> None:
            await connection.fetch(statement, *given)

        return count

    asked = {
        "bare aggregate of people": counting(BARE_SUMMARY, cut.id, LAST_DAY),
        "summary": asking(""),
        "bare aggregate of events": counting(BARE_AMOUNTS, cut.id),
        "amounts": asking("/amounts"),
    }
    found: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(ROUNDS + 1):
        for name, ask in asked.items():
            began = time.perf_counter()
            await ask()
            found[name].append(time.perf_counter() - began)
    began = time.perf_counter()
    await asking("/time-to-event")()
    found["time to event, once"] = [0.0, time.perf_counter() - began]
    await connection.close()
    await client.aclose()
    await app.state.engine.dispose()
    return {name: times[1:] for name, times in found.items()}


def told(found: dict[str, list[float]]) -> None:
    middle = {name: statistics.median(times) for name, times in found.items()}
    for name, seconds in middle.items():
        print(
            f"{name:28} {seconds:6.2f} s  (from {min(found[name]):.2f} to {max(found[name]):.2f})"
        )
    for name, bare in (("summary", "people"), ("amounts", "events")):
        ratio = middle[name] / middle[f"bare aggregate of {bare}"]
        print(f"{name}: {ratio:.1f} times the bare aggregate")
    print(f"Load average: {', '.join(f'{each:.1f}' for each in os.getloadavg())}.")


async def main() -> None:
    asked = arguments()
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(prefix="checkpoint-evaluation-")
        folder = Path(stack.enter_context(made))
        url = stack.enter_context(embedded(folder / "postgresql"))
        await asyncio.to_thread(prepare, url)
        cut = await filled(url, asked.people, asked.events)
        told(await measured(url, folder, cut))


if __name__ == "__main__":
    asyncio.run(main())
