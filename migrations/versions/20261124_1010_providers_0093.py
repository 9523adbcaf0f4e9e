"""Providers may act, and so stand in the ledger.

Revision ID: 0093
Revises: 0089
Phase: expand (one more value; the others stay)
"""

from alembic import op

revision = "0093"
down_revision = "0089"
BEFORE = (
    "'custody_officer', 'supervisor', 'navigator', 'evaluator', 'statistician', "
    "'trial_manager', 'auditor', 'directory_editor', 'operator'"
)


def swap(roles: str) -> None:
    op.drop_constraint(op.f("ck_audit_entry_actor_role"), "audit_entry", type_="check")
    op.create_check_constraint(
        op.f("ck_audit_entry_actor_role"), "audit_entry", f"actor_role IN ({roles})"
    )


def upgrade() -> None:
    swap(BEFORE.replace("'operator'", "'provider', 'operator'"))


def downgrade() -> None:
    swap(BEFORE)
