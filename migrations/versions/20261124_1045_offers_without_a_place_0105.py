"""An index of offers of which nobody knows where they are, in the order they are shown.

Revision ID: 0105
Revises: 0102
Phase: expand (look-ups walk it; nothing else knows of it)
"""

import sqlalchemy as sa
from alembic import op

revision = "0105"
down_revision = "0102"


def upgrade() -> None:
    op.create_index(
        op.f("ix_directory_offer_unplaced"),
        "directory_offer",
        [sa.text("assured_on DESC NULLS LAST"), "service_id"],
        postgresql_where=sa.text("state = 'listed' AND is_active AND facets && '{spot:?}'::text[]"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_directory_offer_unplaced"), "directory_offer")
