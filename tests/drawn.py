"""What must stand in the database after every draw, and what does not."""

from collections import Counter, defaultdict
from dataclasses import replace

import sqlalchemy as sa

from checkpoint.allocation.vault import Vault

ALLOCATIONS = sa.text("""
    SELECT allocation.id, allocation.place, custody_record_id, person_id, suite,
           slot.id AS slot_id, slot.arm
      FROM allocation
      JOIN slot ON slot.id = allocation.slot_id
      JOIN trial_stratum ON trial_stratum.id = allocation.trial_stratum_id
""")
TOLD = sa.text("SELECT subject_ids[1] FROM audit_entry WHERE event = 'allocation.drawn'")


async def found_in(owner, settings):
    """Every allocation with its arm in the clear, and what the ledger says was drawn."""
    vault = Vault(settings)
    async with owner.connect() as connection:
        rows = [dict(row._mapping) for row in await connection.execute(ALLOCATIONS)]
        entries = [id for (id,) in await connection.execute(TOLD)]
    for row in rows:
        row["arm"] = vault.open(row["arm"], place=str(row["slot_id"]))
    return rows, entries


def faults(told, cases, rows, entries, sealed):
    """What is wrong with the draws, by name; none where all is well.

    Args:
        told: what the clients were answered.
        cases: that were drawn.
        rows: the allocations, each with its arm.
        entries: the allocations of which the ledger says that they were drawn.
        sealed: by suite, the arms as they were sealed, from the first place on.
    """
    found = set(told.surprises)
    by_suite = defaultdict(list)
    for row in rows:
        by_suite[row["suite"]].append(row)
    for suite, own in by_suite.items():
        places = sorted(row["place"] for row in own)
        if len({*places}) < len(places):
            found.add("a place was drawn twice")
        if {*places} != {*range(1, max(places) + 1)}:
            found.add("a place was passed over")
        if any(sealed[suite][row["place"] - 1] != row["arm"] for row in own):
            found.add("an arm is not the sealed one")
    checks = {
        "a case has not one allocation": (
            Counter(case.record_id for case in cases),
            Counter(row["custody_record_id"] for row in rows),
        ),
        "a case is in another stratum": (
            {(case.record_id, case.suite) for case in cases},
            {(row["custody_record_id"], row["suite"]) for row in rows},
        ),
        "the ledger tells of other draws": (
            Counter(row["id"] for row in rows),
            Counter(entries),
        ),
    }
    found |= {name for name, (promised, there) in checks.items() if promised != there}
    return sorted(found | {*_told_wrong(told, rows)})


def _told_wrong(told, rows):
    drawn = {row["custody_record_id"]: (str(row["id"]), row["arm"]) for row in rows}
    for record_id, answers in told.answers.items():
        if {(answer.allocation_id, answer.arm) for answer in answers} != {drawn.get(record_id)}:
            yield "a try was told another arm"
        first = [answer.status for answer in answers].count(201)
        if first > 1:
            yield "a case was drawn twice as its clients saw it"
        if not first and not told.unheard[record_id]:
            yield "a case was drawn before anybody asked"


def harmed(told, rows, entries):
    """One thing wrong at a time: what it is, what the clients know, and what is found."""
    last = max(rows, key=lambda row: row["place"])
    others = [row for row in rows if row is not last]
    other = next(row for row in others if row["arm"] != last["arm"])
    yield "a draw is lost", told, others, entries
    yield "a draw is doubled", told, [*rows, last], entries
    twice = last | {"place": 1}
    yield "a place is drawn twice", told, [*others, twice], entries
    yield "a place is passed over", told, [*others, last | {"place": last["place"] + 1}], entries
    yield "an arm is another", told, [*others, last | {"arm": other["arm"]}], entries
    yield "a case has another's draw", told, [*others, last | {"id": other["id"]}], entries
    yield "an entry is lost", told, rows, entries[1:]
    yield "an entry is doubled", told, rows, [*entries, entries[0]]
    for name, wrong in told_wrongly(told, last["custody_record_id"], other["arm"]):
        yield name, wrong, rows, entries


def told_wrongly(told, record_id, arm):
    """What the clients of one case were told, made wrong."""
    answers = told.answers[record_id]
    of_case = {
        "a try was told another arm": [*answers, replace(answers[0], arm=arm)],
        "a case was drawn twice": [*answers, *[replace(answers[0], status=201)] * 2],
    }
    for name, wrong in of_case.items():
        yield name, replace(told, answers=told.answers | {record_id: wrong})
    unasked = {record_id: [replace(answer, status=200) for answer in answers]}
    yield (
        "a case was drawn before anybody asked",
        replace(told, answers=told.answers | unasked, unheard=Counter()),
    )
