"""Which key a list was sealed with, so that no place is taken that could not be opened.

Revision ID: 0049
Revises: 0046
Phase: expand (a new column that may be empty)
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0046"


def upgrade() -> None:
    op.add_column(
        "sealed_list",
        sa.Column(
            "key_check",
            sa.String(64),
            comment="HMAC-SHA-256 of its id by the sealing key; null before it was kept.",
        ),
    )


def downgrade() -> None:
    op.drop_column("sealed_list", "key_check")
