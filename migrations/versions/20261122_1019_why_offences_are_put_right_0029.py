"""Why an alleged offence was put right, and who entered it; not kept of those before this.

Revision ID: 0029
Revises: 0028
Phase: expand (the new columns are null where nothing is said)
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
CHECKS = {
    "reason": "reason IN ('mistyped', 'wrong_code', 'evidence_seen', 'witness_said_so', 'other')",
    "reason_of_correction": "reason IS NULL OR replaces_id IS NOT NULL",
    "words_with_reason": "words IS NULL OR reason IS NOT NULL",
    "other_in_words": "reason <> 'other' OR words IS NOT NULL",
}


def upgrade() -> None:
    for column in (
        sa.Column("reason", sa.String(40), nullable=True, comment="Why it puts that right."),
        sa.Column("words", sa.String(500), nullable=True, comment="The same in words."),
        sa.Column(
            "added_by",
            sa.Uuid(),
            nullable=True,
            comment="Who entered it; null where that was not kept here.",
        ),
    ):
        op.add_column("alleged_offence", column)
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_alleged_offence_{name}"), "alleged_offence", check)


def downgrade() -> None:
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_alleged_offence_{name}"), "alleged_offence")
    for name in ("reason", "words", "added_by"):
        op.drop_column("alleged_offence", name)
