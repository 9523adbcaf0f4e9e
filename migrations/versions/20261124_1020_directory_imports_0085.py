"""What was imported into the directory, and what became of each row.

Revision ID: 0085
Revises: 0096
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0096"
TABLES = ("directory_import_run", "directory_import_row")
KINDS = "'organization', 'service', 'location', 'taxonomy', 'taxonomy_term'"


def upgrade() -> None:
    _create_directory_import_run()
    _create_directory_import_row()
    # Imports are the shell's, whose role owns the tables: the API is granted nothing.
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)


def _create_directory_import_run() -> None:
    op.create_table(
        "directory_import_run",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("source", sa.String(40), nullable=False, comment="Whose it was."),
        sa.Column(
            "origin",
            sa.String(2000),
            nullable=False,
            comment="The address without its query, or the file's name.",
        ),
        sa.Column("dialect", sa.String(40), nullable=False, comment="How it was written."),
        sa.Column("state", sa.String(40), nullable=False, comment="How it ended."),
        sa.Column(
            "complete",
            sa.Boolean(),
            nullable=False,
            comment="Whether it was surely all; only then what is not in it vanishes.",
        ),
        sa.Column(
            "why",
            sa.String(),
            nullable=True,
            comment="Why it was broken off, or was not surely all.",
        ),
        *(
            sa.Column(name, sa.Integer(), nullable=False, comment=comment)
            for name, comment in (
                ("pages", "Pages that were read."),
                ("accepted", "Rows taken as they came."),
                ("repaired", "Rows taken with something mended."),
                ("rejected", "Rows not taken."),
                ("added", "Listings that are new."),
                ("changed", "Listings that say something else."),
                ("back", "Listings that had vanished and are there again."),
                ("unchanged", "Listings left as they stood."),
                ("vanished", "Listings that are there no longer."),
            )
        ),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was begun, in UTC.",
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it ended, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who imported it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_import_run")),
        sa.ForeignKeyConstraint(
            ["source"], ["directory_source.code"], name=op.f("fk_directory_import_run_source")
        ),
        sa.CheckConstraint(
            "dialect IN ('hsds_3', 'oruk_1', 'ndjson', 'tabular')",
            name=op.f("ck_directory_import_run_dialect"),
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'broken_off')", name=op.f("ck_directory_import_run_state")
        ),
        sa.CheckConstraint(
            "ended_at >= started_at", name=op.f("ck_directory_import_run_ended_after")
        ),
        sa.CheckConstraint(
            "state = 'applied' OR (NOT complete AND why IS NOT NULL)",
            name=op.f("ck_directory_import_run_broken_off_says_why"),
        ),
        sa.CheckConstraint(
            "pages >= 0 AND accepted >= 0 AND repaired >= 0 AND rejected >= 0 AND added >= 0 "
            "AND changed >= 0 AND back >= 0 AND unchanged >= 0 AND vanished >= 0",
            name=op.f("ck_directory_import_run_counts_from_nothing"),
        ),
    )
    op.create_index(
        op.f("ix_directory_import_run_source_ended_at"),
        "directory_import_run",
        ["source", "ended_at"],
    )


def _create_directory_import_row() -> None:
    op.create_table(
        "directory_import_row",
        sa.Column("run_id", sa.Uuid(), nullable=False, comment="The import."),
        sa.Column("position", sa.Integer(), nullable=False, comment="Counts its rows, from 1."),
        sa.Column("place", sa.String(200), nullable=False, comment="Where in the feed it stood."),
        sa.Column("kind", sa.String(40), nullable=False, comment="What it tells of."),
        sa.Column("external_id", sa.String(255), nullable=False, comment="What the feed calls it."),
        sa.Column("outcome", sa.String(40), nullable=False, comment="What became of it."),
        sa.Column(
            "change", sa.String(40), nullable=True, comment="What it changed; null if rejected."
        ),
        sa.Column(
            "notes",
            sa.ARRAY(sa.String()),
            nullable=False,
            comment="What was mended, or why it was rejected; nothing it said.",
        ),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_directory_import_row")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["directory_import_run.id"], name=op.f("fk_directory_import_row_run_id")
        ),
        sa.CheckConstraint("position >= 1", name=op.f("ck_directory_import_row_position_counts")),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_directory_import_row_kind")),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'repaired', 'rejected')",
            name=op.f("ck_directory_import_row_outcome"),
        ),
        sa.CheckConstraint(
            "change IN ('new', 'changed', 'back', 'unchanged', 'vanished')",
            name=op.f("ck_directory_import_row_change"),
        ),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
