"""Unblindings: proposed by one person, answered by another.

Revision ID: 0045
Revises: 0044
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
REASONS = "'follow_up_complete', 'stopped_early', 'safety', 'legal_duty', 'other'"
INSTANT = sa.DateTime(timezone=True)
TABLES = ("unblinding", "unblinding_answer")


def upgrade() -> None:
    _create_proposals()
    _create_answers()
    _guard()


def _create_proposals() -> None:
    op.create_table(
        "unblinding",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("trial_id", sa.Uuid(), nullable=False, comment="The trial."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the trial's proposals."),
        sa.Column("scope", sa.String(40), nullable=False, comment="The whole trial, or one case."),
        sa.Column("allocation_id", sa.Uuid(), nullable=True, comment="The case's allocation."),
        sa.Column("reason_code", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.Column("words", sa.String(), nullable=False, comment="Why, in words."),
        sa.Column("proposed_at", INSTANT, nullable=False, comment="When proposed, in UTC."),
        sa.Column(
            "proposed_by", sa.Uuid(), nullable=False, comment="The first person, who proposed it."
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unblinding")),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_unblinding_trial_id")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_unblinding_allocation_id")
        ),
        sa.UniqueConstraint("trial_id", "number", name=op.f("uq_unblinding_trial_id_number")),
        sa.UniqueConstraint("id", "proposed_by", name=op.f("uq_unblinding_id_proposed_by")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_unblinding_number_counts")),
        sa.CheckConstraint(
            "(scope = 'case') = (allocation_id IS NOT NULL)",
            name=op.f("ck_unblinding_a_case_has_its_allocation"),
        ),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_unblinding_words_length")),
        sa.CheckConstraint("scope IN ('trial', 'case')", name=op.f("ck_unblinding_scope")),
        sa.CheckConstraint(f"reason_code IN ({REASONS})", name=op.f("ck_unblinding_reason_code")),
    )


def _create_answers() -> None:
    op.create_table(
        "unblinding_answer",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("unblinding_id", sa.Uuid(), nullable=False, comment="The proposal it answers."),
        sa.Column(
            "proposed_by",
            sa.Uuid(),
            nullable=False,
            comment="The first person, as the proposal has it.",
        ),
        sa.Column("outcome", sa.String(40), nullable=False, comment="Confirmed or declined."),
        sa.Column("words", sa.String(), nullable=True, comment="Why it was declined."),
        sa.Column("answered_at", INSTANT, nullable=False, comment="When answered, in UTC."),
        sa.Column("answered_by", sa.Uuid(), nullable=False, comment="The second person."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unblinding_answer")),
        sa.UniqueConstraint("unblinding_id", name=op.f("uq_unblinding_answer_unblinding_id")),
        sa.ForeignKeyConstraint(
            ["unblinding_id", "proposed_by"],
            ["unblinding.id", "unblinding.proposed_by"],
            name=op.f("fk_unblinding_answer_unblinding_id_proposed_by"),
        ),
        sa.CheckConstraint(
            "answered_by <> proposed_by", name=op.f("ck_unblinding_answer_two_people")
        ),
        sa.CheckConstraint(
            "outcome = 'confirmed' OR words IS NOT NULL",
            name=op.f("ck_unblinding_answer_declining_has_words"),
        ),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_unblinding_answer_words_length")),
        sa.CheckConstraint(
            "outcome IN ('confirmed', 'declined')", name=op.f("ck_unblinding_answer_outcome")
        ),
    )


def _guard() -> None:
    op.execute("""
        CREATE FUNCTION refuse_unblinding() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM unblinding AS earlier
                         LEFT JOIN unblinding_answer ON unblinding_id = earlier.id
                        WHERE earlier.trial_id = NEW.trial_id
                          AND earlier.allocation_id IS NOT DISTINCT FROM NEW.allocation_id
                          AND outcome IS DISTINCT FROM 'declined') THEN
                RAISE EXCEPTION 'an unblinding of this is open or confirmed'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.allocation_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM allocation
                 WHERE id = NEW.allocation_id AND trial_id = NEW.trial_id) THEN
                RAISE EXCEPTION 'the case is not in the trial' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER unblinding_is_the_only_one BEFORE INSERT ON unblinding
        FOR EACH ROW EXECUTE FUNCTION refuse_unblinding()
    """)
    # Whoever unblinds a case is blind to it no longer, and annotates it no more.
    op.execute("""
        CREATE FUNCTION put_down_unblinded() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO arm_reading (id, allocation_id, read_by, read_at)
            SELECT gen_random_uuid(), unblinding.allocation_id, person.id, NEW.answered_at
              FROM unblinding, unnest(ARRAY[NEW.proposed_by, NEW.answered_by]) AS person (id)
             WHERE unblinding.id = NEW.unblinding_id AND unblinding.allocation_id IS NOT NULL
               AND NEW.outcome = 'confirmed'
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER unblinding_answer_ends_blindness AFTER INSERT ON unblinding_answer
        FOR EACH ROW EXECUTE FUNCTION put_down_unblinded()
    """)
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION put_down_unblinded()")
    op.execute("DROP FUNCTION refuse_unblinding()")
