"""Victims, and what is done for them.

Revision ID: 0017
Revises: 0016
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "victim",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "custody_record_id", sa.Uuid(), nullable=False, comment="The case they are a victim of."
        ),
        sa.Column(
            "person_id", sa.Uuid(), nullable=False, comment="Who they are, or who speaks for them."
        ),
        sa.Column(
            "business_name", sa.String(200), nullable=True, comment="The business, if it is one."
        ),
        sa.Column(
            "contact_role", sa.String(100), nullable=True, comment="What the contact is there."
        ),
        sa.Column(
            "vulnerable",
            sa.Boolean(),
            nullable=True,
            comment="Vulnerable or intimidated, if known.",
        ),
        sa.Column(
            "added_at", sa.DateTime(timezone=True), nullable=False, comment="When entered, in UTC."
        ),
        sa.Column("added_by", sa.Uuid(), nullable=False, comment="Who entered them."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victim")),
        sa.CheckConstraint(
            "business_name IS NOT NULL OR contact_role IS NULL", name=op.f("ck_victim_role_there")
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"], ["custody_record.id"], name=op.f("fk_victim_custody_record_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_victim_person_id")),
    )
    op.create_index(op.f("ix_victim_custody_record_id"), "victim", ["custody_record_id"])
    op.create_index(op.f("ix_victim_person_id"), "victim", ["person_id"])
    op.create_table(
        "victim_offence",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("victim_id", sa.Uuid(), nullable=False, comment="Who suffered it."),
        sa.Column("alleged_offence_id", sa.Uuid(), nullable=False, comment="What they suffered."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victim_offence")),
        sa.ForeignKeyConstraint(
            ["alleged_offence_id"],
            ["alleged_offence.id"],
            name=op.f("fk_victim_offence_alleged_offence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["victim_id"], ["victim.id"], name=op.f("fk_victim_offence_victim_id")
        ),
        sa.UniqueConstraint(
            "victim_id",
            "alleged_offence_id",
            name=op.f("uq_victim_offence_victim_id_alleged_offence_id"),
        ),
    )
    op.create_table(
        "victim_contact",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("victim_id", sa.Uuid(), nullable=False, comment="Who was to be reached."),
        sa.Column(
            "attempted_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("channel", sa.String(40), nullable=False, comment="How."),
        sa.Column("result", sa.String(40), nullable=False, comment="What came of it."),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victim_contact")),
        sa.CheckConstraint(
            "channel IN ('telephone', 'in_person', 'email', 'text_message', 'letter', 'through_support_service')",
            name=op.f("ck_victim_contact_channel"),
        ),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_victim_contact_late_reason"),
        ),
        sa.CheckConstraint(
            "result IN ('reached', 'message_left', 'no_answer', 'unreachable', 'declined_contact')",
            name=op.f("ck_victim_contact_result"),
        ),
        sa.ForeignKeyConstraint(
            ["victim_id"], ["victim.id"], name=op.f("fk_victim_contact_victim_id")
        ),
    )
    op.create_index(op.f("ix_victim_contact_victim_id"), "victim_contact", ["victim_id"])
    op.create_table(
        "victim_view",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("victim_id", sa.Uuid(), nullable=False, comment="Who said it."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the askings."),
        sa.Column(
            "sought_at", sa.DateTime(timezone=True), nullable=False, comment="When asked, in UTC."
        ),
        sa.Column(
            "stance", sa.String(40), nullable=False, comment="What they say to no prosecution."
        ),
        sa.Column(
            "restorative_wish",
            sa.String(40),
            nullable=False,
            comment="Wish for a restorative approach.",
        ),
        sa.Column(
            "vulnerable",
            sa.Boolean(),
            nullable=True,
            comment="Vulnerable or intimidated, if known now.",
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victim_view")),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_victim_view_late_reason"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_victim_view_number_counts")),
        sa.CheckConstraint(
            "restorative_wish IN ('wishes', 'does_not_wish', 'undecided', 'not_asked')",
            name=op.f("ck_victim_view_restorative_wish"),
        ),
        sa.CheckConstraint(
            "stance IN ('supports', 'opposes', 'neutral', 'declined_to_say')",
            name=op.f("ck_victim_view_stance"),
        ),
        sa.ForeignKeyConstraint(
            ["victim_id"], ["victim.id"], name=op.f("fk_victim_view_victim_id")
        ),
        sa.UniqueConstraint("victim_id", "number", name=op.f("uq_victim_view_victim_id_number")),
    )
    op.create_table(
        "victim_notification",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("victim_id", sa.Uuid(), nullable=False, comment="Who was told."),
        sa.Column("what", sa.String(40), nullable=False, comment="What they were told."),
        sa.Column(
            "happened_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When that had happened, in UTC.",
        ),
        sa.Column(
            "told_at", sa.DateTime(timezone=True), nullable=False, comment="When told, in UTC."
        ),
        sa.Column("channel", sa.String(40), nullable=False, comment="How."),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victim_notification")),
        sa.CheckConstraint(
            "channel IN ('telephone', 'in_person', 'email', 'text_message', 'letter', 'through_support_service')",
            name=op.f("ck_victim_notification_channel"),
        ),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_victim_notification_late_reason"),
        ),
        sa.CheckConstraint(
            "told_at >= happened_at", name=op.f("ck_victim_notification_told_after_event")
        ),
        sa.CheckConstraint(
            "what IN ('arrested', 'released', 'released_under_investigation', 'released_on_bail', 'charged', 'no_further_action', 'out_of_court_decision')",
            name=op.f("ck_victim_notification_what"),
        ),
        sa.ForeignKeyConstraint(
            ["victim_id"], ["victim.id"], name=op.f("fk_victim_notification_victim_id")
        ),
    )
    op.create_index(op.f("ix_victim_notification_victim_id"), "victim_notification", ["victim_id"])
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER victim_never_edited BEFORE UPDATE ON victim
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER victim_offence_never_edited BEFORE UPDATE ON victim_offence
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER victim_contact_never_edited BEFORE UPDATE ON victim_contact
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER victim_view_never_edited BEFORE UPDATE ON victim_view
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER victim_notification_never_edited BEFORE UPDATE ON victim_notification
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT ON victim TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON victim_offence TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON victim_contact TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON victim_view TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON victim_notification TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("victim_notification")
    op.drop_table("victim_view")
    op.drop_table("victim_contact")
    op.drop_table("victim_offence")
    op.drop_table("victim")
