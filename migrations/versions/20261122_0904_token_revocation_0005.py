"""Whose tokens no longer count.

Revision ID: 0005
Revises: 0004
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "token_revocation",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("actor_id", sa.Uuid(), nullable=False, comment="Whose tokens."),
        sa.Column(
            "issued_before",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Tokens issued before this are refused.",
        ),
        sa.Column("revoked_by", sa.Uuid(), nullable=False, comment="Who said so."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_revocation")),
    )
    op.create_index(op.f("ix_token_revocation_actor_id"), "token_revocation", ["actor_id"])
    op.execute("""
        CREATE TRIGGER token_revocation_append_only BEFORE UPDATE OR DELETE ON token_revocation
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER token_revocation_not_truncated BEFORE TRUNCATE ON token_revocation
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT ON token_revocation TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("token_revocation")
