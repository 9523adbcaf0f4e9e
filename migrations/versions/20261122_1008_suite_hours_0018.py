"""The hours that suites keep.

Revision ID: 0018
Revises: 0017
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "suite_hours",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("suite", sa.String(40), nullable=False, comment="Custody suite code."),
        sa.Column(
            "weekday", sa.Integer(), nullable=False, comment="Day of the week, from 1, Monday."
        ),
        sa.Column("opens", sa.Time(), nullable=False, comment="When, in England."),
        sa.Column(
            "closes", sa.Time(), nullable=False, comment="Until when; midnight is the day's end."
        ),
        sa.Column(
            "available_from", sa.Date(), nullable=False, comment="First day of this timetable."
        ),
        sa.Column(
            "available_until",
            sa.Date(),
            nullable=True,
            comment="First day no longer; null is open.",
        ),
        sa.Column("source", sa.String(), nullable=False, comment="Where this is known from."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suite_hours")),
        sa.CheckConstraint(
            "available_until > available_from", name=op.f("ck_suite_hours_dates_in_order")
        ),
        sa.CheckConstraint(
            "closes > opens OR closes = '00:00'", name=op.f("ck_suite_hours_hours_in_order")
        ),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_suite_hours_weekday_range")),
        sa.ForeignKeyConstraint(["suite"], ["suite.code"], name=op.f("fk_suite_hours_suite")),
        sa.UniqueConstraint(
            "suite",
            "available_from",
            "weekday",
            "opens",
            name=op.f("uq_suite_hours_suite_available_from_weekday_opens"),
        ),
    )
    # Never edited.
    op.execute("""
        CREATE TRIGGER suite_hours_never_edited BEFORE UPDATE ON suite_hours
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT ON suite_hours TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("suite_hours")
