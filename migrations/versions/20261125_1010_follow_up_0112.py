"""Follow-up: batches, what became of each row, and what was told of whom.

Revision ID: 0112
Revises: 0111
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"
TABLES = ("follow_up_batch", "follow_up_row", "follow_up_entry")


def upgrade() -> None:
    _create_follow_up_batch()
    _create_follow_up_row()
    _create_follow_up_entry()
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


def _create_follow_up_batch() -> None:
    op.create_table(
        "follow_up_batch",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("trial_id", sa.Uuid(), nullable=False, comment="The trial."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the trial's batches."),
        sa.Column(
            "source", sa.String(length=40), nullable=False, comment="Where it is from, as a code."
        ),
        sa.Column(
            "followed_until", sa.Date(), nullable=False, comment="The last day of which it tells."
        ),
        sa.Column(
            "digest",
            sa.CHAR(length=64),
            nullable=False,
            comment="SHA-256 of what its rows say, in any order.",
        ),
        sa.Column(
            "allowed_percent",
            sa.Integer(),
            nullable=False,
            comment="How many rows in a hundred could be about nobody, or about two people.",
        ),
        sa.Column("rows", sa.Integer(), nullable=False, comment="How many rows."),
        sa.Column("new", sa.Integer(), nullable=False, comment="How many of them were new."),
        sa.Column(
            "corrects",
            sa.Integer(),
            nullable=False,
            comment="How many took an earlier row's place.",
        ),
        sa.Column(
            "repeated",
            sa.Integer(),
            nullable=False,
            comment="How many stood already, word for word.",
        ),
        sa.Column(
            "left_out",
            sa.Integer(),
            nullable=False,
            comment="How many were about people who agree to the research no longer.",
        ),
        sa.Column(
            "ambiguous", sa.Integer(), nullable=False, comment="How many could be about two people."
        ),
        sa.Column(
            "unmatched",
            sa.Integer(),
            nullable=False,
            comment="How many were about nobody in the trial.",
        ),
        sa.Column("covered", sa.Integer(), nullable=False, comment="How many people it tells of."),
        sa.Column(
            "lacking",
            sa.Integer(),
            nullable=False,
            comment="How many of those allocated until then it does not tell of.",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When taken in, in UTC.",
        ),
        sa.Column("received_by", sa.Uuid(), nullable=False, comment="Who took it in."),
        sa.CheckConstraint(
            "digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_follow_up_batch_digest_form")
        ),
        sa.CheckConstraint(
            "source ~ '^[A-Z0-9_-]{1,40}$'", name=op.f("ck_follow_up_batch_source_form")
        ),
        sa.CheckConstraint(
            "(ambiguous + unmatched) * 100::bigint <= allowed_percent * rows::bigint",
            name=op.f("ck_follow_up_batch_no_more_than_allowed"),
        ),
        sa.CheckConstraint(
            "allowed_percent BETWEEN 0 AND 100", name=op.f("ck_follow_up_batch_allowed_range")
        ),
        sa.CheckConstraint(
            "new + corrects + repeated + left_out + ambiguous + unmatched = rows AND least(new, corrects, repeated, left_out, ambiguous, unmatched, covered, lacking) >= 0 AND rows >= 1",
            name=op.f("ck_follow_up_batch_counts_add_up"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_follow_up_batch_number_counts")),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["trial.id"], name=op.f("fk_follow_up_batch_trial_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_batch")),
        sa.UniqueConstraint(
            "id", "trial_id", "source", name=op.f("uq_follow_up_batch_id_trial_id_source")
        ),
        sa.UniqueConstraint("trial_id", "digest", name=op.f("uq_follow_up_batch_trial_id_digest")),
        sa.UniqueConstraint("trial_id", "number", name=op.f("uq_follow_up_batch_trial_id_number")),
    )
    op.create_index(
        "ix_follow_up_batch_received_at_id", "follow_up_batch", ["received_at", "id"], unique=False
    )


def _create_follow_up_row() -> None:
    op.create_table(
        "follow_up_row",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("batch_id", sa.Uuid(), nullable=False, comment="The batch."),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="Where it stood: the line, or its place.",
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "new",
                "corrects",
                "repeated",
                "left_out",
                "ambiguous",
                "unmatched",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What became of it.",
        ),
        sa.Column(
            "allocation_id", sa.Uuid(), nullable=True, comment="Whose it is, if they were found."
        ),
        sa.CheckConstraint(
            "(outcome IN ('left_out', 'ambiguous', 'unmatched')) = (allocation_id IS NULL)",
            name=op.f("ck_follow_up_row_matched_or_not"),
        ),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_follow_up_row_allocation_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["follow_up_batch.id"], name=op.f("fk_follow_up_row_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_row")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_follow_up_row_batch_id_number")),
    )
    op.create_index(
        "ix_follow_up_row_allocation_id", "follow_up_row", ["allocation_id"], unique=False
    )


def _create_follow_up_entry() -> None:
    op.create_table(
        "follow_up_entry",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("batch_id", sa.Uuid(), nullable=False, comment="The batch."),
        sa.Column("trial_id", sa.Uuid(), nullable=False, comment="The trial."),
        sa.Column(
            "source", sa.String(length=40), nullable=False, comment="Where it is from, as a code."
        ),
        sa.Column("row_key", sa.String(length=60), nullable=False, comment="The source's own key."),
        sa.Column("version", sa.Integer(), nullable=False, comment="Counts the rows of that key."),
        sa.Column("digest", sa.CHAR(length=64), nullable=False, comment="SHA-256 of what it says."),
        sa.Column("allocation_id", sa.Uuid(), nullable=False, comment="Whose it is."),
        sa.Column(
            "kind",
            sa.Enum(
                "arrest",
                "charge",
                "disposal",
                "custody",
                "death",
                "emigration",
                "lost_to_follow_up",
                "nothing",
                "withdrawn",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What it tells, as a code.",
        ),
        sa.Column(
            "offence_on", sa.Date(), nullable=True, comment="The day of the offence, if told."
        ),
        sa.Column(
            "arrested_on", sa.Date(), nullable=True, comment="The day of the arrest, if told."
        ),
        sa.Column(
            "charged_on", sa.Date(), nullable=True, comment="The day of the charge, if told."
        ),
        sa.Column(
            "disposed_on", sa.Date(), nullable=True, comment="The day of the disposal, if told."
        ),
        sa.Column(
            "from_on",
            sa.Date(),
            nullable=True,
            comment="The day of death, emigration or loss, or the first in custody.",
        ),
        sa.Column(
            "until_on",
            sa.Date(),
            nullable=True,
            comment="The last day in custody; null is still there.",
        ),
        sa.Column(
            "offence_code",
            sa.String(length=20),
            nullable=True,
            comment="The offence's code, if told.",
        ),
        sa.Column(
            "disposal",
            sa.Enum(
                "conviction",
                "caution",
                "out_of_court",
                "acquitted",
                "no_further_action",
                name="disposal",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="How it was disposed of.",
        ),
        sa.Column(
            "outcome_code",
            sa.String(length=2),
            nullable=True,
            comment="The Home Office outcome, if told.",
        ),
        sa.Column(
            "proactively_detected",
            sa.Boolean(),
            nullable=False,
            comment="Whether police found it of their own accord.",
        ),
        sa.CheckConstraint(
            "(kind = 'disposal') = (disposal IS NOT NULL) AND (kind <> 'disposal' OR (disposed_on IS NOT NULL AND offence_on IS NOT NULL))",
            name=op.f("ck_follow_up_entry_disposal_has_days"),
        ),
        sa.CheckConstraint(
            "(kind IN ('custody', 'death', 'emigration', 'lost_to_follow_up')) = (from_on IS NOT NULL)",
            name=op.f("ck_follow_up_entry_end_has_day"),
        ),
        sa.CheckConstraint(
            "digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_follow_up_entry_digest_form")
        ),
        sa.CheckConstraint(
            "kind <> 'arrest' OR arrested_on IS NOT NULL",
            name=op.f("ck_follow_up_entry_arrest_has_day"),
        ),
        sa.CheckConstraint(
            "kind <> 'charge' OR charged_on IS NOT NULL",
            name=op.f("ck_follow_up_entry_charge_has_day"),
        ),
        sa.CheckConstraint(
            "outcome_code <> '22' OR disposed_on >= '2019-04-01'",
            name=op.f("ck_follow_up_entry_outcome_in_use"),
        ),
        sa.CheckConstraint(
            "outcome_code NOT IN ('0', '18', '19')",
            name=op.f("ck_follow_up_entry_outcome_possible"),
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR (kind = 'custody' AND until_on >= from_on)",
            name=op.f("ck_follow_up_entry_spell_in_order"),
        ),
        sa.CheckConstraint(
            "offence_on <= arrested_on AND offence_on <= charged_on AND offence_on <= disposed_on AND arrested_on <= disposed_on AND charged_on <= disposed_on",
            name=op.f("ck_follow_up_entry_days_in_order"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_follow_up_entry_version_counts")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_follow_up_entry_allocation_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id", "trial_id", "source"],
            ["follow_up_batch.id", "follow_up_batch.trial_id", "follow_up_batch.source"],
            name=op.f("fk_follow_up_entry_batch_id_trial_id_source"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_entry")),
        sa.UniqueConstraint(
            "trial_id",
            "source",
            "row_key",
            "version",
            name=op.f("uq_follow_up_entry_trial_id_source_row_key_version"),
        ),
    )
    op.create_index(
        "ix_follow_up_entry_allocation_id", "follow_up_entry", ["allocation_id"], unique=False
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
