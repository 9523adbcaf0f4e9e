"""The one table that knows a name.

Revision ID: 0006
Revises: 0005
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("family_name", sa.String(100), nullable=False, comment="Family name."),
        sa.Column("given_names", sa.String(100), nullable=True, comment="Given names, if known."),
        sa.Column("date_of_birth", sa.Date(), nullable=True, comment="Date of birth, if known."),
        sa.Column(
            "pnc_id", sa.String(13), nullable=True, comment="PNC ID, canonical form, if known."
        ),
        sa.Column(
            "registered_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When first registered, in UTC.",
        ),
        sa.Column("registered_by", sa.Uuid(), nullable=False, comment="Who did."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.CheckConstraint(
            r"date_of_birth >= '1900-01-01'", name=op.f("ck_person_date_of_birth_range")
        ),
        sa.CheckConstraint(
            r"pnc_id ~ '^\d{4}/\d{7}[A-HJ-NP-RT-Z]$'", name=op.f("ck_person_pnc_id_form")
        ),
        sa.UniqueConstraint("pnc_id", name=op.f("uq_person_pnc_id")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON person TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("person")
