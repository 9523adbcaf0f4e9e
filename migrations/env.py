"""Runs migrations: one transaction each, under one lock, as the owner's role."""

import asyncio
import os
import time
from importlib import import_module

import sqlalchemy as sa
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from checkpoint.foundation.database import with_driver

for room in (
    "foundation.idempotency",
    "audit.tables",
    "access.tables",
    "people.tables",
    "custody.tables",
    "custody.suites.tables",
    "custody.movements.tables",
    "custody.detention.tables",
    "custody.circumstances.tables",
    "victims.tables",
    "eligibility.tables",
    "forecast.tables",
    "oversight.tables",
    "consent.tables",
    "trials.tables",
    "allocation.tables",
    "delivery.tables",
    "navigators.staff.tables",
    "navigators.tables",
    "contracts.agreements.tables",
    "contracts.tables",
    "contracts.sessions.tables",
    "contracts.feeds.tables",
    "contracts.evidence.tables",
    "contracts.reviews.tables",
    "contracts.outcomes.tables",
    "directory.tables",
    "directory.lists",
    "referrals.tables",
    "referrals.offers.tables",
    "directory.imports.tables",
    "monitor.tables",
    "journey.worklist.tables",
    "extracts.tables",
    "extracts.builds.tables",
):
    import_module(f"checkpoint.{room}")

ALONE = "SELECT pg_try_advisory_lock(hashtext('checkpoint migrations'))"
OWNER_IS_READY = """
    SELECT has_schema_privilege(rolname, 'public', 'CREATE')
      FROM pg_roles WHERE rolname = 'checkpoint_owner'
"""


def migrate(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        # Only here: taken before configure(), it would keep Alembic from committing. And for
        # the session: a transaction's lock would end with the first migration. Asked for again
        # and again, each time in a transaction of its own: an index that is built concurrently
        # waits for everybody's transaction, so whoever waited inside one would be a deadlock.
        while not connection.execute(sa.text(ALONE)).scalar():
            connection.rollback()
            time.sleep(0.1)
        connection.execute(sa.text("SET lock_timeout = '4s'"))
        if connection.execute(sa.text(OWNER_IS_READY)).scalar():
            connection.execute(sa.text("SET ROLE checkpoint_owner"))
        context.run_migrations()


async def main() -> None:
    url = context.config.attributes.get("url") or os.environ["CHECKPOINT_DATABASE_URL"]
    engine = create_async_engine(
        with_driver(url),
        poolclass=sa.NullPool,
        connect_args={"server_settings": {"statement_timeout": "60s"}},
    )
    async with engine.connect() as connection:
        await connection.run_sync(migrate)


asyncio.run(main())
