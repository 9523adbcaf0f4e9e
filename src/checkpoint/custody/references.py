"""Offence codes and suites as files: read row by row, every fault told. Pure."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from checkpoint.custody.states import ModeOfTrial

# Two letters and a year name the Act; COML is the common law.
CODE = re.compile(r"[A-Z]{2}(?:\d{2}|ML)\d{3}[A-Z]?", re.ASCII)
TITLE_LIMIT = 400
COLUMNS = ("cjs_code", "category", "title")
# Categories of the CJS offence index that a person can be charged with.
MODES: Mapping[str, ModeOfTrial] = MappingProxyType(
    {
        "CS": ModeOfTrial.SUMMARY_ONLY,
        "CM": ModeOfTrial.SUMMARY_ONLY,
        "CE": ModeOfTrial.EITHER_WAY,
        "CI": ModeOfTrial.INDICTABLE_ONLY,
    }
)
# Categories that are known and are no alleged offences: civil, breach and enforcement matters.
NOT_OFFENCES = frozenset(
    {"B7", "CB", "CR", "EF", "EM", "EX", "FC", "FH", "FL", "FO", "FP", "FV", "FX"}
    | {"LB", "LC", "LG", "LL", "LM", "VA", "VP"}
)


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says why."""


class OffenceRow(NamedTuple):
    """One offence as the national list has it."""

    code: str
    title: str
    mode_of_trial: ModeOfTrial


@dataclass(frozen=True)
class Remark:
    """What became of one line that was not taken: passed over, or rejected."""

    line: int
    rejected: bool
    why: str


def rows_of(lines: Iterator[str]) -> Iterator[OffenceRow | Remark]:
    """Read a national list line by line.

    Args:
        lines: CSV with a header that has at least ``cjs_code``, ``category`` and ``title``.

    Yields:
        The offence, or the remark that says why a line is none.

    Raises:
        UnreadableFile: a column is missing.
    """
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise UnreadableFile(f"the header is not CSV: {error}") from error
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise UnreadableFile(f"the header lacks {', '.join(missing)}")
    places = [header.index(name) for name in COLUMNS]
    seen: set[str] = set()
    try:
        for cells in reader:
            yield _row(cells, places, len(header), seen, reader.line_num)
    except csv.Error as error:
        yield Remark(reader.line_num, rejected=True, why=f"not CSV: {error}")


def _row(
    cells: list[str], places: list[int], width: int, seen: set[str], line: int
) -> OffenceRow | Remark:
    if len(cells) != width:
        return Remark(line, rejected=True, why=f"{len(cells)} cells where the header has {width}")
    code, category, title = (cells[place] for place in places)
    mode = MODES.get(category)
    if mode is None and category in NOT_OFFENCES:
        return Remark(line, rejected=False, why=f"category {category} is not an alleged offence")
    if fault := _fault(code, title, mode, seen):
        return Remark(line, rejected=True, why=fault)
    assert mode is not None  # noqa: S101 - a missing mode is a fault
    seen.add(code)
    return OffenceRow(code, title, mode)


def _fault(code: str, title: str, mode: ModeOfTrial | None, seen: set[str]) -> str | None:
    if not CODE.fullmatch(code):
        return "the code is not in the form of a CJS offence code"
    if mode is None:
        return "the category is not one of the CJS offence index"
    if not title.strip() or len(title) > TITLE_LIMIT or not title.isprintable():
        return f"the title is empty, over {TITLE_LIMIT} characters, or holds hidden characters"
    if code in seen:
        return "the code stands twice in the file"
    return None
