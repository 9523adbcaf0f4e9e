"""Navigators: who employs them, how they stand, whom they know.

Revision ID: 0052
Revises: 0048
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0048"
TABLES = (
    "navigator_provider",
    "navigator",
    "navigator_clearance",
    "navigator_absence",
    "navigator_conflict",
    "navigator_conflict_withdrawal",
)
EDITED = "navigator"


def upgrade() -> None:
    _create_navigator_provider()
    _create_navigator()
    _create_navigator_clearance()
    _create_navigator_absence()
    _create_navigator_conflict()
    _create_navigator_conflict_withdrawal()
    _guard()


def _create_navigator_provider() -> None:
    op.create_table(
        "navigator_provider",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("code", sa.String(length=40), nullable=False, comment="Short name."),
        sa.Column("name", sa.String(length=200), nullable=False, comment="Its name."),
        sa.Column(
            "available_from", sa.Date(), nullable=False, comment="First day it may be chosen."
        ),
        sa.Column("source", sa.String(length=500), nullable=False, comment="Who says so."),
        sa.Column(
            "added_at", sa.DateTime(timezone=True), nullable=False, comment="When entered, in UTC."
        ),
        sa.Column("added_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator_provider")),
        sa.UniqueConstraint("code", name=op.f("uq_navigator_provider_code")),
    )


def _create_navigator() -> None:
    op.create_table(
        "navigator",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "actor_id", sa.Uuid(), nullable=False, comment="Who, as the identity provider has it."
        ),
        sa.Column("name", sa.String(length=100), nullable=False, comment="Their name."),
        sa.Column("provider", sa.String(length=40), nullable=False, comment="Their employer."),
        sa.Column(
            "base_suites",
            postgresql.ARRAY(sa.String()),
            nullable=False,
            comment="Where they are based, as codes.",
        ),
        sa.Column("capacity", sa.Integer(), nullable=False, comment="How many cases at once."),
        sa.Column(
            "specialisms",
            postgresql.ARRAY(sa.String()),
            nullable=False,
            comment="Whom they are able to work with.",
        ),
        sa.Column(
            "last_day", sa.Date(), nullable=True, comment="Their last day at work, if known."
        ),
        sa.Column(
            "registered_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("registered_by", sa.Uuid(), nullable=False, comment="Who entered them."),
        sa.Column("version", sa.Integer(), nullable=False, comment="Counts changes."),
        sa.CheckConstraint(
            "specialisms <@ ARRAY['women', 'care_leavers', 'mental_health', 'alcohol', 'drugs', 'homelessness']::varchar[]",
            name=op.f("ck_navigator_specialisms_listed"),
        ),
        sa.CheckConstraint("capacity BETWEEN 1 AND 100", name=op.f("ck_navigator_capacity_range")),
        sa.CheckConstraint("cardinality(base_suites) >= 1", name=op.f("ck_navigator_has_suite")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_navigator_version_counts")),
        sa.ForeignKeyConstraint(
            ["provider"], ["navigator_provider.code"], name=op.f("fk_navigator_provider")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator")),
        sa.UniqueConstraint("actor_id", name=op.f("uq_navigator_actor_id")),
    )


def _create_navigator_clearance() -> None:
    op.create_table(
        "navigator_clearance",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("navigator_id", sa.Uuid(), nullable=False, comment="Whose."),
        sa.Column("kind", sa.String(40), nullable=False, comment="Induction or vetting."),
        sa.CheckConstraint(
            "kind IN ('induction', 'vetting')", name=op.f("ck_navigator_clearance_kind")
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts those of a kind."),
        sa.Column("given_on", sa.Date(), nullable=False, comment="Its first day."),
        sa.Column("last_day", sa.Date(), nullable=False, comment="Its last day."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint("last_day >= given_on", name=op.f("ck_navigator_clearance_ends_after")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_navigator_clearance_number_counts")),
        sa.ForeignKeyConstraint(
            ["navigator_id"], ["navigator.id"], name=op.f("fk_navigator_clearance_navigator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator_clearance")),
        sa.UniqueConstraint(
            "navigator_id",
            "kind",
            "number",
            name=op.f("uq_navigator_clearance_navigator_id_kind_number"),
        ),
    )


def _create_navigator_absence() -> None:
    op.create_table(
        "navigator_absence",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("navigator_id", sa.Uuid(), nullable=False, comment="Whose."),
        sa.Column("absent_from", sa.Date(), nullable=False, comment="Its first day."),
        sa.Column("last_day", sa.Date(), nullable=True, comment="Its last day, if known."),
        sa.Column(
            "replaces_id", sa.Uuid(), nullable=True, comment="The entry whose place it takes."
        ),
        sa.Column(
            "taken_away", sa.Boolean(), nullable=False, comment="The entry before it was wrong."
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= absent_from",
            name=op.f("ck_navigator_absence_ends_after"),
        ),
        sa.CheckConstraint(
            "replaces_id IS NOT NULL OR NOT taken_away",
            name=op.f("ck_navigator_absence_takes_one_away"),
        ),
        sa.ForeignKeyConstraint(
            ["navigator_id"], ["navigator.id"], name=op.f("fk_navigator_absence_navigator_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["navigator_absence.id"], name=op.f("fk_navigator_absence_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator_absence")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_navigator_absence_replaces_id")),
    )
    op.create_index(
        op.f("ix_navigator_absence_navigator_id"), "navigator_absence", ["navigator_id"]
    )


def _create_navigator_conflict() -> None:
    op.create_table(
        "navigator_conflict",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("navigator_id", sa.Uuid(), nullable=False, comment="Whose."),
        sa.Column("relation", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.CheckConstraint(
            "relation IN ('knows_person', 'knows_victim', 'other')",
            name=op.f("ck_navigator_conflict_relation"),
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="Whom they know, if it is that."),
        sa.Column(
            "custody_record_id",
            sa.Uuid(),
            nullable=True,
            comment="The one case it is about, if it is that.",
        ),
        sa.Column(
            "declared_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("declared_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint(
            "num_nonnulls(person_id, custody_record_id) = 1",
            name=op.f("ck_navigator_conflict_person_or_case"),
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_navigator_conflict_custody_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["navigator_id"], ["navigator.id"], name=op.f("fk_navigator_conflict_navigator_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_navigator_conflict_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator_conflict")),
    )
    op.create_index(
        op.f("ix_navigator_conflict_custody_record_id"), "navigator_conflict", ["custody_record_id"]
    )
    op.create_index(
        op.f("ix_navigator_conflict_navigator_id"), "navigator_conflict", ["navigator_id"]
    )
    op.create_index(op.f("ix_navigator_conflict_person_id"), "navigator_conflict", ["person_id"])


def _create_navigator_conflict_withdrawal() -> None:
    op.create_table(
        "navigator_conflict_withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("conflict_id", sa.Uuid(), nullable=False, comment="Which one."),
        sa.Column("words", sa.String(), nullable=False, comment="Why, in words."),
        sa.Column(
            "withdrawn_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False, comment="Who withdrew it."),
        sa.CheckConstraint(
            "length(words) <= 1000", name=op.f("ck_navigator_conflict_withdrawal_words_length")
        ),
        sa.ForeignKeyConstraint(
            ["conflict_id"],
            ["navigator_conflict.id"],
            name=op.f("fk_navigator_conflict_withdrawal_conflict_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_navigator_conflict_withdrawal")),
        sa.UniqueConstraint(
            "conflict_id", name=op.f("uq_navigator_conflict_withdrawal_conflict_id")
        ),
    )


def _guard() -> None:
    for table in TABLES:
        changes = "DELETE" if table == EDITED else "UPDATE OR DELETE"
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE {changes} ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")
    op.execute(f"GRANT UPDATE ON {EDITED} TO checkpoint_api")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
