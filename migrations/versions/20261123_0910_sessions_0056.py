"""Sessions: appointments, what became of them, contacts and warnings.

Revision ID: 0056
Revises: 0054
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0054"
TABLES = (
    "appointment",
    "appointment_cancellation",
    "attendance",
    "person_contact",
    "written_warning",
    "warning_ground",
)


def upgrade() -> None:
    _create_appointment()
    _create_appointment_cancellation()
    _create_attendance()
    _create_person_contact()
    _create_written_warning()
    _create_warning_ground()
    _guard()


def _create_appointment() -> None:
    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case."),
        sa.Column(
            "contract_id",
            sa.Uuid(),
            nullable=True,
            comment="The contract; null before there was one.",
        ),
        sa.Column("navigator_id", sa.Uuid(), nullable=False, comment="With whom it was planned."),
        sa.Column("kind", sa.String(40), nullable=False, comment="What it is for."),
        sa.CheckConstraint(
            "kind IN ('first_contact', 'session', 'review', 'exit', 'other')",
            name=op.f("ck_appointment_kind"),
        ),
        sa.Column(
            "starts_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it begins, in UTC.",
        ),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="How long it is planned."),
        sa.Column("place", sa.String(40), nullable=False, comment="Where, by kind."),
        sa.CheckConstraint(
            "place IN ('police_station', 'navigator_office', 'provider', 'home', 'public_place', 'telephone', 'video', 'other')",
            name=op.f("ck_appointment_place"),
        ),
        sa.Column(
            "moved_from_id",
            sa.Uuid(),
            nullable=True,
            comment="The one whose place it takes, if so.",
        ),
        sa.Column("asked_by", sa.String(40), nullable=True, comment="Who asked to move that one."),
        sa.CheckConstraint(
            "asked_by IN ('person', 'navigator', 'provider', 'other')",
            name=op.f("ck_appointment_asked_by"),
        ),
        sa.Column(
            "reason_code", sa.String(40), nullable=True, comment="Why it was moved, as a code."
        ),
        sa.CheckConstraint(
            "reason_code IN ('ill', 'work', 'caring', 'transport', 'clashes', 'in_hospital', 'in_custody', 'navigator_away', 'provider_closed', 'entered_wrongly', 'other')",
            name=op.f("ck_appointment_reason_code"),
        ),
        sa.Column(
            "planned_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("planned_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_appointment_minutes_range")),
        sa.CheckConstraint(
            "num_nonnulls(moved_from_id, asked_by, reason_code) IN (0, 3)",
            name=op.f("ck_appointment_moved_together"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_appointment_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_appointment_custody_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["moved_from_id"], ["appointment.id"], name=op.f("fk_appointment_moved_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["navigator_id"], ["navigator.id"], name=op.f("fk_appointment_navigator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("moved_from_id", name=op.f("uq_appointment_moved_from_id")),
    )
    op.create_index(op.f("ix_appointment_case"), "appointment", ["custody_record_id", "starts_at"])
    op.create_index(op.f("ix_appointment_contract_id"), "appointment", ["contract_id"])


def _create_appointment_cancellation() -> None:
    op.create_table(
        "appointment_cancellation",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("appointment_id", sa.Uuid(), nullable=False, comment="Which one."),
        sa.Column("asked_by", sa.String(40), nullable=False, comment="Who asked."),
        sa.CheckConstraint(
            "asked_by IN ('person', 'navigator', 'provider', 'other')",
            name=op.f("ck_appointment_cancellation_asked_by"),
        ),
        sa.Column("reason_code", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.CheckConstraint(
            "reason_code IN ('ill', 'work', 'caring', 'transport', 'clashes', 'in_hospital', 'in_custody', 'navigator_away', 'provider_closed', 'entered_wrongly', 'other')",
            name=op.f("ck_appointment_cancellation_reason_code"),
        ),
        sa.Column(
            "cancelled_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("cancelled_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_cancellation_appointment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_cancellation")),
        sa.UniqueConstraint(
            "appointment_id", name=op.f("uq_appointment_cancellation_appointment_id")
        ),
    )


def _create_attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("appointment_id", sa.Uuid(), nullable=False, comment="Which one."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the entries."),
        sa.Column(
            "outcome", sa.String(40), nullable=False, comment="Came, came late, or did not come."
        ),
        sa.CheckConstraint(
            "outcome IN ('attended', 'late', 'missed')", name=op.f("ck_attendance_outcome")
        ),
        sa.Column(
            "complied",
            sa.Boolean(),
            nullable=True,
            comment="Did what was agreed for it; null is not said.",
        ),
        sa.Column("minutes", sa.Integer(), nullable=True, comment="How long they were there."),
        sa.Column(
            "excused", sa.Boolean(), nullable=False, comment="Lateness or absence is excused."
        ),
        sa.Column(
            "excuse_reason", sa.String(40), nullable=True, comment="Why it is excused, as a code."
        ),
        sa.CheckConstraint(
            "excuse_reason IN ('ill', 'work', 'caring', 'transport', 'bereavement', 'in_hospital', 'in_custody', 'waiting_list', 'navigator_away', 'other')",
            name=op.f("ck_attendance_excuse_reason"),
        ),
        sa.Column("words", sa.String(), nullable=True, comment="What to know of it, in words."),
        sa.Column(
            "late_reason",
            sa.String(40),
            nullable=True,
            comment="Why it was entered late, if it was.",
        ),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_attendance_late_reason"),
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint(
            "(outcome = 'missed') = (minutes IS NULL)",
            name=op.f("ck_attendance_minutes_of_who_came"),
        ),
        sa.CheckConstraint(
            "outcome <> 'attended' OR NOT excused", name=op.f("ck_attendance_something_to_excuse")
        ),
        sa.CheckConstraint(
            "excused = (excuse_reason IS NOT NULL)", name=op.f("ck_attendance_excused_together")
        ),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_attendance_words_length")),
        sa.CheckConstraint("minutes BETWEEN 0 AND 480", name=op.f("ck_attendance_minutes_range")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_attendance_number_counts")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_attendance_appointment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "appointment_id", "number", name=op.f("uq_attendance_appointment_id_number")
        ),
    )


def _create_person_contact() -> None:
    op.create_table(
        "person_contact",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case."),
        sa.Column(
            "attempted_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("channel", sa.String(40), nullable=False, comment="How."),
        sa.CheckConstraint(
            "channel IN ('telephone', 'in_person', 'email', 'text_message', 'letter', 'through_support_service')",
            name=op.f("ck_person_contact_channel"),
        ),
        sa.Column("sought_by", sa.String(40), nullable=False, comment="Who sought it."),
        sa.CheckConstraint(
            "sought_by IN ('navigator', 'person', 'somebody_else')",
            name=op.f("ck_person_contact_sought_by"),
        ),
        sa.Column("result", sa.String(40), nullable=False, comment="What came of it."),
        sa.CheckConstraint(
            "result IN ('reached', 'message_left', 'no_answer', 'unreachable', 'declined_contact')",
            name=op.f("ck_person_contact_result"),
        ),
        sa.Column("words", sa.String(), nullable=True, comment="What was said, in words."),
        sa.Column(
            "late_reason",
            sa.String(40),
            nullable=True,
            comment="Why it was entered late, if it was.",
        ),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_person_contact_late_reason"),
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_person_contact_words_length")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_person_contact_custody_record_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_contact")),
    )
    op.create_index(
        op.f("ix_person_contact_case"), "person_contact", ["custody_record_id", "attempted_at"]
    )


def _create_written_warning() -> None:
    op.create_table(
        "written_warning",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case."),
        sa.Column(
            "contract_id",
            sa.Uuid(),
            nullable=True,
            comment="The contract; null before there was one.",
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the case's."),
        sa.Column(
            "issued_at", sa.DateTime(timezone=True), nullable=False, comment="When given, in UTC."
        ),
        sa.Column("how", sa.String(40), nullable=False, comment="How it reached the person."),
        sa.CheckConstraint(
            "how IN ('handed_over', 'posted', 'emailed')", name=op.f("ck_written_warning_how")
        ),
        sa.Column("words", sa.String(), nullable=False, comment="What it says, in words."),
        sa.Column(
            "late_reason",
            sa.String(40),
            nullable=True,
            comment="Why it was entered late, if it was.",
        ),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_written_warning_late_reason"),
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_written_warning_words_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_written_warning_number_counts")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_written_warning_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_written_warning_custody_record_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_written_warning")),
        sa.UniqueConstraint(
            "custody_record_id", "number", name=op.f("uq_written_warning_custody_record_id_number")
        ),
    )
    op.create_index(op.f("ix_written_warning_contract_id"), "written_warning", ["contract_id"])


def _create_warning_ground() -> None:
    op.create_table(
        "warning_ground",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("warning_id", sa.Uuid(), nullable=False, comment="The warning."),
        sa.Column(
            "appointment_id", sa.Uuid(), nullable=True, comment="The appointment, if it is one."
        ),
        sa.Column("condition_id", sa.Uuid(), nullable=True, comment="The condition, if it is one."),
        sa.CheckConstraint(
            "num_nonnulls(appointment_id, condition_id) = 1",
            name=op.f("ck_warning_ground_one_of_both"),
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_warning_ground_appointment_id")
        ),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["contract_condition.id"], name=op.f("fk_warning_ground_condition_id")
        ),
        sa.ForeignKeyConstraint(
            ["warning_id"], ["written_warning.id"], name=op.f("fk_warning_ground_warning_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_ground")),
        sa.UniqueConstraint(
            "warning_id", "appointment_id", name=op.f("uq_warning_ground_warning_id_appointment_id")
        ),
        sa.UniqueConstraint(
            "warning_id", "condition_id", name=op.f("uq_warning_ground_warning_id_condition_id")
        ),
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


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
