"""The schedules of Acts that offences stand in, as dated lists.

Revision ID: 0021
Revises: 0020
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "schedule_list",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("name", sa.String(), nullable=False, comment="What the list is."),
        sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256 of the file."),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column("loaded_by", sa.Uuid(), nullable=False, comment="Who loaded it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_list")),
        sa.UniqueConstraint("digest", name=op.f("uq_schedule_list_digest")),
    )
    op.create_table(
        "scheduled_offence",
        sa.Column(
            "id",
            sa.Uuid(),
            nullable=False,
            server_default=sa.text("gen_random_uuid()"),
            comment="Opaque identifier.",
        ),
        sa.Column("schedule_list_id", sa.Uuid(), nullable=False, comment="The list it stands in."),
        sa.Column("code", sa.String(8), nullable=False, comment="CJS code."),
        sa.Column("schedule", sa.String(40), nullable=False, comment="The schedule, and its part."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_offence")),
        sa.CheckConstraint(
            r"schedule IN ('cja2003_sch15_part1', 'cja2003_sch15_part2', 'cja2003_sch15_part3', 'soa2003_sch3', 'sa2020_sch1', 'sa2020_scha1', 'sa2020_sch13_part1', 'sa2020_sch13_part2')",
            name=op.f("ck_scheduled_offence_schedule"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_list_id"],
            ["schedule_list.id"],
            name=op.f("fk_scheduled_offence_schedule_list_id"),
        ),
        sa.UniqueConstraint(
            "code",
            "schedule",
            "schedule_list_id",
            name=op.f("uq_scheduled_offence_code_schedule_schedule_list_id"),
        ),
    )
    for table in ("schedule_list", "scheduled_offence"):
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT ON {table} TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("scheduled_offence")
    op.drop_table("schedule_list")
