"""The report of a batch as a table: what is wrong by line, or what became of each row. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

from checkpoint.outcomes.followup.rules import Fault
from checkpoint.outcomes.followup.states import LABELS, RowOutcome

TOLD = ("line", "column", "code", "detail")
SHOWN = 20


def of_faults(faults: Iterable[Fault]) -> str:
    """Every fault as CSV; nothing that stood in a cell is in it."""
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


def in_words(faults: Sequence[Fault]) -> list[str]:
    """The first faults, one a line, and how many there are besides."""
    lines = [
        f"  {f'line {fault.row}' if fault.row else 'the file'}"
        f"{f', {fault.column}' if fault.column else ''}: {fault.detail} ({fault.code})"
        for fault in faults[:SHOWN]
    ]
    more = len(faults) - SHOWN
    return [*lines, *([f"  and {more:,} more"] if more > 0 else [])]
