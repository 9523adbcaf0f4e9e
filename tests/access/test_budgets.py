from datetime import timedelta
from uuid import uuid4

import pytest

from checkpoint.access.budgets import Budgets, TooManyRequests
from checkpoint.audit import ledger
from checkpoint.audit.operations import AuditEvent, Operation
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from conftest import NOON


async def leave_entries(api, actor, count, *, at):
    async with transaction(api) as session:
        for _ in range(count):
            await ledger.record(
                session, Operation.CONSULTATION, AuditEvent.READ, kind="test", by=actor, at=at
            )


@pytest.fixture
def somebody() -> Actor:
    return Actor(id=uuid4(), role=Role.AUDITOR)


async def test_a_person_may_ask_as_often_as_the_budget_says_and_no_more(api, somebody):
    budgets = Budgets(api, per_minute=10)
    for _ in range(10):
        await budgets.spend(somebody.id, at=NOON)
    with pytest.raises(TooManyRequests) as refused:
        await budgets.spend(somebody.id, at=NOON)
    assert refused.value.facts["retry_after_seconds"] > 0


async def test_what_other_processes_answered_counts_too(api, somebody):
    await leave_entries(api, somebody, 10, at=NOON)
    with pytest.raises(TooManyRequests):
        await Budgets(api, per_minute=10).spend(somebody.id, at=NOON + timedelta(seconds=5))


async def test_a_minute_later_all_is_forgiven(api, somebody):
    budgets = Budgets(api, per_minute=10)
    await leave_entries(api, somebody, 10, at=NOON)
    with pytest.raises(TooManyRequests):
        await budgets.spend(somebody.id, at=NOON)
    await budgets.spend(somebody.id, at=NOON + timedelta(seconds=61))


async def test_one_persons_haste_is_not_anothers(api, somebody):
    await leave_entries(api, somebody, 10, at=NOON)
    await Budgets(api, per_minute=10).spend(uuid4(), at=NOON)


async def test_over_http_it_is_429_and_says_when_to_ask_again(app, clients, monkeypatch):
    monkeypatch.setattr(app.state.gate.budgets, "_per_minute", 0)
    answer = await clients(name="in-haste").get("/v1/custody-records")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["errorCode"] == "too-many-requests"


async def test_doors_that_leave_no_entry_count_too(app, clients, monkeypatch):
    monkeypatch.setattr(app.state.gate.budgets, "_per_minute", 5)
    hasty = clients(name="hasty-reader")
    answers = [await hasty.get("/v1/reference/verdicts") for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
