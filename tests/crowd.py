"""Many people at once who are eligible and consent, put into a database by COPY."""

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg

from builders import KNOWN
from checkpoint.foundation.identifiers import new_id, new_reference

TABLES = {
    "person": "id family_name given_names date_of_birth registered_at registered_by",
    "custody_record": "id reference person_id suite arrested_at arrived_at state opened_at opened_by version",
    "alleged_offence": "id custody_record_id offence_id committed_from committed_until committed_in_area added_at",
    "screening": f"id custody_record_id number {' '.join(KNOWN)} saved_at saved_by",
    "safeguard": "id custody_record_id number appropriate_adult_needed interpreter_needed saved_at saved_by",
    "eligibility_decision": "id custody_record_id number record_version rule_set_version_id verdict facts findings decided_at decided_by",
    "consent_asking": "id custody_record_id number eligibility_decision_id safeguard_id information_sheet_id sheet_given_at legal_advice understanding_checked answered_at answered_by taken_at taken_by",
    "consent": "id consent_asking_id kind answer",
}
LOOKED_UP = """
    SELECT (SELECT id FROM offence WHERE code = 'TH68010' LIMIT 1) AS offence,
           (SELECT id FROM rule_set_version ORDER BY in_force_from DESC LIMIT 1) AS rules,
           (SELECT id FROM information_sheet ORDER BY valid_from LIMIT 1) AS sheet
"""
ANSWERED = ("not_wanted", "own_words")
KINDS = ("programme", "research", "information_sharing")


@dataclass(frozen=True)
class Ready:
    """A case that may be drawn: its record, the decision to name, and its suite."""

    record_id: UUID
    decision_id: UUID
    suite: str


@asynccontextmanager
async def plainly(url):
    """One plain connection of the login that may do anything."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def crowd(url, suites, many, *, at):
    """So many cases, the suites in turn, each as the front door would have left it.

    Args:
        url: of a migrated database with the starter data.
        suites: where they are held.
        many: how many cases.
        at: when the last of them consented.
    """
    async with plainly(url) as connection:
        known = await connection.fetchrow(LOOKED_UP)
        by = uuid4()
        rows = {table: [] for table in TABLES}
        ready = []
        for number in range(many):
            case, found = one(number, suites[number % len(suites)], known, by=by, at=at)
            ready.append(case)
            for table, given in found.items():
                rows[table] += given
        for table, columns in TABLES.items():
            if table == "consent":  # its trigger's plan, made while nothing stands, takes minutes
                await connection.execute("SET session_replication_role = replica")
            await connection.copy_records_to_table(
                table, columns=columns.split(), records=rows[table]
            )
        await connection.execute("ANALYZE")
    return ready


def one(number, suite, known, *, by, at):
    """One case and its rows, their ids in the order in which they would have been made."""
    arrested = at - timedelta(hours=12)
    day, born = arrested.date(), date(1960, 1, 1) + timedelta(days=number % 15_000)
    person, record, offence, screening, safeguard, decision, asking = (new_id() for _ in range(7))
    found = {
        "person": [(person, f"Crowd{number}", "Synthetic", born, arrested, by)],
        "custody_record": [
            (
                record,
                new_reference(),
                person,
                suite,
                arrested,
                arrested,
                "detained",
                arrested,
                by,
                3,
            )
        ],
        "alleged_offence": [(offence, record, known["offence"], day, day, True, arrested)],
        "screening": [(screening, record, 1, *KNOWN.values(), arrested, by)],
        "safeguard": [(safeguard, record, 1, False, False, arrested, by)],
        "eligibility_decision": [
            (decision, record, 1, 3, known["rules"], "eligible", *empty(), at, by)
        ],
        "consent_asking": [
            (
                asking,
                record,
                1,
                decision,
                safeguard,
                known["sheet"],
                at,
                *ANSWERED,
                at,
                person,
                at,
                by,
            )
        ],
        "consent": [(new_id(), asking, kind, "given") for kind in KINDS],
    }
    return Ready(record, decision, suite), found


def empty():
    return json.dumps({}), json.dumps([])
