"""Needs assessments: completed ones, what they say of each pathway, and drafts.

Revision ID: 0048
Revises: 0047
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0047"

INSTANT = sa.DateTime(timezone=True)
CODE_FORM = "~ '^[a-z][a-z0-9_]{0,39}$'"
LINKS = "'yes', 'no', 'not_known'"
PATHWAYS = (
    "'accommodation', 'drugs_and_alcohol', 'finance', 'education_and_employment', "
    "'children_and_families', 'health', 'attitudes'"
)
REASONS = "'refused', 'no_time', 'not_fit', 'no_interpreter', 'no_privacy', 'other'"
TAKEN_OVER = "It was taken over, not asked about."


def upgrade() -> None:
    _create_assessments()
    _create_drafts()
    _create_pathways()
    _create_answers()
    _create_statements()
    _create_external_scores()
    _guard_assessments()
    _guard_drafts()


def an_id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7.")


def keys(table: str, **others: str) -> list[sa.Constraint]:
    """The primary key, and the foreign ones by column."""
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, other in others.items()
        ),
    ]


def checks(table: str, **rules: str) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()
    ]


def _create_assessments() -> None:
    op.create_table(
        "needs_assessment",
        an_id(),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case it is about."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the case's assessments."),
        sa.Column(
            "needs_instrument_id", sa.Uuid(), nullable=False, comment="The questions it answers."
        ),
        sa.Column(
            "timepoint", sa.String(40), nullable=False, comment="When in the case it was made."
        ),
        sa.Column(
            "assessed_at",
            INSTANT,
            nullable=False,
            comment="When the person was spoken with, in UTC.",
        ),
        sa.Column(
            "prefilled_from_id",
            sa.Uuid(),
            nullable=True,
            comment="The assessment it was pre-filled from.",
        ),
        sa.Column("corrects_id", sa.Uuid(), nullable=True, comment="The assessment it puts right."),
        sa.Column("correction_reason", sa.String(40), nullable=True, comment="Why, if it does."),
        sa.Column("completed_at", INSTANT, nullable=False, comment="When completed, in UTC."),
        sa.Column("completed_by", sa.Uuid(), nullable=False, comment="Who completed it."),
        *keys(
            "needs_assessment",
            custody_record_id="custody_record",
            needs_instrument_id="needs_instrument",
            prefilled_from_id="needs_assessment",
            corrects_id="needs_assessment",
        ),
        sa.UniqueConstraint(
            "custody_record_id", "number", name=op.f("uq_needs_assessment_custody_record_id_number")
        ),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_needs_assessment_corrects_id")),
        *checks(
            "needs_assessment",
            number_counts="number >= 1",
            corrects_another="corrects_id <> id",
            correction_has_reason="(corrects_id IS NULL) = (correction_reason IS NULL)",
            timepoint="timepoint IN ('baseline', 'review', 'exit', 'follow_up')",
            correction_reason="correction_reason IN "
            "('entered_wrongly', 'learnt_later', 'wrong_timepoint', 'other')",
        ),
    )


def _create_drafts() -> None:
    op.create_table(
        "needs_draft",
        an_id(),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case it is about."),
        sa.Column(
            "needs_instrument_id", sa.Uuid(), nullable=False, comment="The questions it answers."
        ),
        sa.Column(
            "prefilled_from_id",
            sa.Uuid(),
            nullable=True,
            comment="The assessment it was pre-filled from.",
        ),
        sa.Column(
            "content",
            postgresql.JSONB(),
            nullable=True,
            comment="What it says so far; null once completed.",
        ),
        sa.Column("begun_at", INSTANT, nullable=False, comment="When begun, in UTC."),
        sa.Column("begun_by", sa.Uuid(), nullable=False, comment="Who began it."),
        sa.Column("saved_at", INSTANT, nullable=False, comment="When last saved, in UTC."),
        sa.Column("saved_by", sa.Uuid(), nullable=False, comment="Who saved it last."),
        sa.Column("completed_at", INSTANT, nullable=True, comment="When completed, in UTC."),
        sa.Column("completed_by", sa.Uuid(), nullable=True, comment="Who completed it."),
        sa.Column("version", sa.Integer(), nullable=False, comment="Counts its savings, from 1."),
        *keys(
            "needs_draft",
            custody_record_id="custody_record",
            needs_instrument_id="needs_instrument",
            prefilled_from_id="needs_assessment",
        ),
        *checks(
            "needs_draft",
            words_while_open="num_nonnulls(content, completed_at) = 1",
            completed_pair="(completed_at IS NULL) = (completed_by IS NULL)",
            version_counts="version >= 1",
        ),
    )
    op.create_index(op.f("ix_needs_draft_custody_record_id"), "needs_draft", ["custody_record_id"])
    waiting = sa.text("content IS NOT NULL")
    op.create_index(
        op.f("uq_needs_draft_one_open_per_case"),
        "needs_draft",
        ["custody_record_id"],
        unique=True,
        postgresql_where=waiting,
    )
    op.create_index(
        op.f("ix_needs_draft_saved_at"), "needs_draft", ["saved_at"], postgresql_where=waiting
    )


def _create_pathways() -> None:
    op.create_table(
        "needs_pathway",
        an_id(),
        sa.Column("needs_assessment_id", sa.Uuid(), nullable=False, comment="The assessment."),
        sa.Column("pathway", sa.String(40), nullable=False, comment="Which of the seven."),
        sa.Column(
            "score",
            sa.Integer(),
            nullable=True,
            comment="Points; null where an answer is not known.",
        ),
        sa.Column(
            "score_at_least", sa.Integer(), nullable=False, comment="Fewest points it can come to."
        ),
        sa.Column(
            "score_at_most", sa.Integer(), nullable=False, comment="Most points it can come to."
        ),
        sa.Column(
            "highest", sa.Integer(), nullable=False, comment="Most points that the questions allow."
        ),
        sa.Column(
            "level",
            sa.String(40),
            nullable=True,
            comment="How great the need is; null without a score.",
        ),
        sa.Column(
            "linked_to_offending",
            sa.String(40),
            nullable=True,
            comment="Whether it is linked to the offending.",
        ),
        sa.Column("link_carried_over", sa.Boolean(), nullable=False, comment=TAKEN_OVER),
        sa.Column("own_view", sa.String(), nullable=True, comment="The person's own view."),
        sa.Column(
            "not_assessed_reason",
            sa.String(40),
            nullable=True,
            comment="Why it was not assessed, if so.",
        ),
        sa.Column("not_assessed_words", sa.String(), nullable=True, comment="The same in words."),
        *keys("needs_pathway", needs_assessment_id="needs_assessment"),
        sa.UniqueConstraint(
            "needs_assessment_id",
            "pathway",
            name=op.f("uq_needs_pathway_needs_assessment_id_pathway"),
        ),
        *checks(
            "needs_pathway",
            level_of_score="(score IS NULL) = (level IS NULL)",
            score_in_range="0 <= score_at_least AND score_at_least <= score_at_most "
            "AND score_at_most <= highest",
            score_is_certain="score IS NULL OR (score = score_at_least AND score = score_at_most)",
            assessed_or_why_not="(not_assessed_reason IS NULL) = (linked_to_offending IS NOT NULL)",
            no_score_if_not_assessed="not_assessed_reason IS NULL OR score IS NULL",
            words_of_not_assessed="not_assessed_reason IS NOT NULL OR not_assessed_words IS NULL",
            words_length="length(not_assessed_words) <= 1000 AND length(own_view) <= 1000",
            pathway=f"pathway IN ({PATHWAYS})",
            level="level IN ('none_seen', 'low', 'medium', 'high')",
            linked_to_offending=f"linked_to_offending IN ({LINKS})",
            not_assessed_reason=f"not_assessed_reason IN ({REASONS})",
        ),
    )


def _create_answers() -> None:
    op.create_table(
        "needs_answer",
        an_id(),
        sa.Column("needs_pathway_id", sa.Uuid(), nullable=False, comment="What it is about."),
        sa.Column("question", sa.String(40), nullable=False, comment="The question, by its code."),
        sa.Column(
            "option",
            sa.String(40),
            nullable=False,
            comment="The answer, by its code, or not_known.",
        ),
        sa.Column("carried_over", sa.Boolean(), nullable=False, comment=TAKEN_OVER),
        *keys("needs_answer", needs_pathway_id="needs_pathway"),
        sa.UniqueConstraint(
            "needs_pathway_id", "question", name=op.f("uq_needs_answer_needs_pathway_id_question")
        ),
        *checks(
            "needs_answer",
            question_form=f"question {CODE_FORM}",
            option_form=f"option {CODE_FORM}",
        ),
    )


def _create_statements() -> None:
    op.create_table(
        "needs_statement",
        an_id(),
        sa.Column("needs_pathway_id", sa.Uuid(), nullable=False, comment="What it is about."),
        sa.Column("kind", sa.String(40), nullable=False, comment="A strength, or anything else."),
        sa.Column("place", sa.Integer(), nullable=False, comment="Its place, from 1."),
        sa.Column("words", sa.String(), nullable=False, comment="What is stated."),
        sa.Column("basis", sa.String(40), nullable=False, comment="Fact or assessment."),
        sa.Column("carried_over", sa.Boolean(), nullable=False, comment=TAKEN_OVER),
        *keys("needs_statement", needs_pathway_id="needs_pathway"),
        sa.UniqueConstraint(
            "needs_pathway_id",
            "kind",
            "place",
            name=op.f("uq_needs_statement_needs_pathway_id_kind_place"),
        ),
        *checks(
            "needs_statement",
            place_counts="place >= 1",
            words_length="length(words) <= 1000",
            kind="kind IN ('strength', 'statement')",
            basis="basis IN ('fact', 'assessment')",
        ),
    )


def _create_external_scores() -> None:
    op.create_table(
        "needs_external_score",
        an_id(),
        sa.Column("needs_assessment_id", sa.Uuid(), nullable=False, comment="The assessment."),
        sa.Column("code", sa.String(40), nullable=False, comment="Which score, by its code."),
        sa.Column("score", sa.Integer(), nullable=False, comment="What it came to."),
        *keys("needs_external_score", needs_assessment_id="needs_assessment"),
        sa.UniqueConstraint(
            "needs_assessment_id",
            "code",
            name=op.f("uq_needs_external_score_needs_assessment_id_code"),
        ),
        *checks("needs_external_score", code_form=f"code {CODE_FORM}"),
    )


def _guard_assessments() -> None:
    op.execute("""
        CREATE FUNCTION refuse_needs_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM needs_assessment AS other
                        WHERE other.id IN (NEW.corrects_id, NEW.prefilled_from_id)
                          AND other.custody_record_id <> NEW.custody_record_id) THEN
                RAISE EXCEPTION 'it rests on an assessment of another case'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.timepoint = 'baseline'
               AND EXISTS (SELECT FROM needs_assessment AS first
                            WHERE first.custody_record_id = NEW.custody_record_id
                              AND first.timepoint = 'baseline'
                              AND first.id IS DISTINCT FROM NEW.corrects_id
                              AND NOT EXISTS (SELECT FROM needs_assessment AS later
                                               WHERE later.corrects_id = first.id)) THEN
                RAISE EXCEPTION 'this case has its baseline'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER needs_assessment_is_sound BEFORE INSERT ON needs_assessment
        FOR EACH ROW EXECUTE FUNCTION refuse_needs_assessment()
    """)
    for table in (
        "needs_assessment",
        "needs_pathway",
        "needs_answer",
        "needs_statement",
        "needs_external_score",
    ):
        # Never edited; erasure, by the owner alone, stays possible.
        op.execute(f"""
            CREATE TRIGGER {table}_never_edited BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def _guard_drafts() -> None:
    """What ended stays ended, and a draft stays that of its case and of whoever began it."""
    op.execute("""
        CREATE TRIGGER needs_draft_stays_ended BEFORE UPDATE ON needs_draft
        FOR EACH ROW EXECUTE FUNCTION refuse_draft_change()
    """)
    op.execute("GRANT SELECT, INSERT, UPDATE ON needs_draft TO checkpoint_api")


def downgrade() -> None:
    for table in (
        "needs_external_score",
        "needs_statement",
        "needs_answer",
        "needs_pathway",
        "needs_draft",
        "needs_assessment",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_needs_assessment()")
