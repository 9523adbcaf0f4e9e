"""Orders with their ends, and bail and supervision with theirs.

Revision ID: 0020
Revises: 0019
Phase: expand (null is not known, so the code before it goes on writing)
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
ENDS = {
    "subject_to_order": "order_ends_on",
    "on_bail": "bail_ends_on",
    "under_supervision": "supervision_ends_on",
}


def upgrade() -> None:
    for column in (
        sa.Column(
            "order_ends_on", sa.Date(), nullable=True, comment="Last day of that order, if known."
        ),
        sa.Column(
            "on_bail",
            sa.Boolean(),
            nullable=True,
            comment="On police or court bail for another matter.",
        ),
        sa.Column(
            "bail_ends_on", sa.Date(), nullable=True, comment="Last day of that bail, if known."
        ),
        sa.Column(
            "under_supervision",
            sa.Boolean(),
            nullable=True,
            comment="Supervised by a statutory agency.",
        ),
        sa.Column(
            "supervision_ends_on",
            sa.Date(),
            nullable=True,
            comment="Last day of that supervision, if known.",
        ),
    ):
        op.add_column("screening", column)
    for what, ends in ENDS.items():
        op.create_check_constraint(
            op.f(f"ck_screening_{ends}_only_of_one"),
            "screening",
            f"{ends} IS NULL OR {what} IS TRUE",
        )


def downgrade() -> None:
    for what, ends in ENDS.items():
        op.drop_column("screening", ends)
        if what != "subject_to_order":
            op.drop_column("screening", what)
