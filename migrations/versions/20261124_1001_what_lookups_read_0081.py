"""What look-ups read of the directory, and what terms of other taxonomies mean.

Revision ID: 0081
Revises: 0080
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
TABLES = (
    "directory_offer",
    "directory_offer_place",
    "directory_opening",
    "directory_crosswalk",
)


def upgrade() -> None:
    _create_directory_offer()
    _create_directory_offer_place()
    _create_directory_opening()
    _create_directory_crosswalk()
    _guard()
    _grant()


def _create_directory_offer() -> None:
    op.create_table(
        "directory_offer",
        sa.Column("service_id", sa.Uuid(), nullable=False, comment="The service."),
        sa.Column("name", sa.String(), nullable=False, comment="The service's name."),
        sa.Column("organization_name", sa.String(), nullable=True, comment="Who provides it."),
        sa.Column(
            "search_text",
            sa.String(),
            nullable=False,
            comment="The words it is found by, without accents.",
        ),
        sa.Column(
            "pathways",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="Which of the seven pathways it is for.",
        ),
        sa.Column(
            "minimum_age", sa.Float(), nullable=True, comment="The youngest it is for, in years."
        ),
        sa.Column(
            "maximum_age", sa.Float(), nullable=True, comment="The oldest it is for, in years."
        ),
        sa.Column("sexes", sa.ARRAY(sa.Text()), nullable=True, comment="Which sexes it is for."),
        sa.Column(
            "languages",
            sa.ARRAY(sa.Text()),
            nullable=True,
            comment="Which languages are spoken, by code.",
        ),
        sa.Column(
            "is_free", sa.Boolean(), nullable=True, comment="Whether it costs people nothing."
        ),
        sa.Column("access", sa.String(40), nullable=True, comment="How somebody comes to it."),
        sa.CheckConstraint(
            "access IN ('walk_in', 'referral', 'both')", name=op.f("ck_directory_offer_access")
        ),
        sa.Column(
            "residence", sa.ARRAY(sa.Text()), nullable=True, comment="Where people must live."
        ),
        sa.Column("valid_from", sa.Date(), nullable=True, comment="Its first day."),
        sa.Column("valid_until", sa.Date(), nullable=True, comment="Its last day."),
        sa.Column(
            "assured_on", sa.Date(), nullable=True, comment="When somebody last said that it holds."
        ),
        sa.Column("state", sa.String(40), nullable=False, comment="Whether it stands."),
        sa.CheckConstraint(
            "state IN ('listed', 'withdrawn', 'vanished')", name=op.f("ck_directory_offer_state")
        ),
        sa.Column(
            "is_active",
            sa.Boolean(),
            nullable=False,
            comment="Whether its provider says that it runs.",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["directory_listing.id"], name=op.f("fk_directory_offer_service_id")
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_directory_offer")),
    )
    op.create_index(
        op.f("ix_directory_offer_pathways"), "directory_offer", ["pathways"], postgresql_using="gin"
    )


def _create_directory_offer_place() -> None:
    op.create_table(
        "directory_offer_place",
        sa.Column("service_id", sa.Uuid(), nullable=False, comment="The service."),
        sa.Column("position", sa.Integer(), nullable=False, comment="Its place in the document."),
        sa.Column(
            "service_at_location_id",
            sa.Uuid(),
            nullable=False,
            comment="The id of the service at this location.",
        ),
        sa.Column("location_id", sa.Uuid(), nullable=True, comment="The location."),
        sa.Column("latitude", sa.Float(), nullable=True, comment="In degrees, WGS 84."),
        sa.Column("longitude", sa.Float(), nullable=True, comment="In degrees, WGS 84."),
        sa.Column(
            "district",
            sa.String(length=4),
            nullable=True,
            comment="The postcode's first half, as DL14.",
        ),
        sa.Column(
            "locality",
            sa.String(),
            nullable=True,
            comment="The town, in lower case without accents.",
        ),
        sa.CheckConstraint("position >= 0", name=op.f("ck_directory_offer_place_position_counts")),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["directory_listing.id"],
            name=op.f("fk_directory_offer_place_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["directory_listing.id"],
            name=op.f("fk_directory_offer_place_service_id"),
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_directory_offer_place")),
    )
    op.create_index(
        op.f("ix_directory_offer_place_district"), "directory_offer_place", ["district"]
    )
    op.create_index(
        op.f("ix_directory_offer_place_latitude"),
        "directory_offer_place",
        ["latitude", "longitude"],
    )
    op.create_index(
        op.f("ix_directory_offer_place_location_id"), "directory_offer_place", ["location_id"]
    )
    op.create_index(
        op.f("ix_directory_offer_place_service_at_location_id"),
        "directory_offer_place",
        ["service_at_location_id"],
    )


def _create_directory_opening() -> None:
    op.create_table(
        "directory_opening",
        sa.Column("service_id", sa.Uuid(), nullable=False, comment="The service."),
        sa.Column("position", sa.Integer(), nullable=False, comment="Counts them, from 0."),
        sa.Column("location_id", sa.Uuid(), nullable=True, comment="Where, if at one place only."),
        sa.Column("weekday", sa.Integer(), nullable=False, comment="1 for Monday to 7 for Sunday."),
        sa.Column("opens", sa.Time(), nullable=True, comment="From when, in UK time."),
        sa.Column("closes", sa.Time(), nullable=True, comment="Until when, in UK time."),
        sa.Column("valid_from", sa.Date(), nullable=True, comment="From which day."),
        sa.Column("valid_until", sa.Date(), nullable=True, comment="Until which day."),
        sa.CheckConstraint("position >= 0", name=op.f("ck_directory_opening_position_counts")),
        sa.CheckConstraint(
            "weekday BETWEEN 1 AND 7", name=op.f("ck_directory_opening_weekday_of_the_week")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["directory_listing.id"], name=op.f("fk_directory_opening_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["directory_listing.id"], name=op.f("fk_directory_opening_service_id")
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_directory_opening")),
    )


def _create_directory_crosswalk() -> None:
    op.create_table(
        "directory_crosswalk",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "term",
            sa.String(length=2000),
            nullable=False,
            comment="The other taxonomy's term, by its URI.",
        ),
        sa.Column("pathway", sa.String(40), nullable=False, comment="Which pathway it means."),
        sa.CheckConstraint(
            "pathway IN ('accommodation', 'drugs_and_alcohol', 'finance', 'education_and_employment', 'children_and_families', 'health', 'attitudes')",
            name=op.f("ck_directory_crosswalk_pathway"),
        ),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="Counts what was said of both, from 1."
        ),
        sa.Column(
            "holds", sa.Boolean(), nullable=False, comment="Whether it does; false takes it back."
        ),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="From which day."),
        sa.Column("basis", sa.String(40), nullable=False, comment="What that rests on."),
        sa.CheckConstraint(
            "basis IN ('published', 'own_reading')", name=op.f("ck_directory_crosswalk_basis")
        ),
        sa.Column(
            "words", sa.String(), nullable=False, comment="The source, or why it is read so."
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When recorded, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who recorded it."),
        sa.CheckConstraint(
            "length(term) BETWEEN 1 AND 2000", name=op.f("ck_directory_crosswalk_term_length")
        ),
        sa.CheckConstraint(
            "length(words) <= 500", name=op.f("ck_directory_crosswalk_words_length")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_directory_crosswalk_number_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_crosswalk")),
        sa.UniqueConstraint(
            "term", "pathway", "number", name=op.f("uq_directory_crosswalk_term_pathway_number")
        ),
    )


def _guard() -> None:
    op.execute("""
        CREATE TRIGGER directory_crosswalk_append_only BEFORE UPDATE OR DELETE
        ON directory_crosswalk FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER directory_crosswalk_not_truncated BEFORE TRUNCATE
        ON directory_crosswalk FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def _grant() -> None:
    # What is derived is made anew whenever its document changes, so it may be deleted.
    for table in ("directory_offer", "directory_offer_place", "directory_opening"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON directory_crosswalk TO checkpoint_api")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
