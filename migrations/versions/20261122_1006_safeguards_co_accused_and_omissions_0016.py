"""Safeguards, co-accused, and screenings that did not happen.

Revision ID: 0016
Revises: 0015
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "safeguard",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "custody_record_id", sa.Uuid(), nullable=False, comment="The detention it belongs to."
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the savings."),
        sa.Column(
            "appropriate_adult_needed",
            sa.Boolean(),
            nullable=True,
            comment="An appropriate adult is needed.",
        ),
        sa.Column(
            "appropriate_adult_reason", sa.String(40), nullable=True, comment="Why one is needed."
        ),
        sa.Column(
            "appropriate_adult_kind", sa.String(40), nullable=True, comment="Who it is, by kind."
        ),
        sa.Column(
            "appropriate_adult_came_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When they came, in UTC.",
        ),
        sa.Column(
            "appropriate_adult_left_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When they left, in UTC.",
        ),
        sa.Column(
            "interpreter_needed", sa.Boolean(), nullable=True, comment="An interpreter is needed."
        ),
        sa.Column(
            "interpreter_language",
            sa.String(3),
            nullable=True,
            comment="Which language, by ISO 639.",
        ),
        sa.Column(
            "interpreter_presence", sa.String(40), nullable=True, comment="How they are there."
        ),
        sa.Column(
            "interpreter_came_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When they began, in UTC.",
        ),
        sa.Column(
            "interpreter_left_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When they ended, in UTC.",
        ),
        sa.Column(
            "saved_at", sa.DateTime(timezone=True), nullable=False, comment="When saved, in UTC."
        ),
        sa.Column("saved_by", sa.Uuid(), nullable=False, comment="Who saved it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safeguard")),
        sa.CheckConstraint(
            "appropriate_adult_left_at >= appropriate_adult_came_at",
            name=op.f("ck_safeguard_adult_in_order"),
        ),
        sa.CheckConstraint(
            "appropriate_adult_kind IN ('parent_or_relative', 'carer_or_friend', 'social_worker', 'scheme_volunteer', 'other')",
            name=op.f("ck_safeguard_appropriate_adult_kind"),
        ),
        sa.CheckConstraint(
            "appropriate_adult_reason IN ('mental_health', 'learning_disability', 'understanding', 'under_18', 'other')",
            name=op.f("ck_safeguard_appropriate_adult_reason"),
        ),
        sa.CheckConstraint(
            "interpreter_left_at >= interpreter_came_at",
            name=op.f("ck_safeguard_interpreter_in_order"),
        ),
        sa.CheckConstraint(
            "interpreter_presence IN ('in_person', 'telephone', 'video')",
            name=op.f("ck_safeguard_interpreter_presence"),
        ),
        sa.CheckConstraint(
            "interpreter_language ~ '^[a-z]{2,3}$'", name=op.f("ck_safeguard_language_form")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_safeguard_number_counts")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_safeguard_custody_record_id"),
        ),
        sa.UniqueConstraint(
            "custody_record_id", "number", name=op.f("uq_safeguard_custody_record_id_number")
        ),
    )
    op.create_table(
        "co_accused",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "custody_record_id",
            sa.Uuid(),
            nullable=False,
            comment="The detention it was entered at.",
        ),
        sa.Column(
            "other_record_id",
            sa.Uuid(),
            nullable=True,
            comment="The other's detention; null: none yet.",
        ),
        sa.Column(
            "withdraws_id", sa.Uuid(), nullable=True, comment="The link that no longer stands."
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_accused")),
        sa.CheckConstraint(
            "other_record_id IS NULL OR withdraws_id IS NULL",
            name=op.f("ck_co_accused_link_or_not"),
        ),
        sa.CheckConstraint(
            "other_record_id <> custody_record_id", name=op.f("ck_co_accused_somebody_else")
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_co_accused_custody_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["other_record_id"], ["custody_record.id"], name=op.f("fk_co_accused_other_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdraws_id"], ["co_accused.id"], name=op.f("fk_co_accused_withdraws_id")
        ),
        sa.UniqueConstraint("withdraws_id", name=op.f("uq_co_accused_withdraws_id")),
    )
    op.create_index(op.f("ix_co_accused_custody_record_id"), "co_accused", ["custody_record_id"])
    op.create_index(op.f("ix_co_accused_other_record_id"), "co_accused", ["other_record_id"])
    op.create_table(
        "screening_omission",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "custody_record_id", sa.Uuid(), nullable=False, comment="The detention it belongs to."
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the savings."),
        sa.Column("reason", sa.String(40), nullable=False, comment="Why nobody screened."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_omission")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_screening_omission_number_counts")),
        sa.CheckConstraint(
            "reason IN ('under_18', 'taken_to_hospital', 'released_before', 'refused_to_engage', 'system_down', 'overlooked', 'other')",
            name=op.f("ck_screening_omission_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_screening_omission_custody_record_id"),
        ),
        sa.UniqueConstraint(
            "custody_record_id",
            "number",
            name=op.f("uq_screening_omission_custody_record_id_number"),
        ),
    )
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER safeguard_never_edited BEFORE UPDATE ON safeguard
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER co_accused_never_edited BEFORE UPDATE ON co_accused
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER screening_omission_never_edited BEFORE UPDATE ON screening_omission
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT ON safeguard TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON co_accused TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON screening_omission TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("screening_omission")
    op.drop_table("co_accused")
    op.drop_table("safeguard")
