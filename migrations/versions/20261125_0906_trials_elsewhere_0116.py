"""Trials that ran elsewhere: editions of them, their participants, and what came of these.

Revision ID: 0116
Revises: 0115
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0116"
down_revision = "0115"
TABLES = (
    "trial_edition",
    "trial_edition_part",
    "trial_edition_end",
    "elsewhere_participant",
    "elsewhere_event",
)
ROWS = ("trial_edition_part", "elsewhere_participant", "elsewhere_event")
FOUND = "found_trial_elsewhere(uuid, uuid[], text, text, date, date, timestamptz, uuid)"


def upgrade() -> None:
    _create_trial_edition()
    _create_trial_edition_part()
    _create_trial_edition_end()
    _create_elsewhere_participant()
    _create_elsewhere_event()
    _kinds("'live', 'test', 'elsewhere'")
    op.create_check_constraint(
        op.f("ck_sealed_list_drawn_from_here"), "sealed_list", "kind <> 'elsewhere'"
    )
    op.alter_column("trial", "kind", comment="Live, a test, or elsewhere.")
    _closed_once_ended()
    _founding()
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE
            ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE
            ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def _kinds(listed: str) -> None:
    for table in ("trial", "sealed_list"):
        name = op.f(f"ck_{table}_kind")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"kind IN ({listed})")


def _closed_once_ended() -> None:
    """No row joins an edition that ended; looked at once for all that come together."""
    op.execute("""
        CREATE FUNCTION refuse_rows_of_ended_edition() RETURNS trigger
        LANGUAGE plpgsql SET search_path = '' AS $$
        BEGIN
            IF EXISTS (SELECT FROM added JOIN public.trial_edition_end AS ended
                           ON ended.trial_edition_id = added.trial_edition_id) THEN
                RAISE EXCEPTION 'the edition has ended' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    for table in ROWS:
        op.execute(f"""
            CREATE TRIGGER {table}_edition_open AFTER INSERT ON {table}
            REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_rows_of_ended_edition()
        """)


def _founding() -> None:
    """The one way by which the API makes a trial: of this kind alone, and closed at once."""
    op.execute("""
        CREATE FUNCTION found_trial_elsewhere(
            edition uuid, ids uuid[], content text, digest text, first_day date, last_day date,
            at timestamptz, actor uuid
        ) RETURNS uuid
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        DECLARE
            brought public.trial_edition%ROWTYPE;
            founded public.trial%ROWTYPE;
        BEGIN
            SELECT * INTO STRICT brought FROM public.trial_edition WHERE id = edition;
            IF EXISTS (SELECT FROM public.trial_edition_end WHERE trial_edition_id = edition) THEN
                RAISE EXCEPTION 'the edition has ended' USING ERRCODE = 'check_violation';
            END IF;
            SELECT * INTO founded FROM public.trial WHERE code = brought.code;
            IF NOT FOUND THEN
                INSERT INTO public.trial (id, code, kind)
                VALUES (ids[1], brought.code, 'elsewhere') RETURNING * INTO founded;
                INSERT INTO public.trial_closing (id, trial_id, words, closed_at, closed_by)
                VALUES (ids[2], founded.id, 'It ran elsewhere.', at, actor);
            ELSIF founded.kind <> 'elsewhere' THEN
                RAISE EXCEPTION 'the trial runs here' USING ERRCODE = 'check_violation';
            END IF;
            INSERT INTO public.trial_protocol (id, trial_id, number, version, in_effect_from,
                   opens_on, closes_on, digest, content, adopted_at, adopted_by)
            VALUES (ids[3], founded.id, brought.number, 'elsewhere-' || brought.number, first_day,
                    first_day, last_day + 1, found_trial_elsewhere.digest,
                    found_trial_elsewhere.content, at, actor);
            RETURN founded.id;
        END $$
    """)
    op.execute(f"REVOKE ALL ON FUNCTION {FOUND} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FOUND} TO checkpoint_api")


def _create_trial_edition() -> None:
    op.create_table(
        "trial_edition",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("code", sa.String(length=40), nullable=False, comment="The trial's."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts its editions."),
        sa.Column(
            "manifest",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What holds for the whole of it.",
        ),
        sa.Column(
            "manifest_digest",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the manifest.",
        ),
        sa.Column(
            "key_check",
            sa.String(length=64),
            nullable=False,
            comment="HMAC-SHA-256 by the key that masks its arms.",
        ),
        sa.Column(
            "begun_at", sa.DateTime(timezone=True), nullable=False, comment="When begun, in UTC."
        ),
        sa.Column("begun_by", sa.Uuid(), nullable=False, comment="Who brings it in."),
        sa.CheckConstraint("number >= 1", name=op.f("ck_trial_edition_number_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_edition")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_trial_edition_code_number")),
    )


def _create_trial_edition_part() -> None:
    op.create_table(
        "trial_edition_part",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("trial_edition_id", sa.Uuid(), nullable=False, comment="The edition."),
        sa.Column(
            "kind",
            sa.Enum(
                "participants",
                "follow_up",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What it holds, as a code.",
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Which of them."),
        sa.Column("rows", sa.Integer(), nullable=False, comment="How many rows."),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of what came."),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("received_by", sa.Uuid(), nullable=False, comment="Who sent it."),
        sa.CheckConstraint(
            "number >= 1 AND rows >= 0", name=op.f("ck_trial_edition_part_numbers_count")
        ),
        sa.ForeignKeyConstraint(
            ["trial_edition_id"],
            ["trial_edition.id"],
            name=op.f("fk_trial_edition_part_trial_edition_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_edition_part")),
        sa.UniqueConstraint(
            "trial_edition_id",
            "kind",
            "number",
            name=op.f("uq_trial_edition_part_trial_edition_id_kind_number"),
        ),
    )


def _create_trial_edition_end() -> None:
    op.create_table(
        "trial_edition_end",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("trial_edition_id", sa.Uuid(), nullable=False, comment="The edition."),
        sa.Column(
            "outcome",
            sa.Enum(
                "completed",
                "abandoned",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="How it ended, as a code.",
        ),
        sa.Column(
            "trial_id", sa.Uuid(), nullable=True, comment="The trial that it founded or went on."
        ),
        sa.Column(
            "digest", sa.String(length=64), nullable=True, comment="SHA-256 of all that came."
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column("ended_by", sa.Uuid(), nullable=False, comment="Who ended it."),
        sa.CheckConstraint(
            "(outcome = 'completed') = (digest IS NOT NULL)",
            name=op.f("ck_trial_edition_end_a_complete_one_has_its_digest"),
        ),
        sa.CheckConstraint(
            "(outcome = 'completed') = (trial_id IS NOT NULL)",
            name=op.f("ck_trial_edition_end_a_complete_one_has_its_trial"),
        ),
        sa.ForeignKeyConstraint(
            ["trial_edition_id"],
            ["trial_edition.id"],
            name=op.f("fk_trial_edition_end_trial_edition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["trial.id"], name=op.f("fk_trial_edition_end_trial_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_edition_end")),
        sa.UniqueConstraint("trial_edition_id", name=op.f("uq_trial_edition_end_trial_edition_id")),
    )
    op.create_index(
        op.f("ix_trial_edition_end_trial_id"), "trial_edition_end", ["trial_id"], unique=False
    )


def _create_elsewhere_participant() -> None:
    op.create_table(
        "elsewhere_participant",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("trial_edition_id", sa.Uuid(), nullable=False, comment="The edition."),
        sa.Column(
            "participant_id",
            sa.Uuid(),
            nullable=False,
            comment="The same in each edition of the trial.",
        ),
        sa.Column("row", sa.Integer(), nullable=False, comment="Its row, or its line in the file."),
        sa.Column(
            "reference",
            sa.String(length=64),
            nullable=False,
            comment="What they are called there; no name.",
        ),
        sa.Column("mask", sa.String(length=1), nullable=False, comment="The mask of their arm."),
        sa.Column(
            "delivered_mask",
            sa.String(length=1),
            nullable=True,
            comment="The mask of the arm they were given; null is not known.",
        ),
        sa.Column(
            "per_protocol",
            sa.Boolean(),
            nullable=False,
            comment="Whether they were given their own arm as the protocol has it.",
        ),
        sa.Column(
            "completed",
            sa.Boolean(),
            nullable=True,
            comment="Whether they completed; null: not told.",
        ),
        sa.Column("stratum", sa.String(length=40), nullable=False, comment="Their stratum."),
        sa.Column("allocated_on", sa.Date(), nullable=False, comment="The day of allocation."),
        sa.Column(
            "sex", sa.String(length=20), nullable=True, comment="Sex, as a code; null is not known."
        ),
        sa.Column(
            "age", sa.Integer(), nullable=True, comment="Whole years at allocation, if known."
        ),
        sa.Column(
            "ethnicity",
            sa.String(length=10),
            nullable=True,
            comment="The broad group of self-defined ethnicity; null is not known.",
        ),
        sa.Column(
            "residence",
            sa.String(length=40),
            nullable=True,
            comment="The local authority, if known.",
        ),
        sa.Column(
            "offence_group",
            sa.String(length=40),
            nullable=True,
            comment="The group of the index offence.",
        ),
        sa.Column(
            "baseline",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="The covariates of the manifest.",
        ),
        sa.Column(
            "observed_days",
            sa.Integer(),
            nullable=False,
            comment="Days from allocation to the last one.",
        ),
        sa.Column(
            "ended_by",
            sa.Enum(
                "data_cut",
                "death",
                "emigration",
                "lost_to_follow_up",
                name="ended_by",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Why not longer, as a code.",
        ),
        sa.Column(
            "custody_days", sa.Integer(), nullable=False, comment="Days of these in custody."
        ),
        sa.Column(
            "distance_travelled",
            sa.Integer(),
            nullable=True,
            comment="Scores at exit less those at baseline.",
        ),
        sa.Column(
            "cost_pence", sa.BigInteger(), nullable=True, comment="What the case cost, in pence."
        ),
        sa.CheckConstraint(
            "age BETWEEN 10 AND 120", name=op.f("ck_elsewhere_participant_age_range")
        ),
        sa.CheckConstraint(
            "custody_days >= 0", name=op.f("ck_elsewhere_participant_custody_range")
        ),
        sa.CheckConstraint(
            "observed_days >= 0", name=op.f("ck_elsewhere_participant_observed_forwards")
        ),
        sa.ForeignKeyConstraint(
            ["trial_edition_id"],
            ["trial_edition.id"],
            name=op.f("fk_elsewhere_participant_trial_edition_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elsewhere_participant")),
        sa.UniqueConstraint(
            "trial_edition_id",
            "participant_id",
            name=op.f("uq_elsewhere_participant_trial_edition_id_participant_id"),
        ),
    )


def _create_elsewhere_event() -> None:
    op.create_table(
        "elsewhere_event",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("trial_edition_id", sa.Uuid(), nullable=False, comment="The edition."),
        sa.Column("participant_id", sa.Uuid(), nullable=False, comment="The participant."),
        sa.Column("row", sa.Integer(), nullable=False, comment="Its row, or its line in the file."),
        sa.Column(
            "measure",
            sa.Enum(
                "arrest",
                "charge",
                "proven",
                name="measure",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What it counts for.",
        ),
        sa.Column("day", sa.Integer(), nullable=True, comment="Days from allocation, if told so."),
        sa.Column("happened_on", sa.Date(), nullable=True, comment="The day, if told so."),
        sa.Column(
            "offence_group",
            sa.String(length=40),
            nullable=True,
            comment="The group of the offence, if known.",
        ),
        sa.Column(
            "harm_days", sa.Float(), nullable=True, comment="Days by the harm index, if told."
        ),
        sa.Column(
            "proactively_detected",
            sa.Boolean(),
            nullable=False,
            comment="Whether police found it of their own accord.",
        ),
        sa.CheckConstraint(
            "(day IS NULL) <> (happened_on IS NULL)",
            name=op.f("ck_elsewhere_event_one_way_of_telling"),
        ),
        sa.CheckConstraint("harm_days >= 0", name=op.f("ck_elsewhere_event_harm_range")),
        sa.ForeignKeyConstraint(
            ["trial_edition_id"],
            ["trial_edition.id"],
            name=op.f("fk_elsewhere_event_trial_edition_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elsewhere_event")),
    )
    op.create_index(
        op.f("ix_elsewhere_event_trial_edition_id_participant_id"),
        "elsewhere_event",
        ["trial_edition_id", "participant_id"],
        unique=False,
    )


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {FOUND}")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_rows_of_ended_edition")
    op.drop_constraint(op.f("ck_sealed_list_drawn_from_here"), "sealed_list", type_="check")
    _kinds("'live', 'test'")
    op.alter_column("trial", "kind", comment="Live, or a test.")
