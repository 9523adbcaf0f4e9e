"""CSV: what somebody else wrote, by line, with everything that is wrong; and what is written. No session."""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from typing import BinaryIO

from checkpoint.foundation.counting import so_many

MOST_CELL = 1000
MOST_LINE = 1_000_000  # more than the longest row that is taken, so that memory has an end
MOST_NAME = 100  # of longer names it is not asked what may be meant: that takes time by the square
SAVE = "Save it as CSV UTF-8, comma delimited."
# By what a file begins with; UTF-32 before UTF-16, whose mark is the beginning of its own.
OTHERS: Mapping[bytes, str] = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    b"PK\x03\x04": "a workbook and no text",
    b"\xd0\xcf\x11\xe0": "a workbook and no text",
}
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "upright strokes"}
CUT_OFF = "The last line has no end, so the file may be cut off here. Write it out once more."
CUT_OFF_QUOTED = (
    "The file ends within a cell in quotes that begins on this line, so it may be cut off, or a "
    "quotation mark be missing. Nothing from here to its end could be judged."
)
NO_CELLS = (
    "The row that begins here cannot be told apart into cells: a quotation mark in it is not closed "
    f"or stands amid a cell, or a cell has far more than {MOST_CELL:,} characters."
)
SPOILT = {
    "not-utf-8": "It is not UTF-8. " + SAVE,
    "not-text": "Leave out NUL characters.",
    "line-too-long": f"Leave out lines of {MOST_LINE:,} characters or more.",
}
Told = Callable[[int, str, str], None]


class Table:
    """The rows of a CSV file under the names of their columns.

    Iterating yields each row's first line, counted from 1 for the names, and its cells by column.
    Rows in which nothing stands are passed over. What is wrong is told as it is met: a line (0 is
    the whole file), a code and a sentence, in which nothing is that stood in the file.

    Args:
        file: opened for reading bytes, at its beginning.
        columns: is given the names in the first line; answers with those to use, or None where it
            has told why they will not do.
        told: is called with each fault.

    Attributes:
        rows: how many rows were met, whether anything is wrong with them or not.
        is_counted: False where rows could not be told apart, so that nobody knows how many there are.

    Source: RFC 4180; a file whose last line has no end may have been cut off, so that is a fault.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        columns: Callable[[Sequence[str]], Sequence[str] | None],
        told: Told,
    ) -> None:
        self.rows, self.is_counted = 0, False
        self._file, self._columns, self._told = file, columns, told

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        if name := _no_text(self._file):
            self._told(0, "not-utf-8", f"It is {name}. {SAVE}")
            return
        lines = _Lines(self._file)
        try:
            yield from self._under_names(self._told_apart(lines))
        finally:
            lines.let_go()
        if not lines.number:
            self._told(0, "empty", "There is nothing in the file.")
        for code, (first, more) in lines.spoilt.items():
            have = "has" if more == 1 else "have"
            others = f" {so_many(more, 'more line')} {have} the same fault." if more else ""
            self._told(first, code, SPOILT[code] + others)

    def _under_names(
        self, rows: Iterator[tuple[int, list[str] | None]]
    ) -> Iterator[tuple[int, dict[str, str]]]:
        line, names = next(rows, (0, None))
        columns = self._named(line, names) if names is not None else None
        if columns is None:
            return
        self.is_counted = True
        for line, cells in rows:
            if cells is not None and not any(cell.strip() for cell in cells):
                continue
            self.rows += 1
            if cells is None:
                continue
            if fault := _of_row(cells, columns):
                self._told(line, *fault)
            else:
                yield line, dict(zip(columns, cells, strict=True))

    def _named(self, line: int, names: Sequence[str]) -> Sequence[str] | None:
        if not any(name.strip() for name in names):
            self._told(line, "columns-missing", "The first line has no names of columns. Add them.")
            return None
        if mark := _other_mark(names):
            self._told(line, "not-commas", f"Cells are separated by {mark}. Write commas. {SAVE}")
            return None
        return self._columns([name.strip() for name in names])

    def _told_apart(self, lines: "_Lines") -> Iterator[tuple[int, list[str] | None]]:
        """Each row's first line and its cells; None where what is wrong with it is told by line."""
        reader = csv.reader(lines, strict=True)
        while True:
            begins = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                self.is_counted = False
                self._no_cells(begins, lines)
                yield begins, None
                continue
            if lines.is_cut_off:
                self._told(lines.number, "cut-off", CUT_OFF)
            fails = lines.is_cut_off or lines.last_spoilt >= begins
            yield begins, None if fails else cells

    def _no_cells(self, begins: int, lines: "_Lines") -> None:
        if lines.is_at_end:
            self._told(begins, "cut-off" if lines.is_cut_off else "not-csv", CUT_OFF_QUOTED)
            return
        unjudged = f" Lines {begins:,} to {lines.number:,} could not be judged."
        self._told(begins, "not-csv", NO_CELLS + (unjudged if lines.number > begins else ""))


class _Lines:
    """The lines of a text, with what is wrong with them."""

    def __init__(self, file: BinaryIO) -> None:
        self._text = io.TextIOWrapper(file, "utf-8-sig", "surrogateescape", newline="")
        self.number = self.last_spoilt = 0
        self.is_cut_off = self.is_at_end = False
        self.spoilt: dict[str, tuple[int, int]] = {}  # by code: the first line, how many more

    def __iter__(self) -> Iterator[str]:
        for line in self._lines():
            if not line.isascii() and any("\udc80" <= symbol <= "\udcff" for symbol in line):
                self._spoil("not-utf-8")
            if "\0" in line:
                self._spoil("not-text")
            yield line
        self.is_at_end = True

    def _lines(self) -> Iterator[str]:
        """Each line; of one that is too long nothing but its end, so that the next has its number."""
        is_half = False
        while part := self._text.readline(MOST_LINE):
            if is_half and part == "\n":  # CR and LF on either side of the limit are one end
                is_half = False
                continue
            self.number += 1
            is_long = len(part) == MOST_LINE
            while part and part[-1] not in "\r\n" and len(part) == MOST_LINE:
                part = self._text.readline(MOST_LINE)
            self.is_cut_off = not part or part[-1] not in "\r\n"
            is_half = len(part) == MOST_LINE and part[-1] == "\r"
            if is_long:
                self._spoil("line-too-long")
            yield "\n" if is_long else part

    def let_go(self) -> None:
        """Leave the file to whoever opened it."""
        self._text.detach()

    def _spoil(self, code: str) -> None:
        self.last_spoilt = self.number
        first, more = self.spoilt.get(code, (self.number, -1))
        self.spoilt[code] = first, more + 1


def _no_text(file: BinaryIO) -> str | None:
    """What a file is instead of text in UTF-8, as far as its first bytes tell."""
    first = file.read(8)
    file.seek(0)
    for mark, name in OTHERS.items():
        if first.startswith(mark):
            return name
    halves = {any(first[::2]), any(first[1::2])}
    return "UTF-16" if len(first) > 1 and halves == {True, False} else None


def _other_mark(cells: Sequence[str]) -> str | None:
    """What stands between cells instead of commas, in words."""
    if len(cells) > 1:
        return None
    return next((name for mark, name in SEPARATORS.items() if mark in cells[0]), None)


def _of_row(cells: Sequence[str], columns: Sequence[str]) -> tuple[str, str] | None:
    if len(cells) != len(columns):
        mark = _other_mark(cells)
        why = f" Its cells are separated by {mark}; write commas." if mark else ""
        named = so_many(len(columns), "column")
        return (
            "cells-count",
            f"It has {so_many(len(cells), 'cell')}; the first line names {named}.{why}",
        )
    if max(map(len, cells)) > MOST_CELL:
        return "cell-too-long", f"Leave out cells of more than {MOST_CELL:,} characters."
    return None


def unknown_columns(names: Sequence[str], known: AbstractSet[str], *, most: int) -> list[str]:
    """What is wrong with names that no column has, without saying them: they may be somebody's.

    Args:
        names: of the first line.
        known: the columns that there may be.
        most: how many are told one by one.

    Returns:
        A sentence for each, with its place counted from the left and what may be meant; and one for
        all others.
    """
    unknown = [(place, name) for place, name in enumerate(names, 1) if name not in known]
    found = [
        f"Column {place}, counted from the left, {_unknown(name, known)}"
        for place, name in unknown[:most]
    ]
    if more := len(unknown) - len(found):
        found.append(f"{so_many(more, 'more column')} {'is' if more == 1 else 'are'} not known.")
    return found


def _unknown(name: str, known: AbstractSet[str]) -> str:
    if not name:
        return "has no name; is there a comma too many at the end of the line?"
    likely = (
        [] if len(name) > MOST_NAME else get_close_matches(name.lower(), sorted(known), 1, 0.75)
    )
    return f"is not known; is {likely[0]} meant?" if likely else "is not known."


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV (RFC 4180).

    Args:
        columns: the names in its first line.
        rows: as many cells each.

    Returns:
        Its text, lines ended by CR and LF.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
