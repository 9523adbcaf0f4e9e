"""What each database role may do, tried as that role, against a table written by hand."""

import re

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from checkpoint.foundation.database import engine_for
from checkpoint.foundation.disclosure import Disclosure

READ, ADD, EDIT = {"SELECT"}, {"SELECT", "INSERT"}, {"SELECT", "INSERT", "UPDATE"}
DERIVED = EDIT | {"DELETE"}
API = {
    "appointment": ADD,
    "appointment_cancellation": ADD,
    "appointment_feed": ADD,
    "attendance": ADD,
    "person_contact": ADD,
    "warning_ground": ADD,
    "written_warning": ADD,
    "alleged_offence": ADD,
    "allocation": ADD,
    "allocation_annotation": ADD,
    "arm_reading": ADD,
    "audit_entry": ADD,
    "audit_stream": set(),
    "bail_variation": ADD,
    "broken_glass": ADD,
    "no_provider": ADD,
    "no_provider_withdrawal": ADD,
    "offer_shown": ADD,
    "referral": EDIT,
    "referral_disclosure": ADD,
    "referral_reading": ADD,
    "referral_session": ADD,
    "referral_step": ADD,
    "broken_glass_review": ADD,
    "case_restriction": EDIT,
    "case_restriction_name": EDIT,
    "changed_value": ADD,
    "co_accused": ADD,
    "consent": ADD,
    "consent_asking": ADD,
    "consent_draft": EDIT,
    "consent_withdrawal": ADD,
    "follow_up_batch": ADD,
    "follow_up_entry": ADD,
    "follow_up_row": ADD,
    "outcome_definitions": READ,
    "harm_index": READ,
    "harm_weight": READ,
    "case_measure": ADD,
    "crossover": ADD,
    "breach_decision": ADD,
    "breach_review": ADD,
    "condition_entry": ADD,
    "condition_entry_withdrawal": ADD,
    "victim_challenge": ADD,
    "victim_challenge_decision": ADD,
    "contract": EDIT,
    "contract_condition": ADD,
    "contract_signature": ADD,
    "contract_step": ADD,
    "contract_terms": ADD,
    "crossover_answer": ADD,
    "custody_record": EDIT,
    "cut_change": ADD,
    "cut_event": ADD,
    "cut_participant": ADD,
    "data_cut": ADD,
    "determination": ADD,
    "detention_entry": ADD,
    "deviation": ADD,
    "directory_capacity": EDIT,
    "directory_chase": EDIT,
    "directory_crosswalk": ADD,
    "directory_edition": READ,
    "directory_import_row": set(),
    "directory_import_run": set(),
    "directory_listing": EDIT,
    "directory_listing_version": ADD,
    "directory_offer": DERIVED,
    "directory_offer_place": DERIVED,
    "directory_opening": DERIVED,
    "directory_place": READ,
    "directory_place_list": READ,
    "directory_source": ADD,
    "disposal": ADD,
    "eligibility_decision": ADD,
    "eligibility_override": ADD,
    "elsewhere_event": ADD,
    "elsewhere_participant": ADD,
    "enrolment": ADD,
    "extract_answer": ADD,
    "extract_build": EDIT,
    "extract_ending": ADD,
    "extract_key": EDIT,
    "extract_release": ADD,
    "extract_request": ADD,
    "intruder_assessment": ADD,
    "identity_choice": ADD,
    "information_sheet": READ,
    "kept_answer": ADD,
    "movement": ADD,
    "open_matter": READ,
    "team_matter": READ,
    "movement_withdrawal": ADD,
    "needs_answer": ADD,
    "needs_assessment": ADD,
    "needs_draft": EDIT,
    "needs_external_score": ADD,
    "needs_instrument": READ,
    "needs_pathway": ADD,
    "needs_statement": ADD,
    "offence": READ,
    "offence_classification": READ,
    "offence_list": READ,
    "officer_risk_view": ADD,
    "override_answer": ADD,
    "list_secret": set(),
    "navigator": EDIT,
    "navigator_absence": ADD,
    "navigator_assignment": EDIT,
    "navigator_clearance": ADD,
    "navigator_conflict": ADD,
    "navigator_conflict_withdrawal": ADD,
    "navigator_cover": EDIT,
    "navigator_handover": ADD,
    "navigator_handover_answer": ADD,
    "navigator_provider": ADD,
    "navigator_reassignment": ADD,
    "programme_phase": READ,
    "schedule_list": READ,
    "scheduled_offence": READ,
    "person": EDIT,
    "risk_forecast": ADD,
    "rule_set_proposal": set(),
    "programme_start": ADD,
    "person_alias": ADD,
    "person_correction": ADD,
    "person_merge": ADD,
    "person_name_key": ADD,
    "person_parting": ADD,
    "rule_set_version": READ,
    "safeguard": ADD,
    "screening": ADD,
    "screening_omission": ADD,
    "sealed_list": READ,
    "slot": set(),
    "suite": READ,
    "suite_hours": READ,
    "token_revocation": READ,
    "trial": READ,
    "trial_closing": READ,
    "trial_edition": ADD,
    "trial_edition_end": ADD,
    "trial_edition_part": ADD,
    "trial_protocol": READ,
    "trial_stratum": READ,
    "unblinding": ADD,
    "unblinding_answer": ADD,
    "victim": ADD,
    "victim_contact": ADD,
    "victim_notification": ADD,
    "victim_offence": ADD,
    "victim_view": ADD,
    "victim_withdrawal": ADD,
}
SEEN = {"seen_cut": READ, "seen_participant": READ, "seen_event": READ}
VIEWS = {
    "case_reach": READ,
    "earlier_open_matter_now": set(),
    "open_matter_now": set(),
    "team_matter_now": set(),
    "team_reach": READ,
} | SEEN
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
HELD = """
    SELECT relname, privilege FROM pg_class, unnest(CAST(:privileges AS text[])) AS privilege
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')
       AND has_table_privilege(:role, pg_class.oid, privilege)
"""


async def held(engine, role):
    async with engine.connect() as connection:
        query = sa.text(HELD)
        rows = await connection.execute(query, {"role": role, "privileges": [*PRIVILEGES]})
        found = {}
        for table, privilege in rows:
            found.setdefault(table, set()).add(privilege)
        return found


async def test_the_api_role_holds_what_is_in_the_table_and_no_more(owner):
    assert API.keys() == SQLModel.metadata.tables.keys()
    expected = {table: privileges for table, privileges in (API | VIEWS).items() if privileges}
    assert await held(owner, "checkpoint_api") == expected


# Of each view: the table, and whatever is no column of it but made of one.
MADE = {
    "participant": "id",
    "allocated_quarter": "allocated_on",
    "passed": "allocated_on",
    "proven_passed": "allocated_on",
    "arrest_within": "allocated_on",
    "charge_within": "allocated_on",
    "proven_within": "allocated_on",
    "cut_id": "cut_id",
}
OF_VIEW = {"seen_cut": "data_cut", "seen_participant": "cut_participant", "seen_event": "cut_event"}
COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY(:views)
"""


async def test_the_evaluator_role_sees_three_views_and_nothing_else(owner):
    assert await held(owner, "checkpoint_evaluator") == SEEN


async def test_evaluators_see_no_column_that_names_somebody_or_never_leaves(owner):
    async with owner.connect() as connection:
        query = sa.text(COLUMNS).bindparams(sa.bindparam("views", [*SEEN]))
        found = (await connection.execute(query)).all()
    tables = SQLModel.metadata.tables
    allowed = {
        (view, column.name)
        for view, table in OF_VIEW.items()
        for column in tables[table].columns
        if column.info["disclosure"] in {Disclosure.INDIRECT, Disclosure.SAFE}
    }
    assert {view for view, _ in found} == SEEN.keys()
    made = {(view, name) for view, name in map(tuple, found) if name in MADE}
    assert {tuple(row) for row in found} - made <= allowed
    assert {"taken_by", "stratum", "allocated_on", "participant_id"}.isdisjoint(
        name for _, name in found
    )


async def test_a_day_of_allocation_is_told_evaluators_as_its_quarter_and_the_horizons_passed(owner):
    async with owner.connect() as connection:
        words = (
            await connection.execute(sa.text("SELECT pg_get_viewdef('seen_participant'::regclass)"))
        ).scalar_one()
    told = r"ARRAY\( SELECT.*?\) AS \w*(?:passed|within)\b"
    besides = re.sub(told, "", words, flags=re.DOTALL)
    assert besides.count("allocated_on") == 1
    assert "to_char((allocated_on" in besides


async def test_of_horizons_evaluators_see_what_passed_or_happened_within_and_no_day(owner):
    query = sa.text(
        "SELECT column_name, udt_name FROM information_schema.columns "
        "WHERE table_name = 'seen_participant' AND column_name ~ '(passed|within)$'"
    )
    async with owner.connect() as connection:
        found = {tuple(row) for row in await connection.execute(query)}
    of = ["passed", "proven_passed", "arrest_within", "charge_within", "proven_within"]
    assert found == {(name, "_bool") for name in of}


async def test_whoever_reads_what_is_published_reads_nothing_else(owner):
    published = {"capacity", "edition", "listing", "offer", "offer_place"}
    expected = {f"directory_{table}": READ for table in published}
    assert await held(owner, "checkpoint_directory_reader") == expected


async def test_the_roles_have_no_power_over_the_server(owner):
    async with owner.connect() as connection:
        rows = await connection.execute(
            sa.text(
                "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolcanlogin OR "
                "rolbypassrls OR rolreplication FROM pg_roles WHERE rolname LIKE 'checkpoint_%'"
            )
        )
        assert dict(tuple(row) for row in rows) == {
            "checkpoint_owner": False,
            "checkpoint_api": False,
            "checkpoint_evaluator": False,
            "checkpoint_directory_reader": False,
        }


async def test_the_tests_themselves_run_as_the_api_role(session):
    assert (await session.exec(sa.text("SELECT current_user"))).scalar_one() == "checkpoint_api"


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE audit_entry SET outcome = 'tidied'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "UPDATE audit_stream SET last_sequence = 0",
        "UPDATE eligibility_decision SET verdict = 'eligible'",
        "DELETE FROM person",
        "DELETE FROM consent_draft",
        "DELETE FROM directory_listing",
        "UPDATE directory_edition SET number = 1",
        "UPDATE directory_listing_version SET reason = ''",
        "DELETE FROM needs_draft",
        "UPDATE needs_assessment SET timepoint = 'exit'",
        "INSERT INTO needs_instrument DEFAULT VALUES",
        "UPDATE unblinding SET words = ''",
        "UPDATE extract_release SET digest = ''",
        "DELETE FROM extract_key",
        "DELETE FROM unblinding_answer",
        "SELECT block_sizes FROM list_secret",
        "UPDATE consent SET answer = 'given'",
        "INSERT INTO information_sheet DEFAULT VALUES",
        "DELETE FROM custody_record",
        "DELETE FROM navigator_assignment",
        "UPDATE navigator_handover SET words = ''",
        "DELETE FROM navigator",
        "DELETE FROM contract",
        "UPDATE attendance SET outcome = 'attended'",
        "DELETE FROM appointment_feed",
        "UPDATE condition_entry SET minutes = 1",
        "DELETE FROM breach_review",
        "UPDATE contract_step SET words = ''",
        "INSERT INTO rule_set_version DEFAULT VALUES",
        "SELECT FROM slot",
        "SELECT FROM list_secret",
        "COPY slot TO STDOUT",
        "INSERT INTO slot DEFAULT VALUES",
        "UPDATE allocation SET person_id = id",
        "DELETE FROM allocation",
        "DELETE FROM arm_reading",
        "INSERT INTO sealed_list DEFAULT VALUES",
        "INSERT INTO trial_closing DEFAULT VALUES",
        "INSERT INTO trial DEFAULT VALUES",
        "UPDATE elsewhere_participant SET mask = 'A'",
        "DELETE FROM trial_edition_end",
        "UPDATE data_cut SET digest = ''",
        "CREATE OR REPLACE FUNCTION draw_slot(uuid, uuid) RETURNS uuid LANGUAGE sql AS 'SELECT $1'",
        "INSERT INTO token_revocation DEFAULT VALUES",
        "CREATE TABLE attic ()",
        "CREATE ROLE friend",
        "SET session_replication_role = replica",
    ],
)
async def test_the_api_role_may_not(api, deed):
    async with api.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match=r"permission denied|must be owner") as refused:
            await connection.execute(sa.text(deed))
        assert refused.value.orig.sqlstate == "42501"


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE audit_entry SET outcome = 'tidied'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE eligibility_decision SET verdict = 'eligible'",
        "UPDATE rule_set_version SET content = ''",
        "DELETE FROM rule_set_version",
        "UPDATE rule_set_proposal SET content = ''",
        "TRUNCATE rule_set_proposal CASCADE",
        "TRUNCATE token_revocation",
        "TRUNCATE directory_listing_version",
        "TRUNCATE directory_crosswalk",
        "TRUNCATE unblinding CASCADE",
        "UPDATE information_sheet SET content = ''",
        "DELETE FROM information_sheet",
        "UPDATE needs_instrument SET content = ''",
        "DELETE FROM needs_instrument",
        "UPDATE offence SET mode_of_trial = 'summary_only'",
        "TRUNCATE slot CASCADE",
        "TRUNCATE sealed_list CASCADE",
        "TRUNCATE allocation CASCADE",
        "TRUNCATE trial_protocol CASCADE",
    ],
)
async def test_even_the_owner_is_stopped_by_a_trigger(owner, deed, client):
    await client.get("/v1/custody-records")  # so that there is an entry to tidy
    async with owner.connect() as connection:
        if "eligibility_decision" in deed:
            await connection.execute(sa.text(SOME_DECISION))
        if "rule_set_proposal" in deed:
            await connection.execute(sa.text(SOME_PROPOSAL))
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            await connection.execute(sa.text(deed))


SOME_PROPOSAL = """
    INSERT INTO rule_set_proposal (id, version, in_force_from, digest, content, proposed_at,
                                   proposed_by)
    SELECT gen_random_uuid(), 'test', '2099-01-01', 'test', '', now(), gen_random_uuid()
"""
SOME_DECISION = """
    WITH someone AS (
        INSERT INTO person (id, family_name, registered_at, registered_by)
        VALUES (gen_random_uuid(), 'Testperson', now(), gen_random_uuid()) RETURNING id
    ), record AS (
        INSERT INTO custody_record (id, reference, person_id, suite, arrested_at, arrived_at,
                                    state, opened_at, opened_by, version)
        SELECT gen_random_uuid(), 'CP-0000-0000-0', id, 'DURHAMGATE', now(), now(), 'detained',
               now(), gen_random_uuid(), 1 FROM someone RETURNING id
    )
    INSERT INTO eligibility_decision (id, custody_record_id, number, record_version,
           rule_set_version_id, verdict, facts, findings, decided_at, decided_by)
    SELECT gen_random_uuid(), record.id, 1, 1, rules.id, 'refer', '{}', '[]', now(),
           gen_random_uuid() FROM record, rule_set_version AS rules LIMIT 1
"""


async def test_a_login_without_the_role_cannot_borrow_it(database):
    engine = engine_for(database, role="checkpoint_evaluator", pool_size=1)
    for table in SQLModel.metadata.tables:
        async with engine.connect() as connection:
            with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
                await connection.execute(sa.text(f"SELECT * FROM {table} LIMIT 1"))
    await engine.dispose()
