"""Lists of offences and of schedules as files: read row by row, every fault told. Pure."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from pydantic import Field, StringConstraints

from checkpoint.custody.states import ModeOfTrial, OffenceCategory, OffenceSchedule
from checkpoint.foundation.schemas import Spelt

# Two letters and a year name the Act; COML is the common law.
CODE = re.compile(r"[A-Z]{2}(?:\d{2}|ML)\d{3}[A-Z]?", re.ASCII)
OffenceCode = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_upper=True,
        pattern=r"^[A-Za-z]{2}(?:[0-9]{2}|[Mm][Ll])[0-9]{3}[A-Za-z]?$",
    ),
    Spelt("a CJS offence code of two letters and five digits", "TH68010"),
    Field(description="CJS offence code; see /v1/reference/offences.", examples=["TH68010"]),
]
TITLE_LIMIT = 400
COLUMNS = ("cjs_code", "category", "title")
DATES = ("valid_from", "valid_until")
# Categories of the CJS offence index that a person can be charged with.
MODES: Mapping[str, ModeOfTrial] = MappingProxyType(
    {
        "CS": ModeOfTrial.SUMMARY_ONLY,
        "CM": ModeOfTrial.SUMMARY_ONLY,
        "CE": ModeOfTrial.EITHER_WAY,
        "CI": ModeOfTrial.INDICTABLE_ONLY,
    }
)
CATEGORIES: Mapping[str, OffenceCategory] = MappingProxyType(
    {
        "CS": OffenceCategory.SUMMARY,
        "CM": OffenceCategory.SUMMARY_MOTORING,
        "CE": OffenceCategory.EITHER_WAY,
        "CI": OffenceCategory.INDICTABLE,
    }
)
# Categories that are known and are no alleged offences: civil, breach and enforcement matters.
NOT_OFFENCES = frozenset(
    {"B7", "CB", "CR", "EF", "EM", "EX", "FC", "FH", "FL", "FO", "FP", "FV", "FX"}
    | {"LB", "LC", "LG", "LL", "LM", "VA", "VP"}
)


SCHEDULE_COLUMNS = ("schedule_code", "part", "cjs_code")
# Schedules and their parts as a national list calls them.
SCHEDULES: Mapping[tuple[str, str], OffenceSchedule] = MappingProxyType(
    {
        ("15", "1"): OffenceSchedule.SPECIFIED_VIOLENT,
        ("15", "2"): OffenceSchedule.SPECIFIED_SEXUAL,
        ("15", "3"): OffenceSchedule.SPECIFIED_TERRORISM,
        ("3", "1"): OffenceSchedule.SEXUAL_NOTIFICATION,
        ("1", "1"): OffenceSchedule.TERRORISM_CONNECTED,
        ("A1", "1"): OffenceSchedule.TERRORISM_CONNECTED_LATER,
        ("13", "1"): OffenceSchedule.PARTICULAR_CONCERN_TERRORISM,
        ("13", "2"): OffenceSchedule.PARTICULAR_CONCERN_SEXUAL,
    }
)
# Lists of the prison and probation service that stand in no Act.
NOT_SCHEDULES = frozenset({"TEO", "DVEO", "SEO", "MURD"})


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says why."""


class OffenceRow(NamedTuple):
    """One offence as the national list has it; dates are None where the list has none."""

    code: str
    title: str
    mode_of_trial: ModeOfTrial
    category: OffenceCategory | None = None
    valid_from: date | None = None
    valid_until: date | None = None


class ScheduleRow(NamedTuple):
    """One offence in one schedule."""

    code: str
    schedule: OffenceSchedule


@dataclass(frozen=True)
class Remark:
    """What became of one line that was not taken: passed over, or rejected, and by which column."""

    line: int
    rejected: bool
    why: str
    column: str = ""


# What a line's cells come to, given the line's number and what was taken before it.
Reader = Callable[[Mapping[str, str], int, set[str]], tuple[Any, ...] | Remark]


def rows_of(lines: Iterator[str]) -> Iterator[OffenceRow | Remark]:
    """Read a national list of offences line by line.

    Args:
        lines: CSV with a header that has at least ``cjs_code``, ``category`` and ``title``; where
            it has ``valid_from`` and ``valid_until`` too, they are days (YYYY-MM-DD) or empty.

    Yields:
        The offence, or the remark that says why a line is none.

    Raises:
        UnreadableFile: a column is missing.
    """
    return _read(lines, COLUMNS, DATES, _offence)  # type: ignore[return-value]


def schedules_of(lines: Iterator[str]) -> Iterator[ScheduleRow | Remark]:
    """Read a national list of schedules line by line.

    Args:
        lines: CSV with a header that has at least ``schedule_code``, ``part`` and ``cjs_code``.

    Yields:
        The offence with its schedule, or the remark that says why a line is none.

    Raises:
        UnreadableFile: a column is missing.
    """
    return _read(lines, SCHEDULE_COLUMNS, (), _schedule)  # type: ignore[return-value]


def _read(
    lines: Iterator[str], wanted: tuple[str, ...], more: tuple[str, ...], row: Reader
) -> Iterator[tuple[Any, ...] | Remark]:
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise UnreadableFile(f"the header is not CSV: {error}") from error
    missing = [name for name in wanted if name not in header]
    if missing:
        raise UnreadableFile(f"the header lacks {', '.join(missing)}")
    places = [(name, header.index(name)) for name in (*wanted, *more) if name in header]
    width, seen = len(header), set[str]()
    try:
        for cells in reader:
            if len(cells) != width:
                why = f"{len(cells)} cells where the header has {width}"
                yield Remark(reader.line_num, rejected=True, why=why)
            else:
                yield row({name: cells[at] for name, at in places}, reader.line_num, seen)
    except csv.Error as error:
        yield Remark(reader.line_num, rejected=True, why=f"not CSV: {error}")


def _offence(cells: Mapping[str, str], line: int, seen: set[str]) -> OffenceRow | Remark:
    code, category, title = cells["cjs_code"], cells["category"], cells["title"]
    if category in NOT_OFFENCES:
        why = f"category {category} is not an alleged offence"
        return Remark(line, rejected=False, why=why, column="category")
    for column, fault in (
        ("cjs_code", _code_fault(code)),
        ("category", None if category in MODES else NO_CATEGORY),
        ("title", _title_fault(title)),
        ("cjs_code", "the code stands twice in the file" if code in seen else None),
        *((name, _day_fault(cells.get(name, ""))) for name in DATES),
    ):
        if fault:
            return Remark(line, rejected=True, why=fault, column=column)
    first, last = (date.fromisoformat(day) if (day := cells.get(n)) else None for n in DATES)
    if first and last and last <= first:
        why = "it is the first day no longer, so it lies after valid_from"
        return Remark(line, rejected=True, why=why, column="valid_until")
    seen.add(code)
    return OffenceRow(code, title, MODES[category], CATEGORIES[category], first, last)


def _schedule(cells: Mapping[str, str], line: int, seen: set[str]) -> ScheduleRow | Remark:
    code, named = cells["cjs_code"], cells["schedule_code"]
    if named in NOT_SCHEDULES:
        why = f"{named} is not a schedule of an Act"
        return Remark(line, rejected=False, why=why, column="schedule_code")
    schedule = SCHEDULES.get((named, cells["part"]))
    key = f"{code} {schedule}"
    if schedule is None:
        return Remark(line, rejected=True, why=NO_SCHEDULE, column="schedule_code, part")
    twice = "the offence stands twice in that schedule" if key in seen else None
    if fault := _code_fault(code) or twice:
        return Remark(line, rejected=True, why=fault, column="cjs_code")
    seen.add(key)
    return ScheduleRow(code, schedule)


NO_CATEGORY = (
    "it is none of the CJS offence index; an offence has one of "
    f"{', '.join(MODES)}, and lines with {', '.join(sorted(NOT_OFFENCES))} are passed over"
)
NO_SCHEDULE = (
    "the schedule and part are not known ones; known are "
    f"{', '.join(' part '.join(pair) for pair in SCHEDULES)}, and lines with "
    f"{', '.join(sorted(NOT_SCHEDULES))} are passed over"
)
CODE_FORM = (
    "a CJS offence code is two capitals and two figures (or COML), three figures and perhaps a "
    "capital, such as TH68010 or COML001"
)


def _code_fault(code: str) -> str | None:
    if CODE.fullmatch(code):
        return None
    fault = "it is not in the form of a CJS offence code" if code else "it is empty"
    return f"{fault}; {CODE_FORM}"


def _title_fault(title: str) -> str | None:
    if title.strip() and len(title) <= TITLE_LIMIT and title.isprintable():
        return None
    return f"the title is empty, over {TITLE_LIMIT} characters, or holds hidden characters"


def _day_fault(day: str) -> str | None:
    try:
        date.fromisoformat(day or "2000-01-01")
    except ValueError:
        return "it is no day; write YYYY-MM-DD, or nothing where it is not known"
    return None
