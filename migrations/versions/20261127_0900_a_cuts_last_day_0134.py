"""A data cut's last day is said to be that of everything it counts, not of follow-up alone.

Revision ID: 0134
Revises: 0133
Phase: expand (a comment; whatever is here stays as it is)
"""

import sqlalchemy as sa
from alembic import op

revision = "0134"
down_revision = "0133"
BEFORE = "The last day of which follow-up is in."
SINCE = "The last day for everything that it counts."


def says(comment: str, *, before: str) -> None:
    op.alter_column(
        "data_cut",
        "followed_until",
        existing_type=sa.Date(),
        existing_nullable=False,
        comment=comment,
        existing_comment=before,
    )


def upgrade() -> None:
    says(SINCE, before=BEFORE)


def downgrade() -> None:
    says(BEFORE, before=SINCE)
