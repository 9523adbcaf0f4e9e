"""Movements and detention entries.

Revision ID: 0014
Revises: 0013
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "movement",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "custody_record_id", sa.Uuid(), nullable=False, comment="The detention it belongs to."
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the movements."),
        sa.Column(
            "kind", sa.String(40), nullable=False, comment="Transferred, released or returned."
        ),
        sa.Column(
            "from_suite", sa.String(40), nullable=False, comment="The record's suite until then."
        ),
        sa.Column(
            "to_suite", sa.String(40), nullable=True, comment="The record's suite from then on."
        ),
        sa.Column(
            "left_at", sa.DateTime(timezone=True), nullable=True, comment="When they left, in UTC."
        ),
        sa.Column(
            "arrived_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When they arrived, in UTC.",
        ),
        sa.Column("release_kind", sa.String(40), nullable=True, comment="How they were released."),
        sa.Column(
            "bail_return_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When bail is to be answered, in UTC.",
        ),
        sa.Column(
            "bail_suite", sa.String(40), nullable=True, comment="Where bail is to be answered."
        ),
        sa.Column(
            "bail_conditional",
            sa.Boolean(),
            nullable=True,
            comment="Whether the bail has conditions.",
        ),
        sa.Column("return_reason", sa.String(40), nullable=True, comment="Why they are back."),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
        sa.CheckConstraint("arrived_at >= left_at", name=op.f("ck_movement_arrived_after_leaving")),
        sa.CheckConstraint(
            "(arrived_at IS NULL) = (to_suite IS NULL)", name=op.f("ck_movement_arrived_somewhere")
        ),
        sa.CheckConstraint(
            "(kind = 'released') = (arrived_at IS NULL)",
            name=op.f("ck_movement_arrived_unless_released"),
        ),
        sa.CheckConstraint("bail_return_at > left_at", name=op.f("ck_movement_bail_after_release")),
        sa.CheckConstraint(
            "coalesce(release_kind = 'on_bail', false) = (bail_return_at IS NOT NULL) AND (bail_return_at IS NULL) = (bail_conditional IS NULL) AND (bail_return_at IS NULL) = (bail_suite IS NULL)",
            name=op.f("ck_movement_bail_is_whole"),
        ),
        sa.CheckConstraint(
            "kind IN ('transferred', 'released', 'returned')", name=op.f("ck_movement_kind")
        ),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_movement_late_reason"),
        ),
        sa.CheckConstraint(
            "(kind = 'returned') = (left_at IS NULL)", name=op.f("ck_movement_left_unless_returned")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_movement_number_counts")),
        sa.CheckConstraint(
            "(kind = 'released') = (release_kind IS NOT NULL)",
            name=op.f("ck_movement_release_has_kind"),
        ),
        sa.CheckConstraint(
            "release_kind IN ('charged', 'under_investigation', 'on_bail', 'no_further_action', 'other')",
            name=op.f("ck_movement_release_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'returned') = (return_reason IS NOT NULL)",
            name=op.f("ck_movement_return_has_reason"),
        ),
        sa.CheckConstraint(
            "return_reason IN ('answering_bail', 'failed_to_answer_bail', 'arrested_again', 'voluntary_attendance')",
            name=op.f("ck_movement_return_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["bail_suite"], ["suite.code"], name=op.f("fk_movement_bail_suite")
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"], ["custody_record.id"], name=op.f("fk_movement_custody_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_suite"], ["suite.code"], name=op.f("fk_movement_from_suite")
        ),
        sa.ForeignKeyConstraint(["to_suite"], ["suite.code"], name=op.f("fk_movement_to_suite")),
        sa.UniqueConstraint(
            "custody_record_id", "number", name=op.f("uq_movement_custody_record_id_number")
        ),
    )
    op.create_table(
        "detention_entry",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "custody_record_id", sa.Uuid(), nullable=False, comment="The detention it belongs to."
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the entries."),
        sa.Column("kind", sa.String(40), nullable=False, comment="What it tells of."),
        sa.Column(
            "happened_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it happened, in UTC.",
        ),
        sa.Column(
            "until_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Until when it goes, in UTC.",
        ),
        sa.Column(
            "authority", sa.String(40), nullable=True, comment="Who reviewed or extended, by rank."
        ),
        sa.Column("reason", sa.String(40), nullable=True, comment="Why put off, or why paused."),
        sa.Column(
            "replaces_id", sa.Uuid(), nullable=True, comment="The earlier entry that it puts right."
        ),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_detention_entry")),
        sa.CheckConstraint(
            "authority IN ('custody_officer', 'inspector', 'superintendent', 'magistrates_court')",
            name=op.f("ck_detention_entry_authority"),
        ),
        sa.CheckConstraint(
            "kind <> 'extended' OR until_at IS NOT NULL",
            name=op.f("ck_detention_entry_extended_until"),
        ),
        sa.CheckConstraint(
            "(kind IN ('review_postponed', 'paused')) = (reason IS NOT NULL)",
            name=op.f("ck_detention_entry_for_reason"),
        ),
        sa.CheckConstraint(
            "kind IN ('arrived', 'relevant_time', 'authorised', 'reviewed', 'review_postponed', 'extended', 'paused')",
            name=op.f("ck_detention_entry_kind"),
        ),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_detention_entry_late_reason"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_detention_entry_number_counts")),
        sa.CheckConstraint(
            "(kind IN ('reviewed', 'extended')) = (authority IS NOT NULL)",
            name=op.f("ck_detention_entry_on_authority"),
        ),
        sa.CheckConstraint(
            "reason IN ('questioning', 'no_review_officer', 'not_practicable', 'hospital')",
            name=op.f("ck_detention_entry_reason"),
        ),
        sa.CheckConstraint("until_at > happened_at", name=op.f("ck_detention_entry_until_later")),
        sa.CheckConstraint(
            "until_at IS NULL OR kind IN ('extended', 'paused')",
            name=op.f("ck_detention_entry_until_of_some"),
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_detention_entry_custody_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["detention_entry.id"], name=op.f("fk_detention_entry_replaces_id")
        ),
        sa.UniqueConstraint(
            "custody_record_id", "number", name=op.f("uq_detention_entry_custody_record_id_number")
        ),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_detention_entry_replaces_id")),
    )
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER movement_never_edited BEFORE UPDATE ON movement
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER detention_entry_never_edited BEFORE UPDATE ON detention_entry
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT ON movement TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON detention_entry TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("detention_entry")
    op.drop_table("movement")
