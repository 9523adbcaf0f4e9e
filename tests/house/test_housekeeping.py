"""What is kept for a while is removed in time, by the room that keeps it, and on record."""

import ast
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from checkpoint import housekeeping
from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import AuditEntry
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import insert
from checkpoint.foundation.idempotency import KeptAnswer
from conftest import NOON, ROOT, rolled_back
from shell import Shell

WEEK, TICK = timedelta(days=7), timedelta(microseconds=1)
TOLD = "SELECT * FROM audit_entry WHERE event = 'housekeeping.answers_removed'"
LEFT = "SELECT id FROM kept_answer"


@pytest.fixture
def operator():
    return Actor(id=uuid4(), role=Role.OPERATOR)


def an_answer(kept_at):
    return KeptAnswer(request_digest=b"x" * 32, status=201, headers={}, body=b"{}", kept_at=kept_at)


async def told_by(session, operator):
    return (await session.exec(select(AuditEntry).where(AuditEntry.actor_id == operator.id))).all()


async def kept(session, *answers):
    rows = select(KeptAnswer.id).where(col(KeptAnswer.id).in_([answer.id for answer in answers]))
    return set((await session.exec(rows)).all())


async def test_answers_older_than_a_week_are_removed_and_counted_in_the_ledger(owner, operator):
    old, older, fresh = (an_answer(NOON - age) for age in (WEEK + TICK, 3 * WEEK, WEEK))
    async with rolled_back(owner) as session:
        await insert(session, old, older, fresh)
        count = await housekeeping.remove_answers(session, by=operator, at=NOON)
        assert await kept(session, old, older, fresh) == {fresh.id}
        (entry,) = await told_by(session, operator)
    assert count >= 2
    assert (entry.operation, entry.subject_kind) == (Operation.ERASURE, "kept_answer")
    assert (entry.subject_ids, entry.door, entry.actor_role) == ([], "shell", Role.OPERATOR)
    assert entry.purpose == f"kept for 7 days; {count} removed"


async def test_a_sweep_that_finds_nothing_leaves_no_entry(owner, operator):
    long_ago = NOON - 5_000 * WEEK
    async with rolled_back(owner) as session:
        assert await housekeeping.remove_answers(session, by=operator, at=long_ago) == 0
        assert await told_by(session, operator) == []


@pytest.fixture
def shell(make_database, monkeypatch):
    shell = Shell(make_database(), monkeypatch)
    shell.found(
        "INSERT INTO kept_answer (id, request_digest, status, headers, body, kept_at)"
        " VALUES (gen_random_uuid(), 'x', 201, '{}', '{}', now() - interval '8 days')"
    )
    return shell


def test_the_command_says_how_many_and_who_swept_is_on_record(shell):
    told = [shell("housekeeping", "answers") for _ in range(2)]
    assert [(each.code, each.err) for each in told] == [(0, "")] * 2
    assert [each.out for each in told] == ["1 kept answers removed.\n", "0 kept answers removed.\n"]
    assert shell.found(LEFT) == []
    (entry,) = shell.found(TOLD)
    assert (entry.operation, entry.actor_role) == ("erasure", "operator")


def test_nothing_is_removed_that_cannot_be_recorded(shell):
    shell.found("REVOKE INSERT ON audit_entry FROM checkpoint_owner")
    told = shell("housekeeping", "answers")
    assert (told.code, told.out) == (75, "")
    assert "so nothing was done" in told.err
    assert len(shell.found(LEFT)) == 1


@pytest.mark.slow
def test_only_the_file_that_writes_answers_removes_them():
    files = [*(ROOT / "src").rglob("*.py")]
    writers = {
        str(file.relative_to(ROOT / "src" / "checkpoint"))
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("delete", "insert_values"))
        and any(ast.unparse(argument) == "KeptAnswer" for argument in node.args)
    }
    assert writers == {"foundation/idempotency.py"}
