"""What is open of a case that a team works in another suite is kept for the team, too.

Revision ID: 0101
Revises: 0091
Phase: expand (the worklist does not read the table yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0091"

TABLE = "team_matter"
LOCKED = """
            PERFORM pg_advisory_xact_lock(hashtextextended('open_matter' || person_id, 0))
               FROM custody_record WHERE id = record;
            WITH present AS MATERIALIZED (
                SELECT * FROM open_matter_now WHERE custody_record_id = record
            ), gone AS (
                DELETE FROM open_matter AS kept
                 WHERE kept.custody_record_id = record
                   AND NOT EXISTS (SELECT FROM present
                                    WHERE present.matter = kept.matter
                                      AND present.source_id = kept.source_id
                                      AND present.thing_id = kept.thing_id)
            )
            INSERT INTO open_matter AS kept (id, matter, custody_record_id, suite, since, source_id,
                                             thing_id, words, allocation_id, set_off_by, last_day)
            SELECT gen_random_uuid(), matter, custody_record_id, suite, since, source_id,
                   thing_id, words, allocation_id, set_off_by, last_day
              FROM present
                ON CONFLICT (custody_record_id, matter, source_id, thing_id) DO UPDATE
               SET suite = excluded.suite, since = excluded.since, words = excluded.words
             WHERE (kept.suite, kept.since, kept.words)
                   IS DISTINCT FROM (excluded.suite, excluded.since, excluded.words);
"""
# Most cases are worked from their own suite: then there is nothing to take away, and none to add.
OF_TEAMS = """
            WITH present AS MATERIALIZED (
                SELECT * FROM team_matter_now WHERE custody_record_id = record
            ), gone AS (
                DELETE FROM team_matter AS kept
                 USING open_matter AS matter
                 WHERE matter.id = kept.open_matter_id AND matter.custody_record_id = record
                   AND NOT EXISTS (SELECT FROM present
                                    WHERE present.open_matter_id = kept.open_matter_id
                                      AND present.suite = kept.suite)
            )
            INSERT INTO team_matter AS kept (id, open_matter_id, matter, suite, since, until)
            SELECT gen_random_uuid(), open_matter_id, matter, suite, since, until
              FROM present
                ON CONFLICT (open_matter_id, suite) DO UPDATE
               SET since = excluded.since, until = excluded.until
             WHERE (kept.since, kept.until) <> (excluded.since, excluded.until);
"""
CASES_OF = "SELECT DISTINCT held.custody_record_id FROM navigator_assignment AS held"
KEEPING = {
    "referral": "SELECT DISTINCT custody_record_id FROM changed",
    "navigator_cover": f"{CASES_OF} JOIN changed ON changed.assignment_id = held.id",
    # Their suites and their last day alone lead here, and these change seldom.
    "navigator": f"""
        {CASES_OF}
          LEFT JOIN navigator_cover AS cover ON cover.assignment_id = held.id
                                            AND cover.ended_at IS NULL
          JOIN changed ON changed.id IN (held.navigator_id, cover.navigator_id)
          JOIN before ON before.id = changed.id
                     AND (before.base_suites, before.last_day)
                         IS DISTINCT FROM (changed.base_suites, changed.last_day)
         WHERE held.ended_at IS NULL
    """,
}
NEW, BOTH = "NEW TABLE AS changed", "OLD TABLE AS before NEW TABLE AS changed"
TRIGGERS = (
    ("referral", "INSERT", NEW),
    ("referral", "UPDATE", NEW),
    ("navigator_cover", "INSERT", NEW),
    ("navigator_cover", "UPDATE", NEW),
    ("navigator", "UPDATE", BOTH),
)


def upgrade() -> None:
    create_table()
    op.execute("ALTER VIEW open_matter_now RENAME TO earlier_open_matter_now")
    op.execute("""
        CREATE VIEW open_matter_now AS
        SELECT * FROM earlier_open_matter_now
        UNION ALL
        -- Contracts that run, by their last day.
        SELECT 'contract_ending', record.id, record.suite,
               contract.ends_on::timestamp AT TIME ZONE 'UTC', contract.id, contract.id,
               NULL, start.allocation_id, NULL, NULL
          FROM contract
          JOIN custody_record AS record ON record.id = contract.custody_record_id
          JOIN programme_start AS start ON start.id = contract.programme_start_id
         WHERE contract.state = 'active'
        UNION ALL
        -- Referrals that their provider has not said it has, and those on a waiting list.
        SELECT CASE referral.state WHEN 'made' THEN 'referral_unacknowledged'
                                   ELSE 'referral_waiting' END,
               record.id, record.suite,
               CASE referral.state WHEN 'made' THEN referral.made_on
                                   ELSE referral.waiting_since END::timestamp AT TIME ZONE 'UTC',
               referral.id, referral.id, NULL, start.allocation_id, NULL, NULL
          FROM referral
          JOIN custody_record AS record ON record.id = referral.custody_record_id
          JOIN programme_start AS start ON start.custody_record_id = record.id
         WHERE referral.state IN ('made', 'waiting')
    """)
    # By every other suite that somebody is based at who has or covers the case, and until when.
    op.execute("""
        CREATE VIEW team_matter_now AS
        SELECT kept.id AS open_matter_id, kept.custody_record_id, kept.matter, base.suite,
               kept.since, max(reach.until) AS until
          FROM open_matter AS kept
          JOIN case_reach AS reach ON reach.custody_record_id = kept.custody_record_id
                                  AND reach.basis IN ('assigned', 'cover')
          JOIN navigator ON navigator.actor_id = reach.actor_id
         CROSS JOIN LATERAL unnest(navigator.base_suites) AS base (suite)
         WHERE base.suite <> kept.suite
           AND kept.matter IN ('first_contact', 'appointment', 'contract_unsigned',
                               'change_to_sign', 'change_to_approve', 'outcome_to_record',
                               'arrest_unreviewed', 'review_due', 'challenge_open',
                               'contract_ending', 'referral_unacknowledged', 'referral_waiting')
         GROUP BY kept.id, base.suite
    """)
    keep(LOCKED + OF_TEAMS)
    for table, cases in KEEPING.items():
        op.execute(f"""
            CREATE FUNCTION {table}_keeps_matters() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            DECLARE record uuid;
            BEGIN
                FOR record IN {cases} ORDER BY 1
                LOOP
                    PERFORM keep_open_matters(record);
                END LOOP;
                RETURN NULL;
            END $$
        """)
        op.execute(f"REVOKE ALL ON FUNCTION {table}_keeps_matters() FROM PUBLIC")
    for table, deed, rows in TRIGGERS:
        op.execute(f"""
            CREATE TRIGGER {table}_{deed.lower()}_keeps_matters AFTER {deed} ON {table}
            REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {table}_keeps_matters()
        """)


def create_table() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("open_matter_id", sa.Uuid(), nullable=False, comment="What is open."),
        sa.Column(
            "matter", sa.String(length=60), nullable=False, comment="The same as a code, as there."
        ),
        sa.Column(
            "suite",
            sa.String(length=40),
            nullable=False,
            comment="A suite, not the case's own, at which whoever works it is based.",
        ),
        sa.Column(
            "since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="From when its time is counted, as there.",
        ),
        sa.Column(
            "until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Until when they work it, in UTC; infinite where no end is known.",
        ),
        sa.ForeignKeyConstraint(
            ["open_matter_id"],
            ["open_matter.id"],
            name=op.f("fk_team_matter_open_matter_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_matter")),
        sa.UniqueConstraint(
            "open_matter_id", "suite", name=op.f("uq_team_matter_open_matter_id_suite")
        ),
    )
    op.create_index(
        op.f("ix_team_matter_suite"),
        TABLE,
        ["matter", "suite", "since", "open_matter_id"],
        postgresql_include=["until"],
    )
    op.execute(f"GRANT SELECT ON {TABLE} TO checkpoint_api")


def keep(deeds: str) -> None:
    """Adds what is open now, takes away what is not any more, and leaves alone what stands."""
    op.execute(f"""
        CREATE OR REPLACE FUNCTION keep_open_matters(record uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
        SET plan_cache_mode = force_generic_plan SET jit = off AS $$
        BEGIN {deeds} END $$
    """)


def downgrade() -> None:
    for table, deed, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER {table}_{deed.lower()}_keeps_matters ON {table}")
    for table in KEEPING:
        op.execute(f"DROP FUNCTION {table}_keeps_matters()")
    keep(LOCKED)
    op.execute("DROP VIEW team_matter_now")
    op.execute("DROP VIEW open_matter_now")
    op.execute("ALTER VIEW earlier_open_matter_now RENAME TO open_matter_now")
    op.drop_table(TABLE)
    op.execute("""
        DELETE FROM open_matter
         WHERE matter IN ('contract_ending', 'referral_unacknowledged', 'referral_waiting')
    """)
