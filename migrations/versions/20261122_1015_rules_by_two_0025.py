"""Rule sets are proposed by one person and approved by another.

Revision ID: 0025
Revises: 0024
Phase: expand (what is published already came with the package)
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "rule_set_proposal",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("version", sa.String(40), nullable=False, comment="Its name."),
        sa.Column("in_force_from", sa.Date(), nullable=False, comment="First day in force."),
        sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256 of the content."),
        sa.Column("content", sa.String(), nullable=False, comment="The file, word for word."),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When proposed, in UTC.",
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False, comment="Who proposed it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set_proposal")),
        sa.UniqueConstraint("digest", name=op.f("uq_rule_set_proposal_digest")),
        sa.UniqueConstraint(
            "digest", "proposed_by", name=op.f("uq_rule_set_proposal_digest_proposed_by")
        ),
    )
    op.execute("""
        CREATE TRIGGER rule_set_proposal_append_only BEFORE UPDATE OR DELETE ON rule_set_proposal
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER rule_set_proposal_not_truncated BEFORE TRUNCATE ON rule_set_proposal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.add_column(
        "rule_set_version",
        sa.Column(
            "origin",
            sa.String(40),
            nullable=False,
            server_default="package",
            comment="Came with the package, or by two people.",
        ),
    )
    op.alter_column("rule_set_version", "origin", server_default=None)
    op.add_column(
        "rule_set_version",
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When proposed, in UTC; null for the package's.",
        ),
    )
    op.add_column(
        "rule_set_version",
        sa.Column(
            "proposed_by",
            sa.Uuid(),
            nullable=True,
            comment="Who proposed it; null for the package's.",
        ),
    )
    op.alter_column(
        "rule_set_version",
        "published_by",
        existing_type=sa.Uuid(),
        existing_nullable=False,
        comment="Who approved and so published it; for the package's own, who started the service.",
        existing_comment="Who published it.",
    )
    op.create_check_constraint(
        op.f("ck_rule_set_version_origin"),
        "rule_set_version",
        "origin IN ('package', 'two_people')",
    )
    op.create_check_constraint(
        op.f("ck_rule_set_version_two_people"), "rule_set_version", "published_by <> proposed_by"
    )
    op.create_check_constraint(
        op.f("ck_rule_set_version_proposed_or_package"),
        "rule_set_version",
        "(origin = 'package') = (proposed_by IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_rule_set_version_proposed_pair"),
        "rule_set_version",
        "(proposed_at IS NULL) = (proposed_by IS NULL)",
    )
    op.create_foreign_key(
        op.f("fk_rule_set_version_digest_proposed_by"),
        "rule_set_version",
        "rule_set_proposal",
        ["digest", "proposed_by"],
        ["digest", "proposed_by"],
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("fk_rule_set_version_digest_proposed_by"), "rule_set_version", type_="foreignkey"
    )
    for name in ("proposed_pair", "proposed_or_package", "two_people", "origin"):
        op.drop_constraint(op.f(f"ck_rule_set_version_{name}"), "rule_set_version", type_="check")
    op.alter_column(
        "rule_set_version",
        "published_by",
        existing_type=sa.Uuid(),
        existing_nullable=False,
        comment="Who published it.",
        existing_comment="Who approved and so published it; for the package's own, who started the service.",
    )
    for name in ("proposed_by", "proposed_at", "origin"):
        op.drop_column("rule_set_version", name)
    op.drop_table("rule_set_proposal")
