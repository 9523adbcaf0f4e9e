"""Opening hours of a suite, as a timetable, and whether it was open. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

from checkpoint.foundation.calendar import LONDON

COLUMNS = ("suite", "weekday", "opens", "closes", "available_from", "available_until", "source")
MIDNIGHT = time()


def _weekday(text: str) -> int:
    if text not in tuple("1234567"):
        raise ValueError(text)
    return int(text)


def _day_or_open(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Hours:
    """One opening of one suite on one day of the week, from a day on.

    Args:
        suite: its code.
        weekday: 1 is Monday, 7 is Sunday.
        opens: in England.
        closes: later on that day; midnight is its end. A night goes over two lines.
        available_from: the first day of this timetable.
        available_until: the first day no longer; None is open.
        source: where this is known from.
    """

    suite: str
    weekday: int
    opens: time
    closes: time
    available_from: date
    available_until: date | None
    source: str


class HoursUnreadable(ValueError):
    """Lines are not what they should be; ``faults`` has each with its line and column."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def parse(rows: Iterable[Mapping[str, str | None]]) -> Iterator[Hours]:
    """Opening hours from the lines of a file, by the names of its columns.

    Raises:
        HoursUnreadable: some line is not what it should be, or a column is missing; after the
            last line, so that every fault is told.
    """
    faults = []
    for number, row in enumerate(rows, start=2):
        if missing := [name for name in COLUMNS if name not in row]:
            raise HoursUnreadable([f"the header lacks {', '.join(missing)}"])
        cells = {name: (row[name] or "").strip() for name in COLUMNS}
        found = _hours(cells)
        if isinstance(found, Hours):
            yield found
        else:
            faults.append(f"line {number}, {found}")
    if faults:
        raise HoursUnreadable(faults)


A_TIME = "write a time from 00:00 to 23:59"
FORMS: Mapping[str, tuple[Callable[[str], Any], str]] = MappingProxyType(
    {
        "weekday": (_weekday, "write a number from 1, Monday, to 7, Sunday"),
        "opens": (time.fromisoformat, A_TIME),
        "closes": (time.fromisoformat, A_TIME),
        "available_from": (date.fromisoformat, "write a day as YYYY-MM-DD"),
        "available_until": (_day_or_open, "write a day as YYYY-MM-DD, or nothing"),
    }
)


def _hours(row: Mapping[str, str]) -> Hours | str:
    """The opening, or by which column there is none, and what is allowed there."""
    read: dict[str, Any] = {}
    for column, (form, allowed) in FORMS.items():
        try:
            read[column] = form(row[column])
        except ValueError:
            return f"{column}: {allowed}"
    hours = Hours(suite=row["suite"], source=row["source"], **read)
    if hours.closes <= hours.opens and hours.closes != MIDNIGHT:
        return "closes: it closes before it opens; a night goes over two lines"
    if hours.available_until is not None and hours.available_until <= hours.available_from:
        return "available_until: its last day comes before its first"
    if not hours.source:
        return "source: say where this is known from"
    return hours


def is_open(timetables: Sequence[Any], at: datetime) -> bool:
    """Whether a suite was open.

    Args:
        timetables: the openings of this suite, of all times; where none is in force its hours are
            not known, and it counts as open always.
        at: the instant; its day and time in England count.

    Returns:
        True from the opening on, and until just before the closing. Where several timetables
        are in force, the one that began last counts.
    """
    local = at.astimezone(LONDON)
    day, spoken = local.date(), local.time()
    in_force = [
        row
        for row in timetables
        if row.available_from <= day and (row.available_until is None or day < row.available_until)
    ]
    if not in_force:
        return True
    latest = max(row.available_from for row in in_force)
    return any(
        row.opens <= spoken and (spoken < row.closes or row.closes == MIDNIGHT)
        for row in in_force
        if row.available_from == latest and row.weekday == day.isoweekday()
    )
