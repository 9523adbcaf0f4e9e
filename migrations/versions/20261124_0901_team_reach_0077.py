"""Which cases a team works, in whatever suite: for its supervisors.

Revision ID: 0077
Revises: 0074
Phase: expand (nothing asks it yet)
"""

from alembic import op

revision = "0077"
down_revision = "0074"


def upgrade() -> None:
    # A team is who is based at a supervisor's suites, which stand in their token and not here. That
    # a case is worked tells its arm, so whoever asks one case asks for their reading of it, too.
    op.execute("""
        CREATE VIEW team_reach AS
        SELECT reach.custody_record_id, navigator.base_suites AS suites, reach.until,
               allocation.id AS allocation_id, reading.read_by
          FROM case_reach AS reach
          JOIN navigator ON navigator.actor_id = reach.actor_id
          LEFT JOIN allocation ON allocation.custody_record_id = reach.custody_record_id
          LEFT JOIN arm_reading AS reading ON reading.allocation_id = allocation.id
         WHERE reach.basis IN ('assigned', 'cover')
    """)
    op.execute("GRANT SELECT ON team_reach TO checkpoint_api")


def downgrade() -> None:
    op.execute("DROP VIEW team_reach")
