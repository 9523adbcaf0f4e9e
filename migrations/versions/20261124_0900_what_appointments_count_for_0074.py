"""An appointment counts for a condition of its contract by itself.

Revision ID: 0074
Revises: 0073
Phase: expand (null where nothing counts, as in all that is there)
"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"


def upgrade() -> None:
    op.add_column(
        "appointment",
        sa.Column("condition_key", sa.Uuid(), nullable=True, comment="What it is to count for."),
    )
    op.add_column(
        "attendance",
        sa.Column("condition_key", sa.Uuid(), nullable=True, comment="What it counts for."),
    )


def downgrade() -> None:
    op.drop_column("attendance", "condition_key")
    op.drop_column("appointment", "condition_key")
