"""Keys of extracts, and how extracts end.

Revision ID: 0120
Revises: 0119
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0119"
TABLES = ("extract_key", "extract_ending")
APPENDED = ("extract_ending",)


def upgrade() -> None:
    _create_extract_key()
    _create_extract_ending()
    for table in APPENDED:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE
            ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE
            ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")
    _guard()


def _create_extract_key() -> None:
    op.create_table(
        "extract_key",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("request_id", sa.Uuid(), nullable=False, comment="The extract."),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="The key, sealed with the service's own; null: destroyed.",
        ),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), nullable=False, comment="When made, in UTC."
        ),
        sa.Column(
            "destroyed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When destroyed, in UTC.",
        ),
        sa.Column("destroyed_by", sa.Uuid(), nullable=True, comment="Who destroyed it."),
        sa.CheckConstraint(
            "(destroyed_at IS NULL) = (destroyed_by IS NULL)",
            name=op.f("ck_extract_key_destroyed_pair"),
        ),
        sa.CheckConstraint(
            "(sealed IS NULL) = (destroyed_at IS NOT NULL)",
            name=op.f("ck_extract_key_kept_or_gone"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["extract_request.id"], name=op.f("fk_extract_key_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract_key")),
        sa.UniqueConstraint("request_id", name=op.f("uq_extract_key_request_id")),
    )


def _create_extract_ending() -> None:
    op.create_table(
        "extract_ending",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("request_id", sa.Uuid(), nullable=False, comment="The extract."),
        sa.Column(
            "kind",
            sa.Enum(
                "withdrawn",
                "recalled",
                "expired",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Why, as a code.",
        ),
        sa.Column("words", sa.String(), nullable=True, comment="Why, in words."),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column("ended_by", sa.Uuid(), nullable=False, comment="Who ended it."),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_extract_ending_words_length")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["extract_request.id"], name=op.f("fk_extract_ending_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract_ending")),
        sa.UniqueConstraint("request_id", name=op.f("uq_extract_ending_request_id")),
    )


def _guard() -> None:
    # A key changes once: what was sealed goes. No other ever takes its place.
    op.execute("""
        CREATE FUNCTION refuse_other_key() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'UPDATE' OR OLD.sealed IS NULL OR NEW.sealed IS NOT NULL
               OR (NEW.id, NEW.request_id, NEW.made_at) <> (OLD.id, OLD.request_id, OLD.made_at)
            THEN
                RAISE EXCEPTION 'a key is destroyed, or stays as it is'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER extract_key_changes_once BEFORE UPDATE OR DELETE ON extract_key
        FOR EACH ROW EXECUTE FUNCTION refuse_other_key()
    """)
    op.execute("""
        CREATE TRIGGER extract_key_not_truncated BEFORE TRUNCATE ON extract_key
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT, UPDATE ON extract_key TO checkpoint_api")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_other_key()")
