"""An index for reading the ledger by operation, latest first.

Revision ID: 0010
Revises: 0009
Phase: expand (the ledger is read and written meanwhile, so it is built beside it)
"""

from alembic import op

revision = "0010"
down_revision = "0009"
NAME, TABLE = "ix_audit_entry_operation_at_id", "audit_entry"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # It waits for every transaction under way, and a large ledger takes its time.
        op.execute("SET lock_timeout = 0")
        op.execute("SET statement_timeout = 0")
        # What an interrupted attempt left is no index, but it has the name.
        op.drop_index(op.f(NAME), TABLE, postgresql_concurrently=True, if_exists=True)
        op.create_index(
            op.f(NAME),
            TABLE,
            ["operation", "at", "id"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '4s'")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(op.f(NAME), TABLE, postgresql_concurrently=True, if_exists=True)
