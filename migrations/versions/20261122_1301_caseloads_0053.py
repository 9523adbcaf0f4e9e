"""Whose case it is: assignments, offers, covers, and caseloads that went to others.

Revision ID: 0053
Revises: 0052
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
TABLES = (
    "navigator_reassignment",
    "navigator_assignment",
    "navigator_handover",
    "navigator_handover_answer",
    "navigator_cover",
)
ENDED = ("navigator_assignment", "navigator_cover")


def upgrade() -> None:
    _create_navigator_reassignment()
    _create_navigator_assignment()
    _create_navigator_handover()
    _create_navigator_handover_answer()
    _create_navigator_cover()
    _guard()


def _create_navigator_reassignment() -> None:
    op.create_table(
        "navigator_reassignment",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("navigator_id", sa.Uuid(), nullable=False, comment="Whose caseload it was."),
        sa.Column("reason_code", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.CheckConstraint(
            "reason_code IN ('sick', 'leaves', 'provider_ends', 'other')",
            name=op.f("ck_navigator_reassignment_reason_code"),
        ),
        sa.Column("words", sa.String(), nullable=True, comment="Why, in words."),
        sa.Column("plan", sa.String(length=64), nullable=False, comment="The tag of the plan."),
        sa.Column(
            "reassigned_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("reassigned_by", sa.Uuid(), nullable=False, comment="Who did it."),
        sa.CheckConstraint(
            "length(words) <= 1000", name=op.f("ck_navigator_reassignment_words_length")
        ),
        sa.ForeignKeyConstraint(
            ["navigator_id"], ["navigator.id"], name=op.f("fk_navigator_reassignment_navigator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator_reassignment")),
    )
    op.create_index(
        op.f("ix_navigator_reassignment_navigator_id"), "navigator_reassignment", ["navigator_id"]
    )


def _create_navigator_assignment() -> None:
    op.create_table(
        "navigator_assignment",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case."),
        sa.Column("navigator_id", sa.Uuid(), nullable=False, comment="Whose it is."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the case's."),
        sa.Column("how", sa.String(40), nullable=False, comment="How it came to them."),
        sa.CheckConstraint(
            "how IN ('assigned', 'handed_over', 'reassigned')",
            name=op.f("ck_navigator_assignment_how"),
        ),
        sa.Column(
            "reassignment_id", sa.Uuid(), nullable=True, comment="With which caseload, if so."
        ),
        sa.Column(
            "override_words",
            sa.String(),
            nullable=True,
            comment="Why beyond their capacity, if it was.",
        ),
        sa.Column("override_by", sa.Uuid(), nullable=True, comment="The supervisor who said so."),
        sa.Column(
            "assigned_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="From when on, in UTC.",
        ),
        sa.Column("assigned_by", sa.Uuid(), nullable=False, comment="Who did it."),
        sa.Column(
            "ended_at", sa.DateTime(timezone=True), nullable=True, comment="Until when, in UTC."
        ),
        sa.Column("ended_by", sa.Uuid(), nullable=True, comment="Who ended it."),
        sa.Column("end_reason", sa.String(40), nullable=True, comment="Why, as a code."),
        sa.CheckConstraint(
            "end_reason IN ('handed_over', 'reassigned', 'case_ended', 'assigned_wrongly')",
            name=op.f("ck_navigator_assignment_end_reason"),
        ),
        sa.CheckConstraint(
            "(how = 'reassigned') = (reassignment_id IS NOT NULL)",
            name=op.f("ck_navigator_assignment_reassigned_together"),
        ),
        sa.CheckConstraint(
            "ended_at >= assigned_at", name=op.f("ck_navigator_assignment_ends_after")
        ),
        sa.CheckConstraint(
            "length(override_words) <= 1000", name=op.f("ck_navigator_assignment_words_length")
        ),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, ended_by, end_reason) IN (0, 3)",
            name=op.f("ck_navigator_assignment_ended_pair"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_navigator_assignment_number_counts")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_navigator_assignment_custody_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["navigator_id"], ["navigator.id"], name=op.f("fk_navigator_assignment_navigator_id")
        ),
        sa.ForeignKeyConstraint(
            ["reassignment_id"],
            ["navigator_reassignment.id"],
            name=op.f("fk_navigator_assignment_reassignment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator_assignment")),
        sa.UniqueConstraint(
            "custody_record_id",
            "number",
            name=op.f("uq_navigator_assignment_custody_record_id_number"),
        ),
    )
    op.create_index(
        op.f("ix_navigator_assignment_caseload"),
        "navigator_assignment",
        ["navigator_id", "assigned_at", "id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        op.f("uq_navigator_assignment_standing"),
        "navigator_assignment",
        ["custody_record_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _create_navigator_handover() -> None:
    op.create_table(
        "navigator_handover",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("assignment_id", sa.Uuid(), nullable=False, comment="Whose case it is now."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the assignment's."),
        sa.Column("to_navigator_id", sa.Uuid(), nullable=False, comment="To whom."),
        sa.Column("kind", sa.String(40), nullable=False, comment="For good, or for a while."),
        sa.CheckConstraint(
            "kind IN ('hand_over', 'cover')", name=op.f("ck_navigator_handover_kind")
        ),
        sa.Column("cover_last_day", sa.Date(), nullable=True, comment="The cover's last day."),
        sa.Column("words", sa.String(), nullable=True, comment="What to know, in words."),
        sa.Column(
            "override_words", sa.String(), nullable=True, comment="Why it may pass their capacity."
        ),
        sa.Column(
            "offered_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When offered, in UTC.",
        ),
        sa.Column("offered_by", sa.Uuid(), nullable=False, comment="Who offered it."),
        sa.CheckConstraint(
            "(kind = 'cover') = (cover_last_day IS NOT NULL)",
            name=op.f("ck_navigator_handover_cover_has_last_day"),
        ),
        sa.CheckConstraint(
            "length(override_words) <= 1000", name=op.f("ck_navigator_handover_override_length")
        ),
        sa.CheckConstraint(
            "length(words) <= 1000", name=op.f("ck_navigator_handover_words_length")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_navigator_handover_number_counts")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["navigator_assignment.id"],
            name=op.f("fk_navigator_handover_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["to_navigator_id"],
            ["navigator.id"],
            name=op.f("fk_navigator_handover_to_navigator_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator_handover")),
        sa.UniqueConstraint(
            "assignment_id", "number", name=op.f("uq_navigator_handover_assignment_id_number")
        ),
    )
    op.create_index(
        op.f("ix_navigator_handover_to"),
        "navigator_handover",
        ["to_navigator_id", "offered_at", "id"],
    )


def _create_navigator_handover_answer() -> None:
    op.create_table(
        "navigator_handover_answer",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("handover_id", sa.Uuid(), nullable=False, comment="The offer it answers."),
        sa.Column("outcome", sa.String(40), nullable=False, comment="Accepted or declined."),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'declined')", name=op.f("ck_navigator_handover_answer_outcome")
        ),
        sa.Column("words", sa.String(), nullable=True, comment="Why it was declined."),
        sa.Column(
            "answered_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When answered, in UTC.",
        ),
        sa.Column("answered_by", sa.Uuid(), nullable=False, comment="Who answered."),
        sa.CheckConstraint(
            "outcome = 'accepted' OR words IS NOT NULL",
            name=op.f("ck_navigator_handover_answer_declining_has_words"),
        ),
        sa.CheckConstraint(
            "length(words) <= 1000", name=op.f("ck_navigator_handover_answer_words_length")
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["navigator_handover.id"],
            name=op.f("fk_navigator_handover_answer_handover_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator_handover_answer")),
        sa.UniqueConstraint("handover_id", name=op.f("uq_navigator_handover_answer_handover_id")),
    )


def _create_navigator_cover() -> None:
    op.create_table(
        "navigator_cover",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("assignment_id", sa.Uuid(), nullable=False, comment="Whose case it is."),
        sa.Column("handover_id", sa.Uuid(), nullable=False, comment="The offer that was accepted."),
        sa.Column("navigator_id", sa.Uuid(), nullable=False, comment="Who covers."),
        sa.Column(
            "override_words",
            sa.String(),
            nullable=True,
            comment="Why beyond their capacity, if it was.",
        ),
        sa.Column("override_by", sa.Uuid(), nullable=True, comment="The supervisor who said so."),
        sa.Column(
            "covers_from",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="From when on, in UTC.",
        ),
        sa.Column(
            "until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Midnight after its last day, in UTC.",
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When ended before that, in UTC.",
        ),
        sa.Column("ended_by", sa.Uuid(), nullable=True, comment="Who ended it."),
        sa.CheckConstraint(
            "length(override_words) <= 1000", name=op.f("ck_navigator_cover_words_length")
        ),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, ended_by) IN (0, 2)", name=op.f("ck_navigator_cover_ended_pair")
        ),
        sa.CheckConstraint("until > covers_from", name=op.f("ck_navigator_cover_ends_by_itself")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["navigator_assignment.id"],
            name=op.f("fk_navigator_cover_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["navigator_handover.id"], name=op.f("fk_navigator_cover_handover_id")
        ),
        sa.ForeignKeyConstraint(
            ["navigator_id"], ["navigator.id"], name=op.f("fk_navigator_cover_navigator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator_cover")),
        sa.UniqueConstraint("handover_id", name=op.f("uq_navigator_cover_handover_id")),
    )
    op.create_index(
        op.f("ix_navigator_cover_assignment_id"),
        "navigator_cover",
        ["assignment_id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        op.f("ix_navigator_cover_caseload"),
        "navigator_cover",
        ["navigator_id", "covers_from", "id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _guard() -> None:
    # An end is added once, and nothing else ever changes.
    op.execute("""
        CREATE FUNCTION only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
               OR to_jsonb(OLD) - ARRAY['ended_at', 'ended_by', 'end_reason']
                  <> to_jsonb(NEW) - ARRAY['ended_at', 'ended_by', 'end_reason'] THEN
                RAISE EXCEPTION '% is append-only but for its end', TG_TABLE_NAME
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    for table in TABLES:
        changes = "DELETE" if table in ENDED else "UPDATE OR DELETE"
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE {changes} ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")
    for table in ENDED:
        op.execute(f"""
            CREATE TRIGGER {table}_only_ends BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION only_ends()
        """)
        op.execute(f"GRANT UPDATE ON {table} TO checkpoint_api")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION only_ends()")
