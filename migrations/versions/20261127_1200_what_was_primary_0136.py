"""A data cut keeps which measure and horizon were fixed in advance as the trial's primary outcome.

Revision ID: 0136
Revises: 0135
Phase: expand (cuts that were taken before stay without)
"""

import sqlalchemy as sa
from alembic import op

revision = "0136"
down_revision = "0135"


def upgrade() -> None:
    op.add_column(
        "data_cut",
        sa.Column(
            "primary_measure",
            sa.String(20),
            nullable=True,
            comment="The measure that was fixed as primary in advance; null: none was.",
        ),
    )
    op.add_column(
        "data_cut",
        sa.Column(
            "primary_horizon",
            sa.String(40),
            nullable=True,
            comment="The name of the primary outcome's horizon; null: none was fixed.",
        ),
    )
    op.create_check_constraint(
        op.f("ck_data_cut_primary_whole"),
        "data_cut",
        "(primary_measure IS NULL) = (primary_horizon IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_data_cut_primary_is_held"), "data_cut", "primary_measure = ANY (measures)"
    )


def downgrade() -> None:
    op.drop_column("data_cut", "primary_horizon")
    op.drop_column("data_cut", "primary_measure")
