"""Suites and offences, as dated reference data.

Revision ID: 0007
Revises: 0006
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "suite",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("code", sa.String(40), nullable=False, comment="Suite code."),
        sa.Column("name", sa.String(100), nullable=False, comment="Its name."),
        sa.Column(
            "available_from", sa.Date(), nullable=True, comment="First day; null is not known."
        ),
        sa.Column(
            "available_until", sa.Date(), nullable=True, comment="First day closed; null is open."
        ),
        sa.Column("source", sa.String(), nullable=False, comment="Where this is known from."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suite")),
        sa.CheckConstraint(
            r"available_until > available_from", name=op.f("ck_suite_dates_in_order")
        ),
        sa.UniqueConstraint("code", name=op.f("uq_suite_code")),
    )
    op.create_table(
        "offence_list",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("name", sa.String(), nullable=False, comment="What the list is."),
        sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256 of the file."),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column("loaded_by", sa.Uuid(), nullable=False, comment="Who loaded it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offence_list")),
        sa.UniqueConstraint("digest", name=op.f("uq_offence_list_digest")),
    )
    op.create_table(
        "offence",
        sa.Column(
            "id",
            sa.Uuid(),
            nullable=False,
            server_default=sa.text("gen_random_uuid()"),
            comment="Opaque identifier.",
        ),
        sa.Column("offence_list_id", sa.Uuid(), nullable=False, comment="The list it stands in."),
        sa.Column("code", sa.String(8), nullable=False, comment="CJS code."),
        sa.Column("title", sa.String(400), nullable=False, comment="What the offence is."),
        sa.Column(
            "mode_of_trial", sa.String(40), nullable=False, comment="Which court may try it."
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offence")),
        sa.CheckConstraint(
            r"code ~ '^[A-Z]{2}(\d{2}|ML)\d{3}[A-Z]?$'", name=op.f("ck_offence_code_form")
        ),
        sa.CheckConstraint(
            r"mode_of_trial IN ('summary_only', 'either_way', 'indictable_only')",
            name=op.f("ck_offence_mode_of_trial"),
        ),
        sa.ForeignKeyConstraint(
            ["offence_list_id"], ["offence_list.id"], name=op.f("fk_offence_offence_list_id")
        ),
        sa.UniqueConstraint(
            "code", "offence_list_id", name=op.f("uq_offence_code_offence_list_id")
        ),
    )
    op.create_table(
        "offence_classification",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("code", sa.String(8), nullable=False, comment="CJS code."),
        sa.Column("offence_class", sa.String(40), nullable=False, comment="The programme's class."),
        sa.Column("source", sa.String(), nullable=False, comment="Act and section."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offence_classification")),
        sa.CheckConstraint(
            r"offence_class IN ('theft', 'burglary_residential', 'burglary_commercial', 'criminal_damage', 'drug_possession', 'drug_supply', 'fraud', 'public_order', 'child_neglect', 'common_assault', 'actual_bodily_harm', 'assault_emergency_worker', 'weapon_possession', 'harassment', 'malicious_communications', 'cyber', 'driving', 'robbery', 'sexual', 'serious_violence', 'homicide', 'arson', 'breach_of_order', 'other')",
            name=op.f("ck_offence_classification_offence_class"),
        ),
        sa.UniqueConstraint("code", name=op.f("uq_offence_classification_code")),
    )
    op.execute("""
        CREATE TRIGGER offence_list_append_only BEFORE UPDATE OR DELETE ON offence_list
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER offence_list_not_truncated BEFORE TRUNCATE ON offence_list
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER offence_append_only BEFORE UPDATE OR DELETE ON offence
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER offence_not_truncated BEFORE TRUNCATE ON offence
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER offence_classification_append_only BEFORE UPDATE OR DELETE ON offence_classification
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER offence_classification_not_truncated BEFORE TRUNCATE ON offence_classification
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT ON suite TO checkpoint_api")
    op.execute("GRANT SELECT ON offence_list TO checkpoint_api")
    op.execute("GRANT SELECT ON offence TO checkpoint_api")
    op.execute("GRANT SELECT ON offence_classification TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("offence_classification")
    op.drop_table("offence")
    op.drop_table("offence_list")
    op.drop_table("suite")
