"""What came of trying to find people in a release.

Revision ID: 0122
Revises: 0121
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0122"
down_revision = "0121"
TABLES = ("intruder_assessment",)


def upgrade() -> None:
    _create_intruder_assessment()
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE
            ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE
            ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def _create_intruder_assessment() -> None:
    op.create_table(
        "intruder_assessment",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("request_id", sa.Uuid(), nullable=False, comment="The extract."),
        sa.Column(
            "requested_by", sa.Uuid(), nullable=False, comment="Who asked, as the request has it."
        ),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="Counts the extract's assessments."
        ),
        sa.Column(
            "release_id", sa.Uuid(), nullable=False, comment="The release that was assessed."
        ),
        sa.Column(
            "verdict",
            sa.Enum(
                "nobody_found",
                "not_sure",
                "somebody_found",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What came of it.",
        ),
        sa.Column("method", sa.String(), nullable=False, comment="How they tried, in words."),
        sa.Column("assessed_on", sa.Date(), nullable=False, comment="The day on which they ended."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When put on record, in UTC.",
        ),
        sa.Column(
            "assessed_by",
            sa.Uuid(),
            nullable=False,
            comment="Who assessed it and put it on record.",
        ),
        sa.CheckConstraint(
            "assessed_by <> requested_by", name=op.f("ck_intruder_assessment_two_people")
        ),
        sa.CheckConstraint(
            "length(method) <= 2000", name=op.f("ck_intruder_assessment_words_length")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_intruder_assessment_number_counts")),
        sa.ForeignKeyConstraint(
            ["release_id", "request_id"],
            ["extract_release.id", "extract_release.request_id"],
            name=op.f("fk_intruder_assessment_release_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "requested_by"],
            ["extract_request.id", "extract_request.requested_by"],
            name=op.f("fk_intruder_assessment_request_id_requested_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intruder_assessment")),
        sa.UniqueConstraint(
            "request_id", "number", name=op.f("uq_intruder_assessment_request_id_number")
        ),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
