"""Harm indexes, loaded by the shell.

Revision ID: 0113
Revises: 0112
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0113"
down_revision = "0112"
TABLES = ("harm_index", "harm_weight")


def upgrade() -> None:
    _create_harm_index()
    _create_harm_weight()
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


def _create_harm_index() -> None:
    op.create_table(
        "harm_index",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("version", sa.String(length=40), nullable=False, comment="Its name."),
        sa.Column(
            "source", sa.String(length=400), nullable=False, comment="Whose it is, in words."
        ),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of the file."),
        sa.Column("weights", sa.Integer(), nullable=False, comment="How many offences."),
        sa.Column(
            "loaded_at", sa.DateTime(timezone=True), nullable=False, comment="When loaded, in UTC."
        ),
        sa.Column("loaded_by", sa.Uuid(), nullable=False, comment="Who loaded it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harm_index")),
        sa.UniqueConstraint("digest", name=op.f("uq_harm_index_digest")),
        sa.UniqueConstraint("version", name=op.f("uq_harm_index_version")),
    )


def _create_harm_weight() -> None:
    op.create_table(
        "harm_weight",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("harm_index_id", sa.Uuid(), nullable=False, comment="The index."),
        sa.Column(
            "offence_code",
            sa.String(length=20),
            nullable=False,
            comment="The offence, or its class.",
        ),
        sa.Column("days", sa.Float(), nullable=False, comment="Days of sentence."),
        sa.CheckConstraint("days >= 0", name=op.f("ck_harm_weight_days_range")),
        sa.ForeignKeyConstraint(
            ["harm_index_id"], ["harm_index.id"], name=op.f("fk_harm_weight_harm_index_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harm_weight")),
        sa.UniqueConstraint(
            "harm_index_id", "offence_code", name=op.f("uq_harm_weight_harm_index_id_offence_code")
        ),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
