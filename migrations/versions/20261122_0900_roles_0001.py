"""The database roles: one that owns, one for the API, one for evaluators.

Revision ID: 0001
Revises:
Phase: expand (nobody acts as these roles yet)
"""

from alembic import op

revision = "0001"
down_revision = None

ROLES = ("checkpoint_owner", "checkpoint_api", "checkpoint_evaluator")


def upgrade() -> None:
    for role in ROLES:
        # Roles belong to the cluster, so another database may have made it already.
        op.execute(f"""
            DO $$ BEGIN CREATE ROLE {role} NOLOGIN;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
        """)
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    # The login that migrates acts as the owner, and in development as the API too.
    for role in ROLES:
        op.execute(f"GRANT {role} TO CURRENT_USER")
    op.execute("GRANT CREATE ON SCHEMA public TO checkpoint_owner")
    op.execute("GRANT ALL ON alembic_version TO checkpoint_owner")
    op.execute("SET ROLE checkpoint_owner")


def downgrade() -> None:
    op.execute("RESET ROLE")
    op.execute("REVOKE ALL ON alembic_version FROM checkpoint_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM checkpoint_owner")
    for role in ROLES:
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM {role}")
