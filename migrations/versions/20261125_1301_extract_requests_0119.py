"""Requests for extracts, and what two people said of each.

Revision ID: 0119
Revises: 0117
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0119"
down_revision = "0117"
TABLES = ("extract_request", "extract_answer")


def upgrade() -> None:
    _create_extract_request()
    _create_extract_answer()
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
    _guard()


def _create_extract_request() -> None:
    op.create_table(
        "extract_request",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("cut_id", sa.Uuid(), nullable=False, comment="The data cut it is made of."),
        sa.Column(
            "product",
            sa.Enum(
                "person_level",
                "aggregates",
                name="product",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Rows of people, or counts; never both.",
        ),
        sa.Column(
            "columns",
            postgresql.ARRAY(sa.String(length=40)),
            nullable=False,
            comment="The fields asked for, in order.",
        ),
        sa.Column(
            "events", sa.Boolean(), nullable=False, comment="Whether a row for each event, too."
        ),
        sa.Column(
            "exempt",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Covariates declared to identify nobody, and why, by field.",
        ),
        sa.Column(
            "population",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Of whom, by what is known of them; empty: of all.",
        ),
        sa.Column("purpose", sa.String(), nullable=False, comment="What for, in words."),
        sa.Column(
            "agreement", sa.String(), nullable=False, comment="The agreement it rests on, in words."
        ),
        sa.Column(
            "recipient",
            sa.String(length=40),
            nullable=False,
            comment="The organisation that receives it, as a code.",
        ),
        sa.Column(
            "expires_on",
            sa.Date(),
            nullable=False,
            comment="The last day on which it is given out.",
        ),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When asked for, in UTC.",
        ),
        sa.Column(
            "requested_by", sa.Uuid(), nullable=False, comment="Who asks; they alone download it."
        ),
        sa.CheckConstraint(
            "NOT events OR product = 'person_level'",
            name=op.f("ck_extract_request_counts_have_no_events"),
        ),
        sa.CheckConstraint(
            "cardinality(columns) >= 1", name=op.f("ck_extract_request_asks_for_something")
        ),
        sa.CheckConstraint(
            "length(purpose) <= 2000 AND length(agreement) <= 200",
            name=op.f("ck_extract_request_words_length"),
        ),
        sa.ForeignKeyConstraint(
            ["cut_id"], ["data_cut.id"], name=op.f("fk_extract_request_cut_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract_request")),
        sa.UniqueConstraint("id", "cut_id", name=op.f("uq_extract_request_id_cut_id")),
        sa.UniqueConstraint("id", "requested_by", name=op.f("uq_extract_request_id_requested_by")),
    )
    op.create_index(op.f("ix_extract_request_cut_id"), "extract_request", ["cut_id"], unique=False)


def _create_extract_answer() -> None:
    op.create_table(
        "extract_answer",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("request_id", sa.Uuid(), nullable=False, comment="The request."),
        sa.Column(
            "requested_by", sa.Uuid(), nullable=False, comment="Who asked, as the request has it."
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "approved",
                "refused",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Approved or refused.",
        ),
        sa.Column("words", sa.String(), nullable=True, comment="What they said of it."),
        sa.Column(
            "answered_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("answered_by", sa.Uuid(), nullable=False, comment="Who."),
        sa.CheckConstraint(
            "outcome = 'approved' OR words IS NOT NULL",
            name=op.f("ck_extract_answer_refusing_has_words"),
        ),
        sa.CheckConstraint(
            "answered_by <> requested_by", name=op.f("ck_extract_answer_two_people")
        ),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_extract_answer_words_length")),
        sa.ForeignKeyConstraint(
            ["request_id", "requested_by"],
            ["extract_request.id", "extract_request.requested_by"],
            name=op.f("fk_extract_answer_request_id_requested_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract_answer")),
        sa.UniqueConstraint(
            "request_id", "answered_by", name=op.f("uq_extract_answer_request_id_answered_by")
        ),
    )


def _guard() -> None:
    # Two say yes, or one says no; then nobody says anything more. A lock on the request
    # sees to it that two who answer at once count each other.
    op.execute("""
        CREATE FUNCTION refuse_extract_answer() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('extract answers'), hashtext(NEW.request_id::text));
            IF EXISTS (SELECT FROM extract_answer
                        WHERE request_id = NEW.request_id AND outcome = 'refused')
               OR (SELECT count(*) FROM extract_answer
                    WHERE request_id = NEW.request_id) >= 2 THEN
                RAISE EXCEPTION 'the request is decided' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER extract_answer_is_wanted BEFORE INSERT ON extract_answer
        FOR EACH ROW EXECUTE FUNCTION refuse_extract_answer()
    """)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_extract_answer()")
