"""Rows as evaluators may see them: at one moment, by a second driver, whatever is asked for."""

import asyncio
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from adbc_driver_manager import ProgrammingError

from checkpoint.extracts.builds.snapshots import address_of, snapshot, written_out
from checkpoint.foundation.database import engine_for
from extracting import another_trial, cut

ITS_ID = sa.text(
    "SELECT cut.id FROM data_cut AS cut JOIN trial ON trial.id = trial_id "
    "WHERE code = :trial AND cut.number = :number"
)
ID = uuid4()
NASTY = ["it's", '"', "\\", "a:b %s $1", "é", "{}", "';--", ""]
MANY = "SELECT gen_random_uuid() AS participant, n FROM generate_series(1, 3000000) AS n"
READING = sa.text(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'checkpoint extract' "
    "AND query LIKE '%generate_series%' AND datname = current_database()"
)


@pytest.fixture
async def a_cut(trial_owner):
    """The id of a cut of a trial of its own."""
    trial = await another_trial(trial_owner)
    number = await cut(trial_owner, trial, people=60)
    async with trial_owner.connect() as connection:
        return (await connection.execute(ITS_ID, {"trial": trial, "number": number})).scalar_one()


@pytest.fixture
def url(trial_settings):
    return trial_settings.database_url.get_secret_value()


@pytest.fixture
async def server(url):
    """Connections of the login itself, which sees what all others do."""
    engine = engine_for(url, role=None, pool_size=2)
    yield engine
    await engine.dispose()


async def readers(server):
    async with server.connect() as connection:
        return [*(await connection.execute(READING)).scalars()]


async def test_values_are_quoted(url):
    query = written_out(
        "SELECT CAST(:words AS text[]) AS words, :number AS number, CAST(:name AS uuid) AS name",
        {"words": NASTY, "number": 5, "name": ID},
    )
    async with snapshot(url) as seen:
        ((row,),) = [batch.to_pylist() for batch in seen._batches(query)]
    assert (row["words"], row["number"], UUID(str(row["name"]))) == (NASTY, 5, ID)


async def test_a_population_narrows_people_and_what_happened_to_them(url, a_cut):
    whole, men = {}, {"sex": ["male"], "age_from": 18, "age_to": 60}

    def counted(seen, read, population):
        return sum(batch.num_rows for batch in read(a_cut, population, ["participant_id"]))

    async with snapshot(url) as seen:
        found = {
            read.__name__: [await asyncio.to_thread(counted, seen, read, p) for p in (whole, men)]
            for read in (seen.people, seen.events)
        }
        ((expected,),) = await seen.rows(
            "SELECT count(*) FROM seen_participant WHERE cut_id = :id AND sex = 'male' "
            "AND age BETWEEN 18 AND 60",
            id=a_cut,
        )
    assert found["people"] == [60, expected]
    assert found["events"][0] > found["events"][1] > 0


async def test_the_second_driver_sees_the_same_moment(url, trial_owner):
    count = "SELECT count(*) AS cuts FROM seen_cut"
    async with snapshot(url) as seen:
        ((before,),) = await seen.rows(count)
        await cut(trial_owner, await another_trial(trial_owner), people=20)
        assert [batch.to_pylist() for batch in seen._batches(count)] == [[{"cuts": before}]]
    async with snapshot(url) as seen:
        assert await seen.rows(count) == [(before + 1,)]


@pytest.mark.parametrize("table", ["person", "cut_participant", "audit_entry", "extract_request"])
async def test_the_second_driver_sees_no_more_than_evaluators(url, table):
    async with snapshot(url) as seen:
        with pytest.raises(ProgrammingError, match="permission denied"):
            [*seen._batches(f"SELECT id FROM {table}")]


async def test_whoever_leaves_early_holds_no_connection(url, server):
    async with snapshot(url) as seen:
        rows = seen._batches(MANY)
        assert (await asyncio.to_thread(next, rows)).num_rows
        assert len(await readers(server)) == 1
        rows.close()
        async with asyncio.timeout(20):  # the server notices when it next writes
            while await readers(server):  # noqa: ASYNC110 - of another process there is no event
                await asyncio.sleep(0.05)


async def test_a_database_that_goes_away_while_rows_are_read_is_told_as_that(url, server):
    async with snapshot(url) as seen:
        rows = seen._batches(MANY)
        assert (await asyncio.to_thread(next, rows)).num_rows
        async with server.connect() as connection:
            for pid in await readers(server):
                await connection.execute(sa.select(sa.func.pg_terminate_backend(pid)))
        with pytest.raises(OSError):
            await asyncio.to_thread(lambda: [*rows])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://ann@/db?host=/a/b", "host='/a/b' user='ann' dbname='db'"),
        ("postgresql://ann@/db?host=a:5433", "host='a' port='5433' user='ann' dbname='db'"),
        ("postgresql://ann@h/db?host=a:1&host=b:2", "host='a,b' port='1,2' user='ann' dbname='db'"),
        (
            "postgresql+asyncpg://ann:p%27w%5C%20d@db.example:5433/db?ssl=require&timeout=3",
            r"host='db.example' port='5433' user='ann' password='p\'w\\ d' dbname='db' sslmode='require'",
        ),
    ],
)
def test_an_address_is_told_in_the_other_drivers_words(url, expected):
    told, options = address_of(url).split(" connect_timeout='2' options=")
    assert sorted(told.split(" ")) == sorted(expected.split(" "))
    assert r"-c role=checkpoint_evaluator" in options
    assert r"-c default_transaction_isolation=repeatable\\ read" in options


async def test_no_address_shows_in_what_is_written_of_a_snapshot(url):
    async with snapshot(url) as seen:
        assert "dbname" not in repr(seen)


async def test_no_database_is_told_as_that(url):
    async with snapshot(url) as seen:
        nowhere = type(seen)(seen.at, seen.connection, address_of("postgresql:///x?host=/no"), "")
        with pytest.raises(ConnectionError):
            [*nowhere.people(uuid4(), {}, ["participant_id"])]


async def test_a_moment_that_is_over_is_told_as_a_database_that_went_away(url):
    async with snapshot(url) as seen:
        pass
    with pytest.raises(ConnectionError, match="snapshot"):
        [*seen.people(uuid4(), {}, ["participant_id"])]
