"""The database itself refuses a second allocation of one person, and any in a closed trial.

Revision ID: 0051
Revises: 0049
Phase: expand (what the code refuses already)
"""

from alembic import op

revision = "0051"
down_revision = "0049"


def upgrade() -> None:
    # With the inserter's own rights, after the turnstile: triggers fire in the order of their names.
    op.execute("""
        CREATE FUNCTION refuse_second_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM trial_closing WHERE trial_id = NEW.trial_id) THEN
                RAISE EXCEPTION 'the trial is closed' USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.person_id IS DISTINCT FROM (
                SELECT person_id FROM custody_record WHERE id = NEW.custody_record_id) THEN
                RAISE EXCEPTION 'an allocation is of the person whom its case is about'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF EXISTS (
                SELECT FROM allocation
                  JOIN custody_record ON custody_record.id = allocation.custody_record_id
                 WHERE allocation.trial_id = NEW.trial_id
                   AND (allocation.person_id IN (SELECT same_person_ids(NEW.person_id))
                        OR custody_record.person_id IN (SELECT same_person_ids(NEW.person_id)))
            ) THEN
                RAISE EXCEPTION 'the person is allocated in the trial already'
                      USING ERRCODE = 'unique_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER allocation_of_one_person BEFORE INSERT ON allocation
        FOR EACH ROW EXECUTE FUNCTION refuse_second_allocation()
    """)


def downgrade() -> None:
    op.execute("DROP TRIGGER allocation_of_one_person ON allocation")
    op.execute("DROP FUNCTION refuse_second_allocation()")
