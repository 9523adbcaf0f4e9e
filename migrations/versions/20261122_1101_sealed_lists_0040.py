"""Sealed lists and their places, which nobody but the owner can read.

Revision ID: 0040
Revises: 0039
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
TABLES = ("sealed_list", "list_secret", "slot")


def upgrade() -> None:
    op.create_table(
        "sealed_list",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("trial_id", sa.Uuid(), nullable=False, comment="The trial."),
        sa.Column(
            "kind", sa.String(40), nullable=False, comment="Live, or a test; as the trial is."
        ),
        sa.Column(
            "trial_protocol_id",
            sa.Uuid(),
            nullable=False,
            comment="The protocol it was made for.",
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the trial's lists."),
        sa.Column("method", sa.String(40), nullable=False, comment="How it came about."),
        sa.Column(
            "digest",
            sa.String(64),
            nullable=False,
            comment="Salted SHA-256 of the list in the clear.",
        ),
        sa.Column(
            "sealed_digest",
            sa.String(64),
            nullable=False,
            comment="SHA-256 of its places as they are sealed.",
        ),
        sa.Column(
            "seed_commitment",
            sa.String(64),
            nullable=True,
            comment="SHA-256 that binds the seed.",
        ),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When sealed, in UTC.",
        ),
        sa.Column("sealed_by", sa.Uuid(), nullable=False, comment="Who sealed it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_list")),
        sa.ForeignKeyConstraint(
            ["trial_id", "kind"],
            ["trial.id", "trial.kind"],
            name=op.f("fk_sealed_list_trial_id_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["trial_protocol_id", "trial_id"],
            ["trial_protocol.id", "trial_protocol.trial_id"],
            name=op.f("fk_sealed_list_trial_protocol_id_trial_id"),
        ),
        sa.UniqueConstraint("trial_id", "number", name=op.f("uq_sealed_list_trial_id_number")),
        sa.UniqueConstraint("id", "trial_id", name=op.f("uq_sealed_list_id_trial_id")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_sealed_list_number_counts")),
        sa.CheckConstraint("kind IN ('live', 'test')", name=op.f("ck_sealed_list_kind")),
        sa.CheckConstraint(
            "method IN ('permuted_blocks', 'own_list')", name=op.f("ck_sealed_list_method")
        ),
        sa.CheckConstraint(
            "(method = 'permuted_blocks') = (seed_commitment IS NOT NULL)",
            name=op.f("ck_sealed_list_a_seed_has_its_commitment"),
        ),
    )
    op.create_table(
        "list_secret",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("sealed_list_id", sa.Uuid(), nullable=False, comment="The list."),
        sa.Column("salt", sa.LargeBinary(), nullable=False, comment="The digest's salt, sealed."),
        sa.Column(
            "block_sizes",
            sa.LargeBinary(),
            nullable=True,
            comment="The sizes a block may have, sealed.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_secret")),
        sa.ForeignKeyConstraint(
            ["sealed_list_id"], ["sealed_list.id"], name=op.f("fk_list_secret_sealed_list_id")
        ),
        sa.UniqueConstraint("sealed_list_id", name=op.f("uq_list_secret_sealed_list_id")),
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a random UUID."),
        sa.Column("sealed_list_id", sa.Uuid(), nullable=False, comment="The list."),
        sa.Column("trial_stratum_id", sa.Uuid(), nullable=False, comment="The stratum."),
        sa.Column(
            "position", sa.Integer(), nullable=False, comment="Counts the list's places in it."
        ),
        sa.Column(
            "place",
            sa.Integer(),
            nullable=False,
            comment="Counts the stratum's over all lists.",
        ),
        sa.Column("arm", sa.LargeBinary(), nullable=False, comment="The arm, sealed."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.ForeignKeyConstraint(
            ["sealed_list_id"], ["sealed_list.id"], name=op.f("fk_slot_sealed_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["trial_stratum_id"], ["trial_stratum.id"], name=op.f("fk_slot_trial_stratum_id")
        ),
        sa.UniqueConstraint(
            "trial_stratum_id", "place", name=op.f("uq_slot_trial_stratum_id_place")
        ),
        sa.UniqueConstraint(
            "sealed_list_id",
            "trial_stratum_id",
            "position",
            name=op.f("uq_slot_sealed_list_id_trial_stratum_id_position"),
        ),
        sa.UniqueConstraint(
            "id", "trial_stratum_id", "place", name=op.f("uq_slot_id_trial_stratum_id_place")
        ),
        sa.CheckConstraint(
            "position >= 1 AND place >= position", name=op.f("ck_slot_places_count")
        ),
    )
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
    op.execute("GRANT SELECT ON sealed_list TO checkpoint_api")
    # Whether the places still are what was sealed, without giving one of them out.
    op.execute("""
        CREATE FUNCTION sealed_list_digest(list uuid) RETURNS text
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
            SELECT encode(sha256(convert_to(coalesce(string_agg(
                       slot.id::text || ':' || slot.trial_stratum_id::text || ':' || slot.position
                       || ':' || slot.place || ':' || encode(slot.arm, 'hex') || E'\\n', ''
                       ORDER BY slot.place, slot.trial_stratum_id::text COLLATE "C"), ''),
                   'UTF8')), 'hex')
              FROM public.slot WHERE slot.sealed_list_id = list
        $$
    """)
    op.execute("REVOKE ALL ON FUNCTION sealed_list_digest(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION sealed_list_digest(uuid) TO checkpoint_api")


def downgrade() -> None:
    op.execute("DROP FUNCTION sealed_list_digest(uuid)")
    for table in reversed(TABLES):
        op.drop_table(table)
