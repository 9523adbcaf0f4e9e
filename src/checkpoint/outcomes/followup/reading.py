"""A file of follow-up into rows of text, or where it is broken. No session."""

import io
from collections.abc import Mapping, Sequence

from checkpoint.foundation.counting import so_many
from checkpoint.foundation.csvfiles import Table, unknown_columns
from checkpoint.outcomes.followup.rules import COLUMNS, Fault, Faults
from checkpoint.outcomes.followup.states import FollowUpTooLong

MOST_BYTES = 100_000_000
MOST_ROWS = 1_000_000
SHOWN = 10
Cells = tuple[int, Mapping[str, str]]


def cells_of(content: bytes, *, count: int | None = None) -> tuple[Sequence[Cells], Faults]:
    """The rows of a CSV file, each with the line on which it begins.

    Args:
        content: the whole file.
        count: how many rows its sender said there are; None: nobody said.

    Returns:
        Each row's line and its text by column; and everything that is wrong with the file. What is
        wrong with one row is told beside what is wrong with the others.

    Raises:
        FollowUpTooLong: it has more rows than are taken in at once; no further one is read.
    """
    faults = Faults()

    def told(line: int, code: str, detail: str) -> None:
        stop_at_most()
        faults.add(Fault(line, "", code, detail))

    def stop_at_most() -> None:
        if table.rows > MOST_ROWS:
            raise FollowUpTooLong(f"Send at most {so_many(MOST_ROWS, 'row')} at once.")

    def columns(names: Sequence[str]) -> Sequence[str] | None:
        header = [name.lower() for name in names]
        found = header_faults(header)
        faults.add(*found)
        return None if found else header

    table = Table(io.BytesIO(content), columns=columns, told=told)
    rows = []
    for row in table:
        stop_at_most()
        rows.append(row)
    if not table.rows and not faults.count:
        told(0, "empty", "There is no row under the first line.")
    were = "was" if count == 1 else "were"
    if count is not None and table.is_counted and table.rows != count:
        told(
            0,
            "rows-count",
            f"It has {so_many(table.rows, 'row')}, and {count:,} {were} said to be in it.",
        )
    return rows, faults


def header_faults(found: Sequence[str]) -> list[Fault]:
    """Which columns are missing, unknown or named twice."""
    faults = [
        Fault(1, name, "column-missing", "Add the column; leave its cells empty where unknown.")
        for name in COLUMNS
        if name not in found
    ]
    if unknown := unknown_columns(found, {*COLUMNS}, most=SHOWN):
        told = f"{' '.join(unknown)} Leave out every column but: {', '.join(COLUMNS)}."
        faults.append(Fault(1, "", "column-unknown", told))
    faults += [
        Fault(1, name, "column-twice", "Name each column once.")
        for name in COLUMNS
        if found.count(name) > 1
    ]
    return faults
