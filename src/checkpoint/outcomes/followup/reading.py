"""A file of follow-up into rows of text, or where it is broken. Pure."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from checkpoint.outcomes.followup.rules import COLUMNS, Fault, header_faults

MOST_BYTES = 100_000_000
MOST_ROWS = 1_000_000
MOST_CELL = 1000
NO_CELLS = (
    "The row that begins here cannot be told apart into cells: a quote in it is not closed or stands "
    f"amid a cell, or a cell has far more than {MOST_CELL:,} characters."
)
OTHERS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
Cells = tuple[int, Mapping[str, str]]


class NoCells(Exception):
    """A row cannot be told apart into cells; says on which line it begins."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def cells_of(content: bytes) -> tuple[Sequence[Cells], list[Fault]]:
    """The rows of a CSV file, each with the line on which it ends.

    Args:
        content: the whole file.

    Returns:
        Each row's line and its text by column; and everything that is wrong with the file. What is
        wrong with one row is told beside what is wrong with the others.

    Source: RFC 4180; a file whose last line has no end may have been cut off, so it is refused.
    """
    text, faults = _text(content)
    if faults:
        return [], faults
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    told = _told(reader)
    try:
        header = [name.strip().lower() for name in next(told, (0, []))[1]]
        faults = header_faults(header)
        if faults:
            return [], [*_separator(header), *faults]
        return _rows(told, header)
    except NoCells as broken:
        return [], [Fault(broken.line, "", "not-csv", NO_CELLS)]


def _text(content: bytes) -> tuple[str, list[Fault]]:
    """The file's text, if it is UTF-8 to its end."""
    for mark, name in OTHERS.items():
        if content.startswith(mark):
            return "", [_whole("not-utf-8", f"It is {name}. Save it as CSV UTF-8.")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        place = error.start + len(content) - len(error.object)  # the mark before it counts, too
        told = f"Byte {place} of the file is no UTF-8. Save it as CSV UTF-8."
        return "", [Fault(line, "", "not-utf-8", told)]
    if not text.strip():
        return "", [_whole("empty", "There is nothing in the file.")]
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return "", [Fault(line, "", "not-text", "Leave out NUL characters.")]
    if not text.endswith(("\n", "\r")):
        told = "The last line has no end, so the file may be cut off. Write it out once more."
        return "", [Fault(text.count("\n") + 1, "", "cut-off", told)]
    return text, []


def _told(reader: "csv._reader") -> Iterator[tuple[int, list[str]]]:  # type: ignore[name-defined]
    """Each row's last line and its cells.

    Raises:
        NoCells: a row cannot be told apart; where it begins, as a quote may stay open to the end.
    """
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise NoCells(begins) from None
        yield reader.line_num, cells


def _rows(
    told: Iterator[tuple[int, list[str]]], header: Sequence[str]
) -> tuple[Sequence[Cells], list[Fault]]:
    rows: list[Cells] = []
    faults: list[Fault] = []
    for line, cells in told:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            detail = f"It has {len(cells)} cells; the first line names {len(header)} columns."
            faults.append(Fault(line, "", "cells-count", detail))
        elif any(len(cell) > MOST_CELL for cell in cells):
            detail = f"Leave out cells of more than {MOST_CELL:,} characters."
            faults.append(Fault(line, "", "cell-too-long", detail))
        else:
            rows.append((line, dict(zip(header, cells, strict=True))))
    if not rows and not faults:
        return [], [_whole("empty", "There is no row under the first line.")]
    return rows, faults


def _separator(header: Sequence[str]) -> list[Fault]:
    """Say so where cells are told apart by something else than commas."""
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        return [Fault(1, "", "not-commas", f"Write commas between {len(COLUMNS)} cells.")]
    return []


def _whole(code: str, detail: str) -> Fault:
    return Fault(0, "", code, detail)
