"""Measures an extract beside a bare COPY of the same columns, both in one run.

    python bench/extracts.py [--people 1000000] [--events 5] [--rounds 1] [--folder FOLDER]

It fills a database of its own with one data cut of made-up people and what happened to them, has an
extract of all of them asked for, approved by two and built by the worker that the service uses, in
a process of its own; and copies the same columns of the same rows, by the same role from the same views, into a
file with nothing done to them, before and after. It prints rows a second of both, and the most memory that the worker had.
The aim: no less than half the rate of the bare COPY, in less than 300 MB.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.allocation.vault import Vault
from checkpoint.cli import prepare
from checkpoint.extracts import actions
from checkpoint.extracts.builds import actions as builds
from checkpoint.extracts.builds.snapshots import EVALUATOR_ROLE
from checkpoint.extracts.builds.waking import FRUGAL
from checkpoint.extracts.schemas import AskForExtract
from checkpoint.extracts.states import AnswerOutcome
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from checkpoint.foundation.embedded import embedded
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.settings import Environment, Settings
from checkpoint.trials import loading

AIM_SHARE, AIM_MB = 0.5, 300
NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
PROTOCOL = """
trial = "TEST-BENCH"
kind = "test"
number = 1
version = "1.0"
title = "A made-up trial"
changed = "First version"
source = "Made up for a measurement"
in_effect_from = 2026-11-01
opens_on = 2026-11-01
target = 800
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
FIELDS = (
    "arm", "quarter", "sex", "age_band", "ethnicity", "local_authority", "offence_group",
    "observed_days", "ended_by", "arrest_day", "charge_day", "proven_day",
)  # fmt: skip
# What the extract reads, by the same role from the same views.
PEOPLE = """
    SELECT participant, mask, allocated_quarter, sex, age, ethnicity, residence, offence_group,
           observed_days, ended_by, arrest_day, charge_day, proven_day
      FROM seen_participant WHERE cut_id = $1
"""
EVENTS = """
    SELECT participant, measure, day, offence_group, harm_days, proactively_detected
      FROM seen_event WHERE cut_id = $1
"""
SEEDED = (
    """
    INSERT INTO data_cut (
        id, trial_id, number, origin, known_until, followed_until, measures, definitions,
        definitions_digest, horizons, conviction_lag_months, rule_sets, masks, participants,
        events, flow, digest,
        software, taken_at, taken_by)
    SELECT $1, id, 1, 'elsewhere', now(), '2024-01-01', '{arrest,charge,proven}', 'bench',
           repeat('a', 64), '[{"name": "12 months", "months": 12}]', 0, '{}', '{A,B}', $2::int, $2::int * $3::int, '{}', repeat('b', 64),
           'bench', now(), gen_random_uuid()
      FROM trial WHERE code = 'TEST-BENCH'
    """,
    """
    INSERT INTO cut_participant (
        id, cut_id, participant_id, mask, delivered_mask, per_protocol, stratum, allocated_on, sex,
        age, ethnicity, residence, offence_group, baseline, observed_days, ended_by, custody_days,
        arrest_day, charge_day, proven_day)
    SELECT ('0190b3a0-' || lpad(to_hex(n >> 16), 4, '0') || '-7' ||
            substr(md5(n || 'a'), 1, 3) || '-8' || substr(md5(n || 'b'), 1, 3) || '-'
            || lpad(to_hex(n), 12, '0'))::uuid,
           $1, ('0190b3a1-' || lpad(to_hex(n >> 16), 4, '0') || '-7' ||
            substr(md5(n || 'c'), 1, 3) || '-8' || substr(md5(n || 'd'), 1, 3) || '-'
            || lpad(to_hex(n), 12, '0'))::uuid,
           CASE WHEN random() < 0.5 THEN 'A' ELSE 'B' END, 'A', true, 'DURHAMGATE',
           '2018-01-01'::date + (random() * 1400)::int,
           (ARRAY['male', 'female'])[1 + (random() < 0.2)::int],
           18 + (random() * random() * 60)::int,
           (ARRAY['W', 'A', 'B', 'M', 'O'])[1 + (random() * random() * 4.9)::int],
           (ARRAY['E06000047', 'E06000005'])[1 + (random() < 0.2)::int],
           (ARRAY['theft', 'violence', 'fraud', 'burglary'])[1 + (random() * 3.9)::int % 4],
           '{}', 700 + (random() * 30)::int, 'data_cut', 0,
           CASE WHEN random() < 0.4 THEN (random() * 700)::int END,
           CASE WHEN random() < 0.3 THEN (random() * 700)::int END,
           CASE WHEN random() < 0.2 THEN (random() * 700)::int END
      FROM generate_series(1, $2::int) AS n
    """,
    """
    INSERT INTO cut_event (
        id, cut_id, participant_id, measure, day, offence_group, harm_days, proactively_detected)
    SELECT gen_random_uuid(), cut_id, participant_id,
           (ARRAY['arrest', 'charge', 'proven'])[1 + n % 3], (random() * 700)::int,
           (ARRAY['theft', 'violence', 'fraud', 'burglary'])[1 + (random() * 3.9)::int % 4],
           (random() * 1000)::int, random() < 0.1
      FROM cut_participant, generate_series(1, $2::int) AS n WHERE cut_id = $1
    """,
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure an extract beside a bare COPY.")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=5, help="of each")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep the database here, for another run")
    return parser.parse_args()


@contextmanager
def folder_of(asked: argparse.Namespace) -> Iterator[Path]:
    with ExitStack() as stack:
        if asked.folder is None:
            yield Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="checkpoint-bench-")))
        else:
            asked.folder.mkdir(parents=True, exist_ok=True)
            yield asked.folder.resolve()


async def seeded(url: str, asked: argparse.Namespace) -> UUID:
    """The cut, filled first where there is none."""
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetchval("SELECT id FROM data_cut LIMIT 1")
        if found is not None:
            return UUID(str(found))
        cut = new_id()
        await connection.execute("SET synchronous_commit = off")
        # What references what was made by these very statements, and is not looked up again.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(SEEDED[0], cut, asked.people, asked.events)
        await connection.execute(SEEDED[1], cut, asked.people)
        await connection.execute(SEEDED[2], cut, asked.events)
        for table in ("cut_participant", "cut_event"):
            await connection.execute(f"VACUUM (ANALYZE) {table}")
        await connection.execute("CHECKPOINT")
        return UUID(str(cut))
    finally:
        await connection.close()


async def copied(url: str, cut: UUID, folder: Path) -> float:
    """Seconds of a bare COPY of the same columns into a file."""
    connection = await asyncpg.connect(url, server_settings={"role": EVALUATOR_ROLE})
    path = folder / "bare.csv"
    began = time.perf_counter()
    try:
        with path.open("wb") as file:
            for query in (PEOPLE, EVENTS):
                await connection.copy_from_query(query, cut, output=file, format="csv", header=True)
        return time.perf_counter() - began
    finally:
        path.unlink()
        await connection.close()


async def asked_for(engine: AsyncEngine, settings: Settings) -> UUID:
    """An extract that is asked for, approved by two, and waits to be built."""
    people = [Actor(id=uuid4(), role=role) for role in (
        Role.EVALUATOR, Role.STATISTICIAN, Role.TRIAL_MANAGER
    )]  # fmt: skip
    command = AskForExtract(
        trial="TEST-BENCH", cut=1, product="person_level", fields=[*FIELDS], events=True,
        population={}, purpose="A measurement.", agreement="None", recipient="BENCH",
        expires_on=(NOW + timedelta(days=30)).date().isoformat(),
    )  # fmt: skip
    async with transaction(engine) as session:
        extract = await actions.ask(session, command, vault=Vault(settings), by=people[0], at=NOW)
    for each in people[1:]:
        async with transaction(engine) as session:
            said = AnswerOutcome.APPROVED
            await actions.answer(session, extract, said, by=each, at=NOW)
    async with transaction(engine) as session:
        await builds.ask(session, extract, by=people[0], at=NOW)
    return extract


def worked(url: str, folder: Path) -> float:
    """Megabytes of the worker, from its start to its end."""
    environment = (
        os.environ
        | FRUGAL
        | {
            "CHECKPOINT_ENVIRONMENT": "development",
            "CHECKPOINT_DATABASE_URL": url,
            "CHECKPOINT_DATA_FOLDER": str(folder),
        }
    )
    worker = subprocess.Popen(
        [sys.executable, "-m", "checkpoint", "extracts", "work"], env=environment
    )
    _, status, used = os.wait4(worker.pid, 0)
    if status:
        raise SystemExit(f"The worker ended with {status}.")
    return used.ru_maxrss / 1024


async def ended(engine: AsyncEngine, extract: UUID) -> tuple[str, int, float]:
    """How a build ended, the bytes it gave, and its seconds from being taken up to the register."""
    async with engine.connect() as connection:
        row = (
            await connection.execute(
                sa.text(
                    "SELECT build.state, build.fault, release.bytes, "
                    "extract(epoch FROM ended_at - begun_at) AS seconds FROM extract_build AS build "
                    "LEFT JOIN extract_release AS release ON release.build_id = build.id "
                    "WHERE build.request_id = :id"
                ),
                {"id": extract},
            )
        ).one()
        return f"{row.state} {row.fault or ''}".strip(), row.bytes or 0, float(row.seconds)


async def measured(url: str, folder: Path, asked: argparse.Namespace) -> bool:
    settings = Settings(
        environment=Environment.DEVELOPMENT, database_url=SecretStr(url), data_folder=folder
    )
    engine = engine_for(url, role=OWNER_ROLE, pool_size=2, settings={"statement_timeout": "10min"})
    try:
        async with engine.connect() as connection:
            there = (
                await connection.execute(
                    sa.text("SELECT count(*) FROM trial WHERE code = 'TEST-BENCH'")
                )
            ).scalar_one()
        if not there:
            async with transaction(engine) as session:
                by = Actor(id=uuid4(), role=Role.OPERATOR)
                await loading.adopt(session, PROTOCOL, by=by, at=NOW)
        cut = await seeded(url, asked)
        rows = asked.people * (1 + asked.events)
        bare, built, memory = [await copied(url, cut, folder)], [], []
        for _ in range(asked.rounds):
            extract = await asked_for(engine, settings)
            megabytes = worked(url, folder)
            state, size, seconds = await ended(engine, extract)
            if state != "released":
                raise SystemExit(f"The build ended: {state}.")
            built.append(seconds)
            memory.append(megabytes)
            bare.append(await copied(url, cut, folder))
            print(f"  built in {seconds:.1f} s, {megabytes:.0f} MB, {size / 1e6:.0f} MB of zip")
    finally:
        await engine.dispose()
    plain, whole = statistics.median(bare), statistics.median(built)
    share = plain / whole
    print(f"{rows:,} rows: {asked.people:,} people with {asked.events} events each")
    print(
        f"bare COPY    {plain:6.1f} s  {rows / plain:10,.0f} rows/s  ({min(bare):.1f}-{max(bare):.1f})"
    )
    print(
        f"extract      {whole:6.1f} s  {rows / whole:10,.0f} rows/s, from being taken up to the register"
    )
    for aim, met in (
        (
            f"{share:.2f} of the rate of a bare COPY; the aim is {AIM_SHARE} or more",
            share >= AIM_SHARE,
        ),
        (f"{max(memory):.0f} MB at most; the aim is under {AIM_MB}", max(memory) < AIM_MB),
    ):
        print(f"{'met' if met else 'missed'}: {aim}")
    return True


def main() -> None:
    asked = arguments()
    with folder_of(asked) as folder, embedded(folder / "postgresql") as url:
        prepare(url)
        asyncio.run(measured(url, folder, asked))


if __name__ == "__main__":
    main()
