"""Who reaches a case that is of none of their suites, derived; and whom searches do not show.

Revision ID: 0064
Revises: 0063
Phase: expand (nothing asks them yet)
"""

from alembic import op

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    # One source of truth, which later rooms feed and custody reads without knowing them: nothing is
    # kept, so nothing drifts, and what ended is gone in the same moment. A further way to reach a
    # case is a further branch, by a migration that replaces the view.
    op.execute("""
        CREATE VIEW case_reach AS
        SELECT assignment.id, assignment.custody_record_id, navigator.actor_id,
               'assigned' AS basis, assignment.assigned_at AS since,
               coalesce((navigator.last_day + 1)::timestamp AT TIME ZONE 'Europe/London',
                        'infinity') AS until
          FROM navigator_assignment AS assignment
          JOIN navigator ON navigator.id = assignment.navigator_id
         WHERE assignment.ended_at IS NULL
        UNION ALL
        SELECT cover.id, assignment.custody_record_id, navigator.actor_id,
               'cover', cover.covers_from,
               least(cover.until,
                     (navigator.last_day + 1)::timestamp AT TIME ZONE 'Europe/London')
          FROM navigator_cover AS cover
          JOIN navigator_assignment AS assignment ON assignment.id = cover.assignment_id
          JOIN navigator ON navigator.id = cover.navigator_id
         WHERE cover.ended_at IS NULL AND assignment.ended_at IS NULL
        UNION ALL
        SELECT glass.id, glass.custody_record_id, glass.broken_by,
               'broken_glass', glass.broken_at, glass.until
          FROM broken_glass AS glass
         WHERE NOT EXISTS (SELECT FROM broken_glass_review AS review
                            WHERE review.broken_glass_id = glass.id
                              AND review.outcome = 'unjustified')
    """)
    op.execute("GRANT SELECT ON case_reach TO checkpoint_api")
    # Somebody who is on record for nothing but restricted cases, none of which the reader is named
    # for. As detainee or as a victim.
    op.execute("""
        CREATE FUNCTION person_hidden_from(person uuid, reader uuid) RETURNS boolean
        LANGUAGE sql STABLE AS $$
            WITH tied AS (
                SELECT id FROM custody_record WHERE person_id = person
                UNION
                SELECT custody_record_id FROM victim WHERE person_id = person
            ), closed AS (
                SELECT EXISTS (
                    SELECT FROM case_restriction AS restriction
                     WHERE restriction.custody_record_id = tied.id
                       AND restriction.ended_at IS NULL
                       AND NOT EXISTS (
                           SELECT FROM case_restriction_name AS name
                            WHERE name.case_restriction_id = restriction.id
                              AND name.actor_id = reader AND name.ended_at IS NULL)
                ) AS is_closed
                  FROM tied
            )
            SELECT coalesce(bool_and(is_closed), false) FROM closed
        $$
    """)


def downgrade() -> None:
    op.execute("DROP FUNCTION person_hidden_from(uuid, uuid)")
    op.execute("DROP VIEW case_reach")
