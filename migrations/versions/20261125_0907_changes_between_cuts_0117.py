"""Cuts: how many rows of each field a correction changed; a cut's row may come after its people's.

Revision ID: 0117
Revises: 0116
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0117"
down_revision = "0116"
TABLES = ("cut_change",)


def upgrade() -> None:
    _create_cut_change()
    _deferrable("DEFERRABLE INITIALLY DEFERRED")
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE
            ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE
            ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def _create_cut_change() -> None:
    op.create_table(
        "cut_change",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("cut_id", sa.Uuid(), nullable=False, comment="The cut."),
        sa.Column("before_id", sa.Uuid(), nullable=False, comment="The cut before."),
        sa.Column(
            "part",
            sa.Enum(
                "participants",
                "events_added",
                "events_gone",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Of participants or of events.",
        ),
        sa.Column(
            "field",
            sa.String(length=40),
            nullable=False,
            comment="Which; or added, or gone, or an event's measure.",
        ),
        sa.Column("changed", sa.Integer(), nullable=False, comment="How many rows."),
        sa.CheckConstraint("changed >= 1", name=op.f("ck_cut_change_something_changed")),
        sa.CheckConstraint("cut_id <> before_id", name=op.f("ck_cut_change_two_cuts")),
        sa.ForeignKeyConstraint(
            ["before_id"], ["data_cut.id"], name=op.f("fk_cut_change_before_id")
        ),
        sa.ForeignKeyConstraint(["cut_id"], ["data_cut.id"], name=op.f("fk_cut_change_cut_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cut_change")),
        sa.UniqueConstraint(
            "cut_id", "part", "field", name=op.f("uq_cut_change_cut_id_part_field")
        ),
    )


def _deferrable(how: str) -> None:
    op.execute(f"ALTER TABLE cut_participant ALTER CONSTRAINT fk_cut_participant_cut_id {how}")


def downgrade() -> None:
    _deferrable("NOT DEFERRABLE")
    for table in reversed(TABLES):
        op.drop_table(table)
