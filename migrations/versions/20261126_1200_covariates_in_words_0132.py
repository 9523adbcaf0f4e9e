"""A cut keeps what the manifest of a programme elsewhere says of its covariates.

Revision ID: 0132
Revises: 0131
Phase: expand (cuts that were taken before stay without)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0132"
down_revision = "0131"


def upgrade() -> None:
    op.add_column(
        "data_cut",
        sa.Column(
            "covariates",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="What each covariate is, as a programme elsewhere says: type, label, words by "
            "code.",
        ),
    )


def downgrade() -> None:
    op.drop_column("data_cut", "covariates")
