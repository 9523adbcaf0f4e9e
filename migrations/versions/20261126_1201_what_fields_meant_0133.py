"""A request for an extract keeps what each field was made of; a build may say that it cannot tell.

Revision ID: 0133
Revises: 0132
Phase: expand (requests that were made before stay without; one more value, the others stay)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0133"
down_revision = "0132"
BEFORE = (
    "'too_close_to_an_earlier_release', 'too_few_people', 'key_destroyed', 'fields_withheld', "
    "'not_public', 'broken'"
)


def swap(faults: str) -> None:
    op.drop_constraint(op.f("ck_extract_build_fault"), "extract_build", type_="check")
    op.create_check_constraint(
        op.f("ck_extract_build_fault"), "extract_build", f"fault IN ({faults})"
    )


def upgrade() -> None:
    op.add_column(
        "extract_request",
        sa.Column(
            "sources",
            postgresql.ARRAY(sa.String(60)),
            nullable=True,
            comment="What each field was made of when it was asked for; null: it was not kept yet.",
        ),
    )
    op.create_check_constraint(
        op.f("ck_extract_request_each_field_has_its_source"),
        "extract_request",
        "cardinality(sources) = cardinality(columns)",
    )
    swap(BEFORE.replace("'broken'", "'field_unclear', 'broken'"))


def downgrade() -> None:
    op.execute("UPDATE extract_build SET fault = 'fields_withheld' WHERE fault = 'field_unclear'")
    swap(BEFORE)
    op.drop_column("extract_request", "sources")
