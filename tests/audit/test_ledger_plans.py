"""How PostgreSQL goes about reading the ledger: by an index, whatever it guesses about the size."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from checkpoint.audit.queries import ENTRIES, ENTRIES_ABOUT
from checkpoint.foundation.database import transaction

INDEX = (
    "SELECT indisvalid, pg_get_userbyid(relowner) FROM pg_index JOIN pg_class ON oid = indexrelid"
)

TYPES = {"subjects": postgresql.ARRAY(sa.Uuid()), "most": sa.Integer()}


async def plan_of(engine, listing, *, without, **given):
    """The plan for what is asked, where ways that pay only in a small table are barred."""
    rows = listing._select(frozenset(given), later=False)
    whole = str(rows.statement.compile(dialect=postgresql.dialect(paramstyle="named")))
    text = sa.text("EXPLAIN " + re.sub(r"::\w+(\[\])?", "", whole))
    typed = [sa.bindparam(name, type_=TYPES.get(name)) for name in (*given, "most")]
    async with transaction(engine) as session:
        for way in ("seqscan", without):
            await session.exec(sa.text(f"SET LOCAL enable_{way} = off"))
        explained = await session.exec(text.bindparams(*typed), params=given | {"most": 51})
        return "\n".join(explained.scalars())


async def test_one_operation_is_read_in_the_order_of_its_index(owner):
    plan = await plan_of(owner, ENTRIES, without="sort", operation="erasure")
    assert "Index Scan Backward using ix_audit_entry_operation_at_id" in plan


@pytest.mark.parametrize("ids", [0, 1, 500])
async def test_things_are_looked_up_before_the_order_is_thought_of(owner, ids):
    asked = [uuid4() for _ in range(ids)]
    plan = await plan_of(owner, ENTRIES_ABOUT, without="indexscan", subjects=asked)
    assert "ix_audit_entry_subject_ids" in plan.partition("CTE about")[2]
    assert "CTE Scan on about" in plan


async def test_an_index_that_was_built_beside_the_ledger_is_whole_and_the_owners(owner):
    async with owner.connect() as connection:
        named = sa.text(f"{INDEX} WHERE relname = 'ix_audit_entry_operation_at_id'")
        assert (await connection.execute(named)).one() == (True, "checkpoint_owner")
