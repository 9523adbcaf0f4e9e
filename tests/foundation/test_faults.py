"""The database fails in every way it can: 503 in time, nothing told, nothing changed, and back."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from builders import KNOWN, a_booking, a_key, a_person, booked
from checkpoint.api import create_app
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from checkpoint.foundation.settings import Environment, Settings
from conftest import Clients
from traces import counts
from waits import until_waiting

CANARY = "Canary-3nd"
LOCK = "SELECT pg_advisory_xact_lock(3)"
# Whoever holds a lock here holds it for as long as a slow machine takes.
PATIENT = {"idle_in_transaction_session_timeout": "0"}


@pytest.fixture(scope="module")
def address(make_database):
    return make_database()


@pytest.fixture(scope="module")
async def hers(anyio_backend, address):
    """The owner's connections to this file's own database."""
    engine = engine_for(address, role=OWNER_ROLE, pool_size=3, settings=PATIENT)
    yield engine
    await engine.dispose()


@pytest.fixture
async def build(tmp_path):
    apps = []

    def make(url):
        apps.append(
            create_app(
                Settings(
                    environment=Environment.DEVELOPMENT,
                    database_url=SecretStr(url),
                    local_issuer=True,
                    data_folder=tmp_path,
                    pool_size=8,
                )
            )
        )
        return apps[-1]

    yield make
    for app in apps:
        await app.state.engine.dispose()


async def run(engine, *statements):
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(sa.text(statement))


@asynccontextmanager
async def held(engine, statement):
    """One statement whose locks are kept."""
    async with engine.connect() as connection:
        await connection.execute(sa.text(statement))
        yield


@asynccontextmanager
async def no_privilege(app, hers):
    await run(hers, "REVOKE INSERT ON audit_entry FROM checkpoint_api")
    try:
        yield
    finally:
        await run(hers, "GRANT INSERT ON audit_entry TO checkpoint_api")


@asynccontextmanager
async def ledger_gone(app, hers):
    await run(hers, "ALTER TABLE audit_entry RENAME TO audit_entry_gone")
    try:
        yield
    finally:
        await run(hers, "ALTER TABLE audit_entry_gone RENAME TO audit_entry")


@asynccontextmanager
async def ledger_refuses(app, hers):
    """As a full disk would: the insert itself fails."""
    await run(
        hers,
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'no space left, Canary-3nd' USING ERRCODE = '53100'; END$$",
        "CREATE TRIGGER full_disk BEFORE INSERT ON audit_entry EXECUTE FUNCTION full_disk()",
    )
    try:
        yield
    finally:
        await run(hers, "DROP FUNCTION full_disk CASCADE")


@asynccontextmanager
async def stream_locked(app, hers):
    async with held(hers, "SELECT FROM audit_stream FOR UPDATE"):
        yield


@asynccontextmanager
async def pool_empty(app, hers):
    engine = app.state.engine
    async with AsyncExitStack() as taken:
        for _ in range(engine.pool.size()):
            await taken.enter_async_context(engine.connect())
        yield


@asynccontextmanager
async def beginning_with(app, statement):
    """The API's transactions begin with a statement of ours."""

    def begin(connection):
        connection.exec_driver_sql(statement)

    engine = app.state.engine.sync_engine
    sa.event.listen(engine, "begin", begin)
    try:
        yield
    finally:
        sa.event.remove(engine, "begin", begin)


@asynccontextmanager
async def statement_cut(app, hers):
    """People's table is locked, and statements are cut before they give the lock up."""
    async with (
        beginning_with(app, "SET LOCAL statement_timeout = '300ms'"),
        held(hers, "LOCK TABLE person, custody_record IN ACCESS EXCLUSIVE MODE"),
    ):
        yield


@asynccontextmanager
async def standby(app, hers):
    """As after a failover."""
    async with beginning_with(app, "SET TRANSACTION READ ONLY"):
        yield


FAULTS = [no_privilege, ledger_gone, ledger_refuses, stream_locked, pool_empty]
FAULTS += [statement_cut, standby]
# A deed waits once, and the witness who then puts its refusal on record once more; as much again
# is for all the rest that a busy machine is slow at.
WAITS = {stream_locked: 4, pool_empty: 4}


def doors_of(record):
    here = f"/v1/custody-records/{record['id']}"
    return {
        "book-in": ("POST", "/v1/custody-records", a_booking(person=a_person(family_name=CANARY))),
        "read": ("GET", here, None),
        "list": ("GET", "/v1/custody-records", None),
        "decide": ("POST", f"{here}/eligibility-decisions", {}),
    }


async def knock(client, door):
    method, address, body = door
    asked = {} if body is None else {"json": body}
    headers = a_key() | {"If-Match": '"1"'}
    return await client.request(method, address, headers=headers, **asked)


def unavailable(answer):
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errorCode"] in {"ledger-not-written", "database-unavailable"}
    assert CANARY not in answer.text


async def alive(client):
    for address in ("/ping", "/health", "/health/liveness", "/metrics"):
        assert (await knock(client, ("GET", address, None))).status_code == 200


@asynccontextmanager
async def sooner_than(waits, address):
    """What happens inside ends before somebody who waits for a lock has given up so many times.

    A lock is waited for as long as the service itself waits for anything. So this measures by
    what the machine can do just now, and not by a clock.
    """
    engine = engine_for(address, pool_size=3, settings=PATIENT)
    try:
        async with held(engine, LOCK):
            giving_up = asyncio.create_task(give_up(engine, waits))
            try:
                await until_waiting(engine)
                yield
                assert not giving_up.done(), "it took longer"
            finally:
                giving_up.cancel()
                await asyncio.wait([giving_up])
    finally:  # what stays connected keeps the loop from closing
        await engine.dispose()


async def give_up(engine, waits):
    for _ in range(waits):
        with pytest.raises(sa.exc.DBAPIError, match="lock timeout"):
            await run(engine, LOCK)


@pytest.mark.parametrize(
    ("setting", "promised"),
    [
        ("lock_timeout", "2s"),
        ("statement_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "10s"),
    ],
)
async def test_a_connection_keeps_to_the_promised_patience(api, setting, promised):
    async with api.connect() as connection:
        shown = await connection.execute(sa.text(f"SHOW {setting}"))
        assert shown.scalar_one() == promised


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_every_door_is_503_in_time_and_comes_back(build, address, hers, fault):
    app = build(address)
    clients = Clients(app)
    client, person = clients(), a_person(family_name=CANARY)
    record = await booked(client, person=person, screening=KNOWN)
    before = await counts(hers)
    async with sooner_than(WAITS.get(fault, 2), address), fault(app, hers):
        # Each as somebody else: one person's requests would queue for their one stream as well.
        doors = doors_of(record).items()
        knocking = [asyncio.create_task(knock(clients(name=name), door)) for name, door in doors]
        await alive(client)
        assert fault not in WAITS or not any(task.done() for task in knocking)
        for answer in await asyncio.gather(*knocking):
            unavailable(answer)
    assert await counts(hers) == before
    assert app.state.engine.pool.checkedout() == 0
    for door in doors_of(record).values():
        assert (await knock(client, door)).is_success


@pytest.mark.slow
@pytest.mark.parametrize("where", ["no socket", "no server", "no database", "no login"])
async def test_without_a_database_every_door_is_503_at_once(build, address, where):
    url = make_url(address)
    wrong = {
        "no socket": url.update_query_dict({"host": "/nowhere"}),
        "no server": url.set(host="127.0.0.1", port=1, query={}),
        "no database": url.set(database="nowhere"),
        "no login": url.set(username="nobody"),
    }[where]
    client = Clients(build(wrong.render_as_string(hide_password=False)))()
    async with sooner_than(2, address):
        for door in doors_of({"id": "0190b3a0-0000-7000-8000-000000000000"}).values():
            unavailable(await knock(client, door))
    await alive(client)
    assert (await client.get("/health/readiness")).status_code == 503


async def test_cut_connections_cost_an_answer_each_and_nothing_else(build, address, hers):
    app = build(address)
    client = Clients(app)()
    await booked(client, person=a_person(family_name=CANARY))
    before, key = await counts(hers), a_key()
    superuser = engine_for(address, role=None, pool_size=1)
    await run(
        superuser,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    await superuser.dispose()
    await hers.dispose()  # its own were cut too
    for _ in range(app.state.engine.pool.size() + 1):
        answer = await client.post("/v1/custody-records", json=a_booking(), headers=key)
        if answer.status_code == 201:
            break
        unavailable(answer)
    assert answer.status_code == 201
    assert (await counts(hers))["custody_record"] == before["custody_record"] + 1
