"""The 64 streams of the ledger, each at its beginning.

Revision ID: 0003
Revises: 0002
Phase: backfill (64 rows)
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
        INSERT INTO audit_stream (id, stream, last_sequence)
        SELECT gen_random_uuid(), stream, 0 FROM generate_series(0, 63) AS stream
    """)


def downgrade() -> None:
    op.execute("DELETE FROM audit_stream")
