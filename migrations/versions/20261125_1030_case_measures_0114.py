"""What is measured of cases, and of it in data cuts: satisfaction, wellbeing, cost.

Revision ID: 0114
Revises: 0113
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0114"
down_revision = "0113"
TABLES = ("case_measure",)


def upgrade() -> None:
    _create_case_measure()
    op.add_column(
        "cut_participant",
        sa.Column(
            "wellbeing",
            sa.Integer(),
            nullable=True,
            comment="Last WEMWBS points after allocation.",
        ),
    )
    op.add_column(
        "cut_participant",
        sa.Column(
            "victim_satisfaction",
            sa.Float(),
            nullable=True,
            comment="Mean of victims' last answers, 1 to 5.",
        ),
    )
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


def _create_case_measure() -> None:
    op.create_table(
        "case_measure",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case."),
        sa.Column(
            "kind",
            sa.Enum(
                "victim_satisfaction",
                "wellbeing",
                "cost",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What is measured.",
        ),
        sa.Column("value", sa.Integer(), nullable=False, comment="Points, or pence."),
        sa.Column(
            "victim_id", sa.Uuid(), nullable=True, comment="Whose satisfaction, if it is that."
        ),
        sa.Column(
            "cost_kind",
            sa.Enum(
                "staff_time",
                "provider",
                "other",
                name="cost_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="What a cost was for.",
        ),
        sa.Column(
            "taken_on", sa.Date(), nullable=False, comment="The day it was taken, or of the cost."
        ),
        sa.Column(
            "corrects_id",
            sa.Uuid(),
            nullable=True,
            comment="The measure it puts right, if it does.",
        ),
        sa.Column(
            "withdrawn",
            sa.Boolean(),
            nullable=False,
            comment="Whether it only says that the other was wrong.",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint(
            "(kind = 'cost') = (cost_kind IS NOT NULL)", name=op.f("ck_case_measure_kind_of_cost")
        ),
        sa.CheckConstraint(
            "(kind = 'victim_satisfaction') = (victim_id IS NOT NULL)",
            name=op.f("ck_case_measure_victim_of_satisfaction"),
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'victim_satisfaction' THEN value BETWEEN 1 AND 5 WHEN 'wellbeing' THEN value BETWEEN 14 AND 70 ELSE value BETWEEN 0 AND 100000000 END",
            name=op.f("ck_case_measure_value_range"),
        ),
        sa.CheckConstraint("corrects_id <> id", name=op.f("ck_case_measure_corrects_another")),
        sa.ForeignKeyConstraint(
            ["corrects_id", "custody_record_id"],
            ["case_measure.id", "case_measure.custody_record_id"],
            name=op.f("fk_case_measure_corrects_id_custody_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_case_measure_custody_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["victim_id"], ["victim.id"], name=op.f("fk_case_measure_victim_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_measure")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_case_measure_corrects_id")),
        sa.UniqueConstraint(
            "id", "custody_record_id", name=op.f("uq_case_measure_id_custody_record_id")
        ),
    )
    op.create_index(
        "ix_case_measure_custody_record_id", "case_measure", ["custody_record_id"], unique=False
    )


def downgrade() -> None:
    op.drop_column("cut_participant", "victim_satisfaction")
    op.drop_column("cut_participant", "wellbeing")
    for table in reversed(TABLES):
        op.drop_table(table)
