"""The database role that strangers read the directory as: it can read what is published, no more.

Revision ID: 0088
Revises: 0082
Phase: expand (nobody acts as this role yet)
"""

from alembic import op

revision = "0088"
down_revision = "0082"

READER = "checkpoint_directory_reader"
TABLES = (
    "directory_capacity",
    "directory_edition",
    "directory_listing",
    "directory_offer",
    "directory_offer_place",
)


def upgrade() -> None:
    op.execute("RESET ROLE")  # the login makes roles; whoever owns the tables does not
    # Roles belong to the cluster, so another database may have made it already.
    op.execute(f"""
        DO $$ BEGIN CREATE ROLE {READER} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
    """)
    op.execute(f"GRANT USAGE ON SCHEMA public TO {READER}")
    # Whoever serves the API turns into it, and back into nothing else.
    op.execute(f"""
        DO $$ BEGIN
            IF NOT pg_has_role('checkpoint_api', '{READER}', 'MEMBER') THEN
                GRANT {READER} TO checkpoint_api;
            END IF;
        END $$
    """)
    op.execute("SET ROLE checkpoint_owner")
    op.execute(f"GRANT SELECT ON {', '.join(TABLES)} TO {READER}")


def downgrade() -> None:
    op.execute(f"REVOKE ALL ON {', '.join(TABLES)} FROM {READER}")
