"""Loading a list of offences: all or nothing, whatever happens; and what is seen afterwards."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from builders import booked
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.custody import loading, queries
from checkpoint.custody.lists import Suite
from checkpoint.custody.references import OffenceRow
from checkpoint.custody.states import ModeOfTrial
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from checkpoint.foundation.settings import Environment, Settings
from conftest import NOON, SHARED, Clients, rolled_back
from serving import service
from shell import Shell

NATIONAL = SHARED / "data" / "uk-justice" / "cjs_offences.csv"
OPERATOR = Actor(id=uuid4(), role=Role.OPERATOR)
STANDING = sa.text(
    "SELECT (SELECT count(*) FROM offence_list), (SELECT count(*) FROM offence), "
    "(SELECT count(*) FROM audit_entry)"
)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"


@pytest.fixture
def shell(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


def made_up(count):
    for number in range(count):
        yield OffenceRow(f"ZZ26{number:03}", "A made-up offence", ModeOfTrial.SUMMARY_ONLY)


async def loaded(url, rows):
    """What stands before and after a load of these rows, and how it ended."""
    engine, ended = engine_for(url, role=OWNER_ROLE, pool_size=1), None
    async with transaction(engine) as session:
        before = (await session.exec(STANDING)).one()
    try:
        async with transaction(engine) as session:
            await loading.load_offences(session, rows, name="x", digest="x", by=OPERATOR, at=NOON)
    except BaseException as error:
        ended = error
    async with transaction(engine) as session:
        after = (await session.exec(STANDING)).one()
    await engine.dispose()
    return before, after, ended


def test_rows_are_loaded_as_one_list(shell):
    before, after, ended = asyncio.run(loaded(shell.url, made_up(700)))
    assert ended is None
    assert [*after] == [before[0] + 1, before[1] + 700, before[2] + 1]


async def test_suites_are_added_where_they_are_not_there_and_never_edited(owner):
    async with rolled_back(owner) as session:
        before = {suite.code: suite.name for suite in await queries.suites(session)}
        other = Suite(code="DURHAMGATE", name="Another name", source="test")
        new = Suite(code="TEST-NEW", name="New", source="test")
        await loading.add_reference_data(session, [other, new], [], by=OPERATOR, at=NOON)
        after = {suite.code: suite.name for suite in await queries.suites(session)}
        assert after == before | {"TEST-NEW": "New"}
        await loading.add_reference_data(session, [other, new], [], by=OPERATOR, at=NOON)
        assert {suite.code: suite.name for suite in await queries.suites(session)} == after


def test_the_starter_data_is_loaded_once(shell):
    before, told = shell.found("SELECT * FROM offence ORDER BY id"), shell("migrate")
    assert told.code == 0, told.err
    assert shell.found("SELECT * FROM offence ORDER BY id") == before
    for table, there in {"suite": 5, "offence_list": 1, "schedule_list": 1}.items():
        ((found,),) = shell.found(f"SELECT count(*) FROM {table}")
        assert found == there, table


def test_a_load_that_breaks_off_in_the_middle_leaves_nothing(shell):
    class Lost(Exception): ...

    def breaking():
        yield from made_up(900)
        raise Lost

    before, after, ended = asyncio.run(loaded(shell.url, breaking()))
    assert isinstance(ended, Lost)
    assert after == before


def test_a_load_leaves_nothing_when_the_ledger_cannot_be_written(shell):
    shell.found("REVOKE INSERT ON audit_entry FROM checkpoint_owner")
    before, after, ended = asyncio.run(loaded(shell.url, made_up(100)))
    assert isinstance(ended, LedgerNotWritten)
    assert after == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "held",
    ["LOCK TABLE offence IN SHARE MODE", "SELECT * FROM audit_stream FOR UPDATE"],
    ids=["before the first row", "after the last row"],
)
def test_a_load_that_is_killed_leaves_nothing(shell, tmp_path, held):
    file = tmp_path / "list.csv"
    lines = [f"{row.code},CS,false,{row.title}" for row in made_up(999)]
    file.write_text("\n".join(["cjs_code,category,recordable_on_pnc,title", *lines]))
    before, after = asyncio.run(killed(shell, file, held))
    assert after == before
    again = shell("custody", "load-offences", file)
    assert (again.code, again.out.endswith("Loaded.\n")) == (0, True)


async def killed(shell, file, held):
    patient = {"idle_in_transaction_session_timeout": "0"}  # a process may be long in starting
    engine = engine_for(shell.url, role=None, pool_size=2, settings=patient)
    async with engine.connect() as watching, engine.connect() as holding:
        await watching.execution_options(isolation_level="AUTOCOMMIT")
        before = (await watching.execute(STANDING)).one()
        await holding.execute(sa.text(held))
        process = shell.started("custody", "load-offences", file)
        while not (await watching.execute(sa.text(WAITING))).scalar_one():
            assert process.poll() is None, process.communicate()
        process.kill()
        process.communicate()
        await holding.rollback()
        while (await watching.execute(sa.text(OTHERS))).scalar_one() > 1:
            pass  # the killed one's connection has not yet been missed
        after = (await watching.execute(STANDING)).one()
    await engine.dispose()
    return before, after


async def at_the_front_door(url, folder, visit):
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(url),
        local_issuer=True,
        data_folder=folder,
    )
    app = service(settings)
    client = Clients(app)()
    try:
        return await visit(client)
    finally:
        await client.aclose()
        await app.state.engine.dispose()


@pytest.mark.slow
@pytest.mark.skipif(not NATIONAL.exists(), reason="the national list is not at hand")
def test_the_national_list_stands_before_the_starter_list_and_keeps_its_classes(shell, tmp_path):
    told = shell("custody", "load-offences", NATIONAL)
    assert told.code == 0, told.err
    assert told.out.startswith("14,644 offences, ")
    assert told.out.endswith(" lines passed over, 0 rejected.\nLoaded.\n")
    ((since,),) = shell.found(
        "SELECT valid_from FROM offence JOIN offence_list AS list ON list.id = offence_list_id "
        "WHERE list.name = 'cjs_offences.csv' AND code = 'CJ88159'"
    )
    assert since == date(2018, 11, 13)
    ((stored,),) = shell.found(
        "SELECT count(*) FROM offence JOIN offence_list AS list ON list.id = offence_list_id "
        "WHERE list.name = 'cjs_offences.csv'"
    )
    assert stored == 14_644

    async def look(client):
        unclassed = {"code": "AB13001", "committed_from": "2026-11-01"}
        return await theft_in(client), await booked(client, offences=[unclassed])

    theft, record = asyncio.run(at_the_front_door(shell.url, tmp_path, look))
    assert theft == {
        "code": "TH68010",
        "title": "Theft from a shop",
        "mode_of_trial": "either_way",
        "offence_class": "theft",
        "category": "either_way",
        "valid_from": None,
        "valid_until": None,
        "schedules": [],
        "source": "Theft Act 1968 s.1",
        "list_name": "cjs_offences.csv",
    }
    assert record["offences"][0]["offence_class"] is None


def test_a_record_keeps_the_title_that_it_was_opened_with(shell, tmp_path):
    before = asyncio.run(at_the_front_door(shell.url, tmp_path, booked))
    file = tmp_path / "new.csv"
    file.write_text("cjs_code,category,title\nTH68010,CS,Theft from a shop or stall\n")
    assert shell("custody", "load-offences", file).code == 0

    async def look(client):
        old = (await client.get(f"/v1/custody-records/{before['id']}")).json()
        return await theft_in(client), old, await booked(client)

    theft, old, new = asyncio.run(at_the_front_door(shell.url, tmp_path, look))
    assert (theft["title"], theft["list_name"]) == ("Theft from a shop or stall", "new.csv")
    assert old["offences"] == before["offences"]
    (then,), (now,) = old["offences"], new["offences"]
    assert (then["title"], then["mode_of_trial"]) == ("Theft from a shop", "either_way")
    assert (now["title"], now["mode_of_trial"]) == ("Theft from a shop or stall", "summary_only")
    assert then["offence_class"] == now["offence_class"] == "theft"


async def theft_in(client):
    (theft,) = (await client.get("/v1/reference/offences?search=TH68010&size=1")).json()["items"]
    return theft
