"""Bail that was extended or varied after the release; what was granted first stays on record.

Revision ID: 0028
Revises: 0027
Phase: expand (nothing reads or writes the new table yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "bail_variation",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "movement_id", sa.Uuid(), nullable=False, comment="The release that granted the bail."
        ),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="Counts the variations of that bail."
        ),
        sa.Column(
            "return_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When bail is to be answered since, in UTC.",
        ),
        sa.Column(
            "suite", sa.String(40), nullable=False, comment="Where bail is to be answered since."
        ),
        sa.Column(
            "conditional",
            sa.Boolean(),
            nullable=False,
            comment="Whether the bail has conditions since.",
        ),
        sa.Column(
            "authorised_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was authorised, in UTC.",
        ),
        sa.Column(
            "authority", sa.String(40), nullable=False, comment="Who authorised it, by rank."
        ),
        sa.Column("reason", sa.String(40), nullable=False, comment="Why, by code."),
        sa.Column("words", sa.String(500), nullable=True, comment="Why, in words."),
        sa.Column(
            "late_reason",
            sa.String(40),
            nullable=True,
            comment="Why it was entered late, if it was.",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bail_variation")),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["movement.id"], name=op.f("fk_bail_variation_movement_id")
        ),
        sa.ForeignKeyConstraint(["suite"], ["suite.code"], name=op.f("fk_bail_variation_suite")),
        sa.UniqueConstraint(
            "movement_id", "number", name=op.f("uq_bail_variation_movement_id_number")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_bail_variation_number_counts")),
        sa.CheckConstraint("return_at > authorised_at", name=op.f("ck_bail_variation_ends_later")),
        sa.CheckConstraint(
            "reason <> 'other' OR words IS NOT NULL", name=op.f("ck_bail_variation_other_in_words")
        ),
        sa.CheckConstraint(
            "authority IN ('custody_officer', 'inspector', 'superintendent', 'magistrates_court')",
            name=op.f("ck_bail_variation_authority"),
        ),
        sa.CheckConstraint(
            "reason IN ('investigation_goes_on', 'ready_sooner', 'asked_by_person',"
            " 'conditions_changed', 'entered_wrongly', 'other')",
            name=op.f("ck_bail_variation_reason"),
        ),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_bail_variation_late_reason"),
        ),
    )
    op.execute("""
        CREATE TRIGGER bail_variation_never_edited BEFORE UPDATE ON bail_variation
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT ON bail_variation TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("bail_variation")
