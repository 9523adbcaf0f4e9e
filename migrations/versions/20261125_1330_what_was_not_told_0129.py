"""What a programme elsewhere did not tell is kept as not known: days in custody, how it was found.

Revision ID: 0129
Revises: 0123
Phase: expand (whatever is here stays as it is)
"""

import sqlalchemy as sa
from alembic import op

revision = "0129"
down_revision = "0123"
DAYS, FOUND = "custody_days", "proactively_detected"
# Table, column, its type, what it says of itself from now on and said before, and what stood for
# what was not told.
COLUMNS = (
    (
        "elsewhere_participant",
        DAYS,
        sa.Integer(),
        "Days of these in custody; null: not told.",
        "Days of these in custody.",
        "0",
    ),
    (
        "cut_participant",
        DAYS,
        sa.Integer(),
        "Days of these in custody, when nothing could happen; null is not known.",
        "Days of these in custody, when nothing could happen.",
        "0",
    ),
    (
        "elsewhere_event",
        FOUND,
        sa.Boolean(),
        "Whether police found it of their own accord; null: not told.",
        "Whether police found it of their own accord.",
        "false",
    ),
    (
        "cut_event",
        FOUND,
        sa.Boolean(),
        "Whether police found it of their own accord; harm leaves it out; null is not known.",
        "Whether police found it of their own accord; harm leaves it out.",
        "false",
    ),
)


def upgrade() -> None:
    for table, column, kind, comment, before, _ in COLUMNS:
        op.alter_column(
            table,
            column,
            existing_type=kind,
            nullable=True,
            comment=comment,
            existing_comment=before,
        )


def downgrade() -> None:
    for table, column, kind, comment, before, nought in COLUMNS:
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
        op.execute(f"UPDATE {table} SET {column} = {nought} WHERE {column} IS NULL")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")
        op.alter_column(
            table,
            column,
            existing_type=kind,
            nullable=False,
            comment=before,
            existing_comment=comment,
        )
