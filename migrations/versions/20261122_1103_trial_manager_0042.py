"""The trial manager may act, and so stands in the ledger.

Revision ID: 0042
Revises: 0041
Phase: expand (one more value; the others stay)
"""

from alembic import op

revision = "0042"
down_revision = "0041"
BEFORE = (
    "'custody_officer', 'supervisor', 'navigator', 'evaluator', 'statistician', 'auditor', "
    "'operator'"
)


def swap(roles: str) -> None:
    op.drop_constraint(op.f("ck_audit_entry_actor_role"), "audit_entry", type_="check")
    op.create_check_constraint(
        op.f("ck_audit_entry_actor_role"), "audit_entry", f"actor_role IN ({roles})"
    )


def upgrade() -> None:
    swap(BEFORE.replace("'auditor'", "'trial_manager', 'auditor'"))


def downgrade() -> None:
    swap(BEFORE)
