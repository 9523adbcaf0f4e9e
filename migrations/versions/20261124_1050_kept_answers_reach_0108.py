"""Which cases a kept answer is about, so that it is given again only to whoever reaches them.

Revision ID: 0108
Revises: 0105
Phase: expand (answers kept before name none)
"""

import sqlalchemy as sa
from alembic import op

revision = "0108"
down_revision = "0105"


def upgrade() -> None:
    op.add_column(
        "kept_answer",
        sa.Column(
            "reached_ids",
            sa.ARRAY(sa.Uuid()),
            server_default="{}",
            nullable=False,
            comment="The cases it is about that the caller reached then; it is given again only "
            "while they reach each of them.",
        ),
    )


def downgrade() -> None:
    op.drop_column("kept_answer", "reached_ids")
