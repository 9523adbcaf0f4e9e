"""Allocations, drawn one at a time in each stratum; enrolments; what is noted of an allocation.

Revision ID: 0041
Revises: 0040
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
TABLES = ("allocation", "arm_reading", "allocation_annotation", "enrolment")
FUNCTIONS = (
    "draw_slot(uuid, uuid)",
    "places_left(uuid, uuid)",
    "listed_protocol(uuid, uuid)",
    "sealed_arm(uuid)",
)
KINDS = (
    "'ineligible_afterwards', 'allocated_in_error', 'wrong_identity', 'died', 'withdrew', 'other'"
)


def column(name: str, kind: sa.types.TypeEngine, comment: str) -> sa.Column:
    return sa.Column(name, kind, nullable=False, comment=comment)


def row_id() -> sa.Column:
    return column("id", sa.Uuid(), "Opaque identifier, a UUIDv7.")


def moment(name: str, comment: str) -> sa.Column:
    return column(name, sa.DateTime(timezone=True), comment)


def to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "allocation",
        row_id(),
        column("trial_id", sa.Uuid(), "The trial."),
        column("trial_protocol_id", sa.Uuid(), "The protocol that counted then."),
        column("trial_stratum_id", sa.Uuid(), "The stratum, from the locked decision."),
        column("slot_id", sa.Uuid(), "The sealed place; not its arm."),
        column("place", sa.Integer(), "Counts the stratum's allocations."),
        column("custody_record_id", sa.Uuid(), "The case."),
        column("person_id", sa.Uuid(), "The person, as known then."),
        column("eligibility_decision_id", sa.Uuid(), "The locked decision it rests on."),
        column("programme_consent_id", sa.Uuid(), "The consent to the programme."),
        column("research_consent_id", sa.Uuid(), "The consent to the research."),
        column("software", sa.String(60), "The version that drew."),
        moment("allocated_at", "When drawn, in UTC."),
        column("allocated_by", sa.Uuid(), "Who drew."),
        column("xid", sa.BigInteger(), "The transaction that drew."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        to("allocation", "trial_id", "trial.id"),
        to("allocation", "custody_record_id", "custody_record.id"),
        to("allocation", "person_id", "person.id"),
        to("allocation", "eligibility_decision_id", "eligibility_decision.id"),
        to("allocation", "programme_consent_id", "consent.id"),
        to("allocation", "research_consent_id", "consent.id"),
        sa.ForeignKeyConstraint(
            ["trial_stratum_id", "trial_id"],
            ["trial_stratum.id", "trial_stratum.trial_id"],
            name=op.f("fk_allocation_trial_stratum_id_trial_id"),
        ),
        sa.ForeignKeyConstraint(
            ["trial_protocol_id", "trial_id"],
            ["trial_protocol.id", "trial_protocol.trial_id"],
            name=op.f("fk_allocation_trial_protocol_id_trial_id"),
        ),
        sa.ForeignKeyConstraint(
            ["slot_id", "trial_stratum_id", "place"],
            ["slot.id", "slot.trial_stratum_id", "slot.place"],
            name=op.f("fk_allocation_slot_id_trial_stratum_id_place"),
        ),
        sa.UniqueConstraint("slot_id", name=op.f("uq_allocation_slot_id")),
        sa.UniqueConstraint(
            "trial_stratum_id", "place", name=op.f("uq_allocation_trial_stratum_id_place")
        ),
        sa.UniqueConstraint("custody_record_id", name=op.f("uq_allocation_custody_record_id")),
        sa.UniqueConstraint("trial_id", "person_id", name=op.f("uq_allocation_trial_id_person_id")),
    )
    op.create_table(
        "arm_reading",
        row_id(),
        column("allocation_id", sa.Uuid(), "The allocation."),
        column("read_by", sa.Uuid(), "Who was shown it."),
        moment("read_at", "When first, in UTC."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arm_reading")),
        to("arm_reading", "allocation_id", "allocation.id"),
        sa.UniqueConstraint(
            "allocation_id", "read_by", name=op.f("uq_arm_reading_allocation_id_read_by")
        ),
    )
    op.create_table(
        "allocation_annotation",
        row_id(),
        column("allocation_id", sa.Uuid(), "The allocation."),
        column("kind", sa.String(40), "What it is, as a code."),
        column("words", sa.String(), "The same in words."),
        moment("noted_at", "When noted, in UTC."),
        column("noted_by", sa.Uuid(), "Who noted it, blind to the arm."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_annotation")),
        to("allocation_annotation", "allocation_id", "allocation.id"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_allocation_annotation_kind")),
        sa.CheckConstraint(
            "length(words) <= 1000", name=op.f("ck_allocation_annotation_words_length")
        ),
    )
    op.create_index(
        "ix_allocation_annotation_allocation_id", "allocation_annotation", ["allocation_id"]
    )
    op.create_table(
        "enrolment",
        row_id(),
        column("custody_record_id", sa.Uuid(), "The case."),
        column("person_id", sa.Uuid(), "The person, as known then."),
        column("suite", sa.String(40), "The suite, from the locked decision."),
        column("eligibility_decision_id", sa.Uuid(), "The locked decision it rests on."),
        column("programme_consent_id", sa.Uuid(), "The consent to the programme."),
        moment("enrolled_at", "When, in UTC."),
        column("enrolled_by", sa.Uuid(), "Who did it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        to("enrolment", "custody_record_id", "custody_record.id"),
        to("enrolment", "person_id", "person.id"),
        to("enrolment", "suite", "suite.code"),
        to("enrolment", "eligibility_decision_id", "eligibility_decision.id"),
        to("enrolment", "programme_consent_id", "consent.id"),
        sa.UniqueConstraint("custody_record_id", name=op.f("uq_enrolment_custody_record_id")),
    )
    # The lists that count for a stratum: those of its last amendment that came with a list.
    op.execute("""
        CREATE FUNCTION listed_protocol(stratum uuid, protocol uuid) RETURNS uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
            SELECT earlier.id
              FROM public.trial_protocol AS given
              JOIN public.trial_protocol AS earlier
                ON earlier.trial_id = given.trial_id AND earlier.number <= given.number
             WHERE given.id = protocol
               AND EXISTS (SELECT FROM public.sealed_list
                             JOIN public.slot ON slot.sealed_list_id = sealed_list.id
                            WHERE sealed_list.trial_protocol_id = earlier.id
                              AND slot.trial_stratum_id = stratum)
             ORDER BY earlier.number DESC LIMIT 1
        $$
    """)
    # The turnstile: one at a time in each stratum. It names the next place and never its arm, and
    # it stands here because FOR UPDATE asks for a right that the API's role does not have.
    op.execute("""
        CREATE FUNCTION draw_slot(stratum uuid, protocol uuid) RETURNS uuid
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        DECLARE last integer; found uuid;
        BEGIN
            PERFORM FROM public.trial_stratum WHERE trial_stratum.id = stratum FOR UPDATE;
            SELECT coalesce(max(allocation.place), 0) INTO last
              FROM public.allocation WHERE allocation.trial_stratum_id = stratum;
            SELECT slot.id INTO found
              FROM public.slot JOIN public.sealed_list ON sealed_list.id = slot.sealed_list_id
             WHERE slot.trial_stratum_id = stratum AND slot.place > last
               AND sealed_list.trial_protocol_id = public.listed_protocol(stratum, protocol)
             ORDER BY slot.place LIMIT 1;
            RETURN found;
        END $$
    """)
    # Whoever inserts, and whatever they say: the next place, of this decision's own case.
    op.execute("""
        CREATE FUNCTION check_allocation() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        BEGIN
            IF NEW.slot_id IS DISTINCT FROM
                   public.draw_slot(NEW.trial_stratum_id, NEW.trial_protocol_id) THEN
                RAISE EXCEPTION 'an allocation takes its stratum''s next place'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF NOT EXISTS (
                SELECT FROM public.eligibility_decision AS decision
                 WHERE decision.id = NEW.eligibility_decision_id
                   AND decision.custody_record_id = NEW.custody_record_id
                   AND NOT EXISTS (SELECT FROM public.eligibility_decision AS later
                                    WHERE later.supersedes_id = decision.id)) THEN
                RAISE EXCEPTION 'an allocation rests on its case''s present decision'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF (SELECT count(DISTINCT consent.kind)
                  FROM public.consent
                  JOIN public.consent_asking ON consent_asking.id = consent.consent_asking_id
                 WHERE consent_asking.custody_record_id = NEW.custody_record_id
                   AND consent.answer = 'given'
                   AND (consent.id, consent.kind) IN (
                       (NEW.programme_consent_id, 'programme'),
                       (NEW.research_consent_id, 'research'))
                   AND NOT EXISTS (SELECT FROM public.consent_withdrawal
                                    WHERE consent_withdrawal.consent_id = consent.id)) <> 2 THEN
                RAISE EXCEPTION 'an allocation rests on consents that stand'
                      USING ERRCODE = 'check_violation';
            END IF;
            SELECT slot.place INTO NEW.place FROM public.slot WHERE slot.id = NEW.slot_id;
            NEW.xid := pg_current_xact_id()::text::bigint;
            RETURN NEW;
        END $$
    """)
    # Only of what another transaction committed: nobody looks first and then backs out.
    op.execute("""
        CREATE FUNCTION sealed_arm(drawn uuid) RETURNS bytea
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
            SELECT slot.arm
              FROM public.allocation JOIN public.slot ON slot.id = allocation.slot_id
             WHERE allocation.id = drawn
               AND allocation.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
        $$
    """)
    # How many are left, so that a list that runs low warns early; it tells of no arm.
    op.execute("""
        CREATE FUNCTION places_left(stratum uuid, protocol uuid) RETURNS bigint
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
            SELECT count(*)
              FROM public.slot JOIN public.sealed_list ON sealed_list.id = slot.sealed_list_id
             WHERE slot.trial_stratum_id = stratum
               AND slot.place > coalesce(
                   (SELECT max(allocation.place) FROM public.allocation
                     WHERE allocation.trial_stratum_id = stratum), 0)
               AND sealed_list.trial_protocol_id = public.listed_protocol(stratum, protocol)
        $$
    """)
    op.execute("""
        CREATE TRIGGER allocation_is_next BEFORE INSERT ON allocation
        FOR EACH ROW EXECUTE FUNCTION check_allocation()
    """)
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
    op.execute("REVOKE ALL ON FUNCTION check_allocation() FROM PUBLIC")
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO checkpoint_api")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION check_allocation()")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
