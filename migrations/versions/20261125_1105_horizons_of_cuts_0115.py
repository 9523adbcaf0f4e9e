"""Data cuts: which horizons and which conviction lag its definitions have.

Revision ID: 0115
Revises: 0114
Phase: expand (no cut is taken yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0115"
down_revision = "0114"


def upgrade() -> None:
    op.add_column(
        "data_cut",
        sa.Column(
            "horizons",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="How long after allocation is counted: name, and months or days.",
        ),
    )
    op.add_column(
        "data_cut",
        sa.Column(
            "conviction_lag_months",
            sa.Integer(),
            nullable=False,
            comment="Proven reoffences are complete until so many months before the last day.",
        ),
    )
    op.create_check_constraint(
        op.f("ck_data_cut_conviction_lag_range"), "data_cut", "conviction_lag_months >= 0"
    )


def downgrade() -> None:
    op.drop_column("data_cut", "conviction_lag_months")
    op.drop_column("data_cut", "horizons")
