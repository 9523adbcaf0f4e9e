"""Whoever maintains the directory may act, and so stands in the ledger.

Revision ID: 0082
Revises: 0081
Phase: expand (one more value; the others stay)
"""

from alembic import op

revision = "0082"
down_revision = "0081"
BEFORE = (
    "'custody_officer', 'supervisor', 'navigator', 'evaluator', 'statistician', "
    "'trial_manager', 'auditor', 'operator'"
)


def swap(roles: str) -> None:
    op.drop_constraint(op.f("ck_audit_entry_actor_role"), "audit_entry", type_="check")
    op.create_check_constraint(
        op.f("ck_audit_entry_actor_role"), "audit_entry", f"actor_role IN ({roles})"
    )


def upgrade() -> None:
    swap(BEFORE.replace("'operator'", "'directory_editor', 'operator'"))


def downgrade() -> None:
    swap(BEFORE)
