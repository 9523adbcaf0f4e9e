"""What became of each row of a feed, as a table of CSV that people open. Pure."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from checkpoint.directory.imports.states import RowChange, RowOutcome, RunState

COLUMNS = ("row", "place", "kind", "id", "result", "change", "fields", "notes")
# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ORDER = (
    RowChange.NEW, RowChange.CHANGED, RowChange.BACK, RowChange.UNCHANGED, RowChange.VANISHED
)  # fmt: skip


class Report:
    """A report while it is written.

    Args:
        file: takes it.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._writer = csv.writer(file, lineterminator="\n")
        self.begin()

    def begin(self) -> None:
        """From its first line; whatever was told before is told anew."""
        if self._file.seekable():
            self._file.seek(0)
            self._file.truncate()
        self._writer.writerow(COLUMNS)

    def row(self, row: Any) -> None:
        """A row of the feed, with what was mended or why it was rejected."""
        self._write(
            row.position, row.place, row.kind, row.external_id, row.outcome, row.change or "",
            " ".join(row.fields or ()), "; ".join(row.notes),
        )  # fmt: skip

    def gone(self, row: Any) -> None:
        """A listing that the feed no longer has."""
        self._write(
            "", "not in the feed", row.kind, row.external_id, "", RowChange.VANISHED, "", ""
        )

    def end(self, line: str) -> None:
        """How it ended."""
        self._write("", "", "", "", "", "", "", line)

    def _write(self, *cells: Any) -> None:
        self._writer.writerow([unformed(str(cell)) for cell in cells])


def unformed(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def summary(
    outcomes: Mapping[str, int], changes: Mapping[str, int], vanished: int, pathless: int = 0
) -> str:
    """How it went, in one line for the rows and one for the directory.

    Args:
        outcomes: how many rows of each outcome.
        changes: how many listings of each change.
        vanished: how many are there no longer.
        pathless: how many services are on no pathway.

    Returns:
        Two lines, and a third if services are on no pathway.
    """
    counts = {**changes, RowChange.VANISHED.value: vanished}
    rows = ", ".join(f"{outcomes.get(each.value, 0):,} {each.value}" for each in RowOutcome)
    listings = ", ".join(f"{counts.get(each.value, 0):,} {each.value}" for each in ORDER)
    told = f"Rows: {rows}.\nListings: {listings}."
    if not pathless:
        return told
    return (
        f"{told}\nOn no pathway: {pathless:,} services. Look-ups by pathway put them behind, "
        "and offers for a case leave them out, until their terms are mapped "
        "(POST /v1/term-mappings)."
    )


def ending(state: RunState, why: str | None, *, dry_run: bool) -> str:
    """The last line of a report.

    Args:
        state: how it ended, or would have.
        why: why it was broken off, or is not surely all.
        dry_run: whether nothing was to be changed.

    Returns:
        One line without an end.
    """
    known = dry_run and state is RunState.APPLIED
    told = "a dry run: nothing was changed" if known else state.value
    return f"{told}: {why}" if why else told


def first_of(lines: Iterator[str], most: int) -> Sequence[str]:
    """The first lines, and that there are more.

    Args:
        lines: all of them.
        most: how many are shown.

    Returns:
        As many as that, and a last one if something is left out.
    """
    found = [line for line, _ in zip(lines, range(most + 1), strict=False)]
    return [*found[:most], "  and more; see --report"] if len(found) > most else found
