"""The directory: listings, their versions, places that are free, and editions.

Revision ID: 0080
Revises: 0099
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0099"
TABLES = (
    "directory_source",
    "directory_edition",
    "directory_listing",
    "directory_listing_version",
    "directory_capacity",
    "directory_chase",
)


def upgrade() -> None:
    _create_directory_source()
    _create_directory_edition()
    _create_directory_listing()
    _create_directory_listing_version()
    _create_directory_capacity()
    _create_directory_chase()
    _guard()
    _grant()
    _begin()
    _count_editions()


def _create_directory_source() -> None:
    op.create_table(
        "directory_source",
        sa.Column(
            "code", sa.String(length=40), nullable=False, comment="Its short name, for ever."
        ),
        sa.Column("name", sa.String(length=200), nullable=False, comment="What people call it."),
        sa.Column(
            "url", sa.String(length=2000), nullable=True, comment="Where it is fetched, if a feed."
        ),
        sa.Column(
            "dialect",
            sa.String(length=40),
            nullable=True,
            comment="How its pages are written, if a feed.",
        ),
        sa.Column(
            "is_local", sa.Boolean(), nullable=False, comment="Whether its listings are kept here."
        ),
        sa.CheckConstraint(
            "code ~ '^[a-z][a-z0-9-]{0,39}$'", name=op.f("ck_directory_source_code_form")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_directory_source")),
    )


def _create_directory_edition() -> None:
    op.create_table(
        "directory_edition",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("number", sa.BigInteger(), nullable=False, comment="Counts the editions."),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it became this one, in UTC.",
        ),
        sa.Column(
            "raised_in", sa.BigInteger(), nullable=False, comment="The transaction that raised it."
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_directory_edition_number_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_edition")),
    )
    op.create_index(
        op.f("uq_directory_edition_one"),
        "directory_edition",
        [sa.literal_column("(true)")],
        unique=True,
    )


def _create_directory_listing() -> None:
    op.create_table(
        "directory_listing",
        sa.Column("id", sa.Uuid(), nullable=False, comment="The id under which it is published."),
        sa.Column("source", sa.String(length=40), nullable=False, comment="Whose it is."),
        sa.Column("kind", sa.String(40), nullable=False, comment="What it is."),
        sa.CheckConstraint(
            "kind IN ('organization', 'service', 'location', 'taxonomy', 'taxonomy_term')",
            name=op.f("ck_directory_listing_kind"),
        ),
        sa.Column(
            "external_id",
            sa.String(length=255),
            nullable=False,
            comment="What its source calls it.",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="Counts its versions, from 1."),
        sa.Column(
            "document",
            postgresql.JSONB(),
            nullable=False,
            comment="What it says, in the standard's words; other listings stand as ids.",
        ),
        sa.Column(
            "digest",
            sa.CHAR(length=64),
            nullable=False,
            comment="SHA-256 of the document's canonical form.",
        ),
        sa.Column("state", sa.String(40), nullable=False, comment="Whether it stands."),
        sa.CheckConstraint(
            "state IN ('listed', 'withdrawn', 'vanished')", name=op.f("ck_directory_listing_state")
        ),
        sa.Column(
            "organization_id", sa.Uuid(), nullable=True, comment="Who provides it, if a service."
        ),
        sa.Column(
            "taxonomy_id", sa.Uuid(), nullable=True, comment="Which taxonomy it is of, if a term."
        ),
        sa.Column(
            "parent_id", sa.Uuid(), nullable=True, comment="The wider term, if a term that has one."
        ),
        sa.Column(
            "valid_from", sa.Date(), nullable=True, comment="Its first day; null if not said."
        ),
        sa.Column(
            "valid_until", sa.Date(), nullable=True, comment="Its last day; null if not said."
        ),
        sa.Column(
            "assured_on", sa.Date(), nullable=True, comment="When somebody last said that it holds."
        ),
        sa.Column(
            "last_modified",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When its source last changed it, in UTC.",
        ),
        sa.Column(
            "modified_offset_known",
            sa.Boolean(),
            nullable=False,
            comment="False where the source gave no offset and UK time was taken.",
        ),
        sa.CheckConstraint(
            "digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_directory_listing_digest_form")
        ),
        sa.CheckConstraint(
            "document ->> 'id' = id::text", name=op.f("ck_directory_listing_document_has_its_id")
        ),
        sa.CheckConstraint(
            "kind = 'service' OR organization_id IS NULL",
            name=op.f("ck_directory_listing_service_alone"),
        ),
        sa.CheckConstraint(
            "kind = 'taxonomy_term' OR (taxonomy_id IS NULL AND parent_id IS NULL)",
            name=op.f("ck_directory_listing_term_alone"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_directory_listing_parent_is_another")),
        sa.CheckConstraint(
            "valid_until >= valid_from", name=op.f("ck_directory_listing_ends_after")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_directory_listing_version_counts")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["directory_listing.id"],
            name=op.f("fk_directory_listing_organization_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["directory_listing.id"],
            name=op.f("fk_directory_listing_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["source"], ["directory_source.code"], name=op.f("fk_directory_listing_source")
        ),
        sa.ForeignKeyConstraint(
            ["taxonomy_id"],
            ["directory_listing.id"],
            name=op.f("fk_directory_listing_taxonomy_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_listing")),
        sa.UniqueConstraint(
            "source",
            "kind",
            "external_id",
            name=op.f("uq_directory_listing_source_kind_external_id"),
        ),
    )
    op.create_index(
        op.f("ix_directory_listing_kind_state"), "directory_listing", ["kind", "state", "id"]
    )
    op.create_index(
        op.f("ix_directory_listing_last_modified"),
        "directory_listing",
        ["kind", "last_modified", "id"],
    )
    op.create_index(
        op.f("ix_directory_listing_organization_id"), "directory_listing", ["organization_id"]
    )
    op.create_index(op.f("ix_directory_listing_parent_id"), "directory_listing", ["parent_id"])
    op.create_index(op.f("ix_directory_listing_taxonomy_id"), "directory_listing", ["taxonomy_id"])


def _create_directory_listing_version() -> None:
    op.create_table(
        "directory_listing_version",
        sa.Column("listing_id", sa.Uuid(), nullable=False, comment="The listing."),
        sa.Column("version", sa.Integer(), nullable=False, comment="Counts its versions, from 1."),
        sa.Column("document", postgresql.JSONB(), nullable=False, comment="What it said."),
        sa.Column(
            "digest",
            sa.CHAR(length=64),
            nullable=False,
            comment="SHA-256 of the document's canonical form.",
        ),
        sa.Column("state", sa.String(40), nullable=False, comment="Whether it stood."),
        sa.CheckConstraint(
            "state IN ('listed', 'withdrawn', 'vanished')",
            name=op.f("ck_directory_listing_version_state"),
        ),
        sa.Column("reason", sa.String(), nullable=True, comment="Why it was changed, if said."),
        sa.Column(
            "import_run", sa.Uuid(), nullable=True, comment="The import that brought it, if one."
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When recorded, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who recorded it."),
        sa.CheckConstraint(
            "length(reason) <= 500", name=op.f("ck_directory_listing_version_reason_length")
        ),
        sa.CheckConstraint(
            "version >= 1", name=op.f("ck_directory_listing_version_version_counts")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["directory_listing.id"],
            name=op.f("fk_directory_listing_version_listing_id"),
        ),
        sa.PrimaryKeyConstraint("listing_id", "version", name=op.f("pk_directory_listing_version")),
    )
    op.create_index(
        op.f("ix_directory_listing_version_import_run"),
        "directory_listing_version",
        ["import_run"],
        postgresql_where=sa.text("import_run IS NOT NULL"),
    )


def _create_directory_capacity() -> None:
    op.create_table(
        "directory_capacity",
        sa.Column("service_id", sa.Uuid(), nullable=False, comment="The service."),
        sa.Column("maximum", sa.Integer(), nullable=False, comment="Places in all."),
        sa.Column("held", sa.Integer(), nullable=False, comment="Places that are held or taken."),
        sa.Column("description", sa.String(), nullable=True, comment="What a place is, in words."),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="Counts what staff stated, from 1; holding counts not.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When last changed, in UTC.",
        ),
        sa.CheckConstraint(
            "0 <= held AND held <= maximum", name=op.f("ck_directory_capacity_held_within")
        ),
        sa.CheckConstraint(
            "length(description) <= 500", name=op.f("ck_directory_capacity_description_length")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["directory_listing.id"], name=op.f("fk_directory_capacity_service_id")
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_directory_capacity")),
    )


def _create_directory_chase() -> None:
    op.create_table(
        "directory_chase",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("listing_id", sa.Uuid(), nullable=False, comment="The listing."),
        sa.Column("way", sa.String(40), nullable=False, comment="How."),
        sa.CheckConstraint(
            "way IN ('email', 'telephone', 'letter', 'visit')", name=op.f("ck_directory_chase_way")
        ),
        sa.Column("due_on", sa.Date(), nullable=False, comment="By which day an answer is due."),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), nullable=False, comment="When asked, in UTC."
        ),
        sa.Column("asked_by", sa.Uuid(), nullable=False, comment="Who asked."),
        sa.Column(
            "answered_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was answered, in UTC.",
        ),
        sa.Column("answered_by", sa.Uuid(), nullable=True, comment="Who recorded that."),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_directory_chase_answered_pair"),
        ),
        sa.CheckConstraint(
            "answered_at >= asked_at", name=op.f("ck_directory_chase_answered_after")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["directory_listing.id"], name=op.f("fk_directory_chase_listing_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_chase")),
    )
    op.create_index(
        op.f("ix_directory_chase_listing_id"), "directory_chase", ["listing_id", "asked_at"]
    )


def _guard() -> None:
    for event in ("UPDATE OR DELETE", "TRUNCATE"):
        level = "STATEMENT" if event == "TRUNCATE" else "ROW"
        name = "not_truncated" if event == "TRUNCATE" else "append_only"
        op.execute(f"""
            CREATE TRIGGER directory_listing_version_{name} BEFORE {event}
            ON directory_listing_version FOR EACH {level} EXECUTE FUNCTION refuse_change()
        """)


def _grant() -> None:
    for table in ("directory_listing", "directory_capacity", "directory_chase"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO checkpoint_api")
    for table in ("directory_listing_version", "directory_source"):
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")
    op.execute("GRANT SELECT ON directory_edition TO checkpoint_api")


def _begin() -> None:
    op.execute("""
        INSERT INTO directory_source (code, name, is_local)
        VALUES ('local', 'Entered by our own staff', true),
               ('programme', 'The programme itself', true)
    """)
    op.execute("""
        INSERT INTO directory_edition (id, number, changed_at, raised_in)
        VALUES (gen_random_uuid(), 1, now(), 0)
    """)


def _count_editions() -> None:
    # Deferred, so that the one row is locked only while a transaction commits; and a transaction
    # that changes ten thousand listings raises it once. It runs as the owner, so that nobody else
    # can set the number.
    op.execute("""
        CREATE FUNCTION raise_directory_edition() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        BEGIN
            UPDATE directory_edition
               SET number = number + 1, changed_at = clock_timestamp(), raised_in = txid_current()
             WHERE raised_in <> txid_current();
            RETURN NULL;
        END $$
    """)
    for table in ("directory_listing", "directory_capacity"):
        op.execute(f"""
            CREATE CONSTRAINT TRIGGER {table}_raises_the_edition
            AFTER INSERT OR UPDATE OR DELETE ON {table} DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION raise_directory_edition()
        """)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION raise_directory_edition()")
