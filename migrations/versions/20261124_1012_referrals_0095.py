"""Whom people are referred to, what is told of them, and what came of it.

Revision ID: 0095
Revises: 0094
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0095"
down_revision = "0094"
MOVED = "referral"
TABLES = (
    "referral",
    "referral_step",
    "referral_disclosure",
    "referral_session",
    "referral_reading",
)


def upgrade() -> None:
    _create_referral()
    _create_referral_step()
    _create_referral_disclosure()
    _create_referral_session()
    _create_referral_reading()
    _guard()
    op.execute(f"GRANT UPDATE ON {MOVED} TO checkpoint_api")
    _hold_to_the_steps()


def _create_referral() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case."),
        sa.Column("service_id", sa.Uuid(), nullable=False, comment="The service that was chosen."),
        sa.Column("organization_id", sa.Uuid(), nullable=False, comment="Whose service it is."),
        sa.Column(
            "reference", sa.String(40), nullable=False, comment="What people call it, random."
        ),
        sa.Column("basis", sa.String(40), nullable=False, comment="What it was made for."),
        sa.Column("pathway", sa.String(40), nullable=False, comment="On which pathway."),
        sa.Column(
            "need_level",
            sa.String(40),
            nullable=True,
            comment="How great the need was, if assessed.",
        ),
        sa.Column(
            "contract_id", sa.Uuid(), nullable=True, comment="The contract, if for a condition."
        ),
        sa.Column(
            "condition_key", sa.Uuid(), nullable=True, comment="The condition, through all terms."
        ),
        sa.Column(
            "needs_assessment_id",
            sa.Uuid(),
            nullable=True,
            comment="The assessment that found the need.",
        ),
        sa.Column(
            "district",
            sa.String(4),
            nullable=True,
            comment="Postcode district where the person is.",
        ),
        sa.Column(
            "excluded_words",
            sa.String(),
            nullable=True,
            comment="Why there although it excludes them.",
        ),
        sa.Column("state", sa.String(40), nullable=False, comment="Where it stands."),
        sa.Column("version", sa.Integer(), nullable=False, comment="Counts its steps."),
        sa.Column(
            "acknowledged_on", sa.Date(), nullable=True, comment="When the provider said it has it."
        ),
        sa.Column(
            "waiting_since", sa.Date(), nullable=True, comment="Its first day on the waiting list."
        ),
        sa.Column(
            "waited_until", sa.Date(), nullable=True, comment="Its last day on the waiting list."
        ),
        sa.Column(
            "holds_place", sa.Boolean(), nullable=False, comment="Whether it takes up a place."
        ),
        sa.Column(
            "excuse_id", sa.Uuid(), nullable=True, comment="What excuses its wait, if anything."
        ),
        sa.Column("made_on", sa.Date(), nullable=False, comment="The day it was made, in England."),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), nullable=False, comment="When entered, in UTC."
        ),
        sa.Column("made_by", sa.Uuid(), nullable=False, comment="Who made it."),
        sa.CheckConstraint("length(excluded_words) <= 1000", name=op.f("ck_referral_words_length")),
        sa.CheckConstraint(
            "pathway IN ('accommodation', 'drugs_and_alcohol', 'finance', 'education_and_employment', 'children_and_families', 'health', 'attitudes')",
            name=op.f("ck_referral_pathway"),
        ),
        sa.ForeignKeyConstraint(
            ["excuse_id"], ["condition_entry.id"], name=op.f("fk_referral_excuse_id")
        ),
        sa.CheckConstraint(
            "basis = 'condition' OR needs_assessment_id IS NOT NULL",
            name=op.f("ck_referral_need_assessed"),
        ),
        sa.CheckConstraint(
            "waited_until IS NULL OR waiting_since IS NOT NULL",
            name=op.f("ck_referral_waits_from_a_day"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"], ["custody_record.id"], name=op.f("fk_referral_custody_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["needs_assessment_id"],
            ["needs_assessment.id"],
            name=op.f("fk_referral_needs_assessment_id"),
        ),
        sa.CheckConstraint(
            "state IN ('made', 'acknowledged', 'waiting', 'started', 'completed', 'disengaged', 'declined_by_person', 'declined_by_provider', 'no_place', 'withdrawn')",
            name=op.f("ck_referral_state"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(contract_id, condition_key) IN (0, 2)",
            name=op.f("ck_referral_condition_whole"),
        ),
        sa.CheckConstraint(
            "need_level IN ('none_seen', 'low', 'medium', 'high')",
            name=op.f("ck_referral_need_level"),
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_referral_reference")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["directory_listing.id"], name=op.f("fk_referral_service_id")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_referral_version_counts")),
        sa.CheckConstraint("waited_until >= waiting_since", name=op.f("ck_referral_waits_from_to")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["directory_listing.id"], name=op.f("fk_referral_organization_id")
        ),
        sa.CheckConstraint("basis IN ('condition', 'need')", name=op.f("ck_referral_basis")),
        sa.CheckConstraint(
            "(basis = 'condition') = (num_nonnulls(contract_id, condition_key) = 2)",
            name=op.f("ck_referral_condition_named"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_referral_contract_id")
        ),
        sa.CheckConstraint(
            "district ~ '^[A-Z]{1,2}[0-9][A-Z0-9]?$'", name=op.f("ck_referral_district_form")
        ),
        sa.CheckConstraint(
            "reference ~ '^CP-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$'",
            name=op.f("ck_referral_reference_form"),
        ),
    )
    op.create_index(op.f("ix_referral_contract_id"), "referral", ["contract_id"])
    op.create_index(op.f("ix_referral_custody_record_id"), "referral", ["custody_record_id", "id"])
    op.create_index(op.f("ix_referral_organization_id"), "referral", ["organization_id", "id"])
    op.create_index(
        op.f("ix_referral_unanswered"),
        "referral",
        ["made_on", "id"],
        postgresql_where=sa.text("state = 'made'"),
    )
    op.create_index(
        op.f("ix_referral_waiting"),
        "referral",
        ["waiting_since", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        op.f("uq_referral_one_open"),
        "referral",
        ["custody_record_id", "service_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('acknowledged', 'made', 'started', 'waiting')"),
    )


def _create_referral_step() -> None:
    op.create_table(
        "referral_step",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("referral_id", sa.Uuid(), nullable=False, comment="The referral."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts its steps."),
        sa.Column("event", sa.String(40), nullable=False, comment="What happened."),
        sa.Column("state", sa.String(40), nullable=False, comment="Where it stood after it."),
        sa.Column("party", sa.String(40), nullable=False, comment="Who told of it."),
        sa.Column("reason_code", sa.String(40), nullable=True, comment="Why, as a code."),
        sa.Column("words", sa.String(), nullable=True, comment="Why, in words."),
        sa.Column(
            "waiting_since", sa.Date(), nullable=True, comment="Its first day of waiting after it."
        ),
        sa.Column(
            "waited_until", sa.Date(), nullable=True, comment="Its last day of waiting after it."
        ),
        sa.Column(
            "holds_place",
            sa.Boolean(),
            nullable=False,
            comment="Whether it took up a place after it.",
        ),
        sa.Column("happened_on", sa.Date(), nullable=False, comment="On which day, in England."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_step")),
        sa.CheckConstraint(
            "event IN ('referral.made', 'referral.made_to_wait', 'referral.acknowledged', 'referral.put_on_waiting_list', 'referral.wait_corrected', 'referral.started', 'referral.completed', 'referral.disengaged', 'referral.declined_by_person', 'referral.declined_by_provider', 'referral.no_place', 'referral.withdrawn', 'referral.sessions_recorded', 'referral.read', 'referral.listed', 'referral.disclosed', 'referral.list_disclosed')",
            name=op.f("ck_referral_step_event"),
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_step_referral_id")
        ),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_referral_step_words_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_referral_step_number_counts")),
        sa.CheckConstraint(
            "state IN ('made', 'acknowledged', 'waiting', 'started', 'completed', 'disengaged', 'declined_by_person', 'declined_by_provider', 'no_place', 'withdrawn')",
            name=op.f("ck_referral_step_state"),
        ),
        sa.UniqueConstraint(
            "referral_id", "number", name=op.f("uq_referral_step_referral_id_number")
        ),
        sa.CheckConstraint(
            "reason_code IN ('list_full', 'staff_short', 'assessment_first', 'goals_reached', 'course_finished', 'moved_on', 'missed_sessions', 'not_reached', 'changed_mind', 'other_help', 'too_far', 'times_do_not_suit', 'not_eligible', 'risk_too_high', 'need_too_complex', 'service_closed', 'no_place_soon', 'made_in_error', 'need_changed', 'contract_ended', 'consent_withdrawn', 'other_provider', 'never_waited', 'wrong_dates', 'died', 'other')",
            name=op.f("ck_referral_step_reason_code"),
        ),
        sa.CheckConstraint(
            "party IN ('navigator', 'provider')", name=op.f("ck_referral_step_party")
        ),
    )
    op.create_index(
        op.f("ix_referral_step_answers"),
        "referral_step",
        ["recorded_at", "id"],
        postgresql_where=sa.text("party = 'provider'"),
    )


def _create_referral_disclosure() -> None:
    op.create_table(
        "referral_disclosure",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("referral_id", sa.Uuid(), nullable=False, comment="The referral."),
        sa.Column("organization_id", sa.Uuid(), nullable=False, comment="Who was told."),
        sa.Column("consent_id", sa.Uuid(), nullable=False, comment="The consent that allowed it."),
        sa.Column("content", JSONB(), nullable=False, comment="What they were told, as sent."),
        sa.Column(
            "disclosed_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("disclosed_by", sa.Uuid(), nullable=False, comment="Who told them."),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["directory_listing.id"],
            name=op.f("fk_referral_disclosure_organization_id"),
        ),
        sa.UniqueConstraint("referral_id", name=op.f("uq_referral_disclosure_referral_id")),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_referral_disclosure_consent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_disclosure")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_disclosure_referral_id")
        ),
    )


def _create_referral_session() -> None:
    op.create_table(
        "referral_session",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("referral_id", sa.Uuid(), nullable=False, comment="The referral."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts what was entered."),
        sa.Column("session_on", sa.Date(), nullable=False, comment="The day of the session."),
        sa.Column("attended", sa.Boolean(), nullable=False, comment="Whether they came."),
        sa.Column("party", sa.String(40), nullable=False, comment="Who told of it."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_session")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_session_referral_id")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_referral_session_number_counts")),
        sa.CheckConstraint(
            "party IN ('navigator', 'provider')", name=op.f("ck_referral_session_party")
        ),
        sa.UniqueConstraint(
            "referral_id", "number", name=op.f("uq_referral_session_referral_id_number")
        ),
    )


def _create_referral_reading() -> None:
    op.create_table(
        "referral_reading",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("referral_id", sa.Uuid(), nullable=False, comment="The referral."),
        sa.Column("version", sa.Integer(), nullable=False, comment="After which step."),
        sa.Column("read_by", sa.Uuid(), nullable=False, comment="Who read it."),
        sa.Column(
            "read_at", sa.DateTime(timezone=True), nullable=False, comment="When first, in UTC."
        ),
        sa.UniqueConstraint(
            "referral_id",
            "read_by",
            "version",
            name=op.f("uq_referral_reading_referral_id_read_by_version"),
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_reading_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_reading")),
    )


def _guard() -> None:
    for table in TABLES:
        changes = "DELETE" if table == MOVED else "UPDATE OR DELETE"
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE {changes} ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def _hold_to_the_steps() -> None:
    # Where a referral stands is what its last step says, and nothing else of it ever changes.
    op.execute("""
        CREATE FUNCTION referral_moves() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE moving text[] := ARRAY['state', 'version', 'acknowledged_on', 'waiting_since',
                                       'waited_until', 'holds_place', 'excuse_id'];
        BEGIN
            IF to_jsonb(OLD) - moving <> to_jsonb(NEW) - moving
               OR NEW.version <> OLD.version + 1 THEN
                RAISE EXCEPTION 'referral changes by its next step, and only where it stands'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER referral_moves BEFORE UPDATE ON referral
        FOR EACH ROW EXECUTE FUNCTION referral_moves()
    """)
    op.execute("""
        CREATE FUNCTION referral_follows_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM referral_step
                 WHERE referral_id = NEW.id AND number = NEW.version AND state = NEW.state
                   AND waiting_since IS NOT DISTINCT FROM NEW.waiting_since
                   AND waited_until IS NOT DISTINCT FROM NEW.waited_until
                   AND holds_place = NEW.holds_place
            ) THEN
                RAISE EXCEPTION 'referral stands where no step of it led'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER referral_follows_its_steps AFTER INSERT OR UPDATE ON referral
        DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION referral_follows_its_steps()
    """)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION referral_moves()")
    op.execute("DROP FUNCTION referral_follows_its_steps()")
