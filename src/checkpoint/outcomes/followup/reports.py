"""What is wrong with a batch by row, as a refusal, as a table or in words; what became of it. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from checkpoint.outcomes.followup.matching import repeated_keys
from checkpoint.outcomes.followup.rules import Fault, Told
from checkpoint.outcomes.followup.states import (
    LABELS,
    FollowUpUnmatched,
    FollowUpUnreadable,
    RowOutcome,
    Where,
)

TOLD = ("line", "column", "code", "detail")
SHOWN = 20
MOST_TOLD = 500


def of_faults(faults: Iterable[Fault]) -> str:
    """Every fault as CSV, its first line the names; nothing that stood in a cell is in it."""
    return _table((fault.row, fault.column, fault.code, fault.detail) for fault in faults)


def of_rows(rows: Iterable[tuple[int, RowOutcome]]) -> str:
    """What became of each row as CSV."""
    return _table((number, "", outcome.value, LABELS[outcome]) for number, outcome in rows)


def _table(lines: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(TOLD)
    writer.writerows(lines)
    return text.getvalue()


def in_words(faults: Sequence[Fault], *, report: bool = False) -> list[str]:
    """The first faults, one a line, and how many there are besides.

    Args:
        faults: in the order in which they are told.
        report: whether all of them are written to a file.

    Returns:
        Lines for a screen: at most twenty faults, and one more where there are more.
    """
    lines = [
        f"  {f'line {fault.row}' if fault.row else 'the file'}"
        f"{f', {fault.column}' if fault.column else ''}: {fault.detail} ({fault.code})"
        for fault in faults[:SHOWN]
    ]
    more = len(faults) - SHOWN
    besides = "the report has them all" if report else "--report FILE.csv writes them all"
    return [*lines, *([f"  and {more:,} more; {besides}"] if more > 0 else [])]


def refused(
    kind: type[FollowUpUnreadable] | type[FollowUpUnmatched], faults: Sequence[Fault], detail: str
) -> FollowUpUnreadable | FollowUpUnmatched:
    """A refusal that tells what is wrong row by row.

    Args:
        kind: which of the two.
        faults: all of them; the first five hundred are told in the answer.
        detail: the same in short.

    Returns:
        The refusal, with every fault in ``found``.
    """
    told: list[JsonValue] = [
        {"pointer": pointer(fault), "code": fault.code, "detail": fault.detail}
        for fault in faults[:MOST_TOLD]
    ]
    refusal = kind(detail, errors=told, faults=len(faults))
    refusal.found = faults
    return refusal


def pointer(fault: Fault) -> str:
    """Where a fault is, as a JSON pointer into what was sent."""
    parts = ["#", *(["rows", str(fault.row - 1)] if fault.row else []), fault.column]
    return "/".join(part for part in parts if part)


def check_rows(
    read: Iterable[tuple[Told | None, list[Fault]]],
    more: Sequence[Fault] = (),
    *,
    where: Where,
) -> list[Told]:
    """The rows of a batch, if nothing is wrong with any of them.

    Args:
        read: each row, or what is wrong with it.
        more: what is wrong with the batch besides.
        where: by what whoever sent them finds a row.

    Returns:
        The rows, in order.

    Raises:
        FollowUpUnreadable: something is; every fault is told.
    """
    rows, faults = [], [*more]
    for row, found in read:
        faults += found
        if row is not None:
            rows.append(row)
    faults += repeated_keys(((row.number, row.row_key) for row in rows), where)
    if faults:
        wrong = len({fault.row for fault in faults})
        raise refused(
            FollowUpUnreadable,
            sorted(faults, key=lambda fault: (fault.row, fault.column)),
            f"Faults: {len(faults):,}; {where.value}s at fault: {wrong:,}.",
        )
    return rows
