"""Information sheets: what people are told before they are asked for consent.

Revision ID: 0037
Revises: 0036
Phase: expand (nothing reads or writes the new table yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.create_table(
        "information_sheet",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("version", sa.String(40), nullable=False, comment="Its name."),
        sa.Column("language", sa.String(3), nullable=False, comment="Its language, by ISO 639."),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="First day it is given."),
        sa.Column(
            "valid_until",
            sa.Date(),
            nullable=True,
            comment="First day it is no longer given; null: until a later one begins.",
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_sheet")),
        sa.UniqueConstraint("version", name=op.f("uq_information_sheet_version")),
        sa.UniqueConstraint("digest", name=op.f("uq_information_sheet_digest")),
        sa.UniqueConstraint(
            "language", "valid_from", name=op.f("uq_information_sheet_language_valid_from")
        ),
        sa.CheckConstraint(
            "language ~ '^[a-z]{2,3}$'", name=op.f("ck_information_sheet_language_form")
        ),
        sa.CheckConstraint(
            "valid_until > valid_from", name=op.f("ck_information_sheet_days_in_order")
        ),
    )
    op.execute("""
        CREATE TRIGGER information_sheet_append_only BEFORE UPDATE OR DELETE ON information_sheet
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER information_sheet_not_truncated BEFORE TRUNCATE ON information_sheet
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT ON information_sheet TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("information_sheet")
