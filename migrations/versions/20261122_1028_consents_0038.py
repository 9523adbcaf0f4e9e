"""Consents: drafts, askings, answers and withdrawals.

Revision ID: 0038
Revises: 0037
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"

INSTANT = sa.DateTime(timezone=True)
LATE_REASONS = "'system_down', 'paper_first', 'told_late', 'busy', 'other'"


def upgrade() -> None:
    _create_drafts()
    _create_askings()
    _create_consents()
    _create_withdrawals()
    _guard_drafts()
    _guard_answers()


def _create_drafts() -> None:
    op.create_table(
        "consent_draft",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case it is about."),
        sa.Column(
            "content",
            postgresql.JSONB(),
            nullable=True,
            comment="What it says so far; null once it ended.",
        ),
        sa.Column("begun_at", INSTANT, nullable=False, comment="When begun, in UTC."),
        sa.Column("begun_by", sa.Uuid(), nullable=False, comment="Who began it."),
        sa.Column("saved_at", INSTANT, nullable=False, comment="When last saved, in UTC."),
        sa.Column(
            "expires_at",
            INSTANT,
            nullable=False,
            comment="When it expires if left alone, in UTC.",
        ),
        sa.Column(
            "completed_at", INSTANT, nullable=True, comment="When its answers were taken, in UTC."
        ),
        sa.Column("completed_by", sa.Uuid(), nullable=True, comment="Who took them."),
        sa.Column(
            "erased_at", INSTANT, nullable=True, comment="When its words were erased, in UTC."
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="Counts its savings, from 1."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_draft")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_consent_draft_custody_record_id"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(content, completed_at, erased_at) = 1",
            name=op.f("ck_consent_draft_words_while_open"),
        ),
        sa.CheckConstraint(
            "(completed_at IS NULL) = (completed_by IS NULL)",
            name=op.f("ck_consent_draft_completed_pair"),
        ),
        sa.CheckConstraint("expires_at > saved_at", name=op.f("ck_consent_draft_expires_later")),
        sa.CheckConstraint("erased_at >= expires_at", name=op.f("ck_consent_draft_erased_in_time")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_consent_draft_version_counts")),
    )
    op.create_index(
        op.f("ix_consent_draft_custody_record_id"), "consent_draft", ["custody_record_id"]
    )
    op.create_index(
        op.f("ix_consent_draft_expires_at"),
        "consent_draft",
        ["expires_at"],
        postgresql_where=sa.text("content IS NOT NULL"),
    )


def _create_askings() -> None:
    op.create_table(
        "consent_asking",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case it is about."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the case's askings."),
        sa.Column(
            "eligibility_decision_id",
            sa.Uuid(),
            nullable=False,
            comment="The decision that stood then.",
        ),
        sa.Column(
            "safeguard_id",
            sa.Uuid(),
            nullable=False,
            comment="Who had to be there, as known then.",
        ),
        sa.Column(
            "information_sheet_id", sa.Uuid(), nullable=False, comment="What the person was told."
        ),
        sa.Column(
            "sheet_given_at", INSTANT, nullable=False, comment="When the sheet was given, in UTC."
        ),
        sa.Column(
            "legal_advice",
            sa.String(40),
            nullable=False,
            comment="Answer to the offer of legal advice.",
        ),
        sa.Column(
            "understanding_checked",
            sa.String(40),
            nullable=False,
            comment="How it was seen that they understood.",
        ),
        sa.Column("answered_at", INSTANT, nullable=False, comment="When answered, in UTC."),
        sa.Column(
            "answered_by", sa.Uuid(), nullable=False, comment="Who answered, as on record then."
        ),
        sa.Column(
            "late_reason",
            sa.String(40),
            nullable=True,
            comment="Why it was entered late, if it was.",
        ),
        sa.Column("taken_at", INSTANT, nullable=False, comment="When entered, in UTC."),
        sa.Column("taken_by", sa.Uuid(), nullable=False, comment="Which officer."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_asking")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_consent_asking_{column}")
            )
            for column, table in (
                ("custody_record_id", "custody_record"),
                ("eligibility_decision_id", "eligibility_decision"),
                ("safeguard_id", "safeguard"),
                ("information_sheet_id", "information_sheet"),
                ("answered_by", "person"),
            )
        ),
        sa.UniqueConstraint(
            "custody_record_id", "number", name=op.f("uq_consent_asking_custody_record_id_number")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_consent_asking_number_counts")),
        sa.CheckConstraint(
            "answered_at >= sheet_given_at", name=op.f("ck_consent_asking_sheet_first")
        ),
        sa.CheckConstraint(
            "legal_advice <> 'awaited'", name=op.f("ck_consent_asking_advice_first")
        ),
        sa.CheckConstraint(
            "legal_advice IN ('had', 'not_wanted', 'awaited')",
            name=op.f("ck_consent_asking_legal_advice"),
        ),
        sa.CheckConstraint(
            "understanding_checked IN "
            "('own_words', 'questions_answered', 'through_interpreter', 'other')",
            name=op.f("ck_consent_asking_understanding_checked"),
        ),
        sa.CheckConstraint(
            f"late_reason IN ({LATE_REASONS})", name=op.f("ck_consent_asking_late_reason")
        ),
    )


def _create_consents() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("consent_asking_id", sa.Uuid(), nullable=False, comment="When it was asked for."),
        sa.Column("kind", sa.String(40), nullable=False, comment="Which of the three."),
        sa.Column("answer", sa.String(40), nullable=False, comment="Given or declined."),
        sa.Column(
            "reason_code", sa.String(40), nullable=True, comment="Why it was declined, as a code."
        ),
        sa.Column("words", sa.String(), nullable=True, comment="Why, in words."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.ForeignKeyConstraint(
            ["consent_asking_id"],
            ["consent_asking.id"],
            name=op.f("fk_consent_consent_asking_id"),
        ),
        sa.UniqueConstraint(
            "consent_asking_id", "kind", name=op.f("uq_consent_consent_asking_id_kind")
        ),
        sa.CheckConstraint(
            "(answer = 'declined') = (reason_code IS NOT NULL)",
            name=op.f("ck_consent_declining_has_reason"),
        ),
        sa.CheckConstraint(
            "answer = 'declined' OR words IS NULL", name=op.f("ck_consent_words_of_declining")
        ),
        sa.CheckConstraint("reason_code ~ '^[a-z_]{1,40}$'", name=op.f("ck_consent_reason_form")),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_consent_words_length")),
        sa.CheckConstraint(
            "kind IN ('programme', 'research', 'information_sharing')",
            name=op.f("ck_consent_kind"),
        ),
        sa.CheckConstraint("answer IN ('given', 'declined')", name=op.f("ck_consent_answer")),
    )


def _create_withdrawals() -> None:
    op.create_table(
        "consent_withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("consent_id", sa.Uuid(), nullable=False, comment="What was taken back."),
        sa.Column("withdrawn_at", INSTANT, nullable=False, comment="When, in UTC."),
        sa.Column("told_by", sa.String(40), nullable=False, comment="Who told of it."),
        sa.Column("reason_code", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.Column("words", sa.String(), nullable=True, comment="Why, in words."),
        sa.Column(
            "late_reason",
            sa.String(40),
            nullable=True,
            comment="Why it was entered late, if it was.",
        ),
        sa.Column("recorded_at", INSTANT, nullable=False, comment="When entered, in UTC."),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_withdrawal")),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_consent_withdrawal_consent_id")
        ),
        sa.UniqueConstraint("consent_id", name=op.f("uq_consent_withdrawal_consent_id")),
        sa.CheckConstraint(
            "reason_code ~ '^[a-z_]{1,40}$'", name=op.f("ck_consent_withdrawal_reason_form")
        ),
        sa.CheckConstraint(
            "length(words) <= 1000", name=op.f("ck_consent_withdrawal_words_length")
        ),
        sa.CheckConstraint(
            "told_by IN ('person', 'legal_adviser', 'appropriate_adult', 'other')",
            name=op.f("ck_consent_withdrawal_told_by"),
        ),
        sa.CheckConstraint(
            f"late_reason IN ({LATE_REASONS})", name=op.f("ck_consent_withdrawal_late_reason")
        ),
    )


def _guard_drafts() -> None:
    """What ended stays ended, and a draft stays that of its case and of whoever began it."""
    op.execute("""
        CREATE FUNCTION refuse_draft_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.content IS NULL THEN
                RAISE EXCEPTION 'this draft has ended' USING ERRCODE = 'check_violation';
            END IF;
            IF (NEW.id, NEW.custody_record_id, NEW.begun_at, NEW.begun_by)
               <> (OLD.id, OLD.custody_record_id, OLD.begun_at, OLD.begun_by) THEN
                RAISE EXCEPTION 'where a draft was begun never changes'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER consent_draft_stays_ended BEFORE UPDATE ON consent_draft
        FOR EACH ROW EXECUTE FUNCTION refuse_draft_change()
    """)
    op.execute("GRANT SELECT, INSERT, UPDATE ON consent_draft TO checkpoint_api")


def _guard_answers() -> None:
    op.execute("""
        CREATE FUNCTION refuse_asking() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM eligibility_decision
                            WHERE id = NEW.eligibility_decision_id
                              AND custody_record_id = NEW.custody_record_id) THEN
                RAISE EXCEPTION 'the decision is of another case'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF NOT EXISTS (SELECT FROM safeguard
                            WHERE id = NEW.safeguard_id
                              AND custody_record_id = NEW.custody_record_id
                              AND (appropriate_adult_needed IS FALSE
                                   OR appropriate_adult_needed
                                  AND appropriate_adult_came_at <= NEW.sheet_given_at
                                  AND coalesce(appropriate_adult_left_at, NEW.answered_at)
                                      >= NEW.answered_at)
                              AND (interpreter_needed IS FALSE
                                   OR interpreter_needed
                                  AND interpreter_came_at <= NEW.sheet_given_at
                                  AND coalesce(interpreter_left_at, NEW.answered_at)
                                      >= NEW.answered_at)) THEN
                RAISE EXCEPTION 'somebody who is needed was not there, or it is not known'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION refuse_consent() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM consent_asking AS asking
                         JOIN consent_asking AS earlier
                           ON earlier.custody_record_id = asking.custody_record_id
                         JOIN consent ON consent.consent_asking_id = earlier.id
                         LEFT JOIN consent_withdrawal
                           ON consent_withdrawal.consent_id = consent.id
                        WHERE asking.id = NEW.consent_asking_id
                          AND consent.kind = NEW.kind AND consent.answer = 'given'
                          AND consent_withdrawal.id IS NULL) THEN
                RAISE EXCEPTION 'this consent stands' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION refuse_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM consent
                             JOIN consent_asking ON consent_asking.id = consent_asking_id
                            WHERE consent.id = NEW.consent_id AND answer = 'given'
                              AND answered_at <= NEW.withdrawn_at) THEN
                RAISE EXCEPTION 'only what was given before is taken back'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    guards = {
        "consent_asking": "refuse_asking",
        "consent": "refuse_consent",
        "consent_withdrawal": "refuse_withdrawal",
    }
    for table, refuses in guards.items():
        op.execute(f"""
            CREATE TRIGGER {table}_is_sound BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION {refuses}()
        """)
        # Never edited; erasure, by the owner alone, stays possible.
        op.execute(f"""
            CREATE TRIGGER {table}_never_edited BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def downgrade() -> None:
    for table in ("consent_withdrawal", "consent", "consent_asking", "consent_draft"):
        op.drop_table(table)
    for refuses in ("withdrawal", "consent", "asking", "draft_change"):
        op.execute(f"DROP FUNCTION refuse_{refuses}()")
