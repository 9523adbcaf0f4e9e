"""What a waiting list excused can be put right: its entry gives way to another.

Revision ID: 0094
Revises: 0093
Phase: expand (one more value; the others stay)
"""

from alembic import op

revision = "0094"
down_revision = "0093"
NAME = "ck_condition_entry_withdrawal_reason_code"
BEFORE = "'entered_twice', 'entered_wrongly', 'wrong_condition'"


def swap(reasons: str) -> None:
    op.drop_constraint(op.f(NAME), "condition_entry_withdrawal", type_="check")
    op.create_check_constraint(
        op.f(NAME), "condition_entry_withdrawal", f"reason_code IN ({reasons})"
    )


def upgrade() -> None:
    swap(f"{BEFORE}, 'put_right'")


def downgrade() -> None:
    swap(BEFORE)
