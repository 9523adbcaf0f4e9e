"""Phases of the programme, and trials with their protocols, strata and closing.

Revision ID: 0039
Revises: 0038
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
TABLES = ("programme_phase", "trial", "trial_protocol", "trial_stratum", "trial_closing")


def row_id() -> sa.Column:
    return sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7.")


def moment(name: str, comment: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, comment=comment)


def upgrade() -> None:
    op.create_table(
        "programme_phase",
        row_id(),
        sa.Column("suite", sa.String(40), nullable=False, comment="The suite."),
        sa.Column("live_from", sa.Date(), nullable=False, comment="First day."),
        sa.Column("live_until", sa.Date(), nullable=True, comment="First day no longer."),
        sa.Column("source", sa.String(), nullable=False, comment="Who says so."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_phase")),
        sa.ForeignKeyConstraint(["suite"], ["suite.code"], name=op.f("fk_programme_phase_suite")),
        sa.UniqueConstraint("suite", "live_from", name=op.f("uq_programme_phase_suite_live_from")),
        sa.CheckConstraint(
            "live_until > live_from", name=op.f("ck_programme_phase_ends_after_it_begins")
        ),
    )
    op.create_table(
        "trial",
        row_id(),
        sa.Column("code", sa.String(40), nullable=False, comment="Its name."),
        sa.Column("kind", sa.String(40), nullable=False, comment="Live, or a test."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
        sa.UniqueConstraint("code", name=op.f("uq_trial_code")),
        sa.UniqueConstraint("id", "kind", name=op.f("uq_trial_id_kind")),
        sa.CheckConstraint("kind IN ('live', 'test')", name=op.f("ck_trial_kind")),
        sa.CheckConstraint(
            "(code LIKE 'TEST-%') = (kind = 'test')", name=op.f("ck_trial_code_tells_its_kind")
        ),
    )
    op.create_table(
        "trial_protocol",
        row_id(),
        sa.Column("trial_id", sa.Uuid(), nullable=False, comment="The trial."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the versions."),
        sa.Column("version", sa.String(20), nullable=False, comment="Its name."),
        sa.Column("in_effect_from", sa.Date(), nullable=False, comment="First day."),
        sa.Column("opens_on", sa.Date(), nullable=False, comment="First day of allocation."),
        sa.Column("closes_on", sa.Date(), nullable=True, comment="First day without allocation."),
        sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256 of the content."),
        sa.Column("content", sa.String(), nullable=False, comment="The file, word for word."),
        moment("adopted_at", "When adopted, in UTC."),
        sa.Column("adopted_by", sa.Uuid(), nullable=False, comment="Who adopted it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_protocol")),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["trial.id"], name=op.f("fk_trial_protocol_trial_id")
        ),
        sa.UniqueConstraint("trial_id", "number", name=op.f("uq_trial_protocol_trial_id_number")),
        sa.UniqueConstraint("id", "trial_id", name=op.f("uq_trial_protocol_id_trial_id")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_trial_protocol_number_counts")),
        sa.CheckConstraint(
            "closes_on > opens_on", name=op.f("ck_trial_protocol_closes_after_it_opens")
        ),
    )
    op.create_table(
        "trial_stratum",
        row_id(),
        sa.Column("trial_id", sa.Uuid(), nullable=False, comment="The trial."),
        sa.Column("suite", sa.String(40), nullable=False, comment="The suite."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_stratum")),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_trial_stratum_trial_id")),
        sa.ForeignKeyConstraint(["suite"], ["suite.code"], name=op.f("fk_trial_stratum_suite")),
        sa.UniqueConstraint("trial_id", "suite", name=op.f("uq_trial_stratum_trial_id_suite")),
        sa.UniqueConstraint("id", "trial_id", name=op.f("uq_trial_stratum_id_trial_id")),
    )
    op.create_table(
        "trial_closing",
        row_id(),
        sa.Column("trial_id", sa.Uuid(), nullable=False, comment="The trial."),
        sa.Column("words", sa.String(), nullable=False, comment="Why."),
        moment("closed_at", "When closed, in UTC."),
        sa.Column("closed_by", sa.Uuid(), nullable=False, comment="Who closed it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_closing")),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_trial_closing_trial_id")),
        sa.UniqueConstraint("trial_id", name=op.f("uq_trial_closing_trial_id")),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_trial_closing_words_length")),
    )
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT ON {table} TO checkpoint_api")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
