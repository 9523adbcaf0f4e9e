import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from checkpoint.access import actions, queries
from checkpoint.access.tables import TokenRevocation
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import AuditEntry, ChangedValue
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from conftest import NOON, at_server, rolled_back

OPERATOR = Actor(id=uuid4(), role=Role.OPERATOR)


@pytest.fixture
def ledgerless(make_database):
    """A database whose ledger not even the owner may write."""
    url = make_database()
    asyncio.run(at_server("REVOKE INSERT ON audit_entry FROM checkpoint_owner", url))
    return url


async def rows_of(session, actor_id):
    rows = select(TokenRevocation).where(col(TokenRevocation.actor_id) == actor_id)
    return (await session.exec(rows.order_by(col(TokenRevocation.issued_before)))).all()


async def test_tokens_are_taken_back_and_it_is_recorded(owner):
    leaver = uuid4()
    async with rolled_back(owner) as session:
        await actions.revoke(session, leaver, by=OPERATOR, at=NOON)
        (row,) = await rows_of(session, leaver)
        assert (row.issued_before, row.revoked_by) == (NOON, OPERATOR.id)
        told = select(AuditEntry).where(col(AuditEntry.subject_ids).contains([leaver]))
        entry = (await session.exec(told)).one()
        assert (entry.event, entry.operation) == ("access.revoked", Operation.ALTERATION)
        assert (entry.actor_role, entry.subject_kind) == (Role.OPERATOR, "actor")
        assert entry.changed_fields == ["issued_before"]
        changed = select(ChangedValue).where(col(ChangedValue.entry_id) == entry.id)
        value = (await session.exec(changed)).one()
        assert (value.before, datetime.fromisoformat(value.after)) == (None, NOON)


async def test_the_latest_of_several_counts_whatever_their_order(owner):
    leaver = uuid4()
    async with transaction(owner) as session:
        for days in (1, 3, 2):
            at = NOON + timedelta(days=days)
            await actions.revoke(session, leaver, by=OPERATOR, at=at)
    assert (await queries.revocations(owner))[leaver] == NOON + timedelta(days=3)


async def test_the_api_itself_takes_nobodys_tokens_back(session):
    with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
        await actions.revoke(session, uuid4(), by=OPERATOR, at=NOON)


async def test_no_tokens_are_taken_back_that_cannot_be_recorded(ledgerless):
    engine, leaver = engine_for(ledgerless, role=OWNER_ROLE, pool_size=1), uuid4()
    with pytest.raises(LedgerNotWritten):
        async with transaction(engine) as session:
            await actions.revoke(session, leaver, by=OPERATOR, at=NOON)
    async with transaction(engine) as session:
        assert await rows_of(session, leaver) == []
    await engine.dispose()
