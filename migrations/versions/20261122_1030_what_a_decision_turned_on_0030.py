"""What a decision turned on, drawn from its findings by the database and kept beside them.

The findings are long and stand outside the row; lists and counts asked each of them for two short
lists. Rewrites the table of decisions: some ten seconds for each million.

Revision ID: 0030
Revises: 0032
Phase: expand
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0032"
COLUMNS = {
    "not_met": (
        """jsonb_path_query_array(findings, '$[*]?(@."answer" == "not_met")."code"'::jsonpath)""",
        "Codes of the criteria that are not met; drawn from the findings by the database.",
    ),
    "missing": (
        """jsonb_path_query_array(findings, '$[*]."missing"[*]'::jsonpath)""",
        "Facts that the findings wait for; drawn from them by the database.",
    ),
}


def upgrade() -> None:
    for name, (drawn, comment) in COLUMNS.items():
        computed = sa.Computed(drawn, persisted=True)
        column = sa.Column(name, postgresql.JSONB(), computed, nullable=True, comment=comment)
        op.add_column("eligibility_decision", column)


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("eligibility_decision", name)
