"""Data cuts: a trial as it was known at one moment.

Revision ID: 0110
Revises: 0108
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0110"
down_revision = "0108"
TABLES = ("data_cut", "cut_participant", "cut_event")


def upgrade() -> None:
    _create_data_cut()
    _create_cut_participant()
    _create_cut_event()
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


def _create_data_cut() -> None:
    op.create_table(
        "data_cut",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("trial_id", sa.Uuid(), nullable=False, comment="The trial."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the trial's cuts."),
        sa.Column(
            "origin",
            sa.Enum(
                "own",
                "elsewhere",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Whether the programme ran here.",
        ),
        sa.Column(
            "known_until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="What was on record then counts, and nothing that came later; in UTC.",
        ),
        sa.Column(
            "followed_until",
            sa.Date(),
            nullable=False,
            comment="The last day of which follow-up is in.",
        ),
        sa.Column(
            "measures",
            postgresql.ARRAY(sa.String(length=20)),
            nullable=False,
            comment="Which measures it holds, as codes.",
        ),
        sa.Column(
            "definitions",
            sa.String(length=40),
            nullable=False,
            comment="The version of the definitions.",
        ),
        sa.Column(
            "definitions_digest",
            sa.CHAR(length=64),
            nullable=False,
            comment="SHA-256 of the definitions.",
        ),
        sa.Column(
            "rule_sets",
            postgresql.ARRAY(sa.String(length=40)),
            nullable=False,
            comment="The versions of the rules that its people were found eligible by.",
        ),
        sa.Column(
            "harm_index",
            sa.String(length=40),
            nullable=True,
            comment="The version of the harm index, if any.",
        ),
        sa.Column(
            "masks",
            postgresql.ARRAY(sa.String(length=1)),
            nullable=False,
            comment="The arms' masks, in order.",
        ),
        sa.Column("participants", sa.Integer(), nullable=False, comment="How many people."),
        sa.Column("events", sa.Integer(), nullable=False, comment="How many events of theirs."),
        sa.Column(
            "flow",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="How many came to each gate before allocation, by code.",
        ),
        sa.Column("digest", sa.CHAR(length=64), nullable=False, comment="SHA-256 of its rows."),
        sa.Column(
            "software", sa.String(length=60), nullable=False, comment="The version that took it."
        ),
        sa.Column(
            "taken_at", sa.DateTime(timezone=True), nullable=False, comment="When taken, in UTC."
        ),
        sa.Column("taken_by", sa.Uuid(), nullable=False, comment="Who took it."),
        sa.CheckConstraint(
            "definitions_digest ~ '^[0-9a-f]{64}$'",
            name=op.f("ck_data_cut_definitions_digest_form"),
        ),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_data_cut_digest_form")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_data_cut_number_counts")),
        sa.CheckConstraint("participants >= 0 AND events >= 0", name=op.f("ck_data_cut_counts")),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_data_cut_trial_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_cut")),
        sa.UniqueConstraint("trial_id", "number", name=op.f("uq_data_cut_trial_id_number")),
    )


def _create_cut_participant() -> None:
    op.create_table(
        "cut_participant",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("cut_id", sa.Uuid(), nullable=False, comment="The cut."),
        sa.Column(
            "participant_id",
            sa.Uuid(),
            nullable=False,
            comment="Their allocation, or their row of a programme elsewhere.",
        ),
        sa.Column(
            "mask",
            sa.String(length=1),
            nullable=False,
            comment="The mask of the arm they were allocated to.",
        ),
        sa.Column(
            "delivered_mask",
            sa.String(length=1),
            nullable=True,
            comment="The mask of the arm they were given; null: neither is known.",
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
            comment="Whether they completed; null where there was nothing to complete.",
        ),
        sa.Column("stratum", sa.String(length=40), nullable=False, comment="Their stratum."),
        sa.Column(
            "allocated_on",
            sa.Date(),
            nullable=False,
            comment="The day of allocation in London, the index date of both arms.",
        ),
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
            comment="The broad group of self-defined ethnicity, as a code; null is not known.",
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
            comment="The group of the index offence, if known.",
        ),
        sa.Column(
            "baseline",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Other covariates at allocation, by name: numbers, true or false, or codes.",
        ),
        sa.Column(
            "observed_days",
            sa.Integer(),
            nullable=False,
            comment="Days from allocation to the last day that is observed.",
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
            "custody_days",
            sa.Integer(),
            nullable=False,
            comment="Days of these in custody, when nothing could happen.",
        ),
        sa.Column(
            "arrest_day", sa.Integer(), nullable=True, comment="Days to the first arrest, if any."
        ),
        sa.Column(
            "charge_day", sa.Integer(), nullable=True, comment="Days to the first charge, if any."
        ),
        sa.Column(
            "proven_day",
            sa.Integer(),
            nullable=True,
            comment="Days to the first proven reoffence, if any.",
        ),
        sa.Column(
            "distance_travelled",
            sa.Integer(),
            nullable=True,
            comment="Pathways' scores at exit less those at baseline, summed, if both were taken.",
        ),
        sa.Column(
            "cost_pence",
            sa.BigInteger(),
            nullable=True,
            comment="What the case cost, in pence, if recorded.",
        ),
        sa.CheckConstraint("age BETWEEN 10 AND 120", name=op.f("ck_cut_participant_age_range")),
        sa.CheckConstraint(
            "arrest_day >= 0 AND charge_day >= 0 AND proven_day >= 0",
            name=op.f("ck_cut_participant_days_forwards"),
        ),
        sa.CheckConstraint("observed_days >= 0", name=op.f("ck_cut_participant_observed_forwards")),
        sa.ForeignKeyConstraint(
            ["cut_id"], ["data_cut.id"], name=op.f("fk_cut_participant_cut_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cut_participant")),
        sa.UniqueConstraint(
            "cut_id", "participant_id", name=op.f("uq_cut_participant_cut_id_participant_id")
        ),
    )


def _create_cut_event() -> None:
    op.create_table(
        "cut_event",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("cut_id", sa.Uuid(), nullable=False, comment="The cut."),
        sa.Column("participant_id", sa.Uuid(), nullable=False, comment="The participant."),
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
        sa.Column(
            "day",
            sa.Integer(),
            nullable=False,
            comment="Days from allocation to the day that the definitions count.",
        ),
        sa.Column(
            "offence_group",
            sa.String(length=40),
            nullable=True,
            comment="The group of the offence, if known.",
        ),
        sa.Column(
            "harm_days",
            sa.Float(),
            nullable=True,
            comment="Days by the harm index, if it has the offence.",
        ),
        sa.Column(
            "proactively_detected",
            sa.Boolean(),
            nullable=False,
            comment="Whether police found it of their own accord; harm leaves it out.",
        ),
        sa.CheckConstraint("day >= 0", name=op.f("ck_cut_event_day_forwards")),
        sa.CheckConstraint("harm_days >= 0", name=op.f("ck_cut_event_harm_range")),
        sa.ForeignKeyConstraint(
            ["cut_id", "participant_id"],
            ["cut_participant.cut_id", "cut_participant.participant_id"],
            name=op.f("fk_cut_event_cut_id_participant_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cut_event")),
    )
    op.create_index(
        "ix_cut_event_cut_id_participant_id",
        "cut_event",
        ["cut_id", "participant_id"],
        unique=False,
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
