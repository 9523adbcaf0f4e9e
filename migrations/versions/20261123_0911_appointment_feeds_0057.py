"""Secret addresses of navigators' calendars.

Revision ID: 0057
Revises: 0056
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
TABLES = ("appointment_feed",)


def upgrade() -> None:
    _create_appointment_feed()
    _guard()


def _create_appointment_feed() -> None:
    op.create_table(
        "appointment_feed",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("navigator_id", sa.Uuid(), nullable=False, comment="Whose calendar."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the navigator's."),
        sa.Column(
            "digest",
            sa.LargeBinary(),
            nullable=True,
            comment="SHA-256 of the address's secret; null: there is no address.",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column("made_by", sa.Uuid(), nullable=False, comment="Who did it."),
        sa.CheckConstraint("number >= 1", name=op.f("ck_appointment_feed_number_counts")),
        sa.CheckConstraint(
            "octet_length(digest) = 32", name=op.f("ck_appointment_feed_digest_length")
        ),
        sa.ForeignKeyConstraint(
            ["navigator_id"], ["navigator.id"], name=op.f("fk_appointment_feed_navigator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_appointment_feed_digest")),
        sa.UniqueConstraint(
            "navigator_id", "number", name=op.f("uq_appointment_feed_navigator_id_number")
        ),
    )


def _guard() -> None:
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
