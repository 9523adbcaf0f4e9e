"""Whom a row of follow-up may be about, and by what rows and batches are told apart. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import date

from checkpoint.outcomes.followup.rules import Fault, Told
from checkpoint.outcomes.followup.states import NOT_MATCHED, RowOutcome, Where
from checkpoint.outcomes.states import ENDS
from checkpoint.people.identifiers import canonical, parts

SAYS = tuple(field.name for field in fields(Told) if field.name not in ("number", "pnc_id"))
GONE_BEFORE = (
    "before-allocation",
    "They were allocated later than that. Check the day and the PNC ID, or leave the row out.",
)


def repeated_keys(rows: Iterable[tuple[int, str]], where: Where) -> list[Fault]:
    """Rows whose key stood before in the same batch.

    Args:
        rows: the number and key of each, in order.
        where: by what whoever sent them finds them.

    Returns:
        A fault for each row after the first of its key.
    """
    seen: dict[str, int] = {}
    faults = []
    for number, key in rows:
        first = seen.setdefault(key, number)
        if first != number:
            told = f"{where.place(first)} has the same key; send one of the two."
            faults.append(Fault(number, "row_key", "row-twice", told))
    return faults


def people_of(text: str, *, today: date) -> list[str]:
    """The PNC IDs, in canonical form, that a written one may be.

    Args:
        text: a valid PNC ID in any written form.
        today: in England; no year of a PNC ID is later.

    Returns:
        One; where the year was written in two digits and two centuries are possible, both.
    """
    (year, serial, letter) = parts(text) or ("", "", "")
    if len(year) == 4:
        return [canonical(text, today=today)]
    return [
        f"{century}{year}/{serial.zfill(7)}{letter}"
        for century in ("19", "20")
        if int(f"{century}{year}") <= today.year
    ]


def said(row: Told) -> str:
    """SHA-256 of what a row says of whomever it is about, by which a repetition is known."""
    content = [str(getattr(row, name)) for name in SAYS]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def digest(rows: Iterable[Told], *, trial: str, source: str, followed_until: date) -> str:
    """What tells a batch from any other, whatever the order of its rows or its file's form.

    Args:
        rows: of the batch.
        trial: the trial's name.
        source: where it is from, as a code.
        followed_until: the last day of which it tells.

    Returns:
        SHA-256 in hexadecimal digits.
    """
    lines = sorted(f"{row.pnc_id.upper()} {said(row)}" for row in rows)
    head = f"{trial}\n{source}\n{followed_until.isoformat()}"
    return hashlib.sha256("\n".join([head, *lines]).encode()).hexdigest()


def is_too_many(outcomes: Collection[RowOutcome], *, allowed_percent: int) -> bool:
    """Whether more rows are about nobody, or about two people, than was allowed.

    Args:
        outcomes: of each row.
        allowed_percent: 0 to 100, of all rows.

    Returns:
        True where nothing may be taken in.
    """
    lost = sum(outcome in NOT_MATCHED for outcome in outcomes)
    return lost * 100 > allowed_percent * len(outcomes)


def gone_before(row: Told, *, allocated_on: date) -> Fault | None:
    """What is wrong with a row by which somebody was gone before they were allocated.

    Args:
        row: as it was told.
        allocated_on: of whomever it is about, in England.

    Returns:
        None where it tells of no end, or of one from that day on.
    """
    if row.kind in ENDS and row.from_on is not None and row.from_on < allocated_on:
        return Fault(row.number, "from_date", *GONE_BEFORE)
    return None
