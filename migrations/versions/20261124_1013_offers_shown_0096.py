"""Which offers were shown for a case, and where there was no provider.

Revision ID: 0096
Revises: 0095
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
TABLES = ("offer_shown", "no_provider", "no_provider_withdrawal")


def upgrade() -> None:
    _create_offer_shown()
    _create_no_provider()
    _create_no_provider_withdrawal()
    _guard()


def _create_offer_shown() -> None:
    op.create_table(
        "offer_shown",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case."),
        sa.Column("pathway", sa.String(40), nullable=False, comment="For which pathway."),
        sa.Column("service_id", sa.Uuid(), nullable=False, comment="The service."),
        sa.Column("position", sa.Integer(), nullable=False, comment="Its place in the list."),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column("shown_by", sa.Uuid(), nullable=False, comment="To whom."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_shown")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_offer_shown_position_counts")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_offer_shown_custody_record_id"),
        ),
        sa.CheckConstraint(
            "pathway IN ('accommodation', 'drugs_and_alcohol', 'finance', 'education_and_employment', 'children_and_families', 'health', 'attitudes')",
            name=op.f("ck_offer_shown_pathway"),
        ),
        sa.UniqueConstraint(
            "custody_record_id",
            "pathway",
            "service_id",
            name=op.f("uq_offer_shown_custody_record_id_pathway_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["directory_listing.id"], name=op.f("fk_offer_shown_service_id")
        ),
    )
    op.create_index(op.f("ix_offer_shown_shown_at"), "offer_shown", ["shown_at"])


def _create_no_provider() -> None:
    op.create_table(
        "no_provider",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case."),
        sa.Column("pathway", sa.String(40), nullable=False, comment="For which pathway."),
        sa.Column(
            "need_level",
            sa.String(40),
            nullable=True,
            comment="How great the need was, if assessed.",
        ),
        sa.Column(
            "district",
            sa.String(4),
            nullable=True,
            comment="Postcode district where one is missing.",
        ),
        sa.Column("reason_code", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.Column("words", sa.String(), nullable=True, comment="Why, in words."),
        sa.Column("happened_on", sa.Date(), nullable=False, comment="On which day, in England."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint(
            "need_level IN ('none_seen', 'low', 'medium', 'high')",
            name=op.f("ck_no_provider_need_level"),
        ),
        sa.CheckConstraint(
            "district ~ '^[A-Z]{1,2}[0-9][A-Z0-9]?$'", name=op.f("ck_no_provider_district_form")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_provider")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_no_provider_custody_record_id"),
        ),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_no_provider_words_length")),
        sa.CheckConstraint(
            "reason_code <> 'other' OR words IS NOT NULL", name=op.f("ck_no_provider_other_worded")
        ),
        sa.CheckConstraint(
            "pathway IN ('accommodation', 'drugs_and_alcohol', 'finance', 'education_and_employment', 'children_and_families', 'health', 'attitudes')",
            name=op.f("ck_no_provider_pathway"),
        ),
        sa.CheckConstraint(
            "reason_code IN ('none_exists', 'too_far', 'no_place', 'wait_too_long', 'not_eligible', 'times_do_not_suit', 'language', 'not_accessible', 'too_dear', 'other')",
            name=op.f("ck_no_provider_reason_code"),
        ),
    )
    op.create_index(
        op.f("ix_no_provider_custody_record_id"), "no_provider", ["custody_record_id", "id"]
    )
    op.create_index(op.f("ix_no_provider_happened_on"), "no_provider", ["happened_on"])


def _create_no_provider_withdrawal() -> None:
    op.create_table(
        "no_provider_withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "no_provider_id", sa.Uuid(), nullable=False, comment="The entry that is withdrawn."
        ),
        sa.Column("reason_code", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.Column(
            "withdrawn_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False, comment="Who withdrew it."),
        sa.CheckConstraint(
            "reason_code IN ('entered_twice', 'entered_wrongly', 'found_since')",
            name=op.f("ck_no_provider_withdrawal_reason_code"),
        ),
        sa.ForeignKeyConstraint(
            ["no_provider_id"],
            ["no_provider.id"],
            name=op.f("fk_no_provider_withdrawal_no_provider_id"),
        ),
        sa.UniqueConstraint(
            "no_provider_id", name=op.f("uq_no_provider_withdrawal_no_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_provider_withdrawal")),
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
