"""What was put right of a person, or of whom a custody record is about.

Revision ID: 0013
Revises: 0012
Phase: expand (nothing reads or writes the new table yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "person_correction",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Whose."),
        sa.Column(
            "custody_record_id",
            sa.Uuid(),
            nullable=False,
            comment="The custody record from which it was put right.",
        ),
        sa.Column("field", sa.String(40), nullable=False, comment="Which particular."),
        sa.Column(
            "before", sa.String(), nullable=True, comment="What stood there; null is nothing."
        ),
        sa.Column(
            "after", sa.String(), nullable=True, comment="What stands there since; null is nothing."
        ),
        sa.Column("reason", sa.String(40), nullable=False, comment="Why, by code."),
        sa.Column("words", sa.String(500), nullable=True, comment="Why, in words."),
        sa.Column(
            "corrected_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("corrected_by", sa.Uuid(), nullable=False, comment="Who did."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_correction")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_correction_person_id")
        ),
        sa.CheckConstraint(
            "reason IN ('misheard', 'mistyped', 'person_said_so', 'document_seen', "
            "'fingerprint_result', 'wrong_person_selected', 'other')",
            name=op.f("ck_person_correction_reason"),
        ),
        sa.CheckConstraint(
            "reason <> 'other' OR words IS NOT NULL",
            name=op.f("ck_person_correction_other_in_words"),
        ),
    )
    for column in ("person_id", "custody_record_id"):
        op.create_index(op.f(f"ix_person_correction_{column}"), "person_correction", [column])
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER person_correction_never_edited BEFORE UPDATE ON person_correction
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT ON person_correction TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("person_correction")
