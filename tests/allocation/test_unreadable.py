"""Nobody who has the API's rights reads an arm that was not drawn, or before it was committed."""

import io
import time
from random import Random
from uuid import UUID, uuid4

import asyncpg
import pytest
import sqlalchemy as sa
import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation import actions
from checkpoint.allocation.schemas import Allocate
from checkpoint.foundation import logs
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import API_ROLE
from conftest import NOON
from timings import told_apart
from trialling import consenting

CLOSED = ("slot", "list_secret")
ARMS = ("placebo_canary", "control")
PEEK = sa.text("SELECT sealed_arm(:id)")
OFFICER = Actor(id=uuid4(), role=Role.CUSTODY_OFFICER, suites=frozenset({"DURHAMGATE"}))


@pytest.fixture
async def clients(stage):
    await stage.trial(arms={"placebo_canary": 1, "control": 1})
    return stage.at()


def place_of(record):
    return f"/v1/custody-records/{record['id']}/allocation"


def draw(client, record, decision):
    return client.put(place_of(record), json={"eligibility_decision_id": decision["id"]})


@pytest.mark.parametrize("table", CLOSED)
@pytest.mark.parametrize(
    "statement",
    ["SELECT count(*) FROM {}", "TABLE {}", "COPY {} TO STDOUT", "SELECT FROM {} FOR UPDATE"],
)
async def test_the_api_s_role_reads_no_place_and_no_secret(clients, table, statement):
    async with clients.app.state.engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
            await connection.execute(sa.text(statement.format(table)))


@pytest.mark.slow
async def test_whoever_draws_cannot_peek_and_back_out(stage, clients):
    record, decision = await consenting(clients())
    engine, vault = clients.app.state.engine, clients.app.state.vault
    command = Allocate(eligibility_decision_id=decision["id"])
    async with engine.connect() as connection, AsyncSession(connection) as session:
        found, drawn = await actions.draw(
            session, UUID(record["id"]), command, vault=vault, by=OFFICER, at=NOON
        )
        peeks = [(await connection.execute(PEEK, {"id": found.id})).scalar_one()]
        async with connection.begin_nested():
            peeks.append((await connection.execute(PEEK, {"id": found.id})).scalar_one())
        await session.rollback()
    assert drawn
    assert peeks == [None, None]
    assert await stage.found("SELECT id FROM allocation") == []
    answer = await draw(clients(), record, decision)
    assert answer.status_code == 201
    (row,) = await stage.found("SELECT id, place FROM allocation")
    assert row.place == 1
    async with engine.connect() as connection:
        assert (await connection.execute(PEEK, {"id": row.id})).scalar_one() is not None
        assert (await connection.execute(PEEK, {"id": uuid4()})).scalar_one() is None


@pytest.mark.slow
async def test_a_place_cannot_be_chosen_or_passed_over(stage, clients):
    officer = clients()
    record, decision = await consenting(officer)
    await draw(officer, *await consenting(officer))
    (drawn,) = await stage.found("SELECT * FROM allocation")
    slots = await stage.found("SELECT id FROM slot WHERE place <> 2 ORDER BY place LIMIT 6")
    values = dict(drawn._mapping) | {
        "custody_record_id": record["id"],
        "person_id": record["person"]["id"],
        "eligibility_decision_id": decision["id"],
    }
    names = ", ".join(values)
    given = ", ".join(f":{name}" for name in values)
    insert = sa.text(f"INSERT INTO allocation ({names}) VALUES ({given})")
    for slot in slots:
        async with clients.app.state.engine.connect() as connection:
            with pytest.raises(sa.exc.DBAPIError, match="next place"):
                await connection.execute(insert, values | {"id": uuid4(), "slot_id": slot.id})


@pytest.mark.slow
async def test_a_dump_by_the_api_s_role_holds_no_arm(stage, clients):
    officer = clients()
    told = [(await draw(officer, *await consenting(officer))).json()["arm"] for _ in range(4)]
    assert {*told} <= {*ARMS}
    connection = await asyncpg.connect(stage.url)
    await connection.execute(f"SET ROLE {API_ROLE}")
    tables = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'm') "
        "AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'SELECT')"
    )
    dump = io.BytesIO()
    for (table,) in tables:
        if table != "trial_protocol":  # names the arms and their ratio, which are no secret
            await connection.copy_from_query(f'SELECT * FROM "{table}"', output=dump)
    await connection.close()
    assert len(dump.getvalue()) > 100_000
    for arm in ARMS:
        assert f"\t{arm}\t".encode() not in dump.getvalue()
    assert b"placebo_canary" not in dump.getvalue()


@pytest.fixture
def logged(capfd, caplog):
    """Everything that this process says to anyone but the caller."""
    kept, written = structlog.get_config(), io.StringIO()
    caplog.set_level("DEBUG")
    caplog.set_level("WARNING", "httpx")

    def listen():
        logs.configure(human=False)
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))

    yield listen, lambda: "".join([written.getvalue(), caplog.text, *capfd.readouterr()])
    structlog.configure(**kept)


@pytest.mark.slow
async def test_no_arm_is_heard_anywhere_but_in_its_own_answer(stage, clients, logged):
    listen, heard = logged
    listen()
    officer, supervisor = clients(), clients(Role.SUPERVISOR)
    cases = [await consenting(officer) for _ in range(8)]
    answers = [await draw(officer, *case) for case in cases]
    assert {answer.json()["arm"] for answer in answers} == {*ARMS}
    record, decision = cases[0]
    stranger = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    refused = [
        await draw(stranger, record, decision),
        await officer.put(place_of(record), json={"arm": "control"}),
        await supervisor.put(place_of(record), json={}),
        await officer.get(f"/v1/custody-records/{uuid4()}/allocation"),
        await clients(Role.AUDITOR).get(place_of(record)),
    ]
    assert all(answer.status_code >= 400 for answer in refused)
    quiet = [*refused, await officer.get("/metrics")]
    for answer in quiet:
        assert "placebo_canary" not in answer.text
    for answer in answers:
        assert "canary" not in str(answer.url) + repr(answer.headers)
    assert "placebo_canary" not in heard()
    rows = await stage.found("SELECT audit_entry::text AS row FROM audit_entry")
    assert len(rows) > len(answers)
    assert "placebo_canary" not in "".join(row.row for row in rows)


@pytest.mark.slow
async def test_both_arms_are_answered_alike(clients):
    officer = clients()
    answers = [await draw(officer, *await consenting(officer)) for _ in range(8)]
    by_arm = {answer.json()["arm"]: answer for answer in answers}
    assert by_arm.keys() == {*ARMS}
    one, other = by_arm.values()
    assert one.json().keys() == other.json().keys()
    assert one.headers.keys() == other.headers.keys()
    assert one.status_code == other.status_code == 201
    told_by_arm = {"id", "arm", "meaning", "custody_record_id", "eligibility_decision_id"}
    assert {name for name in one.json() if one.json()[name] != other.json()[name]} == told_by_arm


async def seconds(client, record):
    began = time.perf_counter()
    answer = await client.get(place_of(record))
    assert answer.status_code == 200
    return time.perf_counter() - began


@pytest.mark.long
async def test_neither_arm_takes_longer_to_tell(clients):
    officer = clients()
    cases = [await consenting(officer) for _ in range(8)]
    by_arm = {}
    for case in cases:
        by_arm[(await draw(officer, *case)).json()["arm"]] = case[0]
    one, other = (by_arm[arm] for arm in ARMS)
    differences = []
    for number in range(400):
        first, second = (one, other) if number % 2 else (other, one)
        took = await seconds(officer, first) - await seconds(officer, second)
        differences.append(took if number % 2 else -took)
    assert not told_apart(differences, Random(0))
