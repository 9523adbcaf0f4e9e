"""What is on record of a contract's conditions, its reviews, and what they come to.

Revision ID: 0058
Revises: 0057
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
TABLES = (
    "condition_entry",
    "condition_entry_withdrawal",
    "breach_review",
    "breach_decision",
)


def upgrade() -> None:
    _create_condition_entry()
    _create_condition_entry_withdrawal()
    _create_breach_review()
    _create_breach_decision()
    _guard()
    _hold_to_the_contract()


def _create_condition_entry() -> None:
    op.create_table(
        "condition_entry",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("contract_id", sa.Uuid(), nullable=False, comment="The contract."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts its entries."),
        sa.Column(
            "condition_key", sa.Uuid(), nullable=False, comment="The condition, through all terms."
        ),
        sa.Column("kind", sa.String(40), nullable=False, comment="What it tells."),
        sa.CheckConstraint(
            "kind IN ('work', 'session', 'contact', 'tag_on', 'tag_off', 'evidence', 'blocked_external', 'met', 'not_met', 'excused')",
            name=op.f("ck_condition_entry_kind"),
        ),
        sa.Column("happened_on", sa.Date(), nullable=False, comment="On which day, or from which."),
        sa.Column("until", sa.Date(), nullable=True, comment="Until which day, if it is over."),
        sa.Column("minutes", sa.Integer(), nullable=True, comment="How long, in minutes."),
        sa.Column("basis", sa.String(40), nullable=False, comment="Fact or assessment."),
        sa.CheckConstraint(
            "basis IN ('fact', 'assessment')", name=op.f("ck_condition_entry_basis")
        ),
        sa.Column("words", sa.String(), nullable=True, comment="What it was, in words."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint(
            "kind <> 'work' OR minutes IS NOT NULL", name=op.f("ck_condition_entry_work_counted")
        ),
        sa.CheckConstraint(
            "kind = 'blocked_external' OR until IS NULL",
            name=op.f("ck_condition_entry_only_blocks_last"),
        ),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_condition_entry_words_length")),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 720", name=op.f("ck_condition_entry_minutes_of_a_day")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_condition_entry_number_counts")),
        sa.CheckConstraint("until >= happened_on", name=op.f("ck_condition_entry_ends_after")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_condition_entry_contract_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_entry")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_condition_entry_contract_id_number")
        ),
    )


def _create_condition_entry_withdrawal() -> None:
    op.create_table(
        "condition_entry_withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("entry_id", sa.Uuid(), nullable=False, comment="The entry that is withdrawn."),
        sa.Column("reason_code", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.CheckConstraint(
            "reason_code IN ('entered_twice', 'entered_wrongly', 'wrong_condition')",
            name=op.f("ck_condition_entry_withdrawal_reason_code"),
        ),
        sa.Column(
            "withdrawn_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False, comment="Who withdrew it."),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["condition_entry.id"],
            name=op.f("fk_condition_entry_withdrawal_entry_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_entry_withdrawal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_condition_entry_withdrawal_entry_id")),
    )


def _create_breach_review() -> None:
    op.create_table(
        "breach_review",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("contract_id", sa.Uuid(), nullable=False, comment="The contract."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts its reviews."),
        sa.Column("cause", sa.String(40), nullable=False, comment="What for."),
        sa.CheckConstraint(
            "cause IN ('new_arrest', 'missed_contact', 'condition', 'offence', 'other')",
            name=op.f("ck_breach_review_cause"),
        ),
        sa.Column(
            "other_record_id", sa.Uuid(), nullable=True, comment="The new arrest's record, if one."
        ),
        sa.Column(
            "condition_key", sa.Uuid(), nullable=True, comment="The condition, if it is for one."
        ),
        sa.Column("words", sa.String(), nullable=False, comment="The evidence, in words."),
        sa.Column("due_on", sa.Date(), nullable=False, comment="The last day to decide it."),
        sa.Column(
            "raised_at", sa.DateTime(timezone=True), nullable=False, comment="When raised, in UTC."
        ),
        sa.Column("raised_by", sa.Uuid(), nullable=False, comment="Who raised it."),
        sa.CheckConstraint(
            "(cause = 'condition') = (condition_key IS NOT NULL)",
            name=op.f("ck_breach_review_condition_named"),
        ),
        sa.CheckConstraint(
            "cause <> 'new_arrest' OR other_record_id IS NOT NULL",
            name=op.f("ck_breach_review_arrest_named"),
        ),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_breach_review_words_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_breach_review_number_counts")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_breach_review_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_record_id"],
            ["custody_record.id"],
            name=op.f("fk_breach_review_other_record_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_review")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_breach_review_contract_id_number")
        ),
        sa.UniqueConstraint("id", "raised_by", name=op.f("uq_breach_review_id_raised_by")),
    )
    op.create_index(op.f("ix_breach_review_other_record_id"), "breach_review", ["other_record_id"])


def _create_breach_decision() -> None:
    op.create_table(
        "breach_decision",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("review_id", sa.Uuid(), nullable=False, comment="The review it answers."),
        sa.Column(
            "raised_by", sa.Uuid(), nullable=False, comment="Who raised it, as the review has it."
        ),
        sa.Column("outcome", sa.String(40), nullable=False, comment="What was decided."),
        sa.CheckConstraint(
            "outcome IN ('continue', 'warn', 'vary', 'fail', 'close')",
            name=op.f("ck_breach_decision_outcome"),
        ),
        sa.Column("ground", sa.String(40), nullable=True, comment="What a failure rests on."),
        sa.CheckConstraint(
            "ground IN ('charged', 'admitted', 'evidence', 'condition_broken')",
            name=op.f("ck_breach_decision_ground"),
        ),
        sa.Column(
            "offence_on", sa.Date(), nullable=True, comment="The day of the offence it rests on."
        ),
        sa.Column("words", sa.String(), nullable=False, comment="Why, in words."),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When decided, in UTC.",
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=False, comment="Who decided."),
        sa.CheckConstraint(
            "(outcome = 'fail') = (ground IS NOT NULL)",
            name=op.f("ck_breach_decision_failure_grounded"),
        ),
        sa.CheckConstraint(
            "COALESCE(ground IN ('charged', 'admitted', 'evidence'), FALSE) = (offence_on IS NOT NULL)",
            name=op.f("ck_breach_decision_offence_dated"),
        ),
        sa.CheckConstraint("decided_by <> raised_by", name=op.f("ck_breach_decision_two_people")),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_breach_decision_words_length")),
        sa.ForeignKeyConstraint(
            ["review_id", "raised_by"],
            ["breach_review.id", "breach_review.raised_by"],
            name=op.f("fk_breach_decision_review_id_raised_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_decision")),
        sa.UniqueConstraint("review_id", name=op.f("uq_breach_decision_review_id")),
    )


def _guard() -> None:
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


def _hold_to_the_contract() -> None:
    # An entry tells of a condition that its contract has; and nobody fails for what was before it.
    op.execute("""
        CREATE FUNCTION condition_is_the_contracts() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.condition_key IS NOT NULL AND NOT EXISTS (
                SELECT FROM contract_condition AS condition
                  JOIN contract_terms AS terms ON terms.id = condition.terms_id
                 WHERE terms.contract_id = NEW.contract_id AND condition.key = NEW.condition_key
            ) THEN
                RAISE EXCEPTION '% names a condition of another contract', TG_TABLE_NAME
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    for table in ("condition_entry", "breach_review"):
        op.execute(f"""
            CREATE TRIGGER {table}_of_its_contract BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION condition_is_the_contracts()
        """)
    op.execute("""
        CREATE FUNCTION failure_is_within_the_contract() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.offence_on IS NOT NULL AND NOT EXISTS (
                SELECT FROM breach_review AS review
                  JOIN contract ON contract.id = review.contract_id
                 WHERE review.id = NEW.review_id AND contract.starts_on <= NEW.offence_on
            ) THEN
                RAISE EXCEPTION 'no contract fails for an offence from before it'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER breach_decision_within_the_contract BEFORE INSERT ON breach_decision
        FOR EACH ROW EXECUTE FUNCTION failure_is_within_the_contract()
    """)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION condition_is_the_contracts()")
    op.execute("DROP FUNCTION failure_is_within_the_contract()")
