"""From when on a rule set takes cases, and each decision's prosecution clock.

Revision ID: 0022
Revises: 0021
Phase: expand (a default and a null, so the code before it goes on writing)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column(
        "rule_set_version",
        sa.Column(
            "applies_to",
            sa.String(40),
            nullable=False,
            server_default="arrests_from",
            comment="Whether its first day is one of arrests or of decisions.",
        ),
    )
    op.create_check_constraint(
        op.f("ck_rule_set_version_applies_to"),
        "rule_set_version",
        "applies_to IN ('arrests_from', 'decisions_from')",
    )
    op.add_column(
        "eligibility_decision",
        sa.Column(
            "prosecution_clock",
            postgresql.JSONB(),
            nullable=True,
            comment="Each offence's last day to start proceedings, as of that day.",
        ),
    )


def downgrade() -> None:
    op.drop_column("eligibility_decision", "prosecution_clock")
    op.drop_column("rule_set_version", "applies_to")
