"""Definitions of outcomes, published by the shell.

Revision ID: 0111
Revises: 0110
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0111"
down_revision = "0110"
TABLES = ("outcome_definitions",)


def upgrade() -> None:
    _create_outcome_definitions()
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE
            ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE
            ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT ON {table} TO checkpoint_api")


def _create_outcome_definitions() -> None:
    op.create_table(
        "outcome_definitions",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("version", sa.String(length=40), nullable=False, comment="Its name."),
        sa.Column(
            "valid_from",
            sa.Date(),
            nullable=False,
            comment="Trials that open from that day on use it.",
        ),
        sa.Column(
            "digest", sa.String(length=64), nullable=False, comment="SHA-256 of the content."
        ),
        sa.Column("content", sa.String(), nullable=False, comment="The file, word for word."),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When published, in UTC.",
        ),
        sa.Column("published_by", sa.Uuid(), nullable=False, comment="Who published it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_definitions")),
        sa.UniqueConstraint("digest", name=op.f("uq_outcome_definitions_digest")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_outcome_definitions_valid_from")),
        sa.UniqueConstraint("version", name=op.f("uq_outcome_definitions_version")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
