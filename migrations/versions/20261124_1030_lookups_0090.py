"""What look-ups of offers are bounded by: facets, keys of words, and where a place is.

Revision ID: 0090
Revises: 0085
Phase: expand (what stands is found after `checkpoint directory reindex`)
"""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0085"
TEXTS = sa.ARRAY(sa.Text())


def upgrade() -> None:
    for name, comment in (
        ("facets", "What it says point by point, for one index; ? is what it does not say."),
        ("search_keys", "Under which roots, sounds and slips of words it is found."),
    ):
        column = sa.Column(
            name, TEXTS, nullable=False, server_default=sa.text("'{}'"), comment=comment
        )
        op.add_column("directory_offer", column)
        index = op.f(f"ix_directory_offer_{name}")
        op.create_index(index, "directory_offer", [name], postgresql_using="gin")
    there = sa.Column(
        "facets",
        TEXTS,
        nullable=False,
        server_default=sa.text("'{}'"),
        comment="What its service says point by point, so that places are told apart by it.",
    )
    op.add_column("directory_offer_place", there)
    op.create_index(
        op.f("ix_directory_offer_place_facets"),
        "directory_offer_place",
        ["facets"],
        postgresql_using="gin",
    )
    op.create_index(
        op.f("ix_directory_offer_last_assured"),
        "directory_offer",
        [sa.text("assured_on DESC NULLS LAST"), "service_id"],
        postgresql_where=sa.text("state = 'listed' AND is_active"),
    )
    op.create_index(
        op.f("ix_directory_offer_place_spot"),
        "directory_offer_place",
        [sa.text("point(longitude * 0.58, latitude)")],
        postgresql_using="gist",
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_directory_offer_place_spot"), "directory_offer_place")
    op.drop_index(op.f("ix_directory_offer_last_assured"), "directory_offer")
    op.drop_column("directory_offer_place", "facets")
    op.drop_column("directory_offer", "search_keys")
    op.drop_column("directory_offer", "facets")
