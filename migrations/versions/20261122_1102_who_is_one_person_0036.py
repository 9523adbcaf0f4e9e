"""Who is one person with whom, by the merges that stand; for joins of every room.

Revision ID: 0036
Revises: 0035
Phase: expand (nothing calls the new functions yet)
"""

from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION same_person_ids(asked uuid) RETURNS SETOF uuid
        LANGUAGE sql STABLE STRICT ROWS 2 AS $$
            WITH RECURSIVE one AS (
                SELECT asked AS id
                 UNION
                SELECT CASE WHEN kept_id = one.id THEN other_id ELSE kept_id END
                  FROM one JOIN person_merge ON kept_id = one.id OR other_id = one.id
                 WHERE NOT EXISTS (SELECT FROM person_parting
                                    WHERE person_merge_id = person_merge.id)
            )
            SELECT id FROM one
        $$
    """)
    op.execute("""
        CREATE FUNCTION survivor_of(asked uuid) RETURNS uuid
        LANGUAGE sql STABLE STRICT AS $$
            WITH RECURSIVE above AS (
                SELECT asked AS id, 0 AS steps
                 UNION
                SELECT kept_id, steps + 1
                  FROM above JOIN person_merge ON other_id = above.id
                 WHERE NOT EXISTS (SELECT FROM person_parting
                                    WHERE person_merge_id = person_merge.id)
            )
            SELECT id FROM above ORDER BY steps DESC LIMIT 1
        $$
    """)
    for function in ("same_person_ids(uuid)", "survivor_of(uuid)"):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO checkpoint_api")


def downgrade() -> None:
    op.execute("DROP FUNCTION survivor_of(uuid)")
    op.execute("DROP FUNCTION same_person_ids(uuid)")
