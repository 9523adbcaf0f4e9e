"""What must stand in the database after all that clients were told; and what does not."""

from collections import Counter, defaultdict

import sqlalchemy as sa

from checkpoint.audit.tables import STREAMS

# A row's xmin is the transaction that wrote it last; an entry says the same of itself in xid.
TABLES = {
    "person": "id, family_name, xmin",
    "custody_record": "id, person_id, version, xmin",
    "alleged_offence": "id, custody_record_id, xmin",
    "screening": "id, custody_record_id, number, xmin",
    "eligibility_decision": "id, custody_record_id, number, xmin",
    "kept_answer": "id, status, body, xmin",
    "audit_entry": "id, request_id, stream, sequence, event, outcome, subject_ids, xid AS xmin",
    "audit_stream": "stream, last_sequence, xmin",
}
IDENTIFIED = ("person", "custody_record", "eligibility_decision")
EFFECTS = ("custody.opened", "custody.screened", "eligibility.decided")


async def found_in(connection):
    """Every row that a promise is about, by table."""
    found = {}
    for table, columns in TABLES.items():
        rows = await connection.execute(sa.text(f"SELECT {columns} FROM {table}"))
        found[table] = [
            {key: written(value) if key == "xmin" else value for key, value in row._mapping.items()}
            for row in rows
        ]
    return found


def written(xid):
    return int(xid) % 2**32


def broken(told, found):
    """The promises that are broken, by name; none where all is well."""
    pairs = promises(told, found)
    names = {name for name, (promised, there) in pairs.items() if promised != there}
    return sorted(names | set(told.surprises))


def promises(told, found):
    """By name: what was promised, and what is there."""
    once = Counter(case.record_id for case in told.cases)
    people = {row["id"]: row["family_name"] for row in found["person"]}
    return {
        "every person once": (
            Counter(case.name for case in told.cases),
            Counter(row["family_name"] for row in found["person"]),
        ),
        "every record once, of its person, screened": (
            Counter((case.record_id, case.name, 2) for case in told.cases),
            Counter(
                (row["id"], people.get(row["person_id"]), row["version"])
                for row in found["custody_record"]
            ),
        ),
        "every offence once": (once, each(found["alleged_offence"], "custody_record_id")),
        "every screening once": (once, each(found["screening"], "custody_record_id")),
        "every decision once": (
            Counter((case.decision_id, case.record_id, 1) for case in told.cases),
            each(found["eligibility_decision"], "id", "custody_record_id", "number"),
        ),
        "every first answer kept": (
            Counter(first[:2] for first in told.first.values()),
            each(found["kept_answer"], "status", "body"),
        ),
        "every effect in the ledger once": (
            Counter(effect for case in told.cases for effect in effects(case)),
            Counter(
                (row["event"], row["subject_ids"][0])
                for row in found["audit_entry"]
                if row["event"] in EFFECTS
            ),
        ),
        "every answer in the ledger once": (
            Counter(told.requests),
            each(
                [row for row in found["audit_entry"] if row["request_id"] in set(told.requests)],
                "request_id",
            ),
        ),
        "no stream has a gap": streams(found),
        "every effect whole, with entry and answer, in one transaction": (
            {effect: 1 for case in told.cases for effect in effects(case)},
            {effect: len(set(by)) if None not in by else 0 for effect, by in writers(told, found)},
        ),
    }


def each(rows, *columns):
    if len(columns) == 1:
        return Counter(row[columns[0]] for row in rows)
    return Counter(tuple(row[column] for column in columns) for row in rows)


def effects(case):
    return zip(EFFECTS, (case.record_id, case.record_id, case.decision_id), strict=True)


def streams(found):
    there = defaultdict(list)
    for row in found["audit_entry"]:
        there[row["stream"]].append(row["sequence"])
    heads = [(row["stream"], row["last_sequence"]) for row in found["audit_stream"]]
    promised = sorted((stream, [*range(1, last + 1)]) for stream, last in heads)
    return promised, [(stream, sorted(there[stream])) for stream in range(STREAMS)]


def writers(told, found):
    """For each effect, the transactions that wrote its parts; None for a part that is not there."""
    of = {table: by(rows, "id") for table, rows in found.items() if table in IDENTIFIED}
    offences = by(found["alleged_offence"], "custody_record_id")
    screenings = by(found["screening"], "custody_record_id")
    answers = by(found["kept_answer"], "body")
    entries = {
        (row["event"], row["subject_ids"][0]): row["xmin"]
        for row in found["audit_entry"]
        if row["event"] in EFFECTS
    }
    people = {row["id"]: row["person_id"] for row in found["custody_record"]}
    for case in told.cases:
        record = case.record_id
        booking, deciding = (answers.get(told.first[key][1]) for key in case.keys)
        parts = (
            [of["person"].get(people.get(record)), offences.get(record), booking],
            [of["custody_record"].get(record), screenings.get(record)],
            [of["eligibility_decision"].get(case.decision_id), deciding],
        )
        for effect, written_by in zip(effects(case), parts, strict=True):
            yield effect, [entries.get(effect), *written_by]


def by(rows, column):
    return {row[column]: row["xmin"] for row in rows}
