"""Contracts to engage: as they stand, their steps, what is agreed in them, and who signed.

Revision ID: 0054
Revises: 0060
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0060"
TABLES = ("contract", "contract_terms", "contract_condition", "contract_signature", "contract_step")
MOVED = "contract"


def upgrade() -> None:
    _create_contract()
    _create_contract_terms()
    _create_contract_condition()
    _create_contract_signature()
    _create_contract_step()
    _guard()
    _hold_to_the_steps()


def _create_contract() -> None:
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case."),
        sa.Column(
            "programme_start_id", sa.Uuid(), nullable=False, comment="The start it belongs to."
        ),
        sa.Column(
            "reference",
            sa.String(length=40),
            nullable=False,
            comment="What people call it, random.",
        ),
        sa.Column(
            "fallback",
            sa.String(40),
            nullable=False,
            comment="What follows if it is not completed.",
        ),
        sa.CheckConstraint(
            "fallback IN ('charge', 'caution', 'conditional_caution')",
            name=op.f("ck_contract_fallback"),
        ),
        sa.Column("state", sa.String(40), nullable=False, comment="Where it stands."),
        sa.CheckConstraint(
            "state IN ('draft', 'offered', 'active', 'suspended', 'completed', 'failed', 'withdrawn', 'closed', 'declined', 'lapsed')",
            name=op.f("ck_contract_state"),
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="Counts its steps."),
        sa.Column("terms_number", sa.Integer(), nullable=False, comment="The terms that count."),
        sa.Column("starts_on", sa.Date(), nullable=True, comment="Its first day, in England."),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="Its last day as it stands now."),
        sa.Column(
            "drafted_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When drafted, in UTC.",
        ),
        sa.Column("drafted_by", sa.Uuid(), nullable=False, comment="Who drafted it."),
        sa.CheckConstraint(
            "reference ~ '^CP-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$'",
            name=op.f("ck_contract_reference_form"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_contract_ends_after")),
        sa.CheckConstraint(
            "num_nonnulls(starts_on, ends_on) IN (0, 2)", name=op.f("ck_contract_runs_from_to")
        ),
        sa.CheckConstraint("terms_number >= 1", name=op.f("ck_contract_terms_count")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_contract_version_counts")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"], ["custody_record.id"], name=op.f("fk_contract_custody_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_start_id"],
            ["programme_start.id"],
            name=op.f("fk_contract_programme_start_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("programme_start_id", name=op.f("uq_contract_programme_start_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_contract_reference")),
    )
    op.create_index(op.f("ix_contract_custody_record_id"), "contract", ["custody_record_id"])
    op.create_index(
        op.f("ix_contract_live"),
        "contract",
        ["ends_on", "id"],
        postgresql_where=sa.text("state IN ('active', 'suspended')"),
    )


def _create_contract_terms() -> None:
    op.create_table(
        "contract_terms",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("contract_id", sa.Uuid(), nullable=False, comment="The contract."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts its terms."),
        sa.Column("kind", sa.String(40), nullable=False, comment="First, variation or extension."),
        sa.CheckConstraint(
            "kind IN ('first', 'variation', 'extension')", name=op.f("ck_contract_terms_kind")
        ),
        sa.Column("reason_code", sa.String(40), nullable=False, comment="Why, as a code."),
        sa.CheckConstraint(
            "reason_code IN ('agreed_at_start', 'needs_changed', 'provider_changed', 'more_time', 'after_review', 'entered_wrongly', 'other')",
            name=op.f("ck_contract_terms_reason_code"),
        ),
        sa.Column("words", sa.String(), nullable=True, comment="Why, in words."),
        sa.Column(
            "ends_on",
            sa.Date(),
            nullable=True,
            comment="The last day that was named; null is reckoned from the signature.",
        ),
        sa.Column(
            "excused_days",
            sa.Integer(),
            nullable=False,
            comment="Days excused before they were drafted.",
        ),
        sa.Column(
            "reckoned",
            sa.String(length=200),
            nullable=False,
            comment="How the last day is reckoned.",
        ),
        sa.Column(
            "limit_on",
            sa.Date(),
            nullable=True,
            comment="The last day that prosecution allowed then; null is none.",
        ),
        sa.Column(
            "override_words",
            sa.String(),
            nullable=True,
            comment="Why it may pass that day, if it may.",
        ),
        sa.Column("override_by", sa.Uuid(), nullable=True, comment="The supervisor who said so."),
        sa.Column(
            "drafted_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When drafted, in UTC.",
        ),
        sa.Column("drafted_by", sa.Uuid(), nullable=False, comment="Who drafted them."),
        sa.CheckConstraint(
            "kind = 'first' OR ends_on IS NOT NULL",
            name=op.f("ck_contract_terms_change_has_last_day"),
        ),
        sa.CheckConstraint("excused_days >= 0", name=op.f("ck_contract_terms_excused_counts")),
        sa.CheckConstraint(
            "length(override_words) <= 1000", name=op.f("ck_contract_terms_override_length")
        ),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_contract_terms_words_length")),
        sa.CheckConstraint(
            "num_nonnulls(override_words, override_by) IN (0, 2)",
            name=op.f("ck_contract_terms_override_pair"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_contract_terms_number_counts")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_terms_contract_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_terms")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_contract_terms_contract_id_number")
        ),
    )


def _create_contract_condition() -> None:
    op.create_table(
        "contract_condition",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("terms_id", sa.Uuid(), nullable=False, comment="The terms."),
        sa.Column(
            "key", sa.Uuid(), nullable=False, comment="The same condition, through all terms."
        ),
        sa.Column("position", sa.Integer(), nullable=False, comment="Its place among them."),
        sa.Column("kind", sa.String(40), nullable=False, comment="What it is about."),
        sa.CheckConstraint(
            "kind IN ('offending', 'victim', 'pathway', 'community', 'tag')",
            name=op.f("ck_contract_condition_kind"),
        ),
        sa.Column(
            "pathway", sa.String(40), nullable=True, comment="Which need, if it is about one."
        ),
        sa.CheckConstraint(
            "pathway IN ('accommodation', 'drugs_and_alcohol', 'finance', 'education_and_employment', 'children_and_families', 'health', 'attitudes')",
            name=op.f("ck_contract_condition_pathway"),
        ),
        sa.Column(
            "victim_id", sa.Uuid(), nullable=True, comment="The victim who asked for it, if one."
        ),
        sa.Column(
            "objective", sa.String(), nullable=False, comment="What is to be reached, in words."
        ),
        sa.Column(
            "measure", sa.String(), nullable=False, comment="How one sees that it was, in words."
        ),
        sa.Column(
            "due_on", sa.Date(), nullable=True, comment="By when; null is the contract's last day."
        ),
        sa.Column("rule", sa.String(40), nullable=False, comment="What makes it met."),
        sa.CheckConstraint(
            "rule IN ('no_offending', 'contact', 'sessions', 'hours', 'tag_dates', 'evidence')",
            name=op.f("ck_contract_condition_rule"),
        ),
        sa.Column(
            "amount", sa.Integer(), nullable=True, comment="How many sessions or hours, if counted."
        ),
        sa.Column("tag_from", sa.Date(), nullable=True, comment="The tag's first day."),
        sa.Column("tag_until", sa.Date(), nullable=True, comment="The tag's last day."),
        sa.CheckConstraint(
            "(kind = 'pathway') = (pathway IS NOT NULL)",
            name=op.f("ck_contract_condition_pathway_named"),
        ),
        sa.CheckConstraint(
            "(kind = 'victim') = (victim_id IS NOT NULL)",
            name=op.f("ck_contract_condition_victim_named"),
        ),
        sa.CheckConstraint(
            "(rule IN ('sessions', 'hours')) = (amount IS NOT NULL)",
            name=op.f("ck_contract_condition_amount_named"),
        ),
        sa.CheckConstraint(
            "kind <> 'community' OR amount BETWEEN 18 AND 36",
            name=op.f("ck_contract_condition_hours_of_work"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(tag_from, tag_until) = CASE rule WHEN 'tag_dates' THEN 2 ELSE 0 END",
            name=op.f("ck_contract_condition_tag_dates"),
        ),
        sa.CheckConstraint("amount >= 1", name=op.f("ck_contract_condition_amount_counts")),
        sa.CheckConstraint(
            "length(measure) <= 1000", name=op.f("ck_contract_condition_measure_length")
        ),
        sa.CheckConstraint(
            "length(objective) <= 1000", name=op.f("ck_contract_condition_objective_length")
        ),
        sa.CheckConstraint(
            "position BETWEEN 1 AND 5", name=op.f("ck_contract_condition_position_counts")
        ),
        sa.CheckConstraint(
            "tag_until >= tag_from", name=op.f("ck_contract_condition_tag_ends_after")
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["contract_terms.id"], name=op.f("fk_contract_condition_terms_id")
        ),
        sa.ForeignKeyConstraint(
            ["victim_id"], ["victim.id"], name=op.f("fk_contract_condition_victim_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_condition")),
        sa.UniqueConstraint("terms_id", "key", name=op.f("uq_contract_condition_terms_id_key")),
        sa.UniqueConstraint(
            "terms_id", "position", name=op.f("uq_contract_condition_terms_id_position")
        ),
    )
    op.create_index(op.f("ix_contract_condition_key"), "contract_condition", ["key"])


def _create_contract_signature() -> None:
    op.create_table(
        "contract_signature",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("terms_id", sa.Uuid(), nullable=False, comment="What was signed."),
        sa.Column("role", sa.String(40), nullable=False, comment="As whom."),
        sa.CheckConstraint(
            "role IN ('person', 'navigator', 'supervisor')", name=op.f("ck_contract_signature_role")
        ),
        sa.Column(
            "how", sa.String(40), nullable=False, comment="On paper, on a screen or by phone."
        ),
        sa.CheckConstraint(
            "how IN ('paper', 'screen', 'phone')", name=op.f("ck_contract_signature_how")
        ),
        sa.Column(
            "appropriate_adult",
            sa.Boolean(),
            nullable=True,
            comment="Appropriate adult present, if needed.",
        ),
        sa.Column(
            "interpreter", sa.Boolean(), nullable=True, comment="Interpreter present, if needed."
        ),
        sa.Column(
            "signed_at", sa.DateTime(timezone=True), nullable=False, comment="When signed, in UTC."
        ),
        sa.Column(
            "late_reason",
            sa.String(40),
            nullable=True,
            comment="Why it was entered late, if it was.",
        ),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_contract_signature_late_reason"),
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["contract_terms.id"], name=op.f("fk_contract_signature_terms_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_signature")),
        sa.UniqueConstraint("terms_id", "role", name=op.f("uq_contract_signature_terms_id_role")),
    )


def _create_contract_step() -> None:
    op.create_table(
        "contract_step",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("contract_id", sa.Uuid(), nullable=False, comment="The contract."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts its steps."),
        sa.Column("event", sa.String(40), nullable=False, comment="What happened."),
        sa.CheckConstraint(
            "event IN ('contract.drafted', 'contract.redrafted', 'contract.offered', 'contract.signed', 'contract.started', 'contract.change_proposed', 'contract.change_declined', 'contract.changed', 'contract.suspended', 'contract.resumed', 'contract.declined', 'contract.lapsed', 'contract.completed', 'contract.failed', 'contract.withdrawn', 'contract.closed', 'contract.read', 'contract.listed', 'contract.printed')",
            name=op.f("ck_contract_step_event"),
        ),
        sa.Column("state", sa.String(40), nullable=False, comment="Where it stood after it."),
        sa.CheckConstraint(
            "state IN ('draft', 'offered', 'active', 'suspended', 'completed', 'failed', 'withdrawn', 'closed', 'declined', 'lapsed')",
            name=op.f("ck_contract_step_state"),
        ),
        sa.Column(
            "terms_id", sa.Uuid(), nullable=True, comment="Which terms it was about, if any."
        ),
        sa.Column(
            "terms_number", sa.Integer(), nullable=False, comment="The terms that counted after it."
        ),
        sa.Column(
            "starts_on", sa.Date(), nullable=True, comment="The first day after it, in England."
        ),
        sa.Column(
            "ends_on", sa.Date(), nullable=True, comment="The last day after it, in England."
        ),
        sa.Column(
            "excused_days", sa.Integer(), nullable=False, comment="Days excused until then, in all."
        ),
        sa.Column("reason_code", sa.String(40), nullable=True, comment="Why, as a code."),
        sa.CheckConstraint(
            "reason_code IN ('hospital', 'prison', 'waiting_list', 'safeguarding', 'changed_mind', 'conditions_refused', 'advised_against', 'no_show', 'not_reached', 'out_of_time', 'consent_withdrawn', 'death', 'moved_away', 'transferred', 'imprisoned', 'conditions_met', 'conditions_excused', 'named_reason', 'breach', 'offended', 'other')",
            name=op.f("ck_contract_step_reason_code"),
        ),
        sa.Column("words", sa.String(), nullable=True, comment="Why, in words."),
        sa.Column(
            "happened_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column(
            "late_reason",
            sa.String(40),
            nullable=True,
            comment="Why it was entered late, if it was.",
        ),
        sa.CheckConstraint(
            "late_reason IN ('system_down', 'paper_first', 'told_late', 'busy', 'other')",
            name=op.f("ck_contract_step_late_reason"),
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When entered, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who entered it."),
        sa.CheckConstraint("excused_days >= 0", name=op.f("ck_contract_step_excused_counts")),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_contract_step_words_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_contract_step_number_counts")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_step_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["contract_terms.id"], name=op.f("fk_contract_step_terms_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_step")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_contract_step_contract_id_number")
        ),
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
    op.execute(f"GRANT UPDATE ON {MOVED} TO checkpoint_api")


def _hold_to_the_steps() -> None:
    # Where a contract stands is what its last step says, and nothing else of it ever changes.
    op.execute("""
        CREATE FUNCTION contract_moves() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE moving text[] := ARRAY['state', 'version', 'terms_number', 'starts_on', 'ends_on'];
        BEGIN
            IF to_jsonb(OLD) - moving <> to_jsonb(NEW) - moving
               OR NEW.version <> OLD.version + 1 THEN
                RAISE EXCEPTION 'contract changes by its next step, and only where it stands'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER contract_moves BEFORE UPDATE ON contract
        FOR EACH ROW EXECUTE FUNCTION contract_moves()
    """)
    op.execute("""
        CREATE FUNCTION contract_follows_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM contract_step
                 WHERE contract_id = NEW.id AND number = NEW.version AND state = NEW.state
                   AND terms_number = NEW.terms_number
                   AND starts_on IS NOT DISTINCT FROM NEW.starts_on
                   AND ends_on IS NOT DISTINCT FROM NEW.ends_on
            ) THEN
                RAISE EXCEPTION 'contract stands where no step of it led'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER contract_follows_its_steps AFTER INSERT OR UPDATE ON contract
        DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION contract_follows_its_steps()
    """)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION contract_moves()")
    op.execute("DROP FUNCTION contract_follows_its_steps()")
