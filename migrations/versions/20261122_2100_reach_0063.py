"""Restricted cases, who is named for them, and broken glass.

Revision ID: 0063
Revises: 0069
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0069"
TABLES = ("case_restriction", "case_restriction_name", "broken_glass", "broken_glass_review")
ENDED = ("case_restriction", "case_restriction_name")
INSTANT = sa.DateTime(timezone=True)
STANDS = sa.text("ended_at IS NULL")


def _column(name: str, kind: object, comment: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, kind, nullable=nullable, comment=comment)


def _id() -> sa.Column:
    return _column("id", sa.Uuid(), "Opaque identifier, a UUIDv7.")


def upgrade() -> None:
    _create_case_restriction()
    _create_case_restriction_name()
    _create_broken_glass()
    _create_broken_glass_review()
    _guard()


def _create_case_restriction() -> None:
    op.create_table(
        "case_restriction",
        _id(),
        _column("custody_record_id", sa.Uuid(), "The case."),
        _column("number", sa.Integer(), "Counts the case's."),
        _column("reason_code", sa.String(40), "Why, as a code."),
        sa.CheckConstraint(
            "reason_code IN ('staff', 'known_person', 'other')",
            name=op.f("ck_case_restriction_reason_code"),
        ),
        _column("words", sa.String(), "Why, in words."),
        _column("restricted_at", INSTANT, "From when on, in UTC."),
        _column("restricted_by", sa.Uuid(), "Who did it."),
        _column("ended_at", INSTANT, "When lifted, in UTC.", nullable=True),
        _column("ended_by", sa.Uuid(), "Who lifted it.", nullable=True),
        _column("end_reason", sa.String(), "Why it was lifted, in words.", nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_case_restriction_number_counts")),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_case_restriction_words_length")),
        sa.CheckConstraint(
            "length(end_reason) <= 1000", name=op.f("ck_case_restriction_end_reason_length")
        ),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, ended_by, end_reason) IN (0, 3)",
            name=op.f("ck_case_restriction_ended_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_case_restriction_custody_record_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_restriction")),
        sa.UniqueConstraint(
            "custody_record_id", "number", name=op.f("uq_case_restriction_custody_record_id_number")
        ),
    )
    op.create_index(
        op.f("uq_case_restriction_standing"),
        "case_restriction",
        ["custody_record_id"],
        unique=True,
        postgresql_where=STANDS,
    )


def _create_case_restriction_name() -> None:
    op.create_table(
        "case_restriction_name",
        _id(),
        _column("case_restriction_id", sa.Uuid(), "The restriction."),
        _column("actor_id", sa.Uuid(), "Who, as the identity provider has them."),
        _column("named_at", INSTANT, "From when on, in UTC."),
        _column("named_by", sa.Uuid(), "Who named them."),
        _column("ended_at", INSTANT, "Until when, in UTC.", nullable=True),
        _column("ended_by", sa.Uuid(), "Who removed them.", nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, ended_by) IN (0, 2)",
            name=op.f("ck_case_restriction_name_ended_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["case_restriction_id"],
            ["case_restriction.id"],
            name=op.f("fk_case_restriction_name_case_restriction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_restriction_name")),
    )
    op.create_index(
        op.f("uq_case_restriction_name_standing"),
        "case_restriction_name",
        ["case_restriction_id", "actor_id"],
        unique=True,
        postgresql_where=STANDS,
    )


def _create_broken_glass() -> None:
    op.create_table(
        "broken_glass",
        _id(),
        _column("custody_record_id", sa.Uuid(), "The case."),
        _column("reason_code", sa.String(40), "Why, as a code."),
        sa.CheckConstraint(
            "reason_code IN ('urgent_welfare', 'person_present', 'urgent_enquiry', 'other')",
            name=op.f("ck_broken_glass_reason_code"),
        ),
        _column("words", sa.String(), "Why, in words."),
        _column("broken_at", INSTANT, "When, in UTC."),
        _column("broken_by", sa.Uuid(), "Who."),
        _column("until", INSTANT, "From when on it stands no longer, in UTC."),
        sa.CheckConstraint(
            "length(words) BETWEEN 20 AND 1000", name=op.f("ck_broken_glass_words_length")
        ),
        sa.CheckConstraint("until > broken_at", name=op.f("ck_broken_glass_ends_by_itself")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_broken_glass_custody_record_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broken_glass")),
    )
    op.create_index(
        op.f("ix_broken_glass_custody_record_id_broken_by"),
        "broken_glass",
        ["custody_record_id", "broken_by"],
    )
    op.create_index(op.f("ix_broken_glass_broken_at_id"), "broken_glass", ["broken_at", "id"])


def _create_broken_glass_review() -> None:
    op.create_table(
        "broken_glass_review",
        _id(),
        _column("broken_glass_id", sa.Uuid(), "What was reviewed."),
        _column("outcome", sa.String(40), "What they found, as a code."),
        sa.CheckConstraint(
            "outcome IN ('justified', 'unjustified')", name=op.f("ck_broken_glass_review_outcome")
        ),
        _column("words", sa.String(), "The same in words."),
        _column("reviewed_at", INSTANT, "When, in UTC."),
        _column("reviewed_by", sa.Uuid(), "Who."),
        sa.CheckConstraint(
            "length(words) <= 1000", name=op.f("ck_broken_glass_review_words_length")
        ),
        sa.ForeignKeyConstraint(
            ["broken_glass_id"],
            ["broken_glass.id"],
            name=op.f("fk_broken_glass_review_broken_glass_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broken_glass_review")),
        sa.UniqueConstraint("broken_glass_id", name=op.f("uq_broken_glass_review_broken_glass_id")),
    )


def _guard() -> None:
    for table in TABLES:
        changes = "DELETE" if table in ENDED else "UPDATE OR DELETE"
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE {changes} ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")
    for table in ENDED:
        op.execute(f"""
            CREATE TRIGGER {table}_only_ends BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION only_ends()
        """)
        op.execute(f"GRANT UPDATE ON {table} TO checkpoint_api")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
