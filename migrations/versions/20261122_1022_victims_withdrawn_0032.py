"""An entry of a victim that is withdrawn.

Revision ID: 0032
Revises: 0029
Phase: expand (nothing reads or writes the new table yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "victim_withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("victim_id", sa.Uuid(), nullable=False, comment="The entry that is withdrawn."),
        sa.Column("reason", sa.String(40), nullable=False, comment="Why."),
        sa.Column(
            "withdrawn_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False, comment="Who withdrew it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victim_withdrawal")),
        sa.CheckConstraint(
            "reason IN ('entered_twice', 'wrong_person', 'wrong_record', 'not_harmed')",
            name=op.f("ck_victim_withdrawal_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["victim_id"], ["victim.id"], name=op.f("fk_victim_withdrawal_victim_id")
        ),
        sa.UniqueConstraint("victim_id", name=op.f("uq_victim_withdrawal_victim_id")),
    )
    # Never edited; erasure, by the owner alone, stays possible.
    op.execute("""
        CREATE TRIGGER victim_withdrawal_never_edited BEFORE UPDATE ON victim_withdrawal
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT ON victim_withdrawal TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("victim_withdrawal")
