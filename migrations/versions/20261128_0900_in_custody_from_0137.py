"""A cut keeps on which day from allocation somebody came into custody.

Revision ID: 0137
Revises: 0136
Phase: expand (cuts and editions that were taken before do not know it)
"""

import sqlalchemy as sa
from alembic import op

revision = "0137"
down_revision = "0136"
DAYS = {
    "cut_participant": "Days to the first in custody; null: none, or not known when.",
    "elsewhere_participant": "Days to the first of these in custody; null: none, or not told.",
}


def upgrade() -> None:
    for table, comment in DAYS.items():
        op.add_column(table, sa.Column("custody_day", sa.Integer(), nullable=True, comment=comment))
    op.create_check_constraint(
        op.f("ck_cut_participant_custody_seen"),
        "cut_participant",
        "custody_day BETWEEN 0 AND observed_days",
    )
    op.create_check_constraint(
        op.f("ck_elsewhere_participant_custody_began"),
        "elsewhere_participant",
        "custody_day IS NULL OR (custody_day >= 0 AND coalesce(custody_days, 0) > 0)",
    )


def downgrade() -> None:
    for table in DAYS:
        op.drop_column(table, "custody_day")
