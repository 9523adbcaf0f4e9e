"""What was open of cases before it was kept.

Revision ID: 0073
Revises: 0072
Phase: expand (once it is done, the worklist may read the table)
"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"

AT_ONCE = 500
BATCH = sa.text("""
    SELECT max(id::text)::uuid, count(kept::text)
      FROM (SELECT id, keep_open_matters(id) AS kept
              FROM (SELECT id FROM custody_record
                     WHERE id > :last ORDER BY id LIMIT :most) AS record) AS batch
""")


def upgrade() -> None:
    # Case by case under each one's own lock, and some hundred to a transaction: whoever works goes
    # on, and what they write meanwhile is kept by the triggers.
    with op.get_context().autocommit_block():
        last = "00000000-0000-0000-0000-000000000000"
        while True:
            reached, _ = op.get_bind().execute(BATCH, {"last": last, "most": AT_ONCE}).one()
            if reached is None:
                break
            last = str(reached)


def downgrade() -> None:
    op.execute("DELETE FROM open_matter")
