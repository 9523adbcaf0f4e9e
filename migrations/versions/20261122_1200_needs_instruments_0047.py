"""Instruments: the questions of a needs assessment, their answers and what these count.

Revision ID: 0047
Revises: 0051
Phase: expand (nothing reads or writes the new table yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0051"


def upgrade() -> None:
    op.create_table(
        "needs_instrument",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("version", sa.String(40), nullable=False, comment="Its name."),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="First day it is used."),
        sa.Column(
            "valid_until",
            sa.Date(),
            nullable=True,
            comment="First day it is no longer used; null: until a later one begins.",
        ),
        sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256 of the content."),
        sa.Column("content", sa.String(), nullable=False, comment="The file, word for word."),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When published, in UTC.",
        ),
        sa.Column("published_by", sa.Uuid(), nullable=False, comment="Who published it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_instrument")),
        sa.UniqueConstraint("version", name=op.f("uq_needs_instrument_version")),
        sa.UniqueConstraint("digest", name=op.f("uq_needs_instrument_digest")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_needs_instrument_valid_from")),
        sa.CheckConstraint(
            "valid_until > valid_from", name=op.f("ck_needs_instrument_days_in_order")
        ),
    )
    op.execute("""
        CREATE TRIGGER needs_instrument_append_only BEFORE UPDATE OR DELETE ON needs_instrument
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER needs_instrument_not_truncated BEFORE TRUNCATE ON needs_instrument
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT ON needs_instrument TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("needs_instrument")
