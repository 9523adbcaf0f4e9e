"""Indexes by which the worklist walks appointments and contracts in the order of their time.

Revision ID: 0070
Revises: 0059
Phase: expand (nothing relies on them)
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0059"

TURNS = (
    "event IN ('contract.closed', 'contract.completed', 'contract.declined', 'contract.failed', "
    "'contract.lapsed', 'contract.started', 'contract.withdrawn')"
)
INDEXES = (
    ("ix_appointment_starts_at_id", "appointment", ["starts_at", "id"], None),
    ("ix_contract_offered", "contract", ["id"], "state = 'offered'"),
    ("ix_contract_step_turns", "contract_step", ["happened_at", "id"], TURNS),
    ("ix_disposal_out_of_time", "disposal", ["recorded_at", "id"], "outcome_code = '17'"),
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
