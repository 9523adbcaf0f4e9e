"""What victims are told of contracts, what they object to, and what is said to it.

Revision ID: 0059
Revises: 0058
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
TABLES = (
    "victim_challenge",
    "victim_challenge_decision",
)
BEFORE = (
    "what IN ('arrested', 'released', 'released_under_investigation', 'released_on_bail', "
    "'charged', 'no_further_action', 'out_of_court_decision')"
)
SINCE = (
    BEFORE[:-1] + ", 'contract_started', 'contract_completed', 'contract_failed', 'contract_ended')"
)
WHAT = "ck_victim_notification_what"


def upgrade() -> None:
    _create_victim_challenge()
    _create_victim_challenge_decision()
    _guard()
    _swap(SINCE)


def _create_victim_challenge() -> None:
    op.create_table(
        "victim_challenge",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("contract_id", sa.Uuid(), nullable=False, comment="The contract."),
        sa.Column("victim_id", sa.Uuid(), nullable=False, comment="Who objects."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts its objections."),
        sa.Column("objected_on", sa.Date(), nullable=False, comment="On which day."),
        sa.Column("words", sa.String(), nullable=False, comment="What they say, in words."),
        sa.Column("due_on", sa.Date(), nullable=False, comment="The last day to decide it."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint("due_on >= objected_on", name=op.f("ck_victim_challenge_due_after")),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_victim_challenge_words_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_victim_challenge_number_counts")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_victim_challenge_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["victim_id"], ["victim.id"], name=op.f("fk_victim_challenge_victim_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victim_challenge")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_victim_challenge_contract_id_number")
        ),
        sa.UniqueConstraint("id", "recorded_by", name=op.f("uq_victim_challenge_id_recorded_by")),
    )
    op.create_index(op.f("ix_victim_challenge_victim_id"), "victim_challenge", ["victim_id"])


def _create_victim_challenge_decision() -> None:
    op.create_table(
        "victim_challenge_decision",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("challenge_id", sa.Uuid(), nullable=False, comment="The objection it answers."),
        sa.Column(
            "recorded_by", sa.Uuid(), nullable=False, comment="Who entered that, as it has it."
        ),
        sa.Column("outcome", sa.String(40), nullable=False, comment="What was decided."),
        sa.CheckConstraint(
            "outcome IN ('contract_stands', 'contract_reviewed', 'outcome_reviewed')",
            name=op.f("ck_victim_challenge_decision_outcome"),
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
            "decided_by <> recorded_by", name=op.f("ck_victim_challenge_decision_two_people")
        ),
        sa.CheckConstraint(
            "length(words) <= 1000", name=op.f("ck_victim_challenge_decision_words_length")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id", "recorded_by"],
            ["victim_challenge.id", "victim_challenge.recorded_by"],
            name=op.f("fk_victim_challenge_decision_challenge_id_recorded_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victim_challenge_decision")),
        sa.UniqueConstraint("challenge_id", name=op.f("uq_victim_challenge_decision_challenge_id")),
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


def _swap(check: str) -> None:
    op.drop_constraint(op.f(WHAT), "victim_notification")
    op.create_check_constraint(op.f(WHAT), "victim_notification", check)


def downgrade() -> None:
    # Nothing that a victim was told is lost: with such rows on record it stops here.
    _swap(BEFORE)
    for table in reversed(TABLES):
        op.drop_table(table)
