"""Custody records, alleged offences and screenings.

Revision ID: 0008
Revises: 0007
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "custody_record",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("reference", sa.String(14), nullable=False, comment="What people say aloud."),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Who was arrested."),
        sa.Column("suite", sa.String(40), nullable=False, comment="Custody suite code."),
        sa.Column(
            "arrested_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When arrested, in UTC.",
        ),
        sa.Column(
            "arrived_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When they reached the suite, in UTC.",
        ),
        sa.Column("state", sa.String(40), nullable=False, comment="Whether they are still there."),
        sa.Column(
            "released_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When released, in UTC.",
        ),
        sa.Column("released_by", sa.Uuid(), nullable=True, comment="Who recorded the release."),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the record was entered, in UTC.",
        ),
        sa.Column("opened_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.Column("version", sa.Integer(), nullable=False, comment="Counts its changes, from 1."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_record")),
        sa.CheckConstraint(
            r"arrived_at >= arrested_at", name=op.f("ck_custody_record_arrived_after_arrest")
        ),
        sa.CheckConstraint(
            r"reference ~ '^CP-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$'",
            name=op.f("ck_custody_record_reference_form"),
        ),
        sa.CheckConstraint(
            r"released_at >= arrived_at", name=op.f("ck_custody_record_released_after_arrival")
        ),
        sa.CheckConstraint(
            r"(released_at IS NULL) = (released_by IS NULL)",
            name=op.f("ck_custody_record_released_pair"),
        ),
        sa.CheckConstraint(
            r"(released_at IS NULL) = (state = 'detained')",
            name=op.f("ck_custody_record_released_when_released"),
        ),
        sa.CheckConstraint(
            r"state IN ('detained', 'released')", name=op.f("ck_custody_record_state")
        ),
        sa.CheckConstraint(r"version >= 1", name=op.f("ck_custody_record_version_counts")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_custody_record_person_id")
        ),
        sa.ForeignKeyConstraint(["suite"], ["suite.code"], name=op.f("fk_custody_record_suite")),
        sa.UniqueConstraint("reference", name=op.f("uq_custody_record_reference")),
    )
    op.create_index(
        op.f("ix_custody_record_arrested_at_id"), "custody_record", ["arrested_at", "id"]
    )
    op.create_index(op.f("ix_custody_record_person_id"), "custody_record", ["person_id"])
    op.create_index(
        op.f("ix_custody_record_suite_arrested_at_id"),
        "custody_record",
        ["suite", "arrested_at", "id"],
    )
    op.create_table(
        "alleged_offence",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "custody_record_id", sa.Uuid(), nullable=False, comment="The detention it belongs to."
        ),
        sa.Column("offence_id", sa.Uuid(), nullable=False, comment="The offence, as listed then."),
        sa.Column(
            "committed_from",
            sa.Date(),
            nullable=False,
            comment="The day, or the first it may have been.",
        ),
        sa.Column(
            "committed_until",
            sa.Date(),
            nullable=False,
            comment="The day, or the last it may have been.",
        ),
        sa.Column(
            "committed_in_area",
            sa.Boolean(),
            nullable=True,
            comment="In the force area; null is not known.",
        ),
        sa.Column(
            "replaces_id",
            sa.Uuid(),
            nullable=True,
            comment="The earlier entry that it puts right.",
        ),
        sa.Column(
            "added_at", sa.DateTime(timezone=True), nullable=False, comment="When entered, in UTC."
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alleged_offence")),
        sa.CheckConstraint(
            r"committed_until >= committed_from", name=op.f("ck_alleged_offence_dates_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_alleged_offence_custody_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["offence_id"], ["offence.id"], name=op.f("fk_alleged_offence_offence_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["alleged_offence.id"], name=op.f("fk_alleged_offence_replaces_id")
        ),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_alleged_offence_replaces_id")),
    )
    op.create_index(
        op.f("ix_alleged_offence_custody_record_id"), "alleged_offence", ["custody_record_id"]
    )
    op.create_table(
        "screening",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "custody_record_id", sa.Uuid(), nullable=False, comment="The detention it belongs to."
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the savings."),
        sa.Column("lives_in_area", sa.Boolean(), nullable=True, comment="Lives in the force area."),
        sa.Column(
            "interview_stance", sa.String(40), nullable=True, comment="What they said in interview."
        ),
        sa.Column(
            "evidential_test_met",
            sa.Boolean(),
            nullable=True,
            comment="Evidence suffices to charge.",
        ),
        sa.Column(
            "subject_to_order",
            sa.Boolean(),
            nullable=True,
            comment="On a court order, suspended sentence or conditional discharge.",
        ),
        sa.Column(
            "detained_for_court",
            sa.Boolean(),
            nullable=True,
            comment="Held to be put before a court.",
        ),
        sa.Column(
            "detained_under_mental_health_act",
            sa.Boolean(),
            nullable=True,
            comment="Held under the Mental Health Act.",
        ),
        sa.Column("co_accused", sa.Boolean(), nullable=True, comment="Anyone else is accused."),
        sa.Column(
            "domestic_abuse_grade",
            sa.String(40),
            nullable=True,
            comment="Domestic-abuse risk grade, or none.",
        ),
        sa.Column("hate_crime", sa.Boolean(), nullable=True, comment="Flagged as a hate crime."),
        sa.Column(
            "understands_obligations",
            sa.Boolean(),
            nullable=True,
            comment="Fully understands what is asked.",
        ),
        sa.Column(
            "saved_at", sa.DateTime(timezone=True), nullable=False, comment="When saved, in UTC."
        ),
        sa.Column("saved_by", sa.Uuid(), nullable=False, comment="Who saved it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
        sa.CheckConstraint(
            r"domestic_abuse_grade IN ('none', 'standard', 'medium', 'high')",
            name=op.f("ck_screening_domestic_abuse_grade"),
        ),
        sa.CheckConstraint(
            r"interview_stance IN ('admitted', 'part_admission', 'no_reply', 'denied', 'not_interviewed')",
            name=op.f("ck_screening_interview_stance"),
        ),
        sa.CheckConstraint(r"number >= 1", name=op.f("ck_screening_number_counts")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_screening_custody_record_id"),
        ),
        sa.UniqueConstraint(
            "custody_record_id", "number", name=op.f("uq_screening_custody_record_id_number")
        ),
    )
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER alleged_offence_never_edited BEFORE UPDATE ON alleged_offence
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER screening_never_edited BEFORE UPDATE ON screening
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT, UPDATE ON custody_record TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON alleged_offence TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON screening TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("screening")
    op.drop_table("alleged_offence")
    op.drop_table("custody_record")
