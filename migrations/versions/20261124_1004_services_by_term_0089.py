"""An index by which services are found by the terms that classify them.

Revision ID: 0089
Revises: 0088
Phase: expand (nothing relies on it)
"""

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0088"
INDEX = "ix_directory_listing_attributes"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # It waits for every transaction under way, and a large table takes its time.
        op.execute("SET lock_timeout = 0")
        op.execute("SET statement_timeout = 0")
        # What an interrupted attempt left is no index, but it has the name.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.create_index(
            op.f(INDEX),
            "directory_listing",
            [sa.text("(document -> 'attributes') jsonb_path_ops")],
            postgresql_using="gin",
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '4s'")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
