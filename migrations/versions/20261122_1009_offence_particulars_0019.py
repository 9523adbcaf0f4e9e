"""What is known of an alleged offence beside its dates, and from when to when an offence is one.

Revision ID: 0019
Revises: 0018
Phase: expand (null is not known, so the code before it goes on writing)
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    for column in (
        sa.Column(
            "category",
            sa.String(40),
            nullable=True,
            comment="The list's category; null is not known.",
        ),
        sa.Column(
            "valid_from",
            sa.Date(),
            nullable=True,
            comment="First day in force; null is not known.",
        ),
        sa.Column(
            "valid_until",
            sa.Date(),
            nullable=True,
            comment="First day no longer in force, if any.",
        ),
    ):
        op.add_column("offence", column)
    op.create_check_constraint(
        op.f("ck_offence_dates_in_order"), "offence", "valid_until > valid_from"
    )
    op.create_check_constraint(
        op.f("ck_offence_category"),
        "offence",
        "category IN ('summary', 'summary_motoring', 'either_way', 'indictable')",
    )
    for column in (
        sa.Column(
            "crime_reference",
            sa.String(30),
            nullable=True,
            comment="The crime's number, if it has one.",
        ),
        sa.Column(
            "domestic_abuse_grade",
            sa.String(40),
            nullable=True,
            comment="This offence's own risk grade; null is the case's.",
        ),
        sa.Column(
            "hate_crime",
            sa.Boolean(),
            nullable=True,
            comment="This offence's own hate flag; null is the case's.",
        ),
        sa.Column(
            "formally_reported_on",
            sa.Date(),
            nullable=True,
            comment="First day the victim gave a statement or recorded interview.",
        ),
    ):
        op.add_column("alleged_offence", column)
    op.create_check_constraint(
        op.f("ck_alleged_offence_domestic_abuse_grade"),
        "alleged_offence",
        "domestic_abuse_grade IN ('none', 'standard', 'medium', 'high')",
    )
    op.create_check_constraint(
        op.f("ck_alleged_offence_reported_after"),
        "alleged_offence",
        "formally_reported_on >= committed_from",
    )
    op.create_check_constraint(
        op.f("ck_alleged_offence_crime_reference_form"),
        "alleged_offence",
        "crime_reference ~ '^[A-Z0-9][A-Z0-9/-]{0,29}$'",
    )


def downgrade() -> None:
    for name in ("crime_reference", "domestic_abuse_grade", "hate_crime", "formally_reported_on"):
        op.drop_column("alleged_offence", name)
    for name in ("category", "valid_from", "valid_until"):
        op.drop_column("offence", name)
