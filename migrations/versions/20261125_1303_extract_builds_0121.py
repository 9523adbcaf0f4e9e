"""Builds of extracts, and the register of releases.

Revision ID: 0121
Revises: 0120
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0121"
down_revision = "0120"
TABLES = ("extract_build", "extract_release")
APPENDED = ("extract_release",)


def upgrade() -> None:
    _create_extract_build()
    _create_extract_release()
    op.execute("GRANT SELECT, INSERT, UPDATE ON extract_build TO checkpoint_api")
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


def _create_extract_build() -> None:
    op.create_table(
        "extract_build",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("request_id", sa.Uuid(), nullable=False, comment="The extract."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the extract's builds."),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "released",
                "failed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="How it goes.",
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "waiting",
                "measuring",
                "people",
                "events",
                "packing",
                "done",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What it is at.",
        ),
        sa.Column(
            "fault",
            sa.Enum(
                "too_close_to_an_earlier_release",
                "too_few_people",
                "key_destroyed",
                "fields_withheld",
                "not_public",
                "broken",
                name="fault",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="Why it gave nothing.",
        ),
        sa.Column("done", sa.BigInteger(), nullable=False, comment="Rows written."),
        sa.Column("total", sa.BigInteger(), nullable=False, comment="Rows in all."),
        sa.Column(
            "attempts",
            sa.Integer(),
            nullable=False,
            comment="How often a worker took it up, after a crash too.",
        ),
        sa.Column(
            "assessment",
            sa.Integer(),
            nullable=True,
            comment="The number of the assessment that counted then, if any.",
        ),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When asked for, in UTC.",
        ),
        sa.Column("asked_by", sa.Uuid(), nullable=False, comment="Who asked for it."),
        sa.Column(
            "begun_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When first taken up, in UTC.",
        ),
        sa.Column(
            "ended_at", sa.DateTime(timezone=True), nullable=True, comment="When it ended, in UTC."
        ),
        sa.Column(
            "cancelled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When somebody cancelled it, in UTC.",
        ),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True, comment="Who cancelled it."),
        sa.CheckConstraint(
            "(state = 'failed') = (fault IS NOT NULL)",
            name=op.f("ck_extract_build_failed_says_why"),
        ),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (ended_at IS NULL)",
            name=op.f("ck_extract_build_over_has_its_end"),
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by IS NULL)",
            name=op.f("ck_extract_build_cancelled_pair"),
        ),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_extract_build_progress")),
        sa.CheckConstraint("number >= 1 AND attempts >= 0", name=op.f("ck_extract_build_counts")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["extract_request.id"], name=op.f("fk_extract_build_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract_build")),
        sa.UniqueConstraint("id", "request_id", name=op.f("uq_extract_build_id_request_id")),
        sa.UniqueConstraint(
            "request_id", "number", name=op.f("uq_extract_build_request_id_number")
        ),
    )
    op.create_index(
        "ix_extract_build_one_at_a_time",
        "extract_build",
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )


def _create_extract_release() -> None:
    op.create_table(
        "extract_release",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("request_id", sa.Uuid(), nullable=False, comment="The extract."),
        sa.Column("build_id", sa.Uuid(), nullable=False, comment="The build that gave it."),
        sa.Column("cut_id", sa.Uuid(), nullable=False, comment="The data cut."),
        sa.Column(
            "label",
            sa.Enum(
                "anonymous",
                "pseudonymised",
                "aggregates",
                name="label",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What the package calls itself.",
        ),
        sa.Column("digest", sa.CHAR(length=64), nullable=False, comment="SHA-256 of the package."),
        sa.Column("bytes", sa.BigInteger(), nullable=False, comment="How large it is."),
        sa.Column(
            "files",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Of each file its SHA-256, by name.",
        ),
        sa.Column("people", sa.Integer(), nullable=False, comment="How many people it is about."),
        sa.Column(
            "kept", sa.Integer(), nullable=False, comment="How many of them have a row in it."
        ),
        sa.Column(
            "report",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="The disclosure report, as it stands in the package.",
        ),
        sa.Column(
            "counts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="The tables of aggregates, as they stand in the package.",
        ),
        sa.Column(
            "levels",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="How coarse each field is, by name; 0 is finest.",
        ),
        sa.Column(
            "unblinded", sa.Boolean(), nullable=False, comment="Whether its arms have their names."
        ),
        sa.Column("policy", sa.String(length=40), nullable=False, comment="The policy's version."),
        sa.Column(
            "software", sa.String(length=60), nullable=False, comment="The version that built it."
        ),
        sa.Column(
            "snapshot_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the database was read, in UTC.",
        ),
        sa.Column(
            "released_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it entered the register, in UTC.",
        ),
        sa.CheckConstraint(
            "digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_extract_release_digest_form")
        ),
        sa.CheckConstraint(
            "bytes > 0 AND people >= 0 AND kept >= 0", name=op.f("ck_extract_release_counts")
        ),
        sa.ForeignKeyConstraint(
            ["build_id", "request_id"],
            ["extract_build.id", "extract_build.request_id"],
            name=op.f("fk_extract_release_build_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "cut_id"],
            ["extract_request.id", "extract_request.cut_id"],
            name=op.f("fk_extract_release_request_id_cut_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract_release")),
        sa.UniqueConstraint("build_id", name=op.f("uq_extract_release_build_id")),
        sa.UniqueConstraint("id", "request_id", name=op.f("uq_extract_release_id_request_id")),
    )
    op.create_index(
        "ix_extract_release_released_at_id", "extract_release", ["released_at", "id"], unique=False
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
