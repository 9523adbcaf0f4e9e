"""An index of the days of offences, so that a list by deadline walks it page by page.

Not CONCURRENTLY: that waits for every older snapshot, and so for a second migrator, which waits
for this one's lock. Writers wait about a second for each million offences instead.

Revision ID: 0026
Revises: 0025
Phase: expand
"""

from alembic import op

revision = "0026"
down_revision = "0025"
NAME = "ix_alleged_offence_committed_from_custody_record_id"


def upgrade() -> None:
    op.create_index(op.f(NAME), "alleged_offence", ["committed_from", "custody_record_id"])


def downgrade() -> None:
    op.drop_index(op.f(NAME), table_name="alleged_offence")
