"""Lists of places: where postcode districts and towns are, roughly.

Revision ID: 0091
Revises: 0090
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
TABLES = ("directory_place_list", "directory_place")
ID = "Opaque identifier, a UUIDv7."


def upgrade() -> None:
    _create_directory_place_list()
    _create_directory_place()
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE
            ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE
            ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT ON {table} TO checkpoint_api")


def _create_directory_place_list() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "directory_place_list",
        sa.Column("id", sa.Uuid(), nullable=False, comment=ID),
        sa.Column("version", sa.String(40), nullable=False, comment="What the list calls itself."),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="Counts the lists, from 1; the highest is used.",
        ),
        sa.Column("made_on", sa.Date(), nullable=False, comment="When it was made."),
        sa.Column("source", sa.String(), nullable=False, comment="Where its readings are from."),
        sa.Column("digest", sa.CHAR(64), nullable=False, comment="SHA-256 of its file."),
        sa.Column(
            "published_at", instant, nullable=False, comment="When it was published, in UTC."
        ),
        sa.Column("published_by", sa.Uuid(), nullable=False, comment="Who published it."),
        sa.CheckConstraint("number >= 1", name=op.f("ck_directory_place_list_number_counts")),
        sa.CheckConstraint(
            "digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_directory_place_list_digest_form")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_place_list")),
        sa.UniqueConstraint("version", name=op.f("uq_directory_place_list_version")),
        sa.UniqueConstraint("number", name=op.f("uq_directory_place_list_number")),
    )


def _create_directory_place() -> None:
    middle = "Of its middle, in degrees, WGS 84."
    op.create_table(
        "directory_place",
        sa.Column("id", sa.Uuid(), nullable=False, comment=ID),
        sa.Column("list_id", sa.Uuid(), nullable=False, comment="The list it is of."),
        sa.Column(
            "name", sa.String(80), nullable=False, comment="What it is called, as DL1 or Crook."
        ),
        sa.Column("kind", sa.String(40), nullable=False, comment="What it is."),
        sa.CheckConstraint(
            "kind IN ('district', 'locality', 'area')", name=op.f("ck_directory_place_kind")
        ),
        sa.Column("latitude", sa.Float(), nullable=False, comment=middle),
        sa.Column("longitude", sa.Float(), nullable=False, comment=middle),
        sa.Column(
            "within",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="The names of the places that hold it.",
        ),
        sa.Column("also", sa.ARRAY(sa.Text()), nullable=False, comment="Its other names."),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90", name=op.f("ck_directory_place_latitude_range")
        ),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180", name=op.f("ck_directory_place_longitude_range")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["directory_place_list.id"], name=op.f("fk_directory_place_list_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_place")),
        sa.UniqueConstraint("list_id", "name", name=op.f("uq_directory_place_list_id_name")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
