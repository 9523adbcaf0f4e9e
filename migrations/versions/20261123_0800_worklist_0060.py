"""Indexes by which the worklist walks what is due in the order of its time.

Revision ID: 0060
Revises: 0064
Phase: expand (nothing relies on them)
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0064"

INDEXES = (
    ("ix_programme_start_started_at_id", "programme_start", ["started_at", "id"], None),
    ("ix_allocation_allocated_at_id", "allocation", ["allocated_at", "id"], None),
    ("ix_navigator_handover_offered_at_id", "navigator_handover", ["offered_at", "id"], None),
    ("ix_enrolment_enrolled_at_id", "enrolment", ["enrolled_at", "id"], None),
    (
        "ix_eligibility_decision_pending",
        "eligibility_decision",
        ["decided_at", "id"],
        "verdict = 'pending'",
    ),
    (
        "ix_eligibility_decision_refer",
        "eligibility_decision",
        ["decided_at", "id"],
        "verdict = 'refer'",
    ),
    (
        "ix_movement_released_left_at",
        "movement",
        ["left_at"],
        "kind = 'released'",
    ),
    (
        "ix_custody_record_detained",
        "custody_record",
        ["arrived_at"],
        "state = 'detained'",
    ),
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # They wait for every transaction under way, and large tables take their time.
        op.execute("SET lock_timeout = 0")
        op.execute("SET statement_timeout = 0")
        for name, table, columns, where in INDEXES:
            # What an interrupted attempt left is no index, but it has the name.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.create_index(
                op.f(name),
                table,
                columns,
                postgresql_where=sa.text(where) if where else None,
                postgresql_concurrently=True,
                if_not_exists=True,
            )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '4s'")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name, _, _, _ in reversed(INDEXES):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
