"""Published rule sets and eligibility decisions.

Revision ID: 0009
Revises: 0008
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "rule_set_version",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("version", sa.String(40), nullable=False, comment="Its name."),
        sa.Column("in_force_from", sa.Date(), nullable=False, comment="First day in force."),
        sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256 of the content."),
        sa.Column("content", sa.String(), nullable=False, comment="The file, word for word."),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When published, in UTC.",
        ),
        sa.Column("published_by", sa.Uuid(), nullable=False, comment="Who published it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set_version")),
        sa.UniqueConstraint("digest", name=op.f("uq_rule_set_version_digest")),
        sa.UniqueConstraint("in_force_from", name=op.f("uq_rule_set_version_in_force_from")),
        sa.UniqueConstraint("version", name=op.f("uq_rule_set_version_version")),
    )
    op.create_table(
        "eligibility_decision",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case it decides."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the decisions."),
        sa.Column(
            "record_version",
            sa.Integer(),
            nullable=False,
            comment="The record's version that was decided on.",
        ),
        sa.Column(
            "rule_set_version_id",
            sa.Uuid(),
            nullable=False,
            comment="The rules it was taken under.",
        ),
        sa.Column("verdict", sa.String(40), nullable=False, comment="What it came to."),
        sa.Column("facts", postgresql.JSONB(), nullable=False, comment="The facts as they stood."),
        sa.Column(
            "findings", postgresql.JSONB(), nullable=False, comment="Each criterion's answer."
        ),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True, comment="The decision before it."),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When decided, in UTC.",
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=False, comment="Who decided."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_decision")),
        sa.CheckConstraint(r"number >= 1", name=op.f("ck_eligibility_decision_number_counts")),
        sa.CheckConstraint(
            r"(number = 1) = (supersedes_id IS NULL)",
            name=op.f("ck_eligibility_decision_supersedes_the_last"),
        ),
        sa.CheckConstraint(
            r"verdict IN ('eligible', 'ineligible', 'pending', 'refer')",
            name=op.f("ck_eligibility_decision_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_eligibility_decision_custody_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["rule_set_version_id"],
            ["rule_set_version.id"],
            name=op.f("fk_eligibility_decision_rule_set_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["eligibility_decision.id"],
            name=op.f("fk_eligibility_decision_supersedes_id"),
        ),
        sa.UniqueConstraint(
            "custody_record_id",
            "number",
            name=op.f("uq_eligibility_decision_custody_record_id_number"),
        ),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_eligibility_decision_supersedes_id")),
    )
    op.execute("""
        CREATE TRIGGER rule_set_version_append_only BEFORE UPDATE OR DELETE ON rule_set_version
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER rule_set_version_not_truncated BEFORE TRUNCATE ON rule_set_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER eligibility_decision_never_edited BEFORE UPDATE ON eligibility_decision
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT ON rule_set_version TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON eligibility_decision TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("eligibility_decision")
    op.drop_table("rule_set_version")
