"""Determinations by supervisors, and overrides by two people.

Revision ID: 0023
Revises: 0022
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

RANKS = (
    "'constable', 'sergeant', 'inspector', 'chief_inspector', 'superintendent', "
    "'chief_superintendent', 'assistant_chief_constable', 'deputy_chief_constable', "
    "'chief_constable'"
)
VERDICTS = "'eligible', 'ineligible', 'pending', 'refer'"


def upgrade() -> None:
    op.create_table(
        "determination",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "eligibility_decision_id",
            sa.Uuid(),
            nullable=False,
            comment="The decision that refers the case.",
        ),
        sa.Column("verdict", sa.String(40), nullable=False, comment="What the supervisor came to."),
        sa.Column("reason_code", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.Column("words", sa.String(), nullable=False, comment="Why, in words."),
        sa.Column(
            "determined_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("determined_by", sa.Uuid(), nullable=False, comment="Which supervisor."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_determination")),
        sa.ForeignKeyConstraint(
            ["eligibility_decision_id"],
            ["eligibility_decision.id"],
            name=op.f("fk_determination_eligibility_decision_id"),
        ),
        sa.UniqueConstraint(
            "eligibility_decision_id", name=op.f("uq_determination_eligibility_decision_id")
        ),
        sa.CheckConstraint(
            "verdict IN ('eligible', 'ineligible')", name=op.f("ck_determination_settles")
        ),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_determination_words_length")),
        sa.CheckConstraint(f"verdict IN ({VERDICTS})", name=op.f("ck_determination_verdict")),
        sa.CheckConstraint(
            "reason_code IN ('terms_met', 'terms_not_met', 'suits', 'does_not_suit', 'other')",
            name=op.f("ck_determination_reason_code"),
        ),
    )
    op.create_table(
        "eligibility_override",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "eligibility_decision_id",
            sa.Uuid(),
            nullable=False,
            comment="The decision it departs from.",
        ),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="Counts the decision's proposals."
        ),
        sa.Column("verdict", sa.String(40), nullable=False, comment="What it comes to instead."),
        sa.Column("reason_code", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.Column("words", sa.String(), nullable=False, comment="Why, in words."),
        sa.Column(
            "proposed_rank", sa.String(40), nullable=False, comment="The proposer's rank then."
        ),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When proposed, in UTC.",
        ),
        sa.Column(
            "proposed_by",
            sa.Uuid(),
            nullable=False,
            comment="The first person, who proposed it.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_override")),
        sa.ForeignKeyConstraint(
            ["eligibility_decision_id"],
            ["eligibility_decision.id"],
            name=op.f("fk_eligibility_override_eligibility_decision_id"),
        ),
        sa.UniqueConstraint(
            "eligibility_decision_id",
            "number",
            name=op.f("uq_eligibility_override_eligibility_decision_id_number"),
        ),
        sa.UniqueConstraint(
            "id", "proposed_by", name=op.f("uq_eligibility_override_id_proposed_by")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_eligibility_override_number_counts")),
        sa.CheckConstraint(
            "verdict IN ('eligible', 'ineligible')", name=op.f("ck_eligibility_override_settles")
        ),
        sa.CheckConstraint(
            "length(words) <= 1000", name=op.f("ck_eligibility_override_words_length")
        ),
        sa.CheckConstraint(
            f"verdict IN ({VERDICTS})", name=op.f("ck_eligibility_override_verdict")
        ),
        sa.CheckConstraint(
            "reason_code IN "
            "('fact_not_asked', 'rule_does_not_fit', 'risk', 'public_interest', 'other')",
            name=op.f("ck_eligibility_override_reason_code"),
        ),
        sa.CheckConstraint(
            f"proposed_rank IN ({RANKS})", name=op.f("ck_eligibility_override_proposed_rank")
        ),
    )
    op.create_table(
        "override_answer",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "eligibility_override_id",
            sa.Uuid(),
            nullable=False,
            comment="The proposal it answers.",
        ),
        sa.Column(
            "proposed_by",
            sa.Uuid(),
            nullable=False,
            comment="The first person, as the proposal has it.",
        ),
        sa.Column("outcome", sa.String(40), nullable=False, comment="Confirmed or declined."),
        sa.Column("words", sa.String(), nullable=True, comment="Why it was declined."),
        sa.Column(
            "answered_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When answered, in UTC.",
        ),
        sa.Column("answered_by", sa.Uuid(), nullable=False, comment="The second person."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override_answer")),
        sa.UniqueConstraint(
            "eligibility_override_id", name=op.f("uq_override_answer_eligibility_override_id")
        ),
        sa.ForeignKeyConstraint(
            ["eligibility_override_id", "proposed_by"],
            ["eligibility_override.id", "eligibility_override.proposed_by"],
            name=op.f("fk_override_answer_eligibility_override_id_proposed_by"),
        ),
        sa.CheckConstraint(
            "answered_by <> proposed_by", name=op.f("ck_override_answer_two_people")
        ),
        sa.CheckConstraint(
            "outcome = 'confirmed' OR words IS NOT NULL",
            name=op.f("ck_override_answer_declining_has_words"),
        ),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_override_answer_words_length")),
        sa.CheckConstraint(
            "outcome IN ('confirmed', 'declined')", name=op.f("ck_override_answer_outcome")
        ),
    )
    # Whatever is written here speaks on a decision that may be spoken on in that way.
    op.execute("""
        CREATE FUNCTION refuse_determination() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM eligibility_decision
                            WHERE id = NEW.eligibility_decision_id AND verdict = 'refer') THEN
                RAISE EXCEPTION 'only a decision that refers is determined'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION refuse_override() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM eligibility_decision
                            WHERE id = NEW.eligibility_decision_id
                              AND verdict IN ('eligible', 'ineligible')
                              AND verdict <> NEW.verdict) THEN
                RAISE EXCEPTION 'an override departs from a settled decision'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF EXISTS (SELECT FROM eligibility_override AS earlier
                         LEFT JOIN override_answer ON eligibility_override_id = earlier.id
                        WHERE earlier.eligibility_decision_id = NEW.eligibility_decision_id
                          AND outcome IS DISTINCT FROM 'declined') THEN
                RAISE EXCEPTION 'an override of this decision is open or confirmed'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER determination_answers_a_referral BEFORE INSERT ON determination
        FOR EACH ROW EXECUTE FUNCTION refuse_determination()
    """)
    op.execute("""
        CREATE TRIGGER eligibility_override_departs BEFORE INSERT ON eligibility_override
        FOR EACH ROW EXECUTE FUNCTION refuse_override()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    for table in ("determination", "eligibility_override", "override_answer"):
        op.execute(f"""
            CREATE TRIGGER {table}_never_edited BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("override_answer")
    op.drop_table("eligibility_override")
    op.drop_table("determination")
    op.execute("DROP FUNCTION refuse_override()")
    op.execute("DROP FUNCTION refuse_determination()")
