"""The service is killed under its clients: what was acknowledged is there once, and whole."""

import dataclasses
import random

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from checkpoint.foundation.database import with_driver
from checkpoint.foundation.embedded import embedded
from promises import EFFECTS, TABLES, broken, found_in
from storms import Service, storm

# Chooses who is hit when; how the processes are scheduled is the machine's own affair.
SEED = 20261103
SERVE = ("-m", "checkpoint", "serve")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]


async def rows_at(url):
    async with connected(url) as connection:
        return await found_in(connection)


def connected(url):
    """A connection of the login that may do anything; nothing it does stays."""
    return create_async_engine(with_driver(url), poolclass=sa.NullPool).connect()


def harmed(told, found, rng):
    """One thing wrong at a time: what it is, what the clients know, and what is found."""
    for table, rows in found.items():
        row = rng.choice([row for row in rows if row.get("event", EFFECTS[0]) in EFFECTS])
        others = [other for other in rows if other is not row]
        yield f"a row of {table} is lost", told, found | {table: others}
        yield f"a row of {table} is doubled", told, found | {table: [*rows, row]}
        if table != "audit_stream":
            apart = row | {"xmin": -1}
            yield f"a row of {table} was written apart", told, found | {table: [*others, apart]}
    forgetful = dataclasses.replace(told, cases=told.cases[1:])
    yield "a case was never acknowledged", forgetful, found


def unseen(told, found, rng):
    """The harms that the checker does not see; where there are any, it proves nothing."""
    return [harm for harm, told, found in harmed(told, found, rng) if not broken(told, found)]


async def test_a_kill_under_load_loses_and_doubles_nothing(tmp_path, apart):
    rng = random.Random(SEED)
    async with Service(tmp_path, SERVE, CHECKPOINT_DATABASE_URL=apart) as service:
        told = await storm(service, rng, service.kill)
    found = await rows_at(apart)
    assert told.seen["cut off"] > 0, "the kill hit nobody"
    assert broken(told, found) == []
    assert unseen(told, found, rng) == []


@pytest.fixture
def apart(make_database):
    """A database in which nobody else writes."""
    return make_database()


@pytest.mark.long
async def test_many_kills_of_service_and_database_lose_and_double_nothing(tmp_path):
    rng = random.Random(SEED)
    async with Service(tmp_path) as service:
        strikes = [service.kill] * 12 + [service.kill_with_database] * 4
        rng.shuffle(strikes)
        told = await storm(service, rng, *strikes, clients=8)
    with embedded(tmp_path / "postgresql") as url:
        found = await rows_at(url)
        assert broken(told, found) == []
        assert unseen(told, found, rng) == []
        for table in TABLES:
            assert broken(told, await found_without(url, table)) != [], table
    assert told.seen["cut off"] > 12, told.seen
    assert min(told.seen["unavailable"], told.seen["answers given again"]) > 0, told.seen
    assert len(told.cases) > 100


async def found_without(url, table):
    """What would be found if one row of a table had been lost; the row is put back."""
    async with connected(url) as connection:
        await connection.execute(sa.text("SET session_replication_role = replica"))
        one = f"SELECT ctid FROM {table} ORDER BY md5(ctid::text) LIMIT 1"
        gone = await connection.execute(sa.text(f"DELETE FROM {table} WHERE ctid = ({one})"))
        assert gone.rowcount == 1
        return await found_in(connection)


# The control: where commits wait for no disk, the same kill must lose something.
@pytest.mark.long
async def test_a_database_that_acknowledges_too_early_is_caught(tmp_path):
    with embedded(tmp_path / "postgresql") as url:
        for setting in ("synchronous_commit = off", "wal_writer_delay = '10s'"):
            await at_server(url, f"ALTER SYSTEM SET {setting}")
    async with Service(tmp_path) as service:
        told = await storm(service, random.Random(SEED), service.kill_with_database)
    with embedded(tmp_path / "postgresql") as url:
        assert broken(told, await rows_at(url)) != []
    assert told.surprises != [], "no client noticed"


async def at_server(url, statement):
    engine = create_async_engine(with_driver(url), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sa.text(statement))
    await engine.dispose()
