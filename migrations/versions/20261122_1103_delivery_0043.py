"""What a case was given: crossovers by two, starts on the programme, deviations.

Revision ID: 0043
Revises: 0042
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
TABLES = ("crossover", "crossover_answer", "programme_start", "deviation")
GUARDS = {"crossover": "check_crossover", "programme_start": "check_programme_start"}
LATE_REASONS = "'system_down', 'paper_first', 'told_late', 'busy', 'other'"
RANKS = (
    "'constable', 'sergeant', 'inspector', 'chief_inspector', 'superintendent', "
    "'chief_superintendent', 'assistant_chief_constable', 'deputy_chief_constable', "
    "'chief_constable'"
)
CROSSING = "'offered_already', 'welfare', 'usual_path_closed', 'other'"
DEVIATING = (
    "'prosecuted_instead', 'other_disposal', 'withdrew_before', 'not_reached', "
    "'ineligible_afterwards', 'other'"
)


def column(
    name: str, kind: sa.types.TypeEngine, comment: str, *, nullable: bool = False
) -> sa.Column:
    return sa.Column(name, kind, nullable=nullable, comment=comment)


def row_id() -> sa.Column:
    return column("id", sa.Uuid(), "Opaque identifier, a UUIDv7.")


def moment(name: str, comment: str, *, nullable: bool = False) -> sa.Column:
    return column(name, sa.DateTime(timezone=True), comment, nullable=nullable)


def late() -> sa.Column:
    return column(
        "late_reason", sa.String(40), "Why it was entered late, if it was.", nullable=True
    )


def to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}"))


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    _create_crossovers()
    _create_starts_and_deviations()
    _guard()


def _create_crossovers() -> None:
    op.create_table(
        "crossover",
        row_id(),
        column("allocation_id", sa.Uuid(), "The allocation it departs from."),
        column("number", sa.Integer(), "Counts the proposals."),
        column("reason_code", sa.String(40), "Why, as a code."),
        column("words", sa.String(), "Why, in words."),
        column("proposed_rank", sa.String(40), "The proposer's rank then."),
        moment("proposed_at", "When proposed, in UTC."),
        column("proposed_by", sa.Uuid(), "The first person, who proposed it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crossover")),
        to("crossover", "allocation_id", "allocation.id"),
        sa.UniqueConstraint(
            "allocation_id", "number", name=op.f("uq_crossover_allocation_id_number")
        ),
        sa.UniqueConstraint("id", "proposed_by", name=op.f("uq_crossover_id_proposed_by")),
        check("crossover", "number_counts", "number >= 1"),
        check("crossover", "reason_code", f"reason_code IN ({CROSSING})"),
        check("crossover", "proposed_rank", f"proposed_rank IN ({RANKS})"),
        check("crossover", "words_length", "length(words) <= 1000"),
    )
    op.create_table(
        "crossover_answer",
        row_id(),
        column("crossover_id", sa.Uuid(), "The proposal it answers."),
        column("proposed_by", sa.Uuid(), "The first person, as the proposal has it."),
        column("outcome", sa.String(40), "Confirmed or declined."),
        column("words", sa.String(), "Why it was declined.", nullable=True),
        moment("answered_at", "When answered, in UTC."),
        column("answered_by", sa.Uuid(), "The second person."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crossover_answer")),
        sa.ForeignKeyConstraint(
            ["crossover_id", "proposed_by"],
            ["crossover.id", "crossover.proposed_by"],
            name=op.f("fk_crossover_answer_crossover_id_proposed_by"),
        ),
        sa.UniqueConstraint("crossover_id", name=op.f("uq_crossover_answer_crossover_id")),
        check("crossover_answer", "two_people", "answered_by <> proposed_by"),
        check("crossover_answer", "outcome", "outcome IN ('confirmed', 'declined')"),
        check(
            "crossover_answer",
            "declining_has_words",
            "outcome = 'confirmed' OR words IS NOT NULL",
        ),
        check("crossover_answer", "words_length", "length(words) <= 1000"),
    )


def _create_starts_and_deviations() -> None:
    op.create_table(
        "programme_start",
        row_id(),
        column("custody_record_id", sa.Uuid(), "The case."),
        column("allocation_id", sa.Uuid(), "Its allocation, if it has one.", nullable=True),
        column("enrolment_id", sa.Uuid(), "Its direct enrolment, if it has one.", nullable=True),
        column("crossover_id", sa.Uuid(), "The crossover that allowed it, if any.", nullable=True),
        column("programme_consent_id", sa.Uuid(), "The consent to the programme."),
        moment("started_at", "When started, in UTC."),
        late(),
        moment("recorded_at", "When entered, in UTC."),
        column("recorded_by", sa.Uuid(), "Who entered it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_start")),
        to("programme_start", "custody_record_id", "custody_record.id"),
        to("programme_start", "allocation_id", "allocation.id"),
        to("programme_start", "enrolment_id", "enrolment.id"),
        to("programme_start", "crossover_id", "crossover.id"),
        to("programme_start", "programme_consent_id", "consent.id"),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_programme_start_{name}"))
            for name in ("custody_record_id", "allocation_id", "enrolment_id")
        ),
        check(
            "programme_start",
            "allocated_or_enrolled",
            "num_nonnulls(allocation_id, enrolment_id) = 1",
        ),
        check(
            "programme_start",
            "only_allocated_cross",
            "crossover_id IS NULL OR allocation_id IS NOT NULL",
        ),
        check("programme_start", "late_reason", f"late_reason IN ({LATE_REASONS})"),
    )
    op.create_table(
        "deviation",
        row_id(),
        column("allocation_id", sa.Uuid(), "The allocation it departs from."),
        column("reason_code", sa.String(40), "Why, as a code."),
        column("words", sa.String(), "Why, in words."),
        moment("happened_at", "When that was settled, in UTC."),
        late(),
        moment("recorded_at", "When entered, in UTC."),
        column("recorded_by", sa.Uuid(), "Who entered it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deviation")),
        to("deviation", "allocation_id", "allocation.id"),
        sa.UniqueConstraint("allocation_id", name=op.f("uq_deviation_allocation_id")),
        check("deviation", "reason_code", f"reason_code IN ({DEVIATING})"),
        check("deviation", "words_length", "length(words) <= 1000"),
        check("deviation", "late_reason", f"late_reason IN ({LATE_REASONS})"),
    )


def _guard() -> None:
    # The number makes two proposals at once collide; this sees what the one before came to.
    op.execute("""
        CREATE FUNCTION check_crossover() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.number > 1 AND NOT EXISTS (
                SELECT FROM crossover
                  JOIN crossover_answer ON crossover_answer.crossover_id = crossover.id
                 WHERE crossover.allocation_id = NEW.allocation_id
                   AND crossover.number = NEW.number - 1
                   AND crossover_answer.outcome = 'declined') THEN
                RAISE EXCEPTION 'a crossover follows one that was declined'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF EXISTS (SELECT FROM programme_start
                        WHERE programme_start.allocation_id = NEW.allocation_id) THEN
                RAISE EXCEPTION 'whoever was started does not cross over'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    # The arm is sealed to the database; everything else that a start rests on is seen here.
    op.execute("""
        CREATE FUNCTION check_programme_start() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM allocation WHERE allocation.id = NEW.allocation_id
                   AND allocation.custody_record_id = NEW.custody_record_id
                UNION ALL
                SELECT FROM enrolment WHERE enrolment.id = NEW.enrolment_id
                   AND enrolment.custody_record_id = NEW.custody_record_id) THEN
                RAISE EXCEPTION 'a start rests on its case''s own allocation or enrolment'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF NOT EXISTS (
                SELECT FROM consent
                  JOIN consent_asking ON consent_asking.id = consent.consent_asking_id
                 WHERE consent.id = NEW.programme_consent_id
                   AND consent.kind = 'programme' AND consent.answer = 'given'
                   AND consent_asking.custody_record_id = NEW.custody_record_id
                   AND NOT EXISTS (SELECT FROM consent_withdrawal
                                    WHERE consent_withdrawal.consent_id = consent.id
                                      AND consent_withdrawal.withdrawn_at <= NEW.started_at)) THEN
                RAISE EXCEPTION 'a start rests on consent that stands'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.crossover_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM crossover
                  JOIN crossover_answer ON crossover_answer.crossover_id = crossover.id
                 WHERE crossover.id = NEW.crossover_id
                   AND crossover.allocation_id = NEW.allocation_id
                   AND crossover_answer.outcome = 'confirmed'
                   AND crossover_answer.answered_at <= NEW.started_at) THEN
                RAISE EXCEPTION 'a start rests on a crossover that was confirmed before'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    for table, function in GUARDS.items():
        op.execute(f"""
            CREATE TRIGGER {table}_is_allowed BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION {function}()
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
    for table in ("deviation", "programme_start", "crossover_answer", "crossover"):
        op.drop_table(table)
    for function in GUARDS.values():
        op.execute(f"DROP FUNCTION {function}()")
