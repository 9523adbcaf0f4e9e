"""Whatever is written of a case keeps its open matters, in the same transaction.

Revision ID: 0072
Revises: 0071
Phase: expand (the worklist does not read the table yet)
"""

from alembic import op

revision = "0072"
down_revision = "0071"

# By table, how a row of it leads to the case whose open matters may be others now.
OF_CASE = "SELECT custody_record_id FROM changed"
OF_VICTIM = "SELECT custody_record_id FROM changed JOIN victim ON victim.id = changed.victim_id"
OF_MEETING = (
    "SELECT custody_record_id FROM changed "
    "JOIN appointment ON appointment.id = changed.appointment_id"
)
OF_CONTRACT = (
    "SELECT custody_record_id FROM changed JOIN contract ON contract.id = changed.contract_id"
)
LEADS = {
    "victim": OF_CASE,
    "movement": OF_CASE,
    "programme_start": OF_CASE,
    "navigator_assignment": OF_CASE,
    "appointment": OF_CASE,
    "person_contact": OF_CASE,
    "disposal": OF_CASE,
    "alleged_offence": OF_CASE,
    "allocation": OF_CASE,
    "enrolment": OF_CASE,
    "contract": OF_CASE,
    "contract_step": OF_CONTRACT,
    "broken_glass": OF_CASE,
    "broken_glass_review": "SELECT custody_record_id FROM changed "
    "JOIN broken_glass AS glass ON glass.id = changed.broken_glass_id",
    "navigator_handover": "SELECT custody_record_id FROM changed "
    "JOIN navigator_assignment AS held ON held.id = changed.assignment_id",
    "navigator_handover_answer": "SELECT custody_record_id FROM changed "
    "JOIN navigator_handover AS offer ON offer.id = changed.handover_id "
    "JOIN navigator_assignment AS held ON held.id = offer.assignment_id",
    "victim_withdrawal": OF_VICTIM,
    "victim_view": OF_VICTIM,
    "victim_notification": OF_VICTIM,
    "movement_withdrawal": "SELECT custody_record_id FROM changed "
    "JOIN movement ON movement.id = changed.movement_id",
    "attendance": OF_MEETING,
    "appointment_cancellation": OF_MEETING,
    "contract_signature": "SELECT custody_record_id FROM changed "
    "JOIN contract_terms AS terms ON terms.id = changed.terms_id "
    "JOIN contract ON contract.id = terms.contract_id",
    "breach_review": OF_CONTRACT,
    "breach_decision": "SELECT custody_record_id FROM changed "
    "JOIN breach_review AS review ON review.id = changed.review_id "
    "JOIN contract ON contract.id = review.contract_id",
    "victim_challenge": OF_CONTRACT,
    "victim_challenge_decision": "SELECT custody_record_id FROM changed "
    "JOIN victim_challenge AS challenge ON challenge.id = changed.challenge_id "
    "JOIN contract ON contract.id = challenge.contract_id",
}
# All others are append-only.
EDITED = ("navigator_assignment", "contract")
FUNCTIONS = (
    "person_merge_keeps_matters()",
    "custody_record_keeps_matters()",
    "keep_contracts_of(uuid, uuid)",
    "keep_open_matters(uuid)",
)


def upgrade() -> None:
    # Adds what is open now, takes away what is not any more, and leaves alone what stands. One at a
    # time for whoever is one person: two at once would each miss what the other writes. Planned
    # once, since planning takes longer than all else.
    op.execute("""
        CREATE FUNCTION keep_open_matters(record uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
        SET plan_cache_mode = force_generic_plan SET jit = off AS $$
        BEGIN
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
        END $$
    """)
    for table, lead in LEADS.items():
        op.execute(f"""
            CREATE FUNCTION {table}_keeps_matters() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            DECLARE record uuid;
            BEGIN
                FOR record IN SELECT DISTINCT custody_record_id FROM ({lead}) AS led ORDER BY 1
                LOOP
                    PERFORM keep_open_matters(record);
                END LOOP;
                RETURN NULL;
            END $$
        """)
        for deed in ("INSERT", "UPDATE") if table in EDITED else ("INSERT",):
            op.execute(f"""
                CREATE TRIGGER {table}_{deed.lower()}_keeps_matters AFTER {deed} ON {table}
                REFERENCING NEW TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION {table}_keeps_matters()
            """)
        op.execute(f"REVOKE ALL ON FUNCTION {table}_keeps_matters() FROM PUBLIC")
    keep_arrests()


def keep_arrests() -> None:
    """A new arrest, and who turns out to be one person, are matters of other cases' contracts."""
    op.execute("""
        CREATE FUNCTION keep_contracts_of(person uuid, but uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
        SET plan_cache_mode = force_generic_plan AS $$
        DECLARE record uuid;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtextextended('open_matter' || person, 0));
            FOR record IN
                SELECT contract.custody_record_id
                  FROM same_person_ids(person) AS same (id)
                  JOIN custody_record ON custody_record.person_id = same.id
                  JOIN contract ON contract.custody_record_id = custody_record.id
                 WHERE contract.state IN ('active', 'suspended')
                   AND custody_record.id IS DISTINCT FROM but
                 ORDER BY 1
            LOOP
                PERFORM keep_open_matters(record);
            END LOOP;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION custody_record_keeps_matters() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                PERFORM keep_open_matters(NEW.id);
                IF OLD.person_id <> NEW.person_id THEN
                    PERFORM keep_contracts_of(OLD.person_id, NEW.id);
                END IF;
            END IF;
            PERFORM keep_contracts_of(NEW.person_id, NEW.id);
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER custody_record_insert_keeps_matters AFTER INSERT ON custody_record
        FOR EACH ROW EXECUTE FUNCTION custody_record_keeps_matters()
    """)
    op.execute("""
        CREATE TRIGGER custody_record_update_keeps_matters
        AFTER UPDATE OF person_id, suite, arrested_at ON custody_record FOR EACH ROW
        WHEN ((OLD.person_id, OLD.suite, OLD.arrested_at)
              IS DISTINCT FROM (NEW.person_id, NEW.suite, NEW.arrested_at))
        EXECUTE FUNCTION custody_record_keeps_matters()
    """)
    op.execute("""
        CREATE FUNCTION person_merge_keeps_matters() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            IF TG_TABLE_NAME = 'person_merge' THEN
                PERFORM keep_contracts_of(NEW.kept_id, NULL);
            ELSE
                PERFORM keep_contracts_of(merge.kept_id, NULL), keep_contracts_of(merge.other_id, NULL)
                   FROM person_merge AS merge WHERE merge.id = NEW.person_merge_id;
            END IF;
            RETURN NULL;
        END $$
    """)
    for table in ("person_merge", "person_parting"):
        op.execute(f"""
            CREATE TRIGGER {table}_keeps_matters AFTER INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION person_merge_keeps_matters()
        """)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")


def downgrade() -> None:
    for table in ("person_merge", "person_parting"):
        op.execute(f"DROP TRIGGER {table}_keeps_matters ON {table}")
    for deed in ("insert", "update"):
        op.execute(f"DROP TRIGGER custody_record_{deed}_keeps_matters ON custody_record")
    for table in LEADS:
        for deed in ("insert", "update") if table in EDITED else ("insert",):
            op.execute(f"DROP TRIGGER {table}_{deed}_keeps_matters ON {table}")
        op.execute(f"DROP FUNCTION {table}_keeps_matters()")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
