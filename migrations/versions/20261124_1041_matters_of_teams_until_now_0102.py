"""What was open of cases that run, were referred or are worked elsewhere, before it was kept.

Revision ID: 0102
Revises: 0101
Phase: expand (once it is done, the worklist may read the table)
"""

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"

AT_ONCE = 500
BATCH = sa.text("""
    SELECT max(id::text)::uuid, count(kept::text)
      FROM (SELECT id, keep_open_matters(id) AS kept
              FROM (SELECT custody_record_id AS id FROM programme_start
                     WHERE custody_record_id > :last
                     ORDER BY custody_record_id LIMIT :most) AS record) AS batch
""")


def upgrade() -> None:
    # Case by case under each one's own lock, and some hundred to a transaction, as before. All that
    # is new here is open of cases that were started alone.
    with op.get_context().autocommit_block():
        last = "00000000-0000-0000-0000-000000000000"
        while True:
            reached, _ = op.get_bind().execute(BATCH, {"last": last, "most": AT_ONCE}).one()
            if reached is None:
                break
            last = str(reached)


def downgrade() -> None:
    op.execute("DELETE FROM team_matter")
