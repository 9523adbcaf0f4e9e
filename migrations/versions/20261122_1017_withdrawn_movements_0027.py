"""Comings and goings that were recorded by mistake are withdrawn; both stay on record.

Revision ID: 0027
Revises: 0026
Phase: expand (nothing reads or writes the new table yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "movement_withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "movement_id", sa.Uuid(), nullable=False, comment="The movement that no longer stands."
        ),
        sa.Column("reason", sa.String(40), nullable=False, comment="Why, by code."),
        sa.Column("words", sa.String(500), nullable=True, comment="Why, in words."),
        sa.Column(
            "withdrawn_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False, comment="Who did."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement_withdrawal")),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["movement.id"], name=op.f("fk_movement_withdrawal_movement_id")
        ),
        sa.UniqueConstraint("movement_id", name=op.f("uq_movement_withdrawal_movement_id")),
        sa.CheckConstraint(
            "reason <> 'other' OR words IS NOT NULL",
            name=op.f("ck_movement_withdrawal_other_in_words"),
        ),
        sa.CheckConstraint(
            "reason IN ('did_not_happen', 'wrong_record', 'wrong_particulars', 'other')",
            name=op.f("ck_movement_withdrawal_reason"),
        ),
    )
    op.execute("""
        CREATE TRIGGER movement_withdrawal_never_edited BEFORE UPDATE ON movement_withdrawal
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT ON movement_withdrawal TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("movement_withdrawal")
