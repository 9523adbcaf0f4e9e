import asyncio
import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from builders import make_person
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import STREAMS, AuditEntry, ChangedValue
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from conftest import NOON

COLUMNS = AuditEntry.__table__.c
# What the database fills in, and what holds all the rest.
FILLED_IN = {"sequence", "xid", "recorded_at", "canonical"}


class TestEvent(StrEnum):
    __test__ = False
    HAPPENED = "test.happened"


def somebody(stream=None):
    """An officer whose entries stand in this stream."""
    id = uuid4()
    if stream is not None:
        id = UUID(int=id.int - id.int % STREAMS + stream)
    return Actor(id=id, role=Role.CUSTODY_OFFICER, suites=frozenset({"B", "A"}), client="web")


async def record(session, *subjects, by, **facts):
    whole = {"kind": "thing", "by": by, "at": NOON} | facts
    await ledger.record(session, Operation.ALTERATION, TestEvent.HAPPENED, *subjects, **whole)


async def entries_by(session, actor):
    rows = sa.select(*COLUMNS).where(col(AuditEntry.actor_id) == actor.id)
    return (await session.exec(rows.order_by(col(AuditEntry.sequence)))).all()


async def sequences(session, stream):
    rows = select(AuditEntry.sequence).where(AuditEntry.stream == stream)
    return (await session.exec(rows.order_by(col(AuditEntry.sequence)))).all()


async def test_an_entry_says_who_what_when_where_and_why(session):
    by, thing, request = somebody(), await make_person(session), uuid4()
    session.info["request"] = {"request_id": request, "door": "POST /v1/things"}
    await record(session, thing, uuid4(), by=by, change={"b": (1, 2), "a": (None, True)})
    (entry,) = await entries_by(session, by)
    assert (entry.request_id, entry.door) == (request, "POST /v1/things")
    assert (entry.operation, entry.event, entry.outcome) == ("alteration", "test.happened", "done")
    assert entry.subject_ids[0] == thing.id
    assert len(entry.subject_ids) == 2
    assert (entry.subject_kind, entry.changed_fields) == ("thing", ["a", "b"])
    assert (entry.actor_id, entry.actor_role, entry.client) == (by.id, by.role, "web")
    assert (entry.at, entry.purpose, entry.recipient) == (NOON, "custody_officer:A,B", None)
    assert entry.stream == by.id.int % STREAMS
    assert session.info["request"]["recorded"] == 1


async def test_outside_a_request_the_door_is_the_shell(session):
    by = somebody()
    await record(session, by=by, purpose="a quarterly check")
    (entry,) = await entries_by(session, by)
    assert (entry.door, entry.purpose, entry.subject_ids) == ("shell", "a quarterly check", [])


async def test_the_database_itself_fills_in_sequence_transaction_and_clock(session):
    by = somebody()
    before = datetime.now(UTC)
    await record(session, by=by)
    await record(session, by=by)
    first, second = await entries_by(session, by)
    now = sa.text("SELECT pg_current_xact_id()")
    xid = (await session.exec(now)).scalar_one()
    assert second.sequence == first.sequence + 1
    assert first.xid == second.xid == xid
    assert before <= first.recorded_at < second.recorded_at <= datetime.now(UTC)
    assert first.at == second.at == NOON


async def test_the_canonical_text_equals_the_columns(session):
    by = somebody()
    await record(session, uuid4(), uuid4(), by=by, change={"field": ("Räuber ☂", None)})
    (entry,) = await entries_by(session, by)
    assert ledger.canonical(entry._mapping) == entry.canonical
    content = json.loads(entry.canonical)
    assert content.keys() == {c.key for c in COLUMNS} - FILLED_IN
    for name, value in content.items():
        stored = getattr(entry, name)
        if name == "at":
            assert datetime.fromisoformat(value) == stored
        elif isinstance(stored, list):
            assert value == [str(part) for part in stored]
        else:
            assert value == (str(stored) if isinstance(stored, UUID | StrEnum) else stored)


async def test_values_stand_beside_the_ledger_and_not_in_it(session):
    by, thing = somebody(), uuid4()
    values = {"text": ("before ☂", "after"), "flag": (None, False), "number": (1, None)}
    await record(session, thing, by=by, change=values)
    (entry,) = await entries_by(session, by)
    rows = select(ChangedValue).where(col(ChangedValue.entry_id) == entry.id)
    stored = (await session.exec(rows)).all()
    assert {value.field: (value.before, value.after) for value in stored} == values
    assert {value.subject_id for value in stored} == {thing}
    assert "before" not in entry.canonical
    assert "☂" not in str(entry)


async def test_what_the_database_fills_in_cannot_be_forged(session):
    by = somebody()
    await record(session, by=by)
    (honest,) = await entries_by(session, by)
    forged = ledger.composed(
        by=by,
        at=NOON,
        request_id=uuid4(),
        door="shell",
        operation=Operation.ALTERATION,
        event="test.forged",
        outcome="done",
        subject_kind="thing",
        subject_ids=[],
        changed_fields=[],
    )
    past = datetime(1999, 1, 1, tzinfo=UTC)
    values = forged | {"sequence": 999_999, "xid": 3, "recorded_at": past}
    statement = sa.insert(AuditEntry.__table__).values(**values)
    await session.exec(statement)
    _, entry = await entries_by(session, by)
    assert entry.event == "test.forged"
    assert entry.sequence == honest.sequence + 1
    assert entry.xid == honest.xid
    assert entry.recorded_at > past + timedelta(days=365)


async def test_one_request_has_one_entry_and_a_second_is_refused(session):
    session.info["request"] = {"request_id": uuid4(), "door": "POST /v1/things"}
    await record(session, by=somebody())
    with pytest.raises(ledger.LedgerNotWritten):
        await record(session, by=somebody())
    await session.rollback()


async def test_an_entry_for_a_stream_that_does_not_exist_is_refused(session):
    entry = ledger.composed(
        by=None,
        at=NOON,
        request_id=uuid4(),
        door="shell",
        operation=Operation.ALTERATION,
        event="test.happened",
        outcome="done",
        subject_kind="thing",
        subject_ids=[],
        changed_fields=[],
    )
    with pytest.raises(ledger.LedgerNotWritten):
        await ledger.append(session, entry | {"stream": STREAMS})
    await session.rollback()


async def test_a_stream_has_no_gaps_though_many_write_at_once_and_some_fail(api):
    by = somebody(stream=17)

    class ChangedTheirMind(Exception): ...

    async def write(number):
        async with transaction(api) as session:
            await record(session, by=by, purpose=f"number {number}")
            if number % 4 == 0:
                raise ChangedTheirMind

    outcome = await asyncio.gather(*[write(n) for n in range(40)], return_exceptions=True)
    assert [type(one) for one in outcome].count(ChangedTheirMind) == 10
    assert outcome.count(None) == 30
    async with transaction(api) as session:
        written = await entries_by(session, by)
        assert {e.purpose for e in written} == {f"number {n}" for n in range(40) if n % 4}
        stream = await sequences(session, 17)
        assert stream == [*range(1, len(stream) + 1)]
        assert len({e.xid for e in written}) == 30


async def test_the_order_in_a_stream_is_the_order_of_commit(api):
    by, order = somebody(stream=18), []

    async def write(number):
        async with transaction(api) as session:
            await record(session, by=by, purpose=f"number {number}")
            order.append(f"number {number}")  # with the stream's lock, which is held until commit

    await asyncio.gather(*[write(number) for number in range(20)])
    async with transaction(api) as session:
        assert [entry.purpose for entry in await entries_by(session, by)] == order


async def test_another_stream_does_not_wait(api):
    async with transaction(api) as holding, transaction(api) as other:
        await record(holding, by=somebody(stream=19))
        await asyncio.wait_for(record(other, by=somebody(stream=20)), timeout=1)
        await other.rollback()
        await holding.rollback()
