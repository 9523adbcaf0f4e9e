"""Answers kept for repeated requests.

Revision ID: 0004
Revises: 0003
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "kept_answer",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "request_digest",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of the request's If-Match and body.",
        ),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTP status of the answer."),
        sa.Column("headers", postgresql.JSONB(), nullable=False, comment="ETag and Location."),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="The answer's body."),
        sa.Column(
            "kept_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was first answered, in UTC.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answer")),
        sa.CheckConstraint(
            r"status BETWEEN 200 AND 299", name=op.f("ck_kept_answer_status_is_success")
        ),
    )
    op.create_index(op.f("ix_kept_answer_kept_at"), "kept_answer", ["kept_at"])
    op.execute("GRANT SELECT, INSERT ON kept_answer TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("kept_answer")
